/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

/* Puts an answer together from what libcurl hands on: header lines one by one, then the body.
 *
 * Threads: belongs to one thread at a time. Does no I/O.
 */

typedef struct _HttpAnswer HttpAnswer;

HttpAnswer   *http_answer_new            (gsize        max_body);
void          http_answer_free           (HttpAnswer  *self);

/* @line ends with CRLF. A status line drops what was there: interim answers (100) leave no trace.
 * Trailers are dropped. FALSE if there is too much of it: a body larger than max_body, or headers
 * beyond all measure. */
gboolean      http_answer_add_line       (HttpAnswer  *self,
                                          const char  *line,
                                          gsize        size);
gboolean      http_answer_add_body       (HttpAnswer  *self,
                                          const void  *data,
                                          gsize        size);

/* All bytes taken so far, interim answers included. */
guint64       http_answer_get_n_received (HttpAnswer  *self);

/* 0 until the headers of the final answer have ended. */
guint         http_answer_get_status     (HttpAnswer  *self);

/* The answer, with status, headers, body and date. @self is empty afterwards. */
HttpResponse *http_answer_take           (HttpAnswer  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpAnswer, http_answer_free)
