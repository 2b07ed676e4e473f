/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

#include <gtk/gtk.h>

/* What a window shows while files are dragged over it: a zone for each destination, the chosen one
 * large and first. Lies over the window's content, and is not there otherwise. Main thread.
 *
 * Signals:
 *   "dropped" (PwDestination *, GdkFileList *)     NULL: there is no destination yet */

#define PW_TYPE_DROP_ZONES (pw_drop_zones_get_type ())
G_DECLARE_FINAL_TYPE (PwDropZones, pw_drop_zones, PW, DROP_ZONES, GtkBox)

/* So many zones can still be aimed at. */
#define PW_MAX_DROP_ZONES 5

/* Takes the drops on @window, which it lies in. */
void       pw_drop_zones_watch   (PwDropZones   *self,
                                  GtkWidget     *window);
/* @destinations: of PwDestination, borrowed; looked at when a drag begins. @chosen: one of them, or
 * NULL. */
void       pw_drop_zones_set     (PwDropZones   *self,
                                  GListModel    *destinations,
                                  PwDestination *chosen);
/* Which of them get a zone, in order; PwDestination, to unref. */
GPtrArray *pw_drop_zones_choose  (GListModel    *destinations,
                                  PwDestination *chosen);
