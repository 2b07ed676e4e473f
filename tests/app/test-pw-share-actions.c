/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-share-actions.h"

#include <locale.h>
#include <stdlib.h>

#define NOON 1796126400         /* 2026-12-01 12:00:00 UTC */
#define HOUR 3600

static void
test_copied (void)
{
  static const struct {
    gint64 expires;
    gboolean may_end_sooner;
    const char *sentence;
  } cases[] = {
    { NOON + 2 * HOUR + 1800, FALSE, "Link copied — works until 14:30" },
    { NOON + 24 * HOUR, FALSE, "Link copied — works until 2 December, 12:00" },
    { NOON + 365 * 24 * HOUR, FALSE, "Link copied — works until 1 December, 12:00" },
    { NOON + HOUR, TRUE, "Link copied — works until 13:00, or until its keys expire" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    PwLink link = { .expires = cases[i].expires, .may_end_sooner = cases[i].may_end_sooner };
    g_autofree char *sentence = pw_share_dup_copied (&link, NOON);

    g_assert_cmpstr (sentence, ==, cases[i].sentence);
  }
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/share/copied", test_copied);

  return g_test_run ();
}
