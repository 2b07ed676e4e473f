/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

/* What closing the window means while uploads run: they go on without it, or the program stops and
 * they go on when it is started again. Asks once, and remembers. Main thread. */

typedef struct _PwBackground PwBackground;

/* @settings: "close". */
PwBackground *pw_background_new   (GtkApplication *application,
                                   GSettings      *settings,
                                   gboolean      (*is_busy) (gpointer user_data),
                                   gpointer        user_data);
void          pw_background_free  (PwBackground   *self);

/* From now on @window asks before it closes. The window must not outlive @self. */
void          pw_background_watch (PwBackground   *self,
                                   GtkWindow      *window);
