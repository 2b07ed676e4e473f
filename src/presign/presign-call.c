/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-call.h"

#include <string.h>

HttpResponse *
presign_reply_json (guint    status,
                    GString *json)
{
  HttpResponse *response = http_response_new (status);

  g_bytes_unref (response->body);
  response->body = g_string_free_to_bytes (json);
  http_response_add_header (response, "Content-Type", "application/json");
  return response;
}

char *
presign_call_dup_query (const PresignCall *call,
                        const char        *name)
{
  const char *query = strchr (call->request->url, '?');
  g_auto (GStrv) pairs = query ? g_strsplit (query + 1, "&", -1) : NULL;

  for (char **pair = pairs; pair && *pair; pair++) {
    char *equals = strchr (*pair, '=');
    g_autofree char *decoded = NULL;

    if (equals) {
      *equals = '\0';
    }
    g_strdelimit (*pair, "+", ' ');
    decoded = g_uri_unescape_string (*pair, NULL);
    if (g_strcmp0 (decoded, name) == 0) {
      char *value = equals ? g_strdelimit (equals + 1, "+", ' ') : (char *) "";
      g_autofree char *text = g_uri_unescape_string (value, NULL);

      return text && g_utf8_validate (text, -1, NULL) ? g_steal_pointer (&text) : NULL;
    }
  }
  return NULL;
}

guint
presign_call_get_lifetime (const PresignCall *call)
{
  gint64 left = call->caller->expires > 0 ? call->caller->expires - call->now : G_MAXINT64;

  return (guint) CLAMP (left, 1, (gint64) call->config->url_lifetime);
}
