/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-cell-stamps.h"

#include <math.h>
#include <string.h>

#define SENT PW_N_LOOKS
#define SAMPLES 4               /* each way, a pixel */
#define RADIUS 2.0f             /* pixels, of a large cell */

typedef struct {
  float width;
  float height;
  float radius;
  float line;
  guint look;
} Shape;

static gboolean
is_in_corners (const Shape *shape,
               float        x,
               float        y)
{
  float dx = MAX (shape->radius - x, x - (shape->width - shape->radius));
  float dy = MAX (shape->radius - y, y - (shape->height - shape->radius));

  return dx <= 0 || dy <= 0 || dx * dx + dy * dy <= shape->radius * shape->radius;
}

static gboolean
is_inside (const Shape *shape,
           float        x,
           float        y,
           float        inset)
{
  return x >= inset && y >= inset && x < shape->width - inset && y < shape->height - inset;
}

static gboolean
is_painted (const Shape *shape,
            float        x,
            float        y)
{
  float least = MIN (shape->width, shape->height);

  if (!is_in_corners (shape, x, y))
    return FALSE;
  switch (shape->look) {
  case PW_LOOK_RETRYING:
    return !is_inside (shape, x, y, MAX (least * 0.3f, shape->line));
  case PW_LOOK_SIGNING:
    return !is_inside (shape, x, y, shape->line);
  case PW_LOOK_PROVED:
    return (shape->width - x) + y >= least * 0.55f;
  default:
    return TRUE;
  }
}

static float
get_coverage (const Shape *shape,
              int          x,
              int          y)
{
  guint n = 0;

  for (int i = 0; i < SAMPLES; i++) {
    for (int j = 0; j < SAMPLES; j++)
      n += is_painted (shape, (float) x + ((float) i + 0.5f) / SAMPLES,
                       (float) y + ((float) j + 0.5f) / SAMPLES);
  }
  return (float) n / (SAMPLES * SAMPLES);
}

/* GDK_MEMORY_DEFAULT: native ARGB, premultiplied. */
static guint32
get_pixel (const GdkRGBA *color,
           float          coverage)
{
  float alpha = color->alpha * coverage * 255;

  return (guint32) lroundf (alpha) << 24 | (guint32) lroundf (color->red * alpha) << 16
         | (guint32) lroundf (color->green * alpha) << 8 | (guint32) lroundf (color->blue * alpha);
}

static const GdkRGBA *
get_color (const PwCellColors *colors,
           guint               look)
{
  switch (look) {
  case PW_LOOK_SENDING:
  case PW_LOOK_SIGNING:
    return &colors->sending;
  case PW_LOOK_RETRYING:
    return &colors->retrying;
  case PW_LOOK_SAFE:
    return &colors->safe;
  case PW_LOOK_RESUMED:
  case PW_LOOK_PROVED:
    return &colors->resumed;
  case SENT:
    return &colors->sent;
  case PW_LOOK_WAITING:
  default:
    return &colors->waiting;
  }
}

void
pw_cell_stamps_make (PwCellStamps       *self,
                     const PwMapLayout  *layout,
                     int                 scale,
                     const PwCellColors *colors)
{
  float least = (float) MIN (layout->cell_width, layout->cell_height);
  Shape shape = {
    .width = (float) (layout->cell_width * scale),
    .height = (float) (layout->cell_height * scale),
    .radius = MIN (RADIUS, least / 5) * (float) scale,
    .line = (float) scale,
  };

  pw_cell_stamps_clear (self);
  self->scale = scale;
  self->width = layout->cell_width * scale;
  self->height = layout->cell_height * scale;
  for (shape.look = 0; shape.look <= SENT; shape.look++) {
    guint32 *pixel = g_new (guint32, (gsize) self->width * (gsize) self->height);

    self->pixels[shape.look] = pixel;
    for (int y = 0; y < self->height; y++) {
      for (int x = 0; x < self->width; x++)
        *pixel++ = get_pixel (get_color (colors, shape.look), get_coverage (&shape, x, y));
    }
  }
}

void
pw_cell_stamps_clear (PwCellStamps *self)
{
  for (guint look = 0; look <= SENT; look++)
    g_clear_pointer (&self->pixels[look], g_free);
}

/* Columns @from to @to of one stamp. */
static void
copy_columns (const PwCellStamps *self,
              guint32            *at,
              gsize               stride,
              guint               look,
              int                 from,
              int                 to)
{
  for (int y = 0; y < self->height && to > from; y++)
    memcpy (at + (gsize) y * stride + from, self->pixels[look] + y * self->width + from,
            (gsize) (to - from) * sizeof (guint32));
}

static void
stamp (const PwCellStamps *self,
       guint32            *at,
       gsize               stride,
       guint               look,
       guint8              fill,
       gboolean            is_rtl)
{
  int sent = look == PW_LOOK_SENDING ? self->width * fill / 255 : 0;

  if (sent == 0) {
    copy_columns (self, at, stride, look, 0, self->width);
  } else if (is_rtl) {
    copy_columns (self, at, stride, look, 0, self->width - sent);
    copy_columns (self, at, stride, SENT, self->width - sent, self->width);
  } else {
    copy_columns (self, at, stride, SENT, 0, sent);
    copy_columns (self, at, stride, look, sent, self->width);
  }
}

GdkTexture *
pw_cell_stamps_paint (const PwCellStamps *self,
                      const PwMapLayout  *layout,
                      guint               row,
                      const guint8       *looks,
                      const guint8       *fills)
{
  gsize stride = (gsize) (layout->width * self->scale);
  gsize size = stride * (gsize) self->height * sizeof (guint32);
  guint32 *pixels = g_malloc0 (size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);

  for (guint i = 0; i < pw_map_layout_get_in_row (layout, row); i++) {
    guint cell = row * layout->columns + i;

    stamp (self, pixels + pw_map_layout_get_x (layout, cell) * self->scale, stride, looks[cell],
           fills[cell], layout->is_rtl);
  }
  return gdk_memory_texture_new ((int) stride, self->height, GDK_MEMORY_DEFAULT, bytes,
                                 stride * sizeof (guint32));
}
