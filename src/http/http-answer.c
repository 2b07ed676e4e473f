/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-answer.h"

#include <string.h>

#define MAX_HEADERS (256 * 1024)

struct _HttpAnswer {
  HttpResponse *response;       /* NULL before the first status line */
  GByteArray *body;
  gsize max_body;
  guint64 n_received;
  gsize n_header_bytes;
  gboolean headers_ended;
};

/* Newer versions of curl read three digits of a status, however many there are. */
static gboolean
is_final (HttpAnswer *self)
{
  return self->response != NULL && self->headers_ended && self->response->status >= 200
         && self->response->status < 1000;
}

static void
start_over (HttpAnswer *self,
            guint       status)
{
  g_clear_pointer (&self->response, http_response_free);
  self->response = http_response_new (status);
  g_byte_array_set_size (self->body, 0);
  self->headers_ended = FALSE;
}

static void
add_header (HttpAnswer *self,
            const char *line)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  /* A line that begins with a blank continues the one before (RFC 9112, 5.2): nothing that matters
   * here is ever folded. */
  if (colon == NULL || colon == line || *line == ' ' || *line == '\t')
    return;

  name = g_strchomp (g_strndup (line, (gsize) (colon - line)));
  value = g_strstrip (g_strdup (colon + 1));
  http_response_add_header (self->response, name, value);

  if (g_ascii_strcasecmp (name, "Date") == 0)
    self->response->date = http_parse_date (value);
}

HttpAnswer *
http_answer_new (gsize max_body)
{
  HttpAnswer *self = g_new0 (HttpAnswer, 1);

  self->max_body = MIN (max_body, G_MAXUINT / 2);
  self->body = g_byte_array_new ();
  return self;
}

void
http_answer_free (HttpAnswer *self)
{
  if (self == NULL)
    return;

  http_response_free (self->response);
  g_byte_array_unref (self->body);
  g_free (self);
}

gboolean
http_answer_add_line (HttpAnswer *self,
                      const char *line,
                      gsize       size)
{
  g_autofree char *text = g_strndup (line, size);

  self->n_received += size;
  self->n_header_bytes += size;
  if (self->n_header_bytes > MAX_HEADERS)
    return FALSE;

  g_strchomp (text);
  if (g_str_has_prefix (text, "HTTP/")) {
    const char *blank = strchr (text, ' ');

    start_over (self, blank != NULL ? (guint) g_ascii_strtoull (blank, NULL, 10) : 0);
  } else if (self->response == NULL || self->headers_ended) {
    return TRUE;
  } else if (*text == '\0') {
    self->headers_ended = TRUE;
  } else {
    add_header (self, text);
  }
  return TRUE;
}

gboolean
http_answer_add_body (HttpAnswer *self,
                      const void *data,
                      gsize       size)
{
  self->n_received += size;
  if (size > self->max_body - self->body->len)
    return FALSE;
  g_byte_array_append (self->body, data, (guint) size);
  return TRUE;
}

guint64
http_answer_get_n_received (HttpAnswer *self)
{
  return self->n_received;
}

guint
http_answer_get_status (HttpAnswer *self)
{
  return is_final (self) ? self->response->status : 0;
}

HttpResponse *
http_answer_take (HttpAnswer *self)
{
  HttpResponse *response = g_steal_pointer (&self->response);

  g_return_val_if_fail (response != NULL, NULL);

  g_bytes_unref (response->body);
  response->body = g_byte_array_free_to_bytes (self->body);
  self->body = g_byte_array_new ();
  return response;
}
