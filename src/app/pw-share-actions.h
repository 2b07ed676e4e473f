/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-link.h"

#include <adwaita.h>

/* What lets others get at a finished object, as actions of the window that take an upload's id:
 * "win.copy-address", "win.copy-link". Main thread. */

typedef struct _PwShareActions PwShareActions;

/* @map: the window. Everything is borrowed, and must outlive what is returned. */
PwShareActions *pw_share_actions_new  (GActionMap      *map,
                                       PwUploads       *uploads,
                                       AdwToastOverlay *overlay);
void            pw_share_actions_free (PwShareActions  *self);

/* "Link copied — works until 14:30": with the day, where that is another one. @now: Unix seconds.
 * Pure. */
char           *pw_share_dup_copied   (const PwLink    *link,
                                       gint64           now);
