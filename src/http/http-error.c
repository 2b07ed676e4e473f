/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-error.h"

#include <curl/curl.h>
#include <string.h>

G_DEFINE_QUARK (http-error-quark, http_error)

static const char *
reason (const HttpFailure *failure)
{
  return *failure->detail != '\0' ? failure->detail : curl_easy_strerror (failure->code);
}

static GError *
refusal_error (const HttpFailure *failure)
{
  return g_error_new (HTTP_ERROR, HTTP_ERROR_PROXY,
                      "The proxy refused to connect to %s (status %u).",
                      failure->host, failure->proxy_status);
}

/* A refusal by the proxy is a broken line to older libcurl, and no connection to newer. */
static GError *
connect_error (const HttpFailure *failure)
{
  const char *why = failure->os_errno != 0 ? g_strerror (failure->os_errno)
                                           : curl_easy_strerror (failure->code);

  if (failure->proxy_status >= 300)
    return refusal_error (failure);
  if (failure->has_proxy)
    return g_error_new (HTTP_ERROR, HTTP_ERROR_CONNECT,
                        "No connection to %s through the proxy: %s.", failure->host, why);
  return g_error_new (HTTP_ERROR, HTTP_ERROR_CONNECT,
                      "No connection to %s: %s.", failure->host, why);
}

static GError *
timeout_error (const HttpFailure *failure)
{
  return g_error_new (HTTP_ERROR, HTTP_ERROR_CONNECT,
                      "No connection to %s within %u ms.",
                      failure->host, failure->connect_timeout_ms);
}

static GError *
lost_error (const HttpFailure *failure)
{
  if (failure->proxy_status >= 300)
    return refusal_error (failure);
  return g_error_new (HTTP_ERROR, HTTP_ERROR_RESET,
                      "The connection to %s broke: %s.", failure->host, reason (failure));
}

/* A line that drops during the handshake is as passing a trouble as one that drops later; libcurl
 * tells it apart from a refusal by words alone. */
static GError *
handshake_error (const HttpFailure *failure)
{
  if (strstr (failure->detail, "SSL_ERROR_SYSCALL") != NULL
      || strstr (failure->detail, "Connection reset") != NULL)
    return lost_error (failure);
  return g_error_new (HTTP_ERROR, HTTP_ERROR_TLS,
                      "No secure connection to %s: %s.", failure->host, reason (failure));
}

static GError *
resolve_error (const HttpFailure *failure)
{
  if (failure->code == CURLE_COULDNT_RESOLVE_PROXY)
    return g_error_new (HTTP_ERROR, HTTP_ERROR_RESOLVE,
                        "The name of the proxy for %s has no address.", failure->host);
  return g_error_new (HTTP_ERROR, HTTP_ERROR_RESOLVE,
                      "The name %s has no address.", failure->host);
}

/* libcurl uses one code for a scheme that it does not speak and for an answer that is no HTTP/1. */
static GError *
language_error (const HttpFailure *failure)
{
  if (!failure->connected)
    return g_error_new (HTTP_ERROR, HTTP_ERROR_URL,
                        "The address of %s is no valid HTTP address.", failure->host);
  return g_error_new (HTTP_ERROR, HTTP_ERROR_PROTOCOL,
                      "%s does not answer in HTTP: %s.", failure->host, reason (failure));
}

GError *
http_error_new_from_failure (const HttpFailure *failure)
{
  switch (failure->code) {
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_LOGIN_DENIED:
    return language_error (failure);
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
    return resolve_error (failure);
  case CURLE_COULDNT_CONNECT:
  case CURLE_INTERFACE_FAILED:
    return connect_error (failure);
  case CURLE_OPERATION_TIMEDOUT:
    return timeout_error (failure);
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_ISSUER_ERROR:
    return g_error_new (HTTP_ERROR, HTTP_ERROR_CERTIFICATE,
                        "The certificate of %s is not accepted: %s.",
                        failure->host, reason (failure));
  case CURLE_SSL_CACERT_BADFILE:
    return g_error_new (HTTP_ERROR, HTTP_ERROR_CA_FILE,
                        "The certificate file “%s” cannot be used.",
                        failure->ca_file != NULL ? failure->ca_file : "");
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_SSL_CIPHER:
  case CURLE_USE_SSL_FAILED:
    return handshake_error (failure);
  case CURLE_PROXY:
    return g_error_new (HTTP_ERROR, HTTP_ERROR_PROXY,
                        "The proxy refused to connect to %s: %s.",
                        failure->host, reason (failure));
  case CURLE_WEIRD_SERVER_REPLY:
    return language_error (failure);
  default:
    return lost_error (failure);
  }
}
