/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-cors.h"

#include "http/http-origin.h"

#define MAX_AGE "7200"

/* What the clients of all dialects send. */
#define REQUEST_HEADERS "Authorization, Content-Type, X-Api-Key, Accept, Uppy-Auth-Token, " \
                        "Uppy-Credentials-Params"
#define ANSWER_HEADERS "Retry-After, X-Request-Id"

/* What goes into Access-Control-Allow-Origin; NULL = nothing. */
static const char *
get_allowed (const PresignConfig *config,
             const HttpRequest   *request)
{
  const char *origin = http_request_get_header (request, "Origin");

  if (!origin) {
    return NULL;
  }
  if (g_strv_contains ((const char *const *) config->cors_origins, "*")) {
    return "*";
  }
  return g_strv_contains ((const char *const *) config->cors_origins, origin) ? origin : NULL;
}

HttpResponse *
presign_cors_preflight (const PresignConfig *config,
                        const HttpRequest   *request,
                        const char          *methods)
{
  HttpResponse *response;

  if (!g_str_equal (request->method, "OPTIONS") ||
      !http_request_get_header (request, "Access-Control-Request-Method") ||
      !get_allowed (config, request)) {
    return NULL;
  }
  response = http_response_new (204);
  presign_cors_allow (config, request, response);
  http_response_add_header (response, "Access-Control-Allow-Methods", methods);
  http_response_add_header (response, "Access-Control-Allow-Headers", REQUEST_HEADERS);
  http_response_add_header (response, "Access-Control-Max-Age", MAX_AGE);
  return response;
}

void
presign_cors_allow (const PresignConfig *config,
                    const HttpRequest   *request,
                    HttpResponse        *response)
{
  const char *allowed = get_allowed (config, request);

  if (config->cors_origins[0]) {
    http_response_add_header (response, "Vary", "Origin");
  }
  if (allowed) {
    http_response_add_header (response, "Access-Control-Allow-Origin", allowed);
    http_response_add_header (response, "Access-Control-Expose-Headers", ANSWER_HEADERS);
  }
}

gboolean
presign_cors_may_ask (const PresignConfig *config,
                      const HttpRequest   *request)
{
  const char *origin = http_request_get_header (request, "Origin");
  const char *host = http_request_get_header (request, "Host");
  const char *origin_host;

  if (config->auth != PRESIGN_AUTH_NONE || !origin || get_allowed (config, request)) {
    return TRUE;
  }
  origin_host = http_origin_get_host (origin);
  return origin_host && host && g_ascii_strcasecmp (origin_host, host) == 0;
}
