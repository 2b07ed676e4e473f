/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-leftover.h"

#include <locale.h>

#define NOW 1800000000
#define DAY (24 * 60 * 60)

static PwLeftover *
new_leftover (gint64 initiated)
{
  PwLeftover *leftover = g_object_new (PW_TYPE_LEFTOVER, NULL);

  leftover->key = g_strdup ("film.mov");
  leftover->initiated = initiated;
  return leftover;
}

static void
test_older (void)
{
  static const struct {
    gint64 initiated;
    guint days;
    gboolean is_older;
  } cases[] = {
    { NOW - DAY - 1, 1, TRUE },
    { NOW - DAY, 1, FALSE },
    { NOW - 8 * DAY, 7, TRUE },
    { NOW - 6 * DAY, 7, FALSE },
    { NOW + DAY, 1, FALSE },
    /* Nobody said when it was begun. */
    { 0, 1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwLeftover) leftover = new_leftover (cases[i].initiated);

    g_assert_cmpint (pw_leftover_is_older (leftover, cases[i].days, NOW), ==, cases[i].is_older);
  }
}

static void
test_sentence (void)
{
  g_autoptr (PwLeftover) leftover = new_leftover (NOW - 2 * 60 * 60);
  g_autofree char *none = pw_leftover_dup_sentence (leftover, NOW);
  g_autofree char *one = NULL, *undated = NULL;

  g_assert_cmpstr (none, ==, "Begun 2 hours ago — 0\302\240bytes in 0 parts");
  leftover->size = 25000000;
  leftover->n_parts = 1;
  one = pw_leftover_dup_sentence (leftover, NOW);
  g_assert_cmpstr (one, ==, "Begun 2 hours ago — 25\302\240MB in 1 part");
  leftover->initiated = 0;
  undated = pw_leftover_dup_sentence (leftover, NOW);
  g_assert_cmpstr (undated, ==, "Begun some time ago — 25\302\240MB in 1 part");
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/leftover/older", test_older);
  g_test_add_func ("/leftover/sentence", test_sentence);

  return g_test_run ();
}
