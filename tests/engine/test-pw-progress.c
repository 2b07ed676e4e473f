/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-progress.h"

#include <string.h>

#define NBSP "\302\240"
#define SECOND ((gint64) G_USEC_PER_SEC)
#define TICK (SECOND / 10)
#define MB 1e6
#define GB 1e9

typedef struct {
  PwProgress progress;
  GRand *dice;
  gint64 now_us;
  double sent;
  guint64 total;
  double noise;
} Upload;

static void
upload_init (Upload *self, double total)
{
  *self = (Upload) { .now_us = 77 * SECOND, .total = (guint64) total };
  self->dice = g_rand_new_with_seed (11);
  pw_progress_init (&self->progress);
  pw_progress_feed (&self->progress, self->now_us, 0, 0, self->total);
}

static void
upload_clear (Upload *self)
{
  g_rand_free (self->dice);
}

static void
upload_tick (Upload *self, double rate)
{
  double noise = 1 + g_rand_double_range (self->dice, -1, 1) * self->noise;

  self->now_us += TICK;
  self->sent = MIN (self->sent + rate * noise * TICK / SECOND, (double) self->total);
  pw_progress_feed (&self->progress, self->now_us, (guint64) self->sent / 2,
                    (guint64) self->sent, self->total);
}

static void
upload_run (Upload *self, double seconds, double rate)
{
  for (gint64 end_us = self->now_us + (gint64) (seconds * SECOND); self->now_us < end_us;)
    upload_tick (self, rate);
}

static double
upload_get_speed (const Upload *self)
{
  return (double) pw_progress_get_speed (&self->progress);
}

static void
test_steady (void)
{
  Upload upload;

  upload_init (&upload, 10 * GB);
  g_assert_cmpuint (pw_progress_get_speed (&upload.progress), ==, 0);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), ==, -1);
  upload_run (&upload, 0.4, 50 * MB);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), ==, -1);
  upload_run (&upload, 0.6, 50 * MB);
  g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 50 * MB, 0.1 * MB);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), ==, 199);
  upload_run (&upload, 99, 50 * MB);
  g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 50 * MB, 0.1 * MB);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), ==, 100);
  upload_clear (&upload);
}

/* Nobody waits for so long. */
static void
test_crawl (void)
{
  Upload upload;

  upload_init (&upload, 5000 * GB);
  upload_run (&upload, 20, MB / 2);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), ==, -1);
  upload_run (&upload, 60, MB);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), >, 50 * 24 * 3600);
  upload_clear (&upload);
}

/* A jumpy line gives a calm display. */
static void
test_noise (void)
{
  double before;
  gint64 left_before;
  Upload upload;

  upload_init (&upload, 1000 * GB);
  upload.noise = 0.5;
  upload_run (&upload, 30, 50 * MB);
  before = upload_get_speed (&upload);
  left_before = pw_progress_get_seconds_left (&upload.progress);
  for (guint i = 0; i < 600; i++) {
    gint64 left;

    upload_tick (&upload, 50 * MB);
    left = pw_progress_get_seconds_left (&upload.progress);
    g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), before, 0.02 * before);
    g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 50 * MB, 8 * MB);
    g_assert_cmpfloat_with_epsilon ((double) left, (double) left_before, 0.01 * (double) left);
    before = upload_get_speed (&upload);
    left_before = left;
  }
  upload_clear (&upload);
}

/* But it follows when the line really changes. */
static void
test_follows (void)
{
  Upload upload;

  upload_init (&upload, 1000 * GB);
  upload_run (&upload, 60, 100 * MB);
  upload_run (&upload, 5, 20 * MB);
  g_assert_cmpfloat (upload_get_speed (&upload), <, 65 * MB);
  upload_run (&upload, 5, 20 * MB);
  g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 20 * MB, 1 * MB);
  upload_run (&upload, 15, 20 * MB);
  g_assert_cmpfloat_with_epsilon ((double) pw_progress_get_seconds_left (&upload.progress),
                                  (1000 * GB - upload.sent) / (20 * MB),
                                  0.1 * (1000 * GB - upload.sent) / (20 * MB));
  upload_run (&upload, 11, 200 * MB);
  g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 200 * MB, 1 * MB);
  upload_clear (&upload);
}

