/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

#include <gtk/gtk.h>

/* Keeps uploads going whatever happens around the window: the computer stays awake while something
 * is sent, the program stays while something is left to do (also without a window), and what the
 * network or sleep interrupted goes on. Main thread; nothing runs while nothing is sent. */

typedef struct _PwStay PwStay;

/* @settings: "keep-awake", "wait-on-metered". */
PwStay  *pw_stay_new     (GtkApplication *application,
                          PwUploads      *uploads,
                          GSettings      *settings);
void     pw_stay_free    (PwStay         *self);

/* The queue was read: what was under way when the program ended goes on, and so does what rested;
 * what the user paused stays so. */
void     pw_stay_go_on   (PwStay         *self);
/* Something is being sent, or will be without anybody's doing. */
gboolean pw_stay_is_busy (PwStay         *self);
