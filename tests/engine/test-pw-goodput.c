/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-goodput.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define TICK (SECOND / 10)
#define MB 1000000u

/* Feeds @n slices that swing by @swing around @rate. */
static void
feed (PwGoodput *goodput, guint n, guint64 rate, guint64 swing, guint n_completed)
{
  gint64 now_us = 9 * SECOND;
  guint64 total = 5000;

  pw_goodput_begin (goodput, now_us, total, 100);
  for (guint i = 0; i < n; i++) {
    now_us += TICK;
    total += (i % 2 ? rate + swing : rate - swing) / 10;
    pw_goodput_add (goodput, now_us, total, 100 + n_completed, TRUE);
  }
}

static const struct {
  const char *name;
  guint n_slices;
  guint64 rate;
  guint64 swing;
  guint n_completed;
  gboolean is_enough;           /* for two connections */
} cases[] = {
  { "two slices say nothing", 2, 100 * MB, 0, 0, FALSE },
  { "fast and clean", 3, 100 * MB, 0, 0, TRUE },
  { "fast and noisy: soon", 4, 100 * MB, 10 * MB, 0, FALSE },
  { "fast and noisy: later", 60, 100 * MB, 10 * MB, 0, TRUE },
  { "slow: too few bytes", 9, MB, 0, 0, FALSE },
  { "slow: enough bytes", 11, MB, 0, 0, TRUE },
  { "small files: enough of them", 3, MB, 0, 4, TRUE },
  { "small files: too few of them", 3, MB, 0, 3, FALSE },
  { "four seconds and fair", 40, MB / 100, MB / 1000, 0, TRUE },
  { "four seconds and wild", 40, MB, MB, 0, FALSE },
  { "ten seconds and wild", 100, MB, MB, 0, TRUE },
  { "nothing moves", 120, 0, 0, 0, FALSE },
};

static void
test_enough (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    PwGoodput goodput;

    g_test_message ("%s", cases[i].name);
    feed (&goodput, cases[i].n_slices, cases[i].rate, cases[i].swing, cases[i].n_completed);
    g_assert_cmpint (pw_goodput_is_enough (&goodput, 2), ==, cases[i].is_enough);
  }
}

static void
test_mean (void)
{
  PwGoodput goodput;

  feed (&goodput, 16, 100 * MB, 10 * MB, 0);
  g_assert_cmpfloat_with_epsilon (pw_goodput_get_mean (&goodput), 100e6, 1);
  /* Standard deviation 10 % over 15 degrees of freedom, by the root of 16. */
  g_assert_cmpfloat_with_epsilon (pw_goodput_get_error (&goodput), 0.0258, 0.0001);

  feed (&goodput, 1, 100 * MB, 0, 0);
  g_assert_cmpfloat (pw_goodput_get_error (&goodput), ==, 1);
  feed (&goodput, 5, 0, 0, 0);
  g_assert_cmpfloat (pw_goodput_get_error (&goodput), ==, 1);
  pw_goodput_begin (&goodput, SECOND, 0, 0);
  g_assert_cmpfloat (pw_goodput_get_mean (&goodput), ==, 0);
}

/* A part began again: what it had sent was in vain, and the mean says so. */
static void
test_goes_back (void)
{
  PwGoodput goodput;

  pw_goodput_begin (&goodput, SECOND, 50 * MB, 0);
  for (guint i = 1; i <= 10; i++)
    pw_goodput_add (&goodput, SECOND + i * TICK, (50 + i - (i > 5 ? 4 : 0)) * MB, 0, TRUE);
  g_assert_cmpfloat_with_epsilon (pw_goodput_get_mean (&goodput), 6e6, 1);

  pw_goodput_begin (&goodput, SECOND, 50 * MB, 0);
  for (guint i = 1; i <= 120; i++)
    pw_goodput_add (&goodput, SECOND + i * TICK, 49 * MB, 0, TRUE);
  g_assert_false (pw_goodput_is_enough (&goodput, 1));
}

static void
test_slices (void)
{
  PwGoodput goodput;

  /* Samples that come too often are gathered; those beyond the last slice are dropped. */
  pw_goodput_begin (&goodput, SECOND, 0, 0);
  for (guint i = 1; i <= 100; i++)
    pw_goodput_add (&goodput, SECOND + i * SECOND / 100, i * MB, 0, TRUE);
  g_assert_cmpuint (goodput.n_slices, ==, 12);
  g_assert_cmpfloat_with_epsilon (pw_goodput_get_mean (&goodput), 100e6, 1);
  g_assert_false (pw_goodput_is_full (&goodput));

  feed (&goodput, PW_GOODPUT_SLICES + 9, MB, 0, 0);
  g_assert_true (pw_goodput_is_full (&goodput));
  g_assert_cmpuint (goodput.n_slices, ==, PW_GOODPUT_SLICES);
}

static void
test_valid (void)
{
  PwGoodput goodput;

  pw_goodput_begin (&goodput, SECOND, 0, 0);
  for (guint i = 1; i <= 8; i++)
    pw_goodput_add (&goodput, SECOND + i * TICK, i * MB, 0, i > 2);
  g_assert_true (pw_goodput_is_valid (&goodput));
  pw_goodput_add (&goodput, SECOND + 9 * TICK, 9 * MB, 0, FALSE);
  g_assert_false (pw_goodput_is_valid (&goodput));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-goodput/enough", test_enough);
  g_test_add_func ("/pw-goodput/mean", test_mean);
  g_test_add_func ("/pw-goodput/goes-back", test_goes_back);
  g_test_add_func ("/pw-goodput/slices", test_slices);
  g_test_add_func ("/pw-goodput/valid", test_valid);
  return g_test_run ();
}
