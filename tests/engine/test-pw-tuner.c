/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-tuner.h"

#include <string.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define TICK (SECOND / 10)
#define MB 1e6

/* A line: each connection gives so much, together they give no more than the capacity, and each
 * beyond the best number costs a part of the whole. */
typedef struct {
  const char *name;
  double each;
  double capacity;
  guint best;
  double cost;
  double noise;                 /* 0.1 = ±10 % in each tick */
  double ramp_s;                /* a new connection's way to full speed */
  guint64 lump;                 /* bytes are told in lumps of this size; 0 = smoothly */
  guint lowest;                 /* where the search must end */
  guint highest;
} Line;

static const Line lines[] = {
  { "saturated by 1", 100 * MB, 100 * MB, 1, 0, 0.1, 0, 0, 1, 1 },
  { "saturated by 2", 50 * MB, 100 * MB, 2, 0, 0.1, 0, 0, 2, 2 },
  { "saturated by 8", 12 * MB, 96 * MB, 8, 0, 0.1, 0, 0, 8, 10 },
  { "saturated by 24", 80 * MB, 1920 * MB, 24, 0, 0.1, 0, 0, 22, 32 },
  { "never saturated", 60 * MB, 60000 * MB, 32, 0, 0.1, 0, 0, 31, 32 },
  { "more is slower", 5 * MB, 20 * MB, 4, 0.05, 0.1, 0, 0, 4, 4 },
  { "one is best by far", 3 * MB, 3 * MB, 1, 0.2, 0.1, 0, 0, 1, 1 },
  { "slow line", 0.1 * MB, 0.3 * MB, 3, 0.01, 0.1, 0, 0, 3, 3 },
  { "long fat line", 10 * MB, 120 * MB, 12, 0, 0.05, 1.5, 0, 12, 16 },
  { "slow to start", 20 * MB, 20 * MB, 1, 0, 0.05, 2, 0, 1, 1 },
  { "loopback", 2100 * MB, 4000 * MB, 2, 0.02, 0.05, 0, 0, 2, 3 },
  { "very noisy", 10 * MB, 60 * MB, 6, 0, 0.3, 0, 0, 5, 9 },
  { "in whole parts", 20 * MB, 120 * MB, 6, 0, 0.1, 0, 8 * 1024 * 1024, 5, 9 },
};

typedef struct {
  Line line;
  PwTuner *tuner;
  GRand *dice;
  gint64 now_us;
  double total;
  guint n_busy;
  guint n_jobs;                 /* no more connections than this can be busy */
  guint n_highest;              /* of the wanted numbers, since world_forget() */
  guint n_changes;
  guint n_ticks[64];            /* how long each number was wanted */
  gint64 opened_us[64];         /* when each connection was opened */
} World;

static double
line_get_rate (const Line *line, guint n)
{
  double rate = MIN (n * line->each, line->capacity);

  return n > line->best ? rate * MAX (1 - (n - line->best) * line->cost, 0.1) : rate;
}

static void
world_init (World *self, const Line *line, guint seed)
{
  *self = (World) {
    .line = *line, .tuner = pw_tuner_new (PW_TUNER_MIN, PW_TUNER_MAX, PW_TUNER_START),
    .dice = g_rand_new_with_seed (seed), .now_us = 5 * SECOND, .n_jobs = G_MAXUINT,
  };
  self->n_busy = PW_TUNER_START;
}

static void
world_clear (World *self)
{
  pw_tuner_free (self->tuner);
  g_rand_free (self->dice);
}

/* How many full connections those are that still speed up. */
static double
world_get_effective (const World *self)
{
  double n = 0;

  for (guint i = 0; i < self->n_busy; i++) {
    double age_s = (double) (self->now_us - self->opened_us[i]) / SECOND;

    n += self->line.ramp_s > 0 ? CLAMP (age_s / self->line.ramp_s, 0, 1) : 1;
  }
  return n / MAX (self->n_busy, 1);
}

static void
world_forget (World *self)
{
  self->n_highest = self->n_changes = 0;
  memset (self->n_ticks, 0, sizeof self->n_ticks);
}

/* The number that was wanted for the longest time. */
static guint
world_get_usual (const World *self)
{
  guint usual = 0;

  for (guint i = 1; i < G_N_ELEMENTS (self->n_ticks); i++) {
    if (self->n_ticks[i] > self->n_ticks[usual])
      usual = i;
  }
  return usual;
}

static guint64
world_get_told (const World *self)
{
  guint64 total = (guint64) self->total;

  return self->line.lump ? total - total % self->line.lump : total;
}

