/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-throttle.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define BEGIN (1000 * SECOND)
#define N_TAKERS_MAX 16

/* Takers of a simulated clock, that come when they were told to, or up to @late_us later. */
typedef struct {
  PwThrottle *throttle;
  GRand *dice;
  guint n;
  gsize wanted;
  gint64 late_us;
  gint64 due_us[N_TAKERS_MAX];
  guint64 taken[N_TAKERS_MAX];
  guint n_grants;
  gsize smallest;
} Takers;

static void
takers_init (Takers *self, PwThrottle *throttle, guint n, gsize wanted, gint64 late_us)
{
  *self = (Takers) {
    .throttle = throttle, .dice = g_rand_new_with_seed (7), .n = n,
    .wanted = wanted, .late_us = late_us, .smallest = G_MAXSIZE,
  };
  for (guint i = 0; i < n; i++)
    self->due_us[i] = BEGIN + i;
}

static guint64
takers_get_total (const Takers *self)
{
  guint64 total = 0;

  for (guint i = 0; i < self->n; i++)
    total += self->taken[i];
  return total;
}

/* Runs until @end_us; returns what was granted meanwhile. */
static guint64
takers_run (Takers *self, gint64 end_us)
{
  guint64 before = takers_get_total (self);

  for (;;) {
    guint first = 0;
    guint wait_ms = 0;
    gsize granted;

    for (guint i = 1; i < self->n; i++) {
      if (self->due_us[i] < self->due_us[first])
        first = i;
    }
    if (self->due_us[first] >= end_us)
      return takers_get_total (self) - before;

    granted = pw_throttle_take (self->throttle, self->wanted, self->due_us[first], &wait_ms);
    g_assert_cmpuint (granted, <=, self->wanted);
    if (granted > 0) {
      self->taken[first] += granted;
      self->n_grants++;
      self->smallest = MIN (self->smallest, granted);
      self->due_us[first] += 30;
      continue;
    }
    g_assert_cmpuint (wait_ms, >=, 1);
    g_assert_cmpuint (wait_ms, <=, 250);
    self->due_us[first] += wait_ms * 1000;
    if (self->late_us > 0)
      self->due_us[first] += g_rand_int_range (self->dice, 0, (gint32) self->late_us);
  }
}

static void
takers_clear (Takers *self)
{
  g_rand_free (self->dice);
}

static const struct {
  guint64 rate;
  guint n;
  gsize wanted;
  gint64 late_us;
} cases[] = {
  { 20000, 1, 65536, 0 },
  { 20000, 16, 524288, 5000 },
  { 100000, 4, 16384, 2000 },
  { 1000000, 1, 524288, 10000 },
  { 1000000, 2, 524288, 10000 },
  { 1000000, 16, 524288, 10000 },
  { 1000000, 16, 1000, 1000 },
  { 12500000, 1, 65536, 0 },
  { 12500000, 8, 524288, 15000 },
  { 12500000, 16, 16384, 1000 },
  { 1000000000, 3, 524288, 100 },
  { 1000000000, 16, 2097152, 1000 },
};

static void
test_rate (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwThrottle) throttle = pw_throttle_new ();
    double ratio;
    Takers takers;

    pw_throttle_set_rate (throttle, cases[i].rate);
    takers_init (&takers, throttle, cases[i].n, cases[i].wanted, cases[i].late_us);
    ratio = (double) takers_run (&takers, BEGIN + 30 * SECOND) / (30.0 * (double) cases[i].rate);
    g_test_message ("%" G_GUINT64_FORMAT " B/s, %u takers of %" G_GSIZE_FORMAT ": %.4f, %u grants",
                    cases[i].rate, cases[i].n, cases[i].wanted, ratio, takers.n_grants);
    g_assert_cmpfloat (ratio, >, 0.97);
    g_assert_cmpfloat (ratio, <, 1.03);

    /* No tiny writes, and nobody is left out. */
    g_assert_cmpuint (takers.smallest, >=,
                      MIN (MAX (cases[i].rate / 50, 4096), cases[i].wanted));
    for (guint t = 0; t < cases[i].n; t++) {
      double share = (double) takers.taken[t] * cases[i].n / (30.0 * (double) cases[i].rate);

      g_assert_cmpfloat (share, >, 0.4);
    }
    takers_clear (&takers);
  }
}

static void
test_no_limit (void)
{
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  guint wait_ms = 77;

  g_assert_cmpuint (pw_throttle_get_rate (throttle), ==, 0);
  g_assert_cmpuint (pw_throttle_take (throttle, G_MAXSIZE, BEGIN, &wait_ms), ==, G_MAXSIZE);
  g_assert_cmpuint (wait_ms, ==, 77);
}

