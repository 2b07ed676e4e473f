/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-first-frame.h"

#include "app-fixture.h"

typedef struct {
  guint n_painted;
  guint n_called;
} Seen;

static void
painted_cb (GdkFrameClock *clock,
            Seen          *seen)
{
  seen->n_painted++;
}

static void
first_cb (gpointer data)
{
  Seen *seen = data;

  seen->n_called++;
}

static PwFirstFrame *
wait_for (GtkWidget *window,
          Seen      *seen)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (painted_cb),
                    seen);
  return pw_first_frame_new (window, first_cb, seen);
}

static void
test_drawn (void)
{
  Seen seen = { 0 };
  GtkWidget *window = gtk_window_new ();
  PwFirstFrame *first;

  gtk_window_present (GTK_WINDOW (window));
  first = wait_for (window, &seen);
  app_fixture_wait (seen.n_called > 0);
  /* Once, also where more is painted. */
  gtk_widget_queue_draw (window);
  seen.n_painted = 0;
  app_fixture_wait (seen.n_painted > 0);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (seen.n_called, ==, 1);
  pw_first_frame_free (first);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_never_drawn (void)
{
  Seen seen = { 0 };
  GtkWidget *window = gtk_window_new ();
  PwFirstFrame *first;

  gtk_widget_realize (window);
  first = wait_for (window, &seen);
  app_fixture_wait (seen.n_called > 0);
  g_assert_cmpuint (seen.n_called, ==, 1);
  g_assert_cmpuint (seen.n_painted, ==, 0);
  pw_first_frame_free (first);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Nobody waits any more. */
static void
test_free (void)
{
  Seen seen = { 0 };
  GtkWidget *window = gtk_window_new ();

  gtk_window_present (GTK_WINDOW (window));
  pw_first_frame_free (wait_for (window, &seen));
  app_fixture_wait (seen.n_painted > 0);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (seen.n_called, ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The window went first, and took its frame clock along. */
static void
test_gone (void)
{
  Seen seen = { 0 };
  GtkWidget *window = gtk_window_new ();
  PwFirstFrame *first;

  gtk_window_present (GTK_WINDOW (window));
  first = wait_for (window, &seen);
  app_fixture_wait (seen.n_painted > 0);
  gtk_window_destroy (GTK_WINDOW (window));
  pw_first_frame_free (first);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);

  g_test_add_func ("/first-frame/drawn", test_drawn);
  g_test_add_func ("/first-frame/never-drawn", test_never_drawn);
  g_test_add_func ("/first-frame/free", test_free);
  g_test_add_func ("/first-frame/gone", test_gone);

  return g_test_run ();
}
