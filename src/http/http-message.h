/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* A request or an answer as a plain value. Nothing here does I/O or knows of S3.
 *
 * Threads: a message belongs to one thread at a time; none of the functions lock.
 * Header names compare without regard to ASCII case, and keep the order they were added in.
 */

typedef struct {
  char *name;
  char *value;
} HttpHeader;

/* HTTP_BODY_WAIT: nothing may be sent yet (a bandwidth limit); ask again after *wait_ms.
 * HTTP_BODY_FAILED: the source failed; the error is set, the transfer ends with it unchanged. */
#define HTTP_BODY_WAIT   ((gssize) -1)
#define HTTP_BODY_FAILED ((gssize) -2)

/* Gives up to @size bytes of the body that begin at @offset. Called on the thread that sends, in
 * ascending order, but may start again at an earlier offset when a connection has to be replaced.
 * Returns the number of bytes put into @buffer (at least 1 while @offset < size of the body), or
 * one of the two values above. */
typedef gssize (*HttpBodyFunc) (gpointer  user_data,
                                guint64   offset,
                                void     *buffer,
                                gsize     size,
                                guint    *wait_ms,
                                GError  **error);

typedef struct {
  char *method;                 /* "PUT" */
  char *url;                    /* absolute, percent-encoded; sent as it is, never normalised */
  GArray *headers;              /* HttpHeader; Host and Content-Length are added by the client */
  GBytes *bytes;                /* a small body held in memory, or NULL */
  guint64 body_size;            /* bytes of the body, whichever way it comes */
  HttpBodyFunc body_func;       /* a streamed body, or NULL */
  gpointer body_data;           /* borrowed: must outlive the transfer */
  guint response_timeout_ms;    /* most between the last byte sent and the answer's first, and from
                                 * there between any two; 0 = the client's own times */
} HttpRequest;

typedef struct {
  guint status;                 /* 200 */
  GArray *headers;              /* HttpHeader */
  GBytes *body;                 /* never NULL; complete, or the transfer failed */
  guint64 n_sent;               /* bytes of the request's body that left, repetitions included */
  gint64 first_byte_ms;         /* from the last byte sent to the answer's first byte */
  gint64 date;                  /* the Date header, Unix seconds; 0 if there was none */
  char *peer;                   /* "192.0.2.7:443" for messages to people and bug reports */
} HttpResponse;

HttpRequest *http_request_new        (const char        *method,
                                      const char        *url);
void         http_request_free       (HttpRequest       *self);
void         http_request_set_header (HttpRequest       *self,
                                      const char        *name,
                                      const char        *value);   /* replaces; NULL removes */
const char  *http_request_get_header (const HttpRequest *self,
                                      const char        *name);    /* NULL if absent */
void         http_request_set_bytes  (HttpRequest       *self,
                                      GBytes            *bytes);   /* takes a reference */
void         http_request_set_body   (HttpRequest       *self,
                                      guint64            size,
                                      HttpBodyFunc       func,
                                      gpointer           user_data);

HttpResponse *http_response_new        (guint               status);
void          http_response_free       (HttpResponse       *self);
void          http_response_add_header (HttpResponse       *self,
                                        const char         *name,
                                        const char         *value);
const char   *http_response_get_header (const HttpResponse *self,
                                        const char         *name);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7) to Unix seconds; 0 if it is no such date. */
gint64 http_parse_date (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpRequest, http_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpResponse, http_response_free)