static void
test_changes (void)
{
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  Takers takers;

  takers_init (&takers, throttle, 4, 65536, 3000);
  pw_throttle_set_rate (throttle, 1000000);
  g_assert_cmpuint (pw_throttle_get_rate (throttle), ==, 1000000);
  g_assert_cmpuint (takers_run (&takers, BEGIN + 10 * SECOND), <, 10300000);

  pw_throttle_set_rate (throttle, 50000000);
  g_assert_cmpfloat_with_epsilon ((double) takers_run (&takers, BEGIN + 20 * SECOND), 500e6, 15e6);

  pw_throttle_set_rate (throttle, 200000);
  g_assert_cmpfloat_with_epsilon ((double) takers_run (&takers, BEGIN + 50 * SECOND), 6e6, 18e4);

  /* Who was told to wait at a snail's pace learns soon of the end of all limits. */
  pw_throttle_set_rate (throttle, 1);
  takers_run (&takers, BEGIN + 60 * SECOND);
  pw_throttle_set_rate (throttle, 0);
  g_assert_cmpuint (takers_run (&takers, BEGIN + 60 * SECOND + SECOND / 3), >, 1000000);
  takers_clear (&takers);
}

/* What was promised at a snail's pace does not hold at another. */
static void
test_promises_end (void)
{
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  guint wait_ms = 0;

  pw_throttle_set_rate (throttle, 20000);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (pw_throttle_take (throttle, 65536, BEGIN, &wait_ms), ==, 0);
  g_assert_cmpuint (wait_ms, >, 100);
  pw_throttle_set_rate (throttle, 100000000);
  g_assert_cmpuint (pw_throttle_take (throttle, 65536, BEGIN, &wait_ms), ==, 0);
  g_assert_cmpuint (wait_ms, <=, 21);
}

static void
test_no_burst (void)
{
  const guint64 rates[] = { 100000, 1000000, 100000000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autoptr (PwThrottle) throttle = pw_throttle_new ();
    guint64 at_once = 0;
    guint wait_ms = 0;
    gsize granted;

    pw_throttle_set_rate (throttle, rates[i]);
    pw_throttle_take (throttle, 65536, BEGIN, &wait_ms);
    do {
      granted = pw_throttle_take (throttle, 65536, BEGIN + 3600 * SECOND, &wait_ms);
      at_once += granted;
    } while (granted > 0);
    g_assert_cmpuint (at_once, <=, rates[i] / 10);
    g_assert_cmpuint (at_once, >=, rates[i] / 20);
  }
}

static void
test_small_wishes (void)
{
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  guint wait_ms = 0;

  /* The last bytes of a part are not kept waiting for a whole grant. */
  pw_throttle_set_rate (throttle, 100000);
  g_assert_cmpuint (pw_throttle_take (throttle, 10, BEGIN, &wait_ms), ==, 0);
  g_assert_cmpuint (wait_ms, ==, 1);
  g_assert_cmpuint (pw_throttle_take (throttle, 10, BEGIN + 1000, &wait_ms), ==, 10);
}

static void
test_clock_goes_back (void)
{
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  guint64 total = 0;
  guint wait_ms = 0;

  pw_throttle_set_rate (throttle, 1000000);
  for (gint64 i = 0; i < 10000; i++) {
    gint64 wobble_us = i % 3 == 0 ? -700 : 0;

    total += pw_throttle_take (throttle, 8192, BEGIN + i * 1000 + wobble_us, &wait_ms);
    g_assert_cmpuint (wait_ms, <=, 250);
  }
  g_assert_cmpfloat_with_epsilon ((double) total, 10e6, 3e5);
}

typedef struct {
  PwThrottle *throttle;
  gsize *ticks;
  gsize taken;
  guint number;
} Racer;

static gpointer
race (gpointer data)
{
  Racer *self = data;

  for (guint i = 0; i < 20000; i++) {
    gint64 now_us = BEGIN + (gint64) (gsize) g_atomic_pointer_add (self->ticks, 1) * 100;
    guint wait_ms = 0;

    self->taken += pw_throttle_take (self->throttle, 10000, now_us, &wait_ms);
    if (self->number == 0 && i % 100 == 0)
      pw_throttle_set_rate (self->throttle, i % 200 == 0 ? 1000000 : 2000000);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  Racer racers[8] = { 0 };
  GThread *threads[8];
  gsize clock = 0;
  gsize total = 0;

  pw_throttle_set_rate (throttle, 1000000);
  for (guint i = 0; i < G_N_ELEMENTS (racers); i++) {
    racers[i] = (Racer) { .throttle = throttle, .ticks = &clock, .number = i };
    threads[i] = g_thread_new ("racer", race, &racers[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (racers); i++) {
    g_thread_join (threads[i]);
    total += racers[i].taken;
  }
  /* 160,000 takes 0.1 ms apart are 16 s, between the two rates. */
  g_assert_cmpuint (total, >, 15520000);
  g_assert_cmpuint (total, <, 32960000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-throttle/rate", test_rate);
  g_test_add_func ("/pw-throttle/no-limit", test_no_limit);
  g_test_add_func ("/pw-throttle/changes", test_changes);
  g_test_add_func ("/pw-throttle/promises-end", test_promises_end);
  g_test_add_func ("/pw-throttle/no-burst", test_no_burst);
  g_test_add_func ("/pw-throttle/small-wishes", test_small_wishes);
  g_test_add_func ("/pw-throttle/clock-goes-back", test_clock_goes_back);
  g_test_add_func ("/pw-throttle/threads", test_threads);
  return g_test_run ();
}
