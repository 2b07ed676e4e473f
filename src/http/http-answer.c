/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-answer.h"

#include <string.h>

#define MAX_HEADERS (256 * 1024)
#define MAX_CHUNK_LINE 4096

typedef enum {
  CHUNK_SIZE,                   /* hexadecimal digits */
  CHUNK_EXTENSION,              /* up to the line's end */
  CHUNK_DATA,
  CHUNK_DATA_END,               /* the CRLF after the data */
  CHUNK_TRAILER_START,
  CHUNK_TRAILER,
  CHUNK_END,
} ChunkState;

struct _HttpAnswer {
  HttpResponse *response;       /* NULL before the first status line */
  GByteArray *body;
  gsize max_body;
  guint64 n_received;
  gsize n_header_bytes;
  gint64 length;                /* Content-Length; -1 = not given */
  gboolean for_head;
  gboolean headers_ended;
  gboolean chunked;
  ChunkState chunk_state;
  guint64 chunk_left;
  guint chunk_line;             /* bytes of the line that is being read */
};

static gboolean
is_final (HttpAnswer *self)
{
  return self->response != NULL && self->headers_ended && self->response->status >= 200;
}

static gboolean
has_no_body (HttpAnswer *self)
{
  return self->for_head || self->response->status == 204 || self->response->status == 304;
}

static void
start_over (HttpAnswer *self,
            guint       status)
{
  g_clear_pointer (&self->response, http_response_free);
  self->response = http_response_new (status);
  g_byte_array_set_size (self->body, 0);
  self->length = -1;
  self->headers_ended = FALSE;
  self->chunked = FALSE;
  self->chunk_state = CHUNK_SIZE;
  self->chunk_left = 0;
  self->chunk_line = 0;
}

static void
add_header (HttpAnswer *self,
            const char *line)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  guint64 length;

  /* A line that begins with a blank continues the one before (RFC 9112, 5.2): nothing that matters
   * here is ever folded. */
  if (colon == NULL || colon == line || *line == ' ' || *line == '\t')
    return;

  name = g_strchomp (g_strndup (line, (gsize) (colon - line)));
  value = g_strstrip (g_strdup (colon + 1));
  http_response_add_header (self->response, name, value);

  if (g_ascii_strcasecmp (name, "Content-Length") == 0
      && g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &length, NULL))
    self->length = (gint64) length;
  else if (g_ascii_strcasecmp (name, "Transfer-Encoding") == 0)
    self->chunked = g_ascii_strcasecmp (value, "chunked") == 0;
  else if (g_ascii_strcasecmp (name, "Date") == 0)
    self->response->date = http_parse_date (value);
}

static gboolean
keep (HttpAnswer   *self,
      const guint8 *data,
      gsize         size)
{
  if (size > self->max_body - self->body->len)
    return FALSE;
  g_byte_array_append (self->body, data, (guint) size);
  return TRUE;
}

static gboolean
take_size_digit (HttpAnswer *self,
                 char        c)
{
  if (self->chunk_left >> 60 != 0)
    return FALSE;
  self->chunk_left = self->chunk_left << 4 | (guint64) g_ascii_xdigit_value (c);
  return TRUE;
}

static ChunkState
after_size_line (HttpAnswer *self)
{
  self->chunk_line = 0;
  return self->chunk_left == 0 ? CHUNK_TRAILER_START : CHUNK_DATA;
}

/* One byte of the framing. */
static HttpAnswerResult
take_framing (HttpAnswer *self,
              char        c)
{
  if (++self->chunk_line > MAX_CHUNK_LINE)
    return HTTP_ANSWER_MALFORMED;

  switch (self->chunk_state) {
  case CHUNK_SIZE:
    if (g_ascii_isxdigit (c))
      return take_size_digit (self, c) ? HTTP_ANSWER_OK : HTTP_ANSWER_MALFORMED;
    if (self->chunk_line == 1 || strchr (" \t;\r\n", c) == NULL)
      return HTTP_ANSWER_MALFORMED;
    self->chunk_state = c == '\n' ? after_size_line (self) : CHUNK_EXTENSION;
    return HTTP_ANSWER_OK;
  case CHUNK_EXTENSION:
    if (c == '\n')
      self->chunk_state = after_size_line (self);
    return HTTP_ANSWER_OK;
  case CHUNK_DATA_END:
    if (c != '\r' && c != '\n')
      return HTTP_ANSWER_MALFORMED;
    if (c == '\n') {
      self->chunk_state = CHUNK_SIZE;
      self->chunk_line = 0;
    }
    return HTTP_ANSWER_OK;
  case CHUNK_TRAILER_START:
    if (c == '\n')
      self->chunk_state = CHUNK_END;
    else if (c != '\r')
      self->chunk_state = CHUNK_TRAILER;
    return HTTP_ANSWER_OK;
  case CHUNK_TRAILER:
    if (c == '\n')
      self->chunk_state = CHUNK_TRAILER_START;
    return HTTP_ANSWER_OK;
  case CHUNK_DATA:
  case CHUNK_END:
  default:
    g_assert_not_reached ();
  }
}

static HttpAnswerResult
take_chunks (HttpAnswer   *self,
             const guint8 *data,
             gsize         size)
{
  while (size > 0 && self->chunk_state != CHUNK_END) {
    gsize n = 1;

    if (self->chunk_state == CHUNK_DATA) {
      n = (gsize) MIN (self->chunk_left, size);
      if (!keep (self, data, n))
        return HTTP_ANSWER_TOO_LARGE;
      self->chunk_left -= n;
      if (self->chunk_left == 0)
        self->chunk_state = CHUNK_DATA_END;
    } else {
      HttpAnswerResult result = take_framing (self, (char) *data);

      if (result != HTTP_ANSWER_OK)
        return result;
    }
    data += n;
    size -= n;
  }
  return HTTP_ANSWER_OK;
}

HttpAnswer *
http_answer_new (gboolean for_head,
                 gsize    max_body)
{
  HttpAnswer *self = g_new0 (HttpAnswer, 1);

  self->for_head = for_head;
  self->max_body = MIN (max_body, G_MAXUINT / 2);
  self->length = -1;
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

HttpAnswerResult
http_answer_add_line (HttpAnswer *self,
                      const char *line,
                      gsize       size)
{
  g_autofree char *text = g_strndup (line, size);

  self->n_received += size;
  self->n_header_bytes += size;
  if (self->n_header_bytes > MAX_HEADERS)
    return HTTP_ANSWER_TOO_LARGE;

  g_strchomp (text);
  if (g_str_has_prefix (text, "HTTP/")) {
    const char *blank = strchr (text, ' ');

    start_over (self, blank != NULL ? (guint) g_ascii_strtoull (blank, NULL, 10) : 0);
  } else if (self->response == NULL || self->headers_ended) {
    return HTTP_ANSWER_OK;
  } else if (*text == '\0') {
    self->headers_ended = TRUE;
  } else {
    add_header (self, text);
  }
  return HTTP_ANSWER_OK;
}

HttpAnswerResult
http_answer_add_body (HttpAnswer *self,
                      const void *data,
                      gsize       size)
{
  self->n_received += size;
  if (self->chunked)
    return take_chunks (self, data, size);
  return keep (self, data, size) ? HTTP_ANSWER_OK : HTTP_ANSWER_TOO_LARGE;
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

gboolean
http_answer_is_complete (HttpAnswer *self)
{
  if (!is_final (self))
    return FALSE;
  if (has_no_body (self))
    return TRUE;
  if (self->chunked)
    return self->chunk_state == CHUNK_END;
  return self->length >= 0 && self->body->len >= (guint64) self->length;
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
