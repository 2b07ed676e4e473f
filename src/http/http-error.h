/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Why no answer came. Messages are whole sentences that name the host and the cause; they never
 * hold a URL's query (it may be a signature), a header's value, or a password.
 */

#define HTTP_ERROR (http_error_quark ())

typedef enum {
  HTTP_ERROR_STOPPED,           /* http_client_interrupt() or transfer->stop */
  HTTP_ERROR_URL,               /* no http or https URL, or one that holds a user name */
  HTTP_ERROR_RESOLVE,           /* the host's (or proxy's) name has no address */
  HTTP_ERROR_CONNECT,           /* refused, unreachable, or not in time */
  HTTP_ERROR_TLS,               /* handshake failed (a connection lost during it is RESET) */
  HTTP_ERROR_CERTIFICATE,       /* the server's is not trusted, or is for another name */
  HTTP_ERROR_CA_FILE,           /* the CA file cannot be read */
  HTTP_ERROR_PROXY,             /* the proxy refused */
  HTTP_ERROR_RESET,             /* the connection broke after something had been sent or received */
  HTTP_ERROR_STALLED,           /* no byte moved for stall_timeout_ms while sending or receiving */
  HTTP_ERROR_NO_ANSWER,         /* the request is out, and no answer came in time */
  HTTP_ERROR_TOO_LARGE,         /* the answer is larger than max_answer */
  HTTP_ERROR_PROTOCOL,          /* not HTTP */
} HttpError;

/* What libcurl knows of a transfer that failed. All strings are borrowed. */
typedef struct {
  int code;                     /* CURLcode, not CURLE_OK */
  const char *detail;           /* libcurl's own words, or "" */
  const char *host;             /* "s3.example.com:9000" */
  const char *ca_file;          /* or NULL */
  int os_errno;                 /* of the last connect; 0 if unknown */
  guint proxy_status;           /* the proxy's answer to CONNECT; 0 if there was none */
  gboolean has_proxy;           /* a proxy stands between */
  gboolean connected;           /* the request had begun to leave */
  guint connect_timeout_ms;
} HttpFailure;

/* Never NULL. */
GError *http_error_new_from_failure (const HttpFailure *failure);

GQuark  http_error_quark            (void);
