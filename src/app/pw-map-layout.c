/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-map-layout.h"

#include <math.h>

/* As high as a map may be while its cells can be made smaller. */
#define MOST_HEIGHT 220
#define LARGEST 9
#define SMALLEST 3
#define WIDE_GAP_FROM 7

static int
gap_for (int cell)
{
  return cell >= WIDE_GAP_FROM ? 2 : 1;
}

static void
lay_squares (PwMapLayout *self,
             int          cell)
{
  int pitch;

  self->gap = gap_for (cell);
  pitch = cell + self->gap;
  self->cell_width = self->cell_height = cell;
  self->columns = (guint) MAX ((self->width + self->gap) / pitch, 1);
  self->rows = (self->n_cells + self->columns - 1) / self->columns;
}

static void
share_width (PwMapLayout *self)
{
  self->columns = self->n_cells;
  self->rows = 1;
  self->cell_width = (self->width + self->gap) / (int) self->n_cells - self->gap;
}

void
pw_map_layout_make (PwMapLayout *self,
                    guint        n_cells,
                    int          width,
                    gboolean     is_rtl)
{
  *self = (PwMapLayout) { .n_cells = n_cells, .width = width, .is_rtl = is_rtl };
  if (n_cells == 0 || width < 1)
    return;
  for (int cell = LARGEST; cell >= SMALLEST; cell--) {
    lay_squares (self, cell);
    if (pw_map_layout_get_height (self) <= MOST_HEIGHT)
      break;
  }
  if (self->rows == 1)
    share_width (self);
}

/* From one column to the next. What shares the width reaches from edge to edge: then it is no whole
 * number, and cells begin at the next whole pixel. */
static double
get_pitch (const PwMapLayout *self)
{
  return self->rows == 1 ? (double) (self->width + self->gap) / self->columns
                         : self->cell_width + self->gap;
}

int
pw_map_layout_get_height (const PwMapLayout *self)
{
  return self->rows > 0 ? (int) self->rows * (self->cell_height + self->gap) - self->gap : 0;
}

int
pw_map_layout_get_x (const PwMapLayout *self,
                     guint              cell)
{
  int x = (int) ceil (cell % self->columns * get_pitch (self));

  return self->is_rtl ? self->width - x - self->cell_width : x;
}

int
pw_map_layout_get_y (const PwMapLayout *self,
                     guint              cell)
{
  return (int) (cell / self->columns) * (self->cell_height + self->gap);
}

guint
pw_map_layout_get_in_row (const PwMapLayout *self,
                          guint              row)
{
  return MIN (self->columns, self->n_cells - row * self->columns);
}

guint
pw_map_layout_get_cell (const PwMapLayout *self,
                        double             x,
                        double             y)
{
  double along = self->is_rtl ? self->width - x : x;
  guint column, cell;

  if (self->columns == 0 || along < 0 || y < 0 || y >= pw_map_layout_get_height (self))
    return PW_MAP_NONE;
  column = (guint) (along / get_pitch (self));
  if (column >= self->columns)
    return PW_MAP_NONE;
  cell = (guint) (y / (self->cell_height + self->gap)) * self->columns + column;
  return cell < self->n_cells ? cell : PW_MAP_NONE;
}
