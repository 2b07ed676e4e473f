/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-cell-stamps.h"

#include <gtk/gtk.h>

/* The picture of a map: what its cells show, and the rows that were painted already. Only rows in
 * which something changed are painted again, each as one texture. A plain value; main thread. */

typedef struct {
  PwMapLayout layout;           /* for reading */
  guint n_cells;                /* likewise */
  guint8 *looks;                /* likewise: PwLook of each */
  guint8 *fills;                /* of what is on its way: 255 = has left as a whole */
  guint8 *next_fills;           /* room for those to come */
  PwCellStamps stamps;
  GPtrArray *rows;              /* GdkTexture; NULL: to be painted */
} PwMapPainter;

void     pw_map_painter_init    (PwMapPainter       *self);
void     pw_map_painter_clear   (PwMapPainter       *self);

/* @flights: of PwFlight; or NULL. Everything is copied. Returns whether a row has to be painted. */
gboolean pw_map_painter_show    (PwMapPainter       *self,
                                 const guint8       *looks,
                                 guint               n_cells,
                                 const GArray       *flights);
void     pw_map_painter_lay_out (PwMapPainter       *self,
                                 int                 width,
                                 gboolean            is_rtl);
/* The colours are other ones now. */
void     pw_map_painter_forget  (PwMapPainter       *self);
/* FALSE: call pw_map_painter_mix() before the next draw. */
gboolean pw_map_painter_is_mixed (PwMapPainter      *self,
                                  int                scale);
void     pw_map_painter_mix     (PwMapPainter       *self,
                                 int                 scale,
                                 const PwCellColors *colors);
void     pw_map_painter_draw    (PwMapPainter       *self,
                                 GtkSnapshot        *snapshot);
