/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-limits.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static void
test_bursts_and_refills (void)
{
  g_autoptr (PresignLimits) limits = presign_limits_new (2, 3, 10);
  gint64 now = 100 * SECOND;

  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (presign_limits_take (limits, "a", now), ==, 0);
  }
  g_assert_cmpuint (presign_limits_take (limits, "a", now), ==, 501);
  g_assert_cmpuint (presign_limits_take (limits, "b", now), ==, 0);
  g_assert_cmpuint (presign_limits_take (limits, "a", now + SECOND / 4), ==, 251);
  g_assert_cmpuint (presign_limits_take (limits, "a", now + SECOND / 2), ==, 0);
  g_assert_cmpuint (presign_limits_take (limits, "a", now + SECOND / 2), >, 0);
}

static void
test_holds_the_rate (void)
{
  g_autoptr (PresignLimits) limits = presign_limits_new (50, 10, 10);
  guint n_taken = 0;

  for (gint64 now = 0; now < 20 * SECOND; now += 1000) {
    n_taken += presign_limits_take (limits, "a", now) == 0;
  }
  g_assert_cmpuint (n_taken, >=, 50 * 20);
  g_assert_cmpuint (n_taken, <=, 50 * 20 + 10);
}

static void
test_never_saves_more_than_the_burst (void)
{
  g_autoptr (PresignLimits) limits = presign_limits_new (1000, 2, 10);

  g_assert_cmpuint (presign_limits_take (limits, "a", 0), ==, 0);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (presign_limits_take (limits, "a", 3600 * SECOND), ==, 0);
  }
  g_assert_cmpuint (presign_limits_take (limits, "a", 3600 * SECOND), >, 0);
}

static void
test_forgets_the_oldest (void)
{
  g_autoptr (PresignLimits) limits = presign_limits_new (1, 1, 3);

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    g_assert_cmpuint (presign_limits_take (limits, name, i), ==, 0);
    presign_limits_take (limits, "busy", i);
    g_assert_cmpuint (presign_limits_get_n_names (limits), <=, 3);
  }
  g_assert_cmpuint (presign_limits_take (limits, "busy", 1000), >, 0);
}

static void
test_survives_a_clock_that_goes_back (void)
{
  g_autoptr (PresignLimits) limits = presign_limits_new (1, 1, 3);

  g_assert_cmpuint (presign_limits_take (limits, "a", 10 * SECOND), ==, 0);
  g_assert_cmpuint (presign_limits_take (limits, "a", 5 * SECOND), >, 0);
  g_assert_cmpuint (presign_limits_take (limits, "a", 11 * SECOND), ==, 0);
}

static void
test_names (void)
{
  static const struct {
    const char *address;
    const char *name;
  } cases[] = {
    { "192.0.2.7", "192.0.2.7" },
    { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
    { "2001:db8:1:2::1", "2001:db8:1:2::" },
    { "::1", "::" },
    { "no address", "no address" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = presign_limits_dup_name (cases[i].address);

    g_assert_cmpstr (name, ==, cases[i].name);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign-limits/bursts-and-refills", test_bursts_and_refills);
  g_test_add_func ("/presign-limits/holds-the-rate", test_holds_the_rate);
  g_test_add_func ("/presign-limits/burst-is-the-most", test_never_saves_more_than_the_burst);
  g_test_add_func ("/presign-limits/forgets-the-oldest", test_forgets_the_oldest);
  g_test_add_func ("/presign-limits/clock-goes-back", test_survives_a_clock_that_goes_back);
  g_test_add_func ("/presign-limits/names", test_names);
  return g_test_run ();
}
