/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

/* Puts an answer together from what comes off the wire: header lines one by one, then the body as
 * it was sent, chunked or not (RFC 9112, 6 and 7). It knows by itself when the answer is complete,
 * so that an answer which comes before the request has left is not lost with the connection.
 *
 * Threads: belongs to one thread at a time. Does no I/O.
 */

typedef enum {
  HTTP_ANSWER_OK,
  HTTP_ANSWER_TOO_LARGE,        /* more than max_body, or headers beyond all measure */
  HTTP_ANSWER_MALFORMED,        /* a chunk that is none */
} HttpAnswerResult;

typedef struct _HttpAnswer HttpAnswer;

/* @for_head: the answer to HEAD has no body, whatever its headers say. */
HttpAnswer      *http_answer_new             (gboolean     for_head,
                                              gsize        max_body);
void             http_answer_free            (HttpAnswer  *self);

/* @line ends with CRLF. A status line drops what was there: interim answers (100) leave no trace.
 * Trailers are dropped. */
HttpAnswerResult http_answer_add_line        (HttpAnswer  *self,
                                              const char  *line,
                                              gsize        size);
HttpAnswerResult http_answer_add_body        (HttpAnswer  *self,
                                              const void  *data,
                                              gsize        size);

/* All bytes taken so far, framing and interim answers included. */
guint64          http_answer_get_n_received  (HttpAnswer  *self);

/* 0 until the headers of the final answer have ended. */
guint            http_answer_get_status      (HttpAnswer  *self);

/* FALSE too for a body that only the connection's end completes. */
gboolean         http_answer_is_complete     (HttpAnswer  *self);

/* The answer, with status, headers, body and date. @self is empty afterwards. */
HttpResponse    *http_answer_take            (HttpAnswer  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpAnswer, http_answer_free)
