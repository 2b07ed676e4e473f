/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-map-painter.h"

#include "app-fixture.h"

#define WIDTH 625
#define N_CELLS 1000

static const PwCellColors colors = {
  .waiting = { 0, 0, 0, 0.1f }, .sending = { 0, 0, 1, 0.4f }, .sent = { 0, 0, 1, 0.8f },
  .retrying = { 1, 1, 0, 1 }, .safe = { 0, 0, 1, 1 }, .resumed = { 0, 0, 0.5f, 1 },
};

static void
set_up (PwMapPainter *painter,
        const guint8 *looks,
        gboolean      is_rtl)
{
  pw_map_painter_init (painter);
  g_assert_false (pw_map_painter_show (painter, looks, N_CELLS, NULL));
  pw_map_painter_lay_out (painter, WIDTH, is_rtl);
  g_assert_false (pw_map_painter_is_mixed (painter, 1));
  pw_map_painter_mix (painter, 1, &colors);
  g_assert_true (pw_map_painter_is_mixed (painter, 1));
  g_assert_false (pw_map_painter_is_mixed (painter, 2));
}

static void
draw (PwMapPainter *painter)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  pw_map_painter_draw (painter, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
}

/* The middle of a cell, @share of its width from its left edge: 0xAARRGGBB. */
static guint32
get_pixel (PwMapPainter *painter,
           guint         cell,
           double        share)
{
  const PwMapLayout *layout = &painter->layout;
  GdkTexture *texture = g_ptr_array_index (painter->rows, cell / layout->columns);
  gsize stride = (gsize) gdk_texture_get_width (texture) * 4;
  g_autofree guint32 *pixels = g_malloc (stride * (gsize) gdk_texture_get_height (texture));
  int x = pw_map_layout_get_x (layout, cell) + (int) (share * layout->cell_width);

  gdk_texture_download (texture, (guchar *) pixels, stride);
  return pixels[layout->cell_height / 2 * gdk_texture_get_width (texture) + x];
}

static guint
count_unpainted (PwMapPainter *painter)
{
  guint n = 0;

  for (guint row = 0; row < painter->rows->len; row++)
    n += g_ptr_array_index (painter->rows, row) == NULL;
  return n;
}

/* Only what changed is painted again. */
static void
test_rows (void)
{
  guint8 looks[N_CELLS] = { 0 };
  PwMapPainter painter;
  guint columns;

  set_up (&painter, looks, FALSE);
  draw (&painter);
  columns = painter.layout.columns;
  g_assert_cmpuint (painter.rows->len, ==, painter.layout.rows);
  g_assert_false (pw_map_painter_show (&painter, looks, N_CELLS, NULL));
  g_assert_cmpuint (count_unpainted (&painter), ==, 0);
  looks[columns + 3] = looks[columns + 9] = PW_LOOK_SAFE;
  looks[N_CELLS - 1] = PW_LOOK_RETRYING;
  g_assert_true (pw_map_painter_show (&painter, looks, N_CELLS, NULL));
  g_assert_cmpuint (count_unpainted (&painter), ==, 2);
  g_assert_null (g_ptr_array_index (painter.rows, 1));
  draw (&painter);
  g_assert_cmphex (get_pixel (&painter, columns + 3, 0.5), ==, 0xff0000ff);
  g_assert_cmphex (get_pixel (&painter, columns + 4, 0.5) >> 24, ==, 0x1a);
  pw_map_painter_clear (&painter);
}

/* Shapes, not colours alone. */
static void
test_shapes (void)
{
  guint8 looks[N_CELLS] = { PW_LOOK_SAFE, PW_LOOK_RETRYING, PW_LOOK_SIGNING };
  PwMapPainter painter;

  set_up (&painter, looks, FALSE);
  draw (&painter);
  g_assert_cmphex (get_pixel (&painter, 0, 0.5), ==, 0xff0000ff);
  g_assert_cmphex (get_pixel (&painter, 1, 0), ==, 0xffffff00);
  g_assert_cmphex (get_pixel (&painter, 1, 0.5), ==, 0);
  g_assert_cmphex (get_pixel (&painter, 2, 0) >> 24, ==, 0x66);
  g_assert_cmphex (get_pixel (&painter, 2, 0.5), ==, 0);
  pw_map_painter_clear (&painter);
}

static void
check_fill (gboolean is_rtl)
{
  guint8 looks[N_CELLS] = { PW_LOOK_SENDING };
  PwFlight flight = { .part_number = 1, .size = 100, .sent = 50, .attempt = 1 };
  g_autoptr (GArray) flights = g_array_new (FALSE, FALSE, sizeof (PwFlight));
  PwMapPainter painter;

  set_up (&painter, looks, is_rtl);
  g_array_append_val (flights, flight);
  pw_map_painter_show (&painter, looks, N_CELLS, flights);
  draw (&painter);
  g_assert_cmphex (get_pixel (&painter, 0, is_rtl ? 0.9 : 0.1) >> 24, ==, 0xcc);
  g_assert_cmphex (get_pixel (&painter, 0, is_rtl ? 0.1 : 0.9) >> 24, ==, 0x66);
  /* Less than can be seen paints nothing. */
  g_array_index (flights, PwFlight, 0).sent = 52;
  g_assert_false (pw_map_painter_show (&painter, looks, N_CELLS, flights));
  g_array_index (flights, PwFlight, 0).sent = 90;
  g_assert_true (pw_map_painter_show (&painter, looks, N_CELLS, flights));
  /* What is none of the map's is passed over. */
  g_array_index (flights, PwFlight, 0).part_number = N_CELLS + 1;
  pw_map_painter_show (&painter, looks, N_CELLS, flights);
  pw_map_painter_clear (&painter);
}

static void
test_fill (void)
{
  check_fill (FALSE);
  check_fill (TRUE);
}

int
main (int    argc,
      char **argv)
{
  /* The nodes of a snapshot are GTK's to set up. */
  app_fixture_init (&argc, &argv);

  g_test_add_func ("/map-painter/rows", test_rows);
  g_test_add_func ("/map-painter/shapes", test_shapes);
  g_test_add_func ("/map-painter/fill", test_fill);

  return g_test_run ();
}
