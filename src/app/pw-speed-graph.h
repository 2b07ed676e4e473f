/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-progress.h"

#include <gtk/gtk.h>

/* The speed of the last minutes as a line. A time in which nothing was sent is a line at the
 * bottom, never a slope between what was before and after. Main thread. */

#define PW_TYPE_SPEED_GRAPH (pw_speed_graph_get_type ())
G_DECLARE_FINAL_TYPE (PwSpeedGraph, pw_speed_graph, PW, SPEED_GRAPH, GtkWidget)

GtkWidget *pw_speed_graph_new        (void);
/* Draws only when another second is over. */
void       pw_speed_graph_show       (PwSpeedGraph     *self,
                                      const PwProgress *progress);
/* How much time the line tells of. */
guint      pw_speed_graph_get_seconds (PwSpeedGraph    *self);
