/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-parts.h"

#include <gtk/gtk.h>

/* What the cells of a part map mean, and how many there are of each: "■ 1,024 safe". Looks that no
 * part has are left out. A note stands at the end of the last line. In narrow places it takes as
 * many lines as it needs. Main thread. */

#define PW_TYPE_LEGEND (pw_legend_get_type ())
G_DECLARE_FINAL_TYPE (PwLegend, pw_legend, PW, LEGEND, GtkWidget)

GtkWidget *pw_legend_new      (void);
void       pw_legend_show     (PwLegend      *self,
                               const PwParts *parts);
void       pw_legend_set_note (PwLegend      *self,
                               const char    *note);