/* Returns the bytes/s that moved meanwhile. */
static double
world_run (World *self, double seconds)
{
  gint64 end_us = self->now_us + (gint64) (seconds * SECOND);
  double before = self->total;

  while (self->now_us < end_us) {
    double noise = 1 + g_rand_double_range (self->dice, -1, 1) * self->line.noise;
    double rate = line_get_rate (&self->line, self->n_busy) * world_get_effective (self);
    guint before_wanted = pw_tuner_get_wanted (self->tuner);
    guint wanted;

    self->now_us += TICK;
    self->total += rate * noise * TICK / SECOND;
    wanted = pw_tuner_sample (self->tuner, self->now_us, world_get_told (self),
                              (guint) (self->total / (8 * MB)), self->n_busy);
    g_assert_cmpuint (wanted, ==, pw_tuner_get_wanted (self->tuner));
    self->n_changes += wanted != before_wanted;
    self->n_highest = MAX (self->n_highest, wanted);
    self->n_ticks[wanted]++;
    for (guint i = self->n_busy; i < wanted; i++)
      self->opened_us[i] = self->now_us;
    self->n_busy = MIN (wanted, self->n_jobs);
  }
  return (self->total - before) / seconds;
}

static void
test_converges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    double best = line_get_rate (&lines[i], lines[i].best);

    for (guint seed = 1; seed <= 20; seed++) {
      World world;
      double early, late;
      guint usual;

      world_init (&world, &lines[i], seed);
      world_run (&world, 30);
      early = world_run (&world, 30) / best;
      world_forget (&world);
      late = world_run (&world, 300) / best;
      usual = world_get_usual (&world);
      g_test_message ("%s, %u: %.3f early, %.3f late, usually %u, at most %u, %u changes",
                      lines[i].name, seed, early, late, usual, world.n_highest, world.n_changes);
      g_assert_cmpfloat (early, >, 0.90);
      g_assert_cmpfloat (late, >, 0.95);
      g_assert_cmpuint (usual, >=, lines[i].lowest);
      g_assert_cmpuint (usual, <=, lines[i].highest);
      /* A probe is a quarter more or less, some 20 s apart, and each costs two changes. */
      g_assert_cmpuint (world.n_highest, <=, lines[i].highest * 3 / 2 + 2);
      g_assert_cmpuint (world.n_changes, <=, 40);
      world_clear (&world);
    }
  }
}

static void
test_starts_fast (void)
{
  Line line = lines[3];
  World world;

  line.noise = 0;
  world_init (&world, &line, 1);
  world_run (&world, 3);
  g_assert_cmpuint (world.n_highest, >=, 24);
  world_clear (&world);
}

/* Busy processors are no reason to try more connections, but one to try fewer; idle ones are. */
static void
test_load (void)
{
  Line line = lines[3];
  World world;

  line.noise = 0;
  world_init (&world, &line, 1);
  for (guint i = 0; i < 600; i++) {
    pw_tuner_set_load (world.tuner, 0.6);
    world_run (&world, 0.1);
  }
  g_assert_cmpuint (world.n_highest, ==, PW_TUNER_START);
  for (guint i = 0; i < 600; i++) {
    pw_tuner_set_load (world.tuner, 0.1);
    world_run (&world, 0.1);
  }
  g_assert_cmpuint (world.n_highest, >, PW_TUNER_START);
  world_clear (&world);
}

/* New connections that take three seconds to speed up hold nothing up for long. */
static void
test_starts_slowly (void)
{
  Line line = lines[3];
  World world;

  line.noise = 0.02;
  line.ramp_s = 3;
  world_init (&world, &line, 1);
  world_run (&world, 40);
  g_assert_cmpuint (world.n_highest, >=, 24);
  g_assert_cmpfloat (world_run (&world, 20), >, 0.9 * line.capacity);
  world_clear (&world);
}

static void
test_throttled (void)
{
  World world;
  guint before;

  world_init (&world, &lines[3], 3);
  world_run (&world, 60);
  before = pw_tuner_get_wanted (world.tuner);
  g_assert_cmpuint (before, >, 16);

  /* All workers hear of it at about the same time: it is one event. */
  for (guint i = 0; i < before; i++)
    pw_tuner_throttled (world.tuner, world.now_us + i * 10000);
  g_assert_cmpuint (pw_tuner_get_wanted (world.tuner), ==, before / 2);
  world_forget (&world);
  world_run (&world, 9);
  g_assert_cmpuint (world.n_highest, ==, before / 2);
  world_run (&world, 50);
  g_assert_cmpfloat (world_run (&world, 60), >, 0.95 * lines[3].capacity);

  for (guint i = 0; i < 10; i++) {
    pw_tuner_throttled (world.tuner, world.now_us);
    world_run (&world, 1.5);
  }
  g_assert_cmpuint (pw_tuner_get_wanted (world.tuner), ==, 1);
  world_clear (&world);
}

/* A service that says slow down above 16 connections, again and again. */
static void
test_often_throttled (void)
{
  guint n_throttled = 0;
  World world;

  world_init (&world, &lines[4], 5);
  for (guint i = 0; i < 3000; i++) {
    world_run (&world, 0.1);
    if (world.n_busy > 16) {
      pw_tuner_throttled (world.tuner, world.now_us);
      n_throttled++;
    }
  }
  g_test_message ("throttled %u times in 300 s", n_throttled);
  g_assert_cmpuint (n_throttled, <=, 25);
  g_assert_cmpfloat (world.total / 300, >, 0.6 * line_get_rate (&lines[4], 16));
  world_clear (&world);
}

