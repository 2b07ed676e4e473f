/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <curl/curl.h>

#include "http/http-exchange.h"
#include "http/http-watch.h"

/* Drives one transfer at a time on a libcurl multi handle of its own, which also holds the open
 * connections and the names that were looked up.
 *
 * Threads: belongs to one thread, but for http_loop_interrupt().
 */

typedef struct _HttpLoop HttpLoop;

typedef enum {
  HTTP_LOOP_DONE,               /* libcurl is through with it, well or not */
  HTTP_LOOP_STOPPED,
  HTTP_LOOP_STALLED,
  HTTP_LOOP_NO_ANSWER,
} HttpLoopEnd;

/* One run. */
typedef struct {
  CURL *easy;
  HttpExchange *exchange;       /* started */
  HttpWatch *watch;             /* started */
  gint *stop;                   /* atomic; may be NULL */
  gsize *n_sent;                /* atomic, kept up to date; may be NULL */
  CURLcode code;                /* out: with HTTP_LOOP_DONE */
} HttpRun;

HttpLoop   *http_loop_new        (void);
void        http_loop_free       (HttpLoop *self);

/* An interruption from here on counts, one from before does not. */
void        http_loop_begin      (HttpLoop *self);
HttpLoopEnd http_loop_run        (HttpLoop *self,
                                  HttpRun  *run);

/* From any thread. */
void        http_loop_interrupt  (HttpLoop *self);
gboolean    http_loop_is_stopped (HttpLoop *self,
                                  gint     *stop);

/* Closes all connections and forgets all addresses. */
void        http_loop_renew      (HttpLoop *self);
