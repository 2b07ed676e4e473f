/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Where each cell of a map stands: pure arithmetic, in whole pixels. Cells are counted from 0, row
 * by row in the direction of reading. Few cells share the width; many are squares, smaller the more
 * there are, down to a size that can still be seen; from there the map grows downwards. */

#define PW_MAP_NONE G_MAXUINT

typedef struct {
  guint n_cells;
  guint columns;                /* 0: there is nothing */
  guint rows;
  int cell_width;
  int cell_height;
  int gap;                      /* between cells, both ways */
  int width;                    /* of the map */
  gboolean is_rtl;
} PwMapLayout;

void  pw_map_layout_make       (PwMapLayout       *self,
                                guint              n_cells,
                                int                width,
                                gboolean           is_rtl);

int   pw_map_layout_get_height (const PwMapLayout *self);
int   pw_map_layout_get_x      (const PwMapLayout *self,
                                guint              cell);
int   pw_map_layout_get_y      (const PwMapLayout *self,
                                guint              cell);
guint pw_map_layout_get_in_row (const PwMapLayout *self,
                                guint              row);       /* how many cells it has */

/* A gap counts to the cell before it. PW_MAP_NONE beside the map, and after its last cell. */
guint pw_map_layout_get_cell   (const PwMapLayout *self,
                                double             x,
                                double             y);
