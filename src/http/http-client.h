/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "http/http-error.h"
#include "http/http-message.h"

/* Sends one message at a time over a connection that is kept alive (RFC 9112, 9.3).
 *
 * Threads: a client belongs to one thread; only http_client_interrupt() and the atomic fields of
 * HttpTransfer may be touched from others. One client holds one connection (a few where hosts
 * differ). HTTP/1.1 only, no Expect, no redirects followed, no cookies, no credentials of its own:
 * what a redirect, a challenge or an error means is the caller's to judge.
 *
 * A connection that the server closed while it lay idle costs a silent second try on a new one.
 */

typedef struct {
  guint connect_timeout_ms;     /* name, connection and TLS; 0 = 15000 */
  guint stall_timeout_ms;       /* 0 = 30000 */
  guint response_timeout_ms;    /* 0 = 60000 */
  gsize upload_buffer;          /* bytes handed to the socket at once; 0 = 2 MiB, the most */
  gsize max_answer;             /* bytes; 0 = 16 MiB */
  const char *ca_file;          /* PEM; replaces the system's roots; NULL = the system's */
  const char *user_agent;       /* NULL = none */
  gboolean direct;              /* TRUE: never a proxy */
  GProxyResolver *resolver;     /* who says which proxy; a reference is taken; NULL = the desktop */
} HttpClientOptions;

/* What others may watch and touch while a message travels. Zero it before use; use g_atomic_…
 * on both. `n_sent` counts body bytes handed to the socket, and goes back when a body starts
 * again. */
typedef struct {
  gint stop;                    /* set to 1: ends the transfer (HTTP_ERROR_STOPPED) within 0.2 s */
  gsize n_sent;
} HttpTransfer;

typedef struct _HttpClient HttpClient;

HttpClient   *http_client_new       (const HttpClientOptions *options);
void          http_client_free      (HttpClient              *self);

/* @transfer may be NULL. On failure the answer is NULL and @error is in HTTP_ERROR, or is what the
 * body's function set. Every complete answer is a success here, whatever its status says. */
HttpResponse *http_client_send      (HttpClient              *self,
                                     const HttpRequest       *request,
                                     HttpTransfer            *transfer,
                                     GError                 **error);

/* Ends the transfer in progress, from any thread, at once. Harmless when there is none. */
void          http_client_interrupt (HttpClient              *self);

/* The next message opens a new connection and resolves the name anew: after sleep, after a change
 * of network, after an error that may lie with that one server. Owner's thread only. */
void          http_client_renew     (HttpClient              *self);

/* Call once per process before the first client, from the main thread. Ignores SIGPIPE for the
 * whole process (a socket that breaks under TLS raises it); GLib gives it back to the programs that
 * it starts. */
void          http_init             (void);

/* "libcurl/7.88.1 OpenSSL/3.0.15 …": what is used, for bug reports. */
const char   *http_get_versions     (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpClient, http_client_free)
