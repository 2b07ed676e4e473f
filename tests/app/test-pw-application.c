/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-application.h"

#include <signal.h>

#include "app-fixture.h"
#include "engine/pw-archive.h"
#include "http/http-client.h"

static gboolean
shown_cb (gpointer signal_number)
{
  g_assert_cmpint (kill (getpid (), GPOINTER_TO_INT (signal_number)), ==, 0);
  return G_SOURCE_REMOVE;
}

static void
map_cb (GtkWidget *window,
        gpointer   signal_number)
{
  g_idle_add (shown_cb, signal_number);
}

static void
added_cb (GtkApplication *application,
          GtkWindow      *window,
          gpointer        signal_number)
{
  g_signal_connect (window, "map", G_CALLBACK (map_cb), signal_number);
}

static void
shutdown_cb (GApplication *application,
             gboolean     *is_over)
{
  *is_over = TRUE;
}

/* What ends the session, and what ends a program in a terminal, end it as Ctrl+Q does. */
static void
test_signals (void)
{
  static const int signals[] = { SIGINT, SIGTERM };
  char *argv[] = { (char *) "partway", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    g_autoptr (PwApplication) application = pw_application_new ();
    gboolean is_over = FALSE;

    g_signal_connect (application, "window-added", G_CALLBACK (added_cb),
                      GINT_TO_POINTER (signals[i]));
    g_signal_connect (application, "shutdown", G_CALLBACK (shutdown_cb), &is_over);
    g_assert_cmpint (g_application_run (G_APPLICATION (application), 1, argv), ==, 0);
    g_assert_true (is_over);
    g_assert_null (gtk_application_get_windows (GTK_APPLICATION (application)));
  }
}

/* The history. */

static void
save_upload (const char *name)
{
  PwArchive *archive = pw_archive_new (NULL);
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in (name, PW_UPLOAD_DONE,
                                                           PW_ERROR_CANCELLED);
  g_autofree char *json = pw_destination_to_json (upload->destination);

  g_assert_true (pw_archive_open (archive, NULL));
  pw_archive_put (archive, upload, json);
  pw_archive_free (archive);
}

static gint64 opened_us;

static void
painted_cb (GdkFrameClock *clock,
            GtkWidget     *window)
{
  static guint n_painted;
  gboolean is_there = app_fixture_find (window, GTK_TYPE_LABEL, "film.mov") != NULL;

  /* It waits for the frame, but not for ever. */
  if (n_painted++ == 0 && g_get_monotonic_time () < opened_us + G_TIME_SPAN_SECOND / 2)
    g_assert_false (is_there);
  if (is_there)
    g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "quit", NULL);
}

static void
realize_cb (GtkWidget *window)
{
  opened_us = g_get_monotonic_time ();
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (painted_cb),
                    window);
}

static void
opens_cb (GtkApplication *application,
          GtkWindow      *window)
{
  g_signal_connect (window, "realize", G_CALLBACK (realize_cb), NULL);
}

/* However long it is: what the window looks like is seen before. */
static void
test_history (void)
{
  char *argv[] = { (char *) "partway", NULL };
  g_autoptr (PwApplication) application = NULL;

  save_upload ("film.mov");
  application = pw_application_new ();
  g_signal_connect (application, "window-added", G_CALLBACK (opens_cb), NULL);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 1, argv), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);
  http_init ();

  g_test_add_func ("/application/signals", test_signals);
  g_test_add_func ("/application/history", test_history);

  return g_test_run ();
}