static void
test_line_changes (void)
{
  World world;

  world_init (&world, &lines[2], 2);
  world_run (&world, 60);

  world.line.capacity = 24 * MB;
  world_run (&world, 240);
  world_forget (&world);
  g_assert_cmpfloat (world_run (&world, 60), >, 0.95 * 24 * MB);
  g_assert_cmpuint (world_get_usual (&world), <=, 4);

  world.line.capacity = 192 * MB;
  world.line.best = 16;
  world_run (&world, 90);
  g_assert_cmpfloat (world_run (&world, 60), >, 0.95 * 192 * MB);
  world_clear (&world);
}

static void
test_line_breaks (void)
{
  World world;
  guint before;

  world_init (&world, &lines[2], 4);
  world_run (&world, 60);
  before = world_get_usual (&world);
  world.line.each = 0;
  world_forget (&world);
  world_run (&world, 300);
  g_assert_cmpuint (world.n_highest, <=, before + before / 4 + 1);
  g_assert_cmpuint (world.n_changes, <=, 3);

  world.line.each = lines[2].each;
  world_run (&world, 30);
  g_assert_cmpfloat (world_run (&world, 60), >, 0.95 * 96 * MB);

  world.now_us += 3600 * SECOND;
  world_run (&world, 5);
  g_assert_cmpfloat (world_run (&world, 60), >, 0.95 * 96 * MB);
  world_clear (&world);
}

/* With no more jobs than connections to begin with, a probe of twice as many proves nothing, even
 * if the line is faster just then. */
static void
test_few_jobs (void)
{
  World world;

  world_init (&world, &lines[4], 1);
  world.n_jobs = PW_TUNER_START;
  for (guint i = 0; i < 3000; i++) {
    gboolean is_probing = pw_tuner_get_wanted (world.tuner) > PW_TUNER_START;

    world.line.each = (is_probing ? 2 : 1) * lines[4].each;
    world_run (&world, 0.1);
  }
  g_assert_cmpuint (world.n_highest, <=, 2 * PW_TUNER_START);
  g_assert_cmpuint (world_get_usual (&world), ==, PW_TUNER_START);
  world_clear (&world);
}

/* Parts that start again, and most of all while fewer connections are tried: those then bring less
 * than they seem to, and must not be kept. */
static void
test_bytes_go_back (void)
{
  World world;

  world_init (&world, &lines[5], 6);
  for (guint i = 0; i < 500; i++) {
    gboolean is_trying = pw_tuner_get_wanted (world.tuner) < 4;

    world_run (&world, 1);
    world.total -= is_trying || i % 10 == 0 ? 4 * MB : 0;
  }
  g_assert_cmpuint (world_get_usual (&world), ==, 4);
  g_assert_cmpuint (world.n_highest, <=, 8);
  g_assert_cmpuint (world.n_ticks[3], <, 1500);
  world_clear (&world);
}

static void
test_bounds (void)
{
  g_autoptr (PwTuner) above = pw_tuner_new (4, 8, 2);
  g_autoptr (PwTuner) below = pw_tuner_new (1, 2, 20);
  World world;

  g_assert_cmpuint (pw_tuner_get_wanted (above), ==, 4);
  g_assert_cmpuint (pw_tuner_get_wanted (below), ==, 2);

  world_init (&world, &lines[4], 8);
  world_run (&world, 60);
  pw_tuner_set_bounds (world.tuner, 1, 5);
  g_assert_cmpuint (pw_tuner_get_wanted (world.tuner), ==, 5);
  world_forget (&world);
  world_run (&world, 60);
  g_assert_cmpuint (world.n_highest, ==, 5);

  pw_tuner_set_bounds (world.tuner, 9, 9);
  world_run (&world, 1);
  world_forget (&world);
  world_run (&world, 120);
  g_assert_cmpuint (world_get_usual (&world), ==, 9);
  g_assert_cmpuint (world.n_changes, ==, 0);

  pw_tuner_set_bounds (world.tuner, 1, 32);
  world_run (&world, 90);
  g_assert_cmpuint (pw_tuner_get_wanted (world.tuner), >=, 30);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-tuner/converges", test_converges);
  g_test_add_func ("/pw-tuner/starts-fast", test_starts_fast);
  g_test_add_func ("/pw-tuner/load", test_load);
  g_test_add_func ("/pw-tuner/starts-slowly", test_starts_slowly);
  g_test_add_func ("/pw-tuner/throttled", test_throttled);
  g_test_add_func ("/pw-tuner/often-throttled", test_often_throttled);
  g_test_add_func ("/pw-tuner/line-changes", test_line_changes);
  g_test_add_func ("/pw-tuner/line-breaks", test_line_breaks);
  g_test_add_func ("/pw-tuner/few-jobs", test_few_jobs);
  g_test_add_func ("/pw-tuner/bytes-go-back", test_bytes_go_back);
  g_test_add_func ("/pw-tuner/bounds", test_bounds);
  return g_test_run ();
}
