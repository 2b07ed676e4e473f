/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <curl/curl.h>

#include "http/http-answer.h"
#include "http/http-message.h"
#include "http/http-watch.h"

/* One message at a time on one libcurl easy handle: tells the handle what to send, feeds it the
 * body, and takes in the answer. Who drives the handle, and for how long, is the caller's matter.
 *
 * Threads: belongs to one thread.
 *
 * An answer of 300 or more may come before the body has left. libcurl then stops sending: at its
 * headers, or, if it says "Connection: close", at its end (lib/http.c, lib/transfer.c). But it has
 * to read it before it meets the reset of a connection that was closed with bytes unread, and so
 * the exchange sees to it that it looks before each piece of the body that it sends.
 */

typedef struct _HttpExchange HttpExchange;

/* Takes over @easy's callbacks for good. @easy is borrowed and must outlive the exchange. */
HttpExchange *http_exchange_new           (CURL              *easy);
/* Only after the connections made with @easy are closed. */
void          http_exchange_free          (HttpExchange      *self);

/* @request is borrowed until http_exchange_end(). */
gboolean      http_exchange_start         (HttpExchange      *self,
                                           const HttpRequest *request,
                                           gsize              max_answer,
                                           GError           **error);
void          http_exchange_end           (HttpExchange      *self);

/* Before the same message is sent again: the body starts anew, what had come is dropped. */
void          http_exchange_rewind        (HttpExchange      *self);

/* How far the message is. Cheap: for every turn of a loop. */
void          http_exchange_sample        (HttpExchange      *self,
                                           HttpSample        *sample);
/* Its n_queued: a question to the kernel, needed only where nothing else tells of life. */
void          http_exchange_sample_queue  (HttpExchange      *self,
                                           HttpSample        *sample);

/* When the body's source wants to be asked again (monotonic, µs); 0 = it does not wait. */
gint64        http_exchange_get_resume_at (HttpExchange      *self);
void          http_exchange_resume        (HttpExchange      *self);

/* Why one of the callbacks ended the transfer, or NULL; the caller's to free. */
GError       *http_exchange_take_error    (HttpExchange      *self);

/* The request may have left; a byte of an answer has come. */
gboolean      http_exchange_has_begun     (HttpExchange      *self);
gboolean      http_exchange_has_received  (HttpExchange      *self);

/* The answer, with n_sent, first_byte_ms and peer; NULL if no final answer came.
 * @sent_at: when the request's last byte left (monotonic, µs); 0 = it did not. */
HttpResponse *http_exchange_take_response (HttpExchange      *self,
                                           gint64             sent_at);