static void
test_stall (void)
{
  g_autofree char *stalled = NULL;
  g_autofree char *moving = NULL;
  Upload upload;

  upload_init (&upload, 10 * GB);
  upload_run (&upload, 32, 100 * MB);
  upload_run (&upload, 4.8, 0);
  g_assert_false (pw_progress_is_stalled (&upload.progress));
  upload_run (&upload, 0.3, 0);
  g_assert_true (pw_progress_is_stalled (&upload.progress));
  g_assert_cmpuint (pw_progress_get_speed (&upload.progress), ==, 0);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), ==, -1);
  stalled = pw_progress_dup_sentence (&upload.progress);
  g_assert_cmpstr (stalled, ==, "3.2 of 10" NBSP "GB — waiting for the network");

  /* Afterwards the stall is forgotten at once. */
  upload_run (&upload, 30, 0);
  upload_run (&upload, 1, 50 * MB);
  g_assert_false (pw_progress_is_stalled (&upload.progress));
  g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 50 * MB, 1 * MB);
  moving = pw_progress_dup_sentence (&upload.progress);
  g_assert_cmpstr (moving, ==, "3.2 of 10" NBSP "GB — 2 minutes left");
  upload_clear (&upload);
}

/* Paused or asleep: nobody feeds. */
static void
test_gap (void)
{
  guint64 history[PW_PROGRESS_HISTORY];
  Upload upload;
  guint n;

  upload_init (&upload, 100 * GB);
  upload_run (&upload, 20, 100 * MB);
  upload.now_us += 60 * SECOND;
  upload_run (&upload, 3, 10 * MB);
  g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 10 * MB, 1 * MB);
  n = pw_progress_get_history (&upload.progress, history, PW_PROGRESS_HISTORY);
  g_assert_cmpuint (n, ==, 83);
  g_assert_cmpuint (history[10], ==, 100000000);
  g_assert_cmpuint (history[50], ==, 0);
  g_assert_cmpfloat_with_epsilon ((double) history[82], 10 * MB, 1 * MB);

  upload.now_us += 7 * 86400 * SECOND;
  upload_tick (&upload, 10 * MB);
  n = pw_progress_get_history (&upload.progress, history, PW_PROGRESS_HISTORY);
  g_assert_cmpuint (n, ==, PW_PROGRESS_HISTORY);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (history[i], ==, 0);
  upload_clear (&upload);
}

/* Too short for a stall, yet nobody was feeding. */
static void
test_short_gap (void)
{
  Upload upload;

  upload_init (&upload, 100 * GB);
  upload_run (&upload, 20, 100 * MB);
  upload.now_us += 4 * SECOND;
  upload_run (&upload, 1, 100 * MB);
  g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 100 * MB, 1 * MB);
  upload_clear (&upload);
}

static void
test_history (void)
{
  guint64 history[PW_PROGRESS_HISTORY] = { 0 };
  Upload upload;

  upload_init (&upload, 1000 * GB);
  g_assert_cmpuint (pw_progress_get_history (&upload.progress, history, 300), ==, 0);
  for (guint i = 1; i <= 400; i++)
    upload_run (&upload, 1, i * MB);
  g_assert_cmpuint (pw_progress_get_history (&upload.progress, history, 300), ==, 300);
  /* The tick at a second's very end counts for the next: hence the tolerance. */
  for (guint i = 0; i < 300; i++)
    g_assert_cmpfloat_with_epsilon ((double) history[i], (101 + i) * MB, 1 * MB);
  g_assert_cmpuint (pw_progress_get_history (&upload.progress, history, 2), ==, 2);
  g_assert_cmpfloat_with_epsilon ((double) history[1], 400 * MB, 1 * MB);
  g_assert_cmpuint (pw_progress_get_history (&upload.progress, NULL, 0), ==, 0);
  upload_clear (&upload);
}

