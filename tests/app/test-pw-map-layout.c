/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-map-layout.h"

static const struct {
  guint n_cells;
  int width;
  guint columns;
  guint rows;
  int cell_width;
  int cell_height;
  int gap;
} cases[] = {
  /* nothing */
  { 0, 625, 0, 0, 0, 0, 0 },
  { 5, 0, 0, 0, 0, 0, 0 },
  /* few share the width */
  { 1, 625, 1, 1, 625, 9, 2 },
  { 5, 625, 5, 1, 123, 9, 2 },
  { 57, 625, 57, 1, 9, 9, 2 },
  /* squares that fit exactly */
  { 58, 625, 57, 2, 9, 9, 2 },
  { 1128, 625, 57, 20, 9, 9, 2 },
  /* smaller, the more there are */
  { 1200, 625, 62, 20, 8, 8, 2 },
  { 2500, 625, 89, 29, 6, 6, 1 },
  { 5000, 625, 125, 40, 4, 4, 1 },
  /* then downwards */
  { 10000, 625, 156, 65, 3, 3, 1 },
  { 10000, 308, 77, 130, 3, 3, 1 },
  /* narrower than a cell */
  { 3, 2, 1, 3, 9, 9, 2 },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    PwMapLayout layout;

    g_test_message ("%u cells on %d pixels", cases[i].n_cells, cases[i].width);
    pw_map_layout_make (&layout, cases[i].n_cells, cases[i].width, FALSE);
    g_assert_cmpuint (layout.columns, ==, cases[i].columns);
    g_assert_cmpuint (layout.rows, ==, cases[i].rows);
    g_assert_cmpint (layout.cell_width, ==, cases[i].cell_width);
    g_assert_cmpint (layout.cell_height, ==, cases[i].cell_height);
    g_assert_cmpint (layout.gap, ==, cases[i].gap);
    if (cases[i].rows == 0)
      g_assert_cmpint (pw_map_layout_get_height (&layout), ==, 0);
  }
}

/* Every cell has a place of its own within the map, and is found there. */
static void
check_places (guint    n_cells,
              int      width,
              gboolean is_rtl)
{
  PwMapLayout layout;
  guint n = 0;

  pw_map_layout_make (&layout, n_cells, width, is_rtl);
  for (guint cell = 0; cell < n_cells; cell++) {
    int x = pw_map_layout_get_x (&layout, cell), y = pw_map_layout_get_y (&layout, cell);

    g_assert_cmpint (x, >=, 0);
    g_assert_cmpint (x + layout.cell_width, <=, width);
    g_assert_cmpint (y, >=, 0);
    g_assert_cmpint (y + layout.cell_height, <=, pw_map_layout_get_height (&layout));
    g_assert_cmpuint (pw_map_layout_get_cell (&layout, x + 0.5, y + 0.5), ==, cell);
    g_assert_cmpuint (pw_map_layout_get_cell (&layout, x + layout.cell_width - 0.5,
                                              y + layout.cell_height - 0.5), ==, cell);
  }
  for (guint row = 0; row < layout.rows; row++) {
    g_assert_cmpuint (pw_map_layout_get_in_row (&layout, row), >, 0);
    n += pw_map_layout_get_in_row (&layout, row);
  }
  g_assert_cmpuint (n, ==, n_cells);
}

static void
test_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (cases[i].rows == 0 || cases[i].cell_width > cases[i].width)
      continue;
    check_places (cases[i].n_cells, cases[i].width, FALSE);
    check_places (cases[i].n_cells, cases[i].width, TRUE);
  }
}

/* The first cell stands where reading begins. */
static void
test_directions (void)
{
  PwMapLayout ltr, rtl;

  pw_map_layout_make (&ltr, 100, 300, FALSE);
  pw_map_layout_make (&rtl, 100, 300, TRUE);
  g_assert_cmpint (pw_map_layout_get_x (&ltr, 0), ==, 0);
  g_assert_cmpint (pw_map_layout_get_x (&rtl, 0), ==, 300 - rtl.cell_width);
  g_assert_cmpint (pw_map_layout_get_x (&rtl, 1), <, pw_map_layout_get_x (&rtl, 0));
  g_assert_cmpint (pw_map_layout_get_y (&rtl, ltr.columns), ==, rtl.cell_height + rtl.gap);
}

static void
test_edge_to_edge (void)
{
  for (guint n = 1; n <= 57; n++) {
    PwMapLayout layout;

    pw_map_layout_make (&layout, n, 625, FALSE);
    g_assert_cmpint (pw_map_layout_get_x (&layout, n - 1) + layout.cell_width, ==, 625);
    check_places (n, 625, FALSE);
    check_places (n, 625, TRUE);
  }
}

static void
test_beside (void)
{
  PwMapLayout layout;
  int height;

  pw_map_layout_make (&layout, 100, 300, FALSE);
  height = pw_map_layout_get_height (&layout);
  g_assert_cmpuint (pw_map_layout_get_cell (&layout, -1, 1), ==, PW_MAP_NONE);
  g_assert_cmpuint (pw_map_layout_get_cell (&layout, 1, -1), ==, PW_MAP_NONE);
  g_assert_cmpuint (pw_map_layout_get_cell (&layout, 1, height), ==, PW_MAP_NONE);
  g_assert_cmpuint (pw_map_layout_get_cell (&layout, 300, 1), ==, PW_MAP_NONE);
  /* After the last cell of a row that is not full. */
  g_assert_cmpuint (pw_map_layout_get_cell (&layout, 290, height - 1), ==, PW_MAP_NONE);
  pw_map_layout_make (&layout, 0, 300, FALSE);
  g_assert_cmpuint (pw_map_layout_get_cell (&layout, 0, 0), ==, PW_MAP_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/map-layout/cases", test_cases);
  g_test_add_func ("/map-layout/places", test_places);
  g_test_add_func ("/map-layout/directions", test_directions);
  g_test_add_func ("/map-layout/edge-to-edge", test_edge_to_edge);
  g_test_add_func ("/map-layout/beside", test_beside);

  return g_test_run ();
}
