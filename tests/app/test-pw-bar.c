/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-bar.h"

#include "app-fixture.h"

#define WIDTH 200
#define HEIGHT 8

/* How opaque the bar is drawn at @x, from 0 to 255: the shades differ in nothing else. */
static guint
get_alpha (GtkWidget *bar,
           int        x)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  guint32 pixel;

  GTK_WIDGET_GET_CLASS (bar)->snapshot (bar, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  pixel = ((guint32 *) (void *) (cairo_image_surface_get_data (surface)
                                 + HEIGHT / 2 * cairo_image_surface_get_stride (surface)))[x];
  cairo_surface_destroy (surface);
  return pixel >> 24;
}

static GtkWindow *
show (GtkWidget *bar)
{
  gtk_widget_set_size_request (bar, WIDTH, HEIGHT);
  gtk_widget_set_halign (bar, GTK_ALIGN_CENTER);
  return app_fixture_show (bar);
}

static void
test_shades (void)
{
  GtkWidget *bar = pw_bar_new ();
  GtkWindow *window = show (bar);
  guint trough = get_alpha (bar, WIDTH / 2), safe, sent;

  pw_bar_show (PW_BAR (bar), 0.25, 0.5, NULL);
  safe = get_alpha (bar, WIDTH / 8);
  sent = get_alpha (bar, 3 * WIDTH / 8);
  g_assert_cmpuint (safe, >, sent);
  g_assert_cmpuint (sent, >, trough);
  g_assert_cmpuint (get_alpha (bar, 3 * WIDTH / 4), ==, trough);
  pw_bar_show (PW_BAR (bar), 1, 1, NULL);
  g_assert_cmpuint (get_alpha (bar, WIDTH - 20), ==, safe);
  gtk_window_destroy (window);
}

/* It fills from where reading begins. */
static void
test_from_the_start (void)
{
  GtkWidget *bar = pw_bar_new ();
  GtkWindow *window = show (bar);

  gtk_widget_set_direction (bar, GTK_TEXT_DIR_RTL);
  pw_bar_show (PW_BAR (bar), 0.25, 0.25, NULL);
  g_assert_cmpuint (get_alpha (bar, 7 * WIDTH / 8), >, get_alpha (bar, WIDTH / 8));
  gtk_window_destroy (window);
}

/* What cannot be is drawn as what comes next to it. */
static void
test_nonsense (void)
{
  GtkWidget *bar = pw_bar_new ();
  GtkWindow *window = show (bar);
  guint full;

  pw_bar_show (PW_BAR (bar), 7, 9, NULL);
  full = get_alpha (bar, WIDTH / 2);
  pw_bar_show (PW_BAR (bar), 0.75, 0.1, NULL);
  g_assert_cmpuint (get_alpha (bar, WIDTH / 2), ==, full);
  g_assert_cmpuint (get_alpha (bar, 7 * WIDTH / 8), <, full);
  gtk_window_destroy (window);
}

static void
assert_value (GtkWidget  *bar,
              double      value,
              const char *text)
{
  g_autofree char *now = gtk_test_accessible_check_property (
    GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, value);
  g_autofree char *words = gtk_test_accessible_check_property (
    GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text);

  g_assert_null (now);
  g_assert_null (words);
}

static void
test_accessible (void)
{
  GtkWidget *bar = g_object_ref_sink (pw_bar_new ());

  g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (bar),
                                               GTK_ACCESSIBLE_ROLE_PROGRESS_BAR));
  pw_bar_show (PW_BAR (bar), 0.5, 0.75, NULL);
  assert_value (bar, 50, "50 %");
  pw_bar_show (PW_BAR (bar), 0.6, 0.75, "3 of 5 parts");
  assert_value (bar, 60, "3 of 5 parts");
  g_assert_finalize_object (bar);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);
  g_test_add_func ("/bar/shades", test_shades);
  g_test_add_func ("/bar/from-the-start", test_from_the_start);
  g_test_add_func ("/bar/nonsense", test_nonsense);
  g_test_add_func ("/bar/accessible", test_accessible);
  return g_test_run ();
}
