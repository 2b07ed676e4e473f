/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-watch.h"

/* How often to look whether the last bytes have been acknowledged. */
#define DRAIN_LOOK_US (20 * G_TIME_SPAN_MILLISECOND)

static gboolean
has_moved (const HttpSample *before,
           const HttpSample *now)
{
  return before->n_read != now->n_read
         || before->n_sent != now->n_sent
         || before->n_queued != now->n_queued
         || before->n_received != now->n_received;
}

static gboolean
is_idle (const HttpSample *sample)
{
  return !sample->connected || sample->held_back;
}

static gboolean
is_waiting (HttpWatch *self)
{
  return self->gone_at != 0 && self->last.n_received == 0;
}

static gint64
get_end (HttpWatch *self)
{
  if (is_waiting (self))
    return self->gone_at + self->response_us;
  if (self->gone_at != 0)
    return self->moved_at + self->pause_us;
  return self->moved_at + self->stall_us;
}

void
http_watch_start (HttpWatch *self,
                  guint64    body_size,
                  guint      stall_ms,
                  guint      response_ms,
                  guint      pause_ms,
                  gint64     now)
{
  *self = (HttpWatch) {
    .body_size = body_size,
    .stall_us = stall_ms * G_TIME_SPAN_MILLISECOND,
    .response_us = response_ms * G_TIME_SPAN_MILLISECOND,
    .pause_us = pause_ms * G_TIME_SPAN_MILLISECOND,
    .looked_at = now,
    .moved_at = now,
  };
}

HttpWatchVerdict
http_watch_look (HttpWatch        *self,
                 const HttpSample *sample,
                 gint64            now)
{
  gboolean handed = sample->connected && sample->n_sent >= self->body_size;
  gboolean gone = handed && sample->n_queued == 0;

  if (is_idle (sample) || has_moved (&self->last, sample))
    self->moved_at = now;
  self->last = *sample;
  self->looked_at = now;
  /* A body that starts again un-sends what was sent. */
  self->handed_at = !handed ? 0 : self->handed_at != 0 ? self->handed_at : now;
  self->gone_at = !gone ? 0 : self->gone_at != 0 ? self->gone_at : now;

  if (is_idle (sample) || now < get_end (self))
    return HTTP_WATCH_GO_ON;
  return is_waiting (self) ? HTTP_WATCH_NO_ANSWER : HTTP_WATCH_STALLED;
}

gint64
http_watch_get_due (HttpWatch *self)
{
  gint64 end = get_end (self);

  if (is_idle (&self->last))
    return G_MAXINT64;
  if (self->handed_at != 0 && self->gone_at == 0)
    return MIN (end, self->looked_at + DRAIN_LOOK_US);
  return end;
}

gint64
http_watch_get_sent_at (HttpWatch *self)
{
  return self->gone_at != 0 ? self->gone_at : self->handed_at;
}
