/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-application.h"

#include <signal.h>

#include "app-fixture.h"
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

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);
  http_init ();

  g_test_add_func ("/application/signals", test_signals);

  return g_test_run ();
}
