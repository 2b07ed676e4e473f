/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-watch.h"

#define STALL_MS 30
#define RESPONSE_MS 60
#define PAUSE_MS 40
#define SIZE 1000

/* One look. */
typedef struct {
  gint64 at_ms;
  HttpSample sample;            /* connected, held back, read, sent, queued, received */
  HttpWatchVerdict verdict;
} Look;

typedef struct {
  const char *what;
  Look looks[8];                /* ended by at_ms 0 */
} Case;

static void
check_case (const Case *c)
{
  HttpWatch watch;

  g_test_message ("%s", c->what);
  http_watch_start (&watch, SIZE, STALL_MS, RESPONSE_MS, PAUSE_MS, 1);
  for (const Look *look = c->looks; look->at_ms != 0; look++) {
    gint64 now = look->at_ms * G_TIME_SPAN_MILLISECOND;

    g_assert_cmpint (http_watch_look (&watch, &look->sample, now), ==, look->verdict);
    if (look->verdict == HTTP_WATCH_GO_ON)
      g_assert_cmpint (http_watch_get_due (&watch), >, now);
  }
}

static void
test_verdicts (void)
{
  static const Case cases[] = {
    { "slow is not dead", {
        { 20, { TRUE, FALSE, 10, 1, 1, 0 }, HTTP_WATCH_GO_ON },
        { 45, { TRUE, FALSE, 10, 2, 2, 0 }, HTTP_WATCH_GO_ON },
        { 70, { TRUE, FALSE, 10, 2, 1, 0 }, HTTP_WATCH_GO_ON },
        { 95, { TRUE, FALSE, 11, 2, 1, 0 }, HTTP_WATCH_GO_ON }
      } },
    { "sending stops", {
        { 20, { TRUE, FALSE, 10, 5, 5, 0 }, HTTP_WATCH_GO_ON },
        { 49, { TRUE, FALSE, 10, 5, 5, 0 }, HTTP_WATCH_GO_ON },
        { 50, { TRUE, FALSE, 10, 5, 5, 0 }, HTTP_WATCH_STALLED }
      } },
    { "connecting is not watched", {
        { 500, { FALSE, FALSE, 0, 0, 0, 0 }, HTTP_WATCH_GO_ON },
        { 520, { TRUE, FALSE, 0, 0, 0, 0 }, HTTP_WATCH_GO_ON },
        { 530, { TRUE, FALSE, 0, 0, 0, 0 }, HTTP_WATCH_STALLED }
      } },
    { "held back does not count", {
        { 10, { TRUE, TRUE, 10, 5, 0, 0 }, HTTP_WATCH_GO_ON },
        { 500, { TRUE, TRUE, 10, 5, 0, 0 }, HTTP_WATCH_GO_ON },
        { 529, { TRUE, FALSE, 10, 5, 0, 0 }, HTTP_WATCH_GO_ON },
        { 530, { TRUE, FALSE, 10, 5, 0, 0 }, HTTP_WATCH_STALLED }
      } },
    { "handed over, but never taken", {
        { 10, { TRUE, FALSE, SIZE, SIZE, 700, 0 }, HTTP_WATCH_GO_ON },
        { 30, { TRUE, FALSE, SIZE, SIZE, 600, 0 }, HTTP_WATCH_GO_ON },
        { 60, { TRUE, FALSE, SIZE, SIZE, 600, 0 }, HTTP_WATCH_STALLED }
      } },
    { "no answer counts from when all was taken", {
        { 10, { TRUE, FALSE, SIZE, SIZE, 700, 0 }, HTTP_WATCH_GO_ON },
        { 35, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_GO_ON },
        { 94, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_GO_ON },
        { 95, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_NO_ANSWER }
      } },
    { "the answer trickles, then stops", {
        { 10, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_GO_ON },
        { 65, { TRUE, FALSE, SIZE, SIZE, 0, 1 }, HTTP_WATCH_GO_ON },
        { 90, { TRUE, FALSE, SIZE, SIZE, 0, 2 }, HTTP_WATCH_GO_ON },
        { 129, { TRUE, FALSE, SIZE, SIZE, 0, 2 }, HTTP_WATCH_GO_ON },
        { 130, { TRUE, FALSE, SIZE, SIZE, 0, 2 }, HTTP_WATCH_STALLED }
      } },
    { "the body starts again", {
        { 10, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_GO_ON },
        { 60, { FALSE, FALSE, 0, 0, 0, 0 }, HTTP_WATCH_GO_ON },
        { 75, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_GO_ON },
        { 134, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_GO_ON },
        { 135, { TRUE, FALSE, SIZE, SIZE, 0, 0 }, HTTP_WATCH_NO_ANSWER }
      } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i]);
}

static void
test_no_body (void)
{
  HttpSample sample = { .connected = TRUE };
  HttpWatch watch;

  http_watch_start (&watch, 0, STALL_MS, RESPONSE_MS, PAUSE_MS, 1);
  g_assert_cmpint (http_watch_look (&watch, &sample, 1000), ==, HTTP_WATCH_GO_ON);
  g_assert_cmpint (http_watch_get_sent_at (&watch), ==, 1000);
  g_assert_cmpint (http_watch_look (&watch, &sample, 60999), ==, HTTP_WATCH_GO_ON);
  g_assert_cmpint (http_watch_look (&watch, &sample, 61000), ==, HTTP_WATCH_NO_ANSWER);
}

/* Seconds as people set them must not overflow. */
static void
test_long (void)
{
  HttpSample sample = { .connected = TRUE };
  HttpWatch watch;

  http_watch_start (&watch, 0, G_MAXUINT, G_MAXUINT, G_MAXUINT, 1);
  g_assert_cmpint (http_watch_look (&watch, &sample, 1000), ==, HTTP_WATCH_GO_ON);
  g_assert_cmpint (http_watch_get_due (&watch), ==, 1000 + G_MAXUINT * G_GINT64_CONSTANT (1000));
}

static void
test_sent_at (void)
{
  HttpSample sample = { .connected = TRUE, .n_read = SIZE, .n_sent = SIZE - 1 };
  HttpWatch watch;

  http_watch_start (&watch, SIZE, STALL_MS, RESPONSE_MS, PAUSE_MS, 1);
  http_watch_look (&watch, &sample, 1000);
  g_assert_cmpint (http_watch_get_sent_at (&watch), ==, 0);
  sample.n_sent = SIZE;
  sample.n_queued = 5;
  http_watch_look (&watch, &sample, 2000);
  g_assert_cmpint (http_watch_get_sent_at (&watch), ==, 2000);
  g_assert_cmpint (http_watch_get_due (&watch), <, 2000 + STALL_MS * G_TIME_SPAN_MILLISECOND);
  sample.n_queued = 0;
  http_watch_look (&watch, &sample, 3000);
  http_watch_look (&watch, &sample, 4000);
  g_assert_cmpint (http_watch_get_sent_at (&watch), ==, 3000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/watch/verdicts", test_verdicts);
  g_test_add_func ("/http/watch/no-body", test_no_body);
  g_test_add_func ("/http/watch/long", test_long);
  g_test_add_func ("/http/watch/sent-at", test_sent_at);
  return g_test_run ();
}
