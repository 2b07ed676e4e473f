/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-map-painter.h"

#include <string.h>

static void
free_row (gpointer texture)
{
  if (texture)
    g_object_unref (texture);
}

void
pw_map_painter_init (PwMapPainter *self)
{
  *self = (PwMapPainter) { .rows = g_ptr_array_new_with_free_func (free_row) };
}

void
pw_map_painter_clear (PwMapPainter *self)
{
  pw_cell_stamps_clear (&self->stamps);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->looks, g_free);
  g_clear_pointer (&self->fills, g_free);
  g_clear_pointer (&self->next_fills, g_free);
}

void
pw_map_painter_forget (PwMapPainter *self)
{
  pw_cell_stamps_clear (&self->stamps);
  g_ptr_array_set_size (self->rows, 0);
}

static void
set_n_cells (PwMapPainter *self,
             guint         n_cells)
{
  if (self->n_cells == n_cells)
    return;
  self->n_cells = n_cells;
  g_free (self->looks);
  g_free (self->fills);
  g_free (self->next_fills);
  self->looks = g_new0 (guint8, n_cells);
  self->fills = g_new0 (guint8, n_cells);
  self->next_fills = g_new0 (guint8, n_cells);
  self->layout = (PwMapLayout) { 0 };
  pw_map_painter_forget (self);
}

/* In steps that can be seen, so that no row is painted for less. */
static void
fill_cells (PwMapPainter *self,
            const GArray *flights)
{
  guint64 steps = (guint64) CLAMP (self->layout.cell_width * MAX (self->stamps.scale, 1), 1, 255);

  if (self->n_cells > 0)
    memset (self->next_fills, 0, self->n_cells);
  for (guint i = 0; flights && i < flights->len; i++) {
    const PwFlight *flight = &g_array_index (flights, PwFlight, i);
    guint64 step;

    if (flight->part_number == 0 || flight->part_number > self->n_cells || flight->size == 0)
      continue;
    step = MIN (flight->sent, flight->size) * steps / flight->size;
    self->next_fills[flight->part_number - 1] = (guint8) (step * 255 / steps);
  }
}

gboolean
pw_map_painter_show (PwMapPainter *self,
                     const guint8 *looks,
                     guint         n_cells,
                     const GArray *flights)
{
  gboolean has_changed = FALSE;

  set_n_cells (self, n_cells);
  fill_cells (self, flights);
  for (guint row = 0; row < self->rows->len; row++) {
    gsize first = (gsize) row * self->layout.columns;
    gsize n = pw_map_layout_get_in_row (&self->layout, row);

    if (memcmp (self->looks + first, looks + first, n) == 0
        && memcmp (self->fills + first, self->next_fills + first, n) == 0)
      continue;
    free_row (g_steal_pointer (&g_ptr_array_index (self->rows, row)));
    has_changed = TRUE;
  }
  if (n_cells > 0) {
    memcpy (self->looks, looks, n_cells);
    memcpy (self->fills, self->next_fills, n_cells);
  }
  return has_changed;
}

void
pw_map_painter_lay_out (PwMapPainter *self,
                        int           width,
                        gboolean      is_rtl)
{
  pw_map_layout_make (&self->layout, self->n_cells, width, is_rtl);
  pw_map_painter_forget (self);
}

gboolean
pw_map_painter_is_mixed (PwMapPainter *self,
                         int           scale)
{
  return self->stamps.pixels[0] && self->stamps.scale == scale;
}

void
pw_map_painter_mix (PwMapPainter       *self,
                    int                 scale,
                    const PwCellColors *colors)
{
  pw_map_painter_forget (self);
  pw_cell_stamps_make (&self->stamps, &self->layout, scale, colors);
}

void
pw_map_painter_draw (PwMapPainter *self,
                     GtkSnapshot  *snapshot)
{
  const PwMapLayout *layout = &self->layout;

  g_ptr_array_set_size (self->rows, (int) layout->rows);
  for (guint row = 0; row < layout->rows; row++) {
    GdkTexture *texture = g_ptr_array_index (self->rows, row);
    float y = (float) pw_map_layout_get_y (layout, row * layout->columns);

    if (!texture) {
      texture = pw_cell_stamps_paint (&self->stamps, layout, row, self->looks, self->fills);
      g_ptr_array_index (self->rows, row) = texture;
    }
    gtk_snapshot_append_texture (snapshot, texture,
                                 &GRAPHENE_RECT_INIT (0, y, (float) layout->width,
                                                      (float) layout->cell_height));
  }
}
