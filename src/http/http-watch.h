/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Tells slow from dead. It is shown, again and again, how far a message has come, and says whether
 * to go on. Pure: the clock is an argument (monotonic, in µs).
 *
 * Three stretches: sending (until the last byte has left this machine), waiting (until the first
 * byte of the answer), receiving. Sending ends when nothing moved for the stall time, receiving
 * when nothing did for the pause time; waiting ends after the response time. The connecting before
 * is not watched here.
 */

typedef struct {
  gboolean connected;           /* the request may leave */
  gboolean held_back;           /* the body's source asked to wait: time does not count */
  guint64 n_read;               /* body bytes taken from their source */
  guint64 n_sent;               /* body bytes handed to the socket */
  guint n_queued;               /* bytes in the socket that the other side has not acknowledged */
  guint64 n_received;           /* bytes of the answer */
} HttpSample;

typedef enum {
  HTTP_WATCH_GO_ON,
  HTTP_WATCH_STALLED,
  HTTP_WATCH_NO_ANSWER,
} HttpWatchVerdict;

/* A plain value; the fields are the watch's own. */
typedef struct {
  guint64 body_size;
  gint64 stall_us;
  gint64 response_us;
  gint64 pause_us;
  HttpSample last;
  gint64 looked_at;
  gint64 moved_at;
  gint64 handed_at;             /* the socket had all of it; 0 = not yet */
  gint64 gone_at;               /* the other side had all of it; 0 = not yet */
} HttpWatch;

void             http_watch_start       (HttpWatch        *self,
                                         guint64           body_size,
                                         guint             stall_ms,
                                         guint             response_ms,
                                         guint             pause_ms,
                                         gint64            now);
HttpWatchVerdict http_watch_look        (HttpWatch        *self,
                                         const HttpSample *sample,
                                         gint64            now);

/* When to look again at the latest; G_MAXINT64 while connecting or held back. */
gint64           http_watch_get_due     (HttpWatch        *self);

/* When the last byte of the request left, as far as could be seen; 0 = it has not. */
gint64           http_watch_get_sent_at (HttpWatch        *self);
