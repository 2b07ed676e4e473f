/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-parts.h"

#include <gtk/gtk.h>

/* Every part of an upload as one cell, ten thousand of them as smoothly as ten. A row of cells is
 * painted again only when one of them changed.
 *
 * The arrow keys, Home and End move a cursor from part to part; what it stands on is the widget's
 * accessible label, and its "text" (NULL without the focus). Main thread. */

#define PW_TYPE_PART_MAP (pw_part_map_get_type ())
G_DECLARE_FINAL_TYPE (PwPartMap, pw_part_map, PW, PART_MAP, GtkWidget)

/* "Part 691: 62 %, second try"; to free. */
typedef char *(*PwPartTextFunc) (guint part_number, gpointer user_data);

GtkWidget *pw_part_map_new        (void);
/* One cell that stands for all of that look, as in a legend: out of the keyboard's way. */
GtkWidget *pw_part_map_new_swatch (PwLook          look);

void       pw_part_map_set_text_func (PwPartMap      *self,
                                      PwPartTextFunc  func,
                                      gpointer        user_data);
/* @flights: of PwFlight, for what is on its way; or NULL. Both are copied. Call it a few times a
 * second. */
void       pw_part_map_show       (PwPartMap      *self,
                                   const guint8   *looks,
                                   guint           n_parts,
                                   const GArray   *flights);
/* What the cursor stands on, while the map has the focus; or NULL. */
const char *pw_part_map_get_text  (PwPartMap      *self);
