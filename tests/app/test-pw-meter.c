/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-meter.h"

#define STEP_US (G_USEC_PER_SEC / 5)
#define BEGIN_US (G_GINT64_CONSTANT (1000) * G_USEC_PER_SEC)

static gint64
feed (PwMeter *meter,
      gint64   now_us,
      guint    n_times,
      guint64  bytes,
      guint64  each)
{
  for (guint i = 0; i < n_times; i++) {
    now_us += STEP_US;
    bytes += each;
    pw_meter_feed (meter, now_us, bytes);
  }
  return now_us;
}

static void
test_steady (void)
{
  PwMeter meter = { 0 };

  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 0);
  pw_meter_feed (&meter, BEGIN_US, 0);
  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 0);
  feed (&meter, BEGIN_US, 1, 0, 200);
  /* Too young to tell. */
  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 0);
  feed (&meter, BEGIN_US + STEP_US, 100, 200, 200);
  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 1000);
}

/* What was long ago does not count. */
static void
test_slower (void)
{
  PwMeter meter = { 0 };
  gint64 now_us = feed (&meter, BEGIN_US, 50, 0, 2000);

  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 10000);
  now_us = feed (&meter, now_us, 20, 100000, 20);
  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 100);
  feed (&meter, now_us, 20, 100400, 0);
  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 0);
}

static void
test_again (void)
{
  PwMeter meter = { 0 };
  gint64 now_us = feed (&meter, BEGIN_US, 50, 0, 2000);

  now_us = feed (&meter, now_us, 1, 0, 100);
  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 0);
  feed (&meter, now_us, 10, 100, 100);
  g_assert_cmpuint (pw_meter_get_speed (&meter), ==, 500);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/meter/steady", test_steady);
  g_test_add_func ("/meter/slower", test_slower);
  g_test_add_func ("/meter/again", test_again);

  return g_test_run ();
}
