/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-patience.h"

#define S ((gint64) 1000)
#define US G_TIME_SPAN_SECOND

static void
test_grows (void)
{
  static const gint64 waits[] = {
    30 * S, 60 * S, 120 * S, 240 * S, 480 * S, 600 * S, 600 * S, 600 * S,
  };
  PwPatience patience = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    g_assert_cmpint (pw_patience_next_wait_ms (&patience, 0), ==, waits[i]);
}

/* Trouble after something became safe is new trouble. */
static void
test_begins_again (void)
{
  PwPatience patience = { 0 };

  g_assert_cmpint (pw_patience_next_wait_ms (&patience, 100), ==, 30 * S);
  g_assert_cmpint (pw_patience_next_wait_ms (&patience, 100), ==, 60 * S);
  g_assert_cmpint (pw_patience_next_wait_ms (&patience, 101), ==, 30 * S);
  /* What the server lost was no progress. */
  g_assert_cmpint (pw_patience_next_wait_ms (&patience, 50), ==, 60 * S);
}

static void
test_many (void)
{
  PwPatience patience = { .n_tries = G_MAXUINT - 1 };

  g_assert_cmpint (pw_patience_next_wait_ms (&patience, 0), ==, 600 * S);
}

static const struct {
  const char *name;
  gint64 wall_us;               /* that passed */
  gint64 monotonic_us;
  gboolean was_asleep;
} sleeps[] = {
  { "awake", 3 * US, 3 * US, FALSE },
  { "slept", 600 * US, 3 * US, TRUE },
  { "slept-a-little", 24 * US, 3 * US, TRUE },
  { "clock-set-a-little", 10 * US, 3 * US, FALSE },
  { "clock-set-back", -3600 * US, 3 * US, FALSE },
  { "busy", 90 * US, 90 * US, FALSE },
};

static void
test_sleep (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_cmpint (pw_patience_was_asleep (1000, 500, 1000 + sleeps[i].wall_us,
                                           500 + sleeps[i].monotonic_us), ==,
                   sleeps[i].was_asleep);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/patience/grows", test_grows);
  g_test_add_func ("/patience/begins-again", test_begins_again);
  g_test_add_func ("/patience/many", test_many);
  for (guint i = 0; i < G_N_ELEMENTS (sleeps); i++) {
    g_autofree char *path = g_strconcat ("/patience/sleep/", sleeps[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_sleep);
  }
  return g_test_run ();
}
