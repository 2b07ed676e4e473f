/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

#include <string.h>

#include "http/http-origin.h"
#include "s3/s3-options.h"

/* A URL that does not say how long it is good for. */
#define USUAL_LIFE_S (10 * 60)
/* An upload begins a while after its URL was taken; so much before the end it is made anew. */
#define MARGIN_S 60

void
pw_signed_free (PwSigned *self)
{
  if (!self)
    return;
  g_free (self->url);
  g_clear_pointer (&self->headers, g_array_unref);
  g_free (self->key);
  g_free (self);
}

/* The value of a query parameter; NULL if there is none. Nothing that is asked for is encoded. */
static char *
dup_parameter (const char *url,
               const char *name)
{
  const char *query = strchr (url, '?');
  gsize length = strlen (name);

  while (query) {
    query++;
    if (g_ascii_strncasecmp (query, name, length) == 0 && query[length] == '=')
      return g_strndup (query + length + 1, strcspn (query + length + 1, "&#"));
    query = strchr (query, '&');
  }
  return NULL;
}

static gboolean
get_parameter (const char *url,
               const char *name,
               gint64     *value)
{
  g_autofree char *text = dup_parameter (url, name);

  return text && g_ascii_string_to_signed (text, 10, 0, G_MAXINT32 * (gint64) 4, value, NULL);
}

/* How long the URL is good for, by what stands in it; @now: of the clock that signed it. */
static gint64
get_life_s (const char *url,
            gint64      now,
            gint64      told_s)
{
  g_autofree char *text = dup_parameter (url, "X-Amz-Date");
  g_autoptr (GDateTime) date = text ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  gint64 seconds;

  if (get_parameter (url, "X-Amz-Expires", &seconds))
    return date ? seconds - MAX (0, now - g_date_time_to_unix (date)) : seconds;
  /* Signature Version 2, which some stores still speak: a point in time. */
  if (get_parameter (url, "Expires", &seconds))
    return seconds - now;
  return told_s >= 0 ? told_s : USUAL_LIFE_S;
}

PwSigned *
pw_signed_new (const char         *url,
               gint64              life_s,
               const HttpResponse *response,
               GError            **error)
{
  gint64 now = response->date ? response->date : g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *origin = url ? http_origin_dup (url) : NULL;
  PwSigned *self;
  gint64 seconds;

  if (!origin) {
    pw_dialect_fail (error, "no URL");
    return NULL;
  }
  seconds = get_life_s (url, now, life_s);
  self = g_new0 (PwSigned, 1);
  self->url = g_strdup (url);
  /* One that seems to be over already is tried all the same: it is S3 that decides. */
  self->expires_us = g_get_monotonic_time ()
                     + (seconds - MIN (MARGIN_S, seconds / 4)) * G_USEC_PER_SEC;
  return self;
}

/* What the connection needs for itself is not for a backend to say; nor may it make us show a
 * secret of ours. */
static gboolean
is_own_header (const char *name)
{
  static const char *const own[] = {
    "host", "content-length", "transfer-encoding", "connection", "expect", "authorization",
    "proxy-authorization", "cookie", "te", "upgrade", NULL,
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strv_contains (own, lower);
}

static gboolean
is_token (const char *name)
{
  for (const char *c = name; *c; c++) {
    if (!g_ascii_isalnum (*c) && !strchr ("!#$%&'*+-.^_`|~", *c))
      return FALSE;
  }
  return *name != '\0';
}

static void
clear_header (gpointer data)
{
  HttpHeader *header = data;

  g_free (header->name);
  g_free (header->value);
}

gboolean
pw_signed_take_headers (PwSigned   *self,
                        JsonObject *headers,
                        GError    **error)
{
  JsonObjectIter iter;
  const char *name;

  if (!headers)
    return TRUE;
  self->headers = g_array_new (FALSE, TRUE, sizeof (HttpHeader));
  g_array_set_clear_func (self->headers, clear_header);
  json_object_iter_init (&iter, headers);
  while (json_object_iter_next (&iter, &name, NULL)) {
    const char *value = pw_dialect_get_string (headers, name);
    HttpHeader header;

    if (!value || !is_token (name) || !s3_header_value_is_clean (value))
      return pw_dialect_fail (error, "a header that is none");
    if (is_own_header (name))
      continue;
    header = (HttpHeader) { g_strdup (name), g_strdup (value) };
    g_array_append_val (self->headers, header);
  }
  return TRUE;
}
