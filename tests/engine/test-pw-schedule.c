/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-schedule.h"

/* The schedule looks at the plan and the states of an order, and at nothing else of it. */

typedef struct {
  PwOrder order;
  PwSchedule schedule;
  guint8 states[8];
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->order.plan = (S3Plan) { .size = 75, .part_size = 10, .n_parts = 8 };
  fixture->order.states = fixture->states;
  pw_schedule_init (&fixture->schedule);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  pw_schedule_clear (&fixture->schedule);
}

static guint
next (Fixture *fixture,
      gint64   now_us)
{
  PwAttempts attempts;

  return pw_schedule_next (&fixture->schedule, &fixture->order, now_us, &attempts);
}

static void
test_ascending (Fixture       *fixture,
                gconstpointer  data)
{
  pw_schedule_begin (&fixture->schedule, &fixture->order);
  g_assert_cmpuint (fixture->schedule.n_left, ==, 8);
  for (guint n = 1; n <= 8; n++) {
    g_assert_cmpuint (next (fixture, 0), ==, n);
    g_assert_cmpint (fixture->states[n - 1], ==, PW_PART_SENDING);
  }
  g_assert_cmpuint (next (fixture, 0), ==, 0);
  for (guint n = 1; n <= 8; n++)
    pw_schedule_take_safe (&fixture->schedule, &fixture->order, n);
  g_assert_cmpuint (fixture->schedule.n_left, ==, 0);
  g_assert_cmpuint (fixture->schedule.safe, ==, 75);
}

static void
test_what_is_left (Fixture       *fixture,
                   gconstpointer  data)
{
  static const guint8 states[8] = {
    PW_PART_RESUMED, PW_PART_WAITING, PW_PART_SAFE, PW_PART_SENDING, PW_PART_RETRYING,
    PW_PART_RESUMED, PW_PART_RESUMED, PW_PART_SAFE,
  };

  for (guint i = 0; i < 8; i++)
    fixture->states[i] = states[i];
  pw_schedule_begin (&fixture->schedule, &fixture->order);
  g_assert_cmpuint (fixture->schedule.n_left, ==, 3);
  g_assert_cmpuint (fixture->schedule.safe, ==, 45);
  g_assert_cmpuint (next (fixture, 0), ==, 2);
  g_assert_cmpuint (next (fixture, 0), ==, 4);
  g_assert_cmpuint (next (fixture, 0), ==, 5);
  g_assert_cmpuint (next (fixture, 0), ==, 0);
}

/* Not sent through no fault of its own: it is the next one. */
static void
test_back (Fixture       *fixture,
           gconstpointer  data)
{
  pw_schedule_begin (&fixture->schedule, &fixture->order);
  for (guint n = 1; n <= 4; n++)
    next (fixture, 0);
  pw_schedule_take_back (&fixture->schedule, &fixture->order, 3);
  pw_schedule_take_back (&fixture->schedule, &fixture->order, 2);
  g_assert_cmpint (fixture->states[1], ==, PW_PART_WAITING);
  g_assert_cmpuint (next (fixture, 0), ==, 2);
  g_assert_cmpuint (next (fixture, 0), ==, 3);
  g_assert_cmpuint (next (fixture, 0), ==, 5);
}

static void
test_retry (Fixture       *fixture,
            gconstpointer  data)
{
  PwAttempts attempts = { .n_transient = 3 }, got = { 0 };

  pw_schedule_begin (&fixture->schedule, &fixture->order);
  g_assert_cmpuint (next (fixture, 0), ==, 1);
  g_assert_cmpuint (next (fixture, 0), ==, 2);
  pw_schedule_take_retry (&fixture->schedule, &fixture->order, 1, 1000, &attempts);
  pw_schedule_take_retry (&fixture->schedule, &fixture->order, 2, 500, &attempts);
  g_assert_cmpint (fixture->states[0], ==, PW_PART_RETRYING);
  g_assert_cmpuint (next (fixture, 499), ==, 3);
  g_assert_cmpuint (next (fixture, 500), ==, 2);
  g_assert_cmpuint (next (fixture, 999), ==, 4);
  g_assert_cmpuint (pw_schedule_next (&fixture->schedule, &fixture->order, 1000, &got), ==, 1);
  g_assert_cmpuint (got.n_transient, ==, 3);
  g_assert_cmpuint (pw_schedule_next (&fixture->schedule, &fixture->order, 1000, &got), ==, 5);
  g_assert_cmpuint (got.n_transient, ==, 0);

  /* What waited for its next try is forgotten when all begins anew. */
  pw_schedule_take_retry (&fixture->schedule, &fixture->order, 5, 2000, &attempts);
  pw_schedule_begin (&fixture->schedule, &fixture->order);
  g_assert_cmpuint (fixture->schedule.retries->len, ==, 0);
  g_assert_cmpuint (fixture->schedule.n_left, ==, 8);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/schedule/ascending", Fixture, NULL, set_up, test_ascending, tear_down);
  g_test_add ("/schedule/what-is-left", Fixture, NULL, set_up, test_what_is_left, tear_down);
  g_test_add ("/schedule/back", Fixture, NULL, set_up, test_back, tear_down);
  g_test_add ("/schedule/retry", Fixture, NULL, set_up, test_retry, tear_down);

  return g_test_run ();
}