/* A part that starts again takes the position back, and never makes the speed negative or wild. */
static void
test_goes_back (void)
{
  Upload upload;

  upload_init (&upload, 100 * GB);
  upload_run (&upload, 30, 100 * MB);
  upload.sent -= 64 * MB;
  for (guint i = 0; i < 200; i++) {
    upload_tick (&upload, 100 * MB);
    g_assert_cmpfloat_with_epsilon (upload_get_speed (&upload), 100 * MB, 5 * MB);
  }
  upload_clear (&upload);
}

/* Feeding far more often must not shorten the memory. */
static void
test_fed_often (void)
{
  PwProgress progress;
  gint64 now_us = SECOND;
  guint64 sent = 0;

  pw_progress_init (&progress);
  for (guint i = 0; i < 20000; i++, now_us += 1000) {
    sent += i % 4000 < 2000 ? 100000 : 0;       /* 2 s at 100 MB/s, 2 s nothing */
    pw_progress_feed (&progress, now_us, 0, sent, 1u << 31);
    if (i > 12000)
      g_assert_cmpfloat_with_epsilon ((double) pw_progress_get_speed (&progress), 50 * MB, 12 * MB);
  }
}

/* A resumed upload was not sent within its first tenth of a second. */
static void
test_resumed (void)
{
  PwProgress progress;
  guint64 history[1];

  pw_progress_init (&progress);
  for (guint i = 0; i < 20; i++)
    pw_progress_feed (&progress, SECOND + i * TICK, 5000000000, 5000000000 + i * 1000000,
                      10000000000);
  g_assert_cmpfloat_with_epsilon ((double) pw_progress_get_speed (&progress), 10 * MB, 0.1 * MB);
  g_assert_cmpuint (pw_progress_get_history (&progress, history, 1), ==, 1);
  g_assert_cmpfloat_with_epsilon ((double) history[0], 10 * MB, 1.5 * MB);
}

static const struct {
  guint64 safe;
  guint64 sent;
  guint64 total;
  const char *sentence;
} sentences[] = {
  { 0, 0, 10000000000, "0 of 10" NBSP "GB" },
  { 0, 3200000000, 10000000000, "3.2 of 10" NBSP "GB" },
  { 9000000000, 10000000000, 10000000000, "10" NBSP "GB sent — waiting for the server" },
  { 10000000000, 10000000000, 10000000000, "10" NBSP "GB — done" },
  { 0, 0, 0, "0" NBSP "bytes — done" },
};

static void
test_sentences (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++) {
    g_autofree char *sentence = NULL;
    PwProgress progress;

    pw_progress_init (&progress);
    pw_progress_feed (&progress, SECOND, sentences[i].safe, sentences[i].sent, sentences[i].total);
    sentence = pw_progress_dup_sentence (&progress);
    g_assert_cmpstr (sentence, ==, sentences[i].sentence);
  }
}

static void
test_end (void)
{
  Upload upload;

  upload_init (&upload, 1 * GB);
  upload_run (&upload, 20, 100 * MB);
  g_assert_cmpint (pw_progress_get_seconds_left (&upload.progress), ==, 0);
  g_assert_false (pw_progress_is_stalled (&upload.progress));
  upload_clear (&upload);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-progress/steady", test_steady);
  g_test_add_func ("/pw-progress/crawl", test_crawl);
  g_test_add_func ("/pw-progress/noise", test_noise);
  g_test_add_func ("/pw-progress/follows", test_follows);
  g_test_add_func ("/pw-progress/stall", test_stall);
  g_test_add_func ("/pw-progress/gap", test_gap);
  g_test_add_func ("/pw-progress/short-gap", test_short_gap);
  g_test_add_func ("/pw-progress/history", test_history);
  g_test_add_func ("/pw-progress/goes-back", test_goes_back);
  g_test_add_func ("/pw-progress/fed-often", test_fed_often);
  g_test_add_func ("/pw-progress/resumed", test_resumed);
  g_test_add_func ("/pw-progress/sentences", test_sentences);
  g_test_add_func ("/pw-progress/end", test_end);
  return g_test_run ();
}
