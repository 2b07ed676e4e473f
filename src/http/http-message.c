/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-message.h"

#include <stdio.h>
#include <string.h>

static void
header_clear (gpointer data)
{
  HttpHeader *header = data;

  g_clear_pointer (&header->name, g_free);
  g_clear_pointer (&header->value, g_free);
}

static GArray *
headers_new (void)
{
  GArray *headers = g_array_new (FALSE, TRUE, sizeof (HttpHeader));

  g_array_set_clear_func (headers, header_clear);
  return headers;
}

static void
headers_add (GArray     *headers,
             const char *name,
             const char *value)
{
  HttpHeader header = { g_strdup (name), g_strdup (value) };

  g_array_append_val (headers, header);
}

static HttpHeader *
headers_find (GArray     *headers,
              const char *name)
{
  for (guint i = 0; i < headers->len; i++) {
    HttpHeader *header = &g_array_index (headers, HttpHeader, i);

    if (g_ascii_strcasecmp (header->name, name) == 0)
      return header;
  }
  return NULL;
}

static void
headers_remove (GArray     *headers,
                const char *name)
{
  for (guint i = headers->len; i-- > 0;) {
    if (g_ascii_strcasecmp (g_array_index (headers, HttpHeader, i).name, name) == 0)
      g_array_remove_index (headers, i);
  }
}

static int
month_number (const char *name)
{
  static const char names[][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (names[i], name) == 0)
      return (int) i + 1;
  }
  return 0;
}

/* Only what stands in the grammar: sscanf alone takes signs, missing zeros and extra blanks. */
static gboolean
fits_pattern (const char *text,
              const char *pattern)
{
  for (; *pattern != '\0'; text++, pattern++) {
    gboolean fits = *pattern == '9' ? g_ascii_isdigit (*text)
                  : *pattern == 'a' ? g_ascii_isalpha (*text)
                  : *pattern == *text;

    if (!fits)
      return FALSE;
  }
  return *text == '\0';
}

static gint64
date_to_unix (int year,
              int month,
              int day,
              int hour,
              int minute,
              int second)
{
  g_autoptr (GDateTime) date = NULL;
  int leap = second == 60;

  /* GDateTime knows no leap second, RFC 9110 does. */
  date = g_date_time_new_utc (year, month, day, hour, minute, leap ? 59 : second);
  if (date == NULL)
    return 0;
  return g_date_time_to_unix (date) + leap;
}

HttpRequest *
http_request_new (const char *method,
                  const char *url)
{
  HttpRequest *self;

  g_return_val_if_fail (method != NULL && *method != '\0', NULL);
  g_return_val_if_fail (url != NULL, NULL);

  self = g_new0 (HttpRequest, 1);
  self->method = g_strdup (method);
  self->url = g_strdup (url);
  self->headers = headers_new ();
  return self;
}

void
http_request_free (HttpRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->method);
  g_free (self->url);
  g_array_unref (self->headers);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

void
http_request_set_header (HttpRequest *self,
                         const char  *name,
                         const char  *value)
{
  HttpHeader *header;

  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL && *name != '\0');

  header = headers_find (self->headers, name);
  if (value == NULL) {
    headers_remove (self->headers, name);
  } else if (header == NULL) {
    headers_add (self->headers, name, value);
  } else {
    char *copy = g_strdup (value);

    g_free (header->value);
    header->value = copy;
  }
}

const char *
http_request_get_header (const HttpRequest *self,
                         const char        *name)
{
  const HttpHeader *header;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  header = headers_find (self->headers, name);
  return header != NULL ? header->value : NULL;
}

void
http_request_set_bytes (HttpRequest *self,
                        GBytes      *bytes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (bytes != NULL);

  g_bytes_ref (bytes);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = bytes;
  self->body_size = g_bytes_get_size (bytes);
  self->body_func = NULL;
  self->body_data = NULL;
}

void
http_request_set_body (HttpRequest  *self,
                       guint64       size,
                       HttpBodyFunc  func,
                       gpointer      user_data)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (func != NULL || size == 0);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->body_size = size;
  self->body_func = func;
  self->body_data = user_data;
}

HttpResponse *
http_response_new (guint status)
{
  HttpResponse *self = g_new0 (HttpResponse, 1);

  self->status = status;
  self->headers = headers_new ();
  self->body = g_bytes_new_static ("", 0);
  return self;
}

void
http_response_free (HttpResponse *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->headers);
  g_bytes_unref (self->body);
  g_free (self->peer);
  g_free (self);
}

void
http_response_add_header (HttpResponse *self,
                          const char   *name,
                          const char   *value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL && value != NULL);

  headers_add (self->headers, name, value);
}

const char *
http_response_get_header (const HttpResponse *self,
                          const char         *name)
{
  const HttpHeader *header;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  header = headers_find (self->headers, name);
  return header != NULL ? header->value : NULL;
}

gint64
http_parse_date (const char *text)
{
  char month[4] = "";
  int day, year, hour, minute, second;

  g_return_val_if_fail (text != NULL, 0);

  /* The name of the day is not checked against the date: a recipient need not care. */
  if (!fits_pattern (text, "aaa, 99 aaa 9999 99:99:99 GMT"))
    return 0;
  if (sscanf (text, "%*3s, %2d %3s %4d %2d:%2d:%2d", &day, month, &year, &hour, &minute, &second)
      != 6)
    return 0;
  if (month_number (month) == 0 || second > 60)
    return 0;
  return date_to_unix (year, month_number (month), day, hour, minute, second);
}
