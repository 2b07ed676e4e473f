/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-loop.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* How long a stop flag may go unseen. */
#define LOOK_US (200 * G_TIME_SPAN_MILLISECOND)

struct _HttpLoop {
  CURLM *multi;
  /* The two that http_loop_interrupt() touches. Not curl_multi_wakeup(): the multi handle is
   * replaced now and then, and a lock would be needed to call into it from elsewhere. */
  gint interrupted;
  int wake_fd;
};

static CURLM *
multi_new (void)
{
  CURLM *multi = curl_multi_init ();

  if (multi == NULL)
    g_error ("libcurl gives no handle");
  return multi;
}

static CURLcode
get_result (HttpLoop *self)
{
  int n_left;
  CURLMsg *message = curl_multi_info_read (self->multi, &n_left);

  g_return_val_if_fail (message != NULL && message->msg == CURLMSG_DONE, CURLE_FAILED_INIT);
  return message->data.result;
}

/* Lets the body go on if its source said so, and gives how long to sleep at most. */
static gint64
get_rest_us (HttpRun *run,
             gint64   now)
{
  gint64 resume_at = http_exchange_get_resume_at (run->exchange);
  gint64 due = MIN (now + LOOK_US, http_watch_get_due (run->watch));

  if (resume_at != 0 && resume_at <= now) {
    http_exchange_resume (run->exchange);
    return 0;
  }
  if (resume_at != 0)
    due = MIN (due, resume_at);
  return MAX (due - now, 0);
}

static void
rest (HttpLoop *self,
      gint64    rest_us)
{
  struct curl_waitfd wake = { .fd = self->wake_fd, .events = CURL_WAIT_POLLIN };
  int rest_ms = (int) ((rest_us + 999) / G_TIME_SPAN_MILLISECOND);
  eventfd_t n_wakes;

  curl_multi_poll (self->multi, &wake, 1, rest_ms, NULL);
  if (wake.revents != 0)
    eventfd_read (self->wake_fd, &n_wakes);
}

static HttpLoopEnd
drive (HttpLoop *self,
       HttpRun  *run)
{
  HttpSample sample = { 0 };

  for (;;) {
    guint64 n_sent = sample.n_sent;
    int n_running = 0;
    HttpWatchVerdict verdict;
    gint64 now, rest_us;

    curl_multi_perform (self->multi, &n_running);
    http_exchange_sample (run->exchange, &sample);
    if (run->n_sent != NULL)
      g_atomic_pointer_set (run->n_sent, (gsize) sample.n_sent);
    if (n_running == 0) {
      run->code = get_result (self);
      return HTTP_LOOP_DONE;
    }
    if (http_loop_is_stopped (self, run->stop))
      return HTTP_LOOP_STOPPED;

    if (sample.n_sent == n_sent)
      http_exchange_sample_queue (run->exchange, &sample);
    now = g_get_monotonic_time ();
    verdict = http_watch_look (run->watch, &sample, now);
    if (verdict != HTTP_WATCH_GO_ON)
      return verdict == HTTP_WATCH_STALLED ? HTTP_LOOP_STALLED : HTTP_LOOP_NO_ANSWER;

    /* Where bytes have just left, more may: libcurl's own look at the socket is enough. */
    rest_us = get_rest_us (run, now);
    if (sample.n_sent == n_sent)
      rest (self, rest_us);
  }
}

HttpLoop *
http_loop_new (void)
{
  HttpLoop *self = g_new0 (HttpLoop, 1);

  self->multi = multi_new ();
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd < 0)
    g_error ("No file descriptor to wake a transfer with: %s", g_strerror (errno));
  return self;
}

void
http_loop_free (HttpLoop *self)
{
  if (self == NULL)
    return;

  curl_multi_cleanup (self->multi);
  close (self->wake_fd);
  g_free (self);
}

void
http_loop_begin (HttpLoop *self)
{
  g_atomic_int_set (&self->interrupted, FALSE);
}

HttpLoopEnd
http_loop_run (HttpLoop *self,
               HttpRun  *run)
{
  HttpLoopEnd end;

  curl_multi_add_handle (self->multi, run->easy);
  end = drive (self, run);
  curl_multi_remove_handle (self->multi, run->easy);
  return end;
}

void
http_loop_interrupt (HttpLoop *self)
{
  g_atomic_int_set (&self->interrupted, TRUE);
  eventfd_write (self->wake_fd, 1);
}

gboolean
http_loop_is_stopped (HttpLoop *self,
                      gint     *stop)
{
  return g_atomic_int_get (&self->interrupted) || (stop != NULL && g_atomic_int_get (stop));
}

void
http_loop_renew (HttpLoop *self)
{
  curl_multi_cleanup (self->multi);
  self->multi = multi_new ();
}
