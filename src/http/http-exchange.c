/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-exchange.h"

#include <string.h>

#include "http/http-error.h"
#include "http/http-handle.h"
#include "http/http-sockets.h"

/* Under TLS a piece leaves as many records of 16 KiB, and an answer that comes meanwhile is seen
 * only afterwards, maybe too late. Larger pieces are not faster there: encryption is what costs. */
#define TLS_PIECE (64 * 1024)

struct _HttpExchange {
  CURL *easy;
  HttpSockets *sockets;

  const HttpRequest *request;
  struct curl_slist *headers;
  HttpAnswer *answer;
  gsize max_answer;
  GError *error;
  gint64 first_byte_at;
  gboolean begun;

  gsize piece;                  /* most body bytes to give to libcurl at once */
  guint64 offset;               /* body bytes given to libcurl in this try */
  guint64 n_sent_before;        /* in earlier tries */
  gint64 resume_at;
  guint8 *kept;                 /* body bytes that wait until the answer has been looked at */
  gsize n_kept;
  gsize kept_offset;
};

static guint64
get_n_sent (HttpExchange *self)
{
  curl_off_t n_sent = 0;

  curl_easy_getinfo (self->easy, CURLINFO_SIZE_UPLOAD_T, &n_sent);
  /* libcurl's count stays where it was until the first byte of another try has left. */
  return MIN ((guint64) n_sent, self->offset);
}

static void
drop_kept (HttpExchange *self)
{
  g_clear_pointer (&self->kept, g_free);
  self->n_kept = 0;
  self->kept_offset = 0;
}

static void
start_body_at (HttpExchange *self,
               guint64       offset)
{
  self->n_sent_before += get_n_sent (self);
  self->offset = offset;
  self->resume_at = 0;
  drop_kept (self);
}

static gssize
read_body (HttpExchange *self,
           char         *buffer,
           gsize         size)
{
  const HttpRequest *request = self->request;
  guint wait_ms = 1;
  gssize n;

  if (request->bytes != NULL) {
    const char *bytes = g_bytes_get_data (request->bytes, NULL);

    memcpy (buffer, bytes + self->offset, size);
    return (gssize) size;
  }

  n = request->body_func (request->body_data, self->offset, buffer, size, &wait_ms, &self->error);
  if (n == HTTP_BODY_WAIT)
    self->resume_at = g_get_monotonic_time () + MAX (wait_ms, 1) * G_TIME_SPAN_MILLISECOND;
  return n;
}

static size_t
give_kept (HttpExchange *self,
           char         *buffer,
           gsize         room)
{
  gsize n = MIN (room, self->n_kept - self->kept_offset);

  memcpy (buffer, self->kept + self->kept_offset, n);
  self->kept_offset += n;
  if (self->kept_offset == self->n_kept)
    drop_kept (self);
  self->offset += n;
  return n;
}

static size_t
read_cb (char   *buffer,
         size_t  size,
         size_t  n_items,
         void   *data)
{
  HttpExchange *self = data;
  guint64 left = self->request->body_size - self->offset;
  gsize room = (gsize) MIN (MIN (size * n_items, self->piece), left);
  gssize n;

  if (room == 0)
    return 0;
  if (self->n_kept > 0)
    return give_kept (self, buffer, room);

  n = read_body (self, buffer, room);
  if (n == HTTP_BODY_WAIT)
    return CURL_READFUNC_PAUSE;
  if (n == HTTP_BODY_FAILED)
    return CURL_READFUNC_ABORT;
  g_assert (n > 0 && (gsize) n <= room);

  /* The one moment at which libcurl can be made to read before it sends on: it looks for input,
   * asks for a piece of the body, which may take a while, and sends that without another look. */
  if (http_sockets_has_input (self->sockets)) {
    self->kept = g_memdup2 (buffer, (gsize) n);
    self->n_kept = (gsize) n;
    self->resume_at = g_get_monotonic_time ();
    return CURL_READFUNC_PAUSE;
  }
  self->offset += (guint64) n;
  return (size_t) n;
}

static int
seek_cb (void       *data,
         curl_off_t  offset,
         int         origin)
{
  HttpExchange *self = data;

  if (origin != SEEK_SET)
    return CURL_SEEKFUNC_CANTSEEK;
  start_body_at (self, (guint64) offset);
  return CURL_SEEKFUNC_OK;
}

/* What a callback that took @n bytes returns: anything else than @n ends the transfer. */
static size_t
note_received (HttpExchange *self,
               gsize         n,
               gboolean      fits)
{
  if (self->first_byte_at == 0)
    self->first_byte_at = g_get_monotonic_time ();
  if (fits)
    return n;

  g_set_error_literal (&self->error, HTTP_ERROR, HTTP_ERROR_TOO_LARGE,
                       "The server’s answer is too large.");
  return 0;
}

static size_t
header_cb (char   *line,
           size_t  size,
           size_t  n_items,
           void   *data)
{
  HttpExchange *self = data;
  gsize n = size * n_items;

  return note_received (self, n, http_answer_add_line (self->answer, line, n));
}

static size_t
write_cb (char   *bytes,
          size_t  size,
          size_t  n_items,
          void   *data)
{
  HttpExchange *self = data;
  gsize n = size * n_items;

  return note_received (self, n, http_answer_add_body (self->answer, bytes, n));
}

/* Called when a connection is there, new or not, and the request is about to leave. */
static int
prereq_cb (void *data,
           char *peer_address,
           char *local_address,
           int   peer_port,
           int   local_port)
{
  HttpExchange *self = data;

  self->begun = TRUE;
  http_sockets_use (self->sockets, local_port);
  return CURL_PREREQFUNC_OK;
}

static char *
dup_peer (HttpExchange *self)
{
  const char *address = NULL;
  long port = 0;

  curl_easy_getinfo (self->easy, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo (self->easy, CURLINFO_PRIMARY_PORT, &port);
  if (address == NULL || *address == '\0')
    return NULL;
  if (strchr (address, ':') != NULL)
    return g_strdup_printf ("[%s]:%ld", address, port);
  return g_strdup_printf ("%s:%ld", address, port);
}

HttpExchange *
http_exchange_new (CURL *easy)
{
  HttpExchange *self = g_new0 (HttpExchange, 1);

  self->easy = easy;
  self->sockets = http_sockets_new (easy);

  curl_easy_setopt (easy, CURLOPT_READFUNCTION, read_cb);
  curl_easy_setopt (easy, CURLOPT_READDATA, self);
  curl_easy_setopt (easy, CURLOPT_SEEKFUNCTION, seek_cb);
  curl_easy_setopt (easy, CURLOPT_SEEKDATA, self);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, write_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, prereq_cb);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, self);
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  return self;
}

void
http_exchange_free (HttpExchange *self)
{
  if (self == NULL)
    return;

  http_exchange_end (self);
  http_sockets_free (self->sockets);
  g_free (self);
}

gboolean
http_exchange_start (HttpExchange       *self,
                     const HttpRequest  *request,
                     gsize               max_answer,
                     GError            **error)
{
  http_exchange_end (self);
  self->request = request;
  self->headers = http_handle_set_request (self->easy, request, error);
  if (self->headers == NULL)
    return FALSE;

  self->max_answer = max_answer;
  self->piece = g_ascii_strncasecmp (request->url, "https:", 6) == 0 ? TLS_PIECE : G_MAXSIZE;
  http_sockets_prepare (self->sockets, self->piece > TLS_PIECE);
  self->answer = http_answer_new (max_answer);
  return TRUE;
}

void
http_exchange_end (HttpExchange *self)
{
  curl_easy_setopt (self->easy, CURLOPT_HTTPHEADER, NULL);
  g_clear_pointer (&self->headers, curl_slist_free_all);
  g_clear_pointer (&self->answer, http_answer_free);
  g_clear_error (&self->error);
  drop_kept (self);
  self->request = NULL;
  http_sockets_use (self->sockets, 0);
  self->first_byte_at = 0;
  self->begun = FALSE;
  self->offset = 0;
  self->n_sent_before = 0;
  self->resume_at = 0;
}

void
http_exchange_rewind (HttpExchange *self)
{
  g_return_if_fail (self->request != NULL);

  start_body_at (self, 0);
  http_answer_free (self->answer);
  self->answer = http_answer_new (self->max_answer);
  g_clear_error (&self->error);
  self->first_byte_at = 0;
  self->begun = FALSE;
}

void
http_exchange_sample (HttpExchange *self,
                      HttpSample   *sample)
{
  sample->connected = self->begun;
  sample->held_back = self->resume_at != 0;
  sample->n_read = self->offset;
  sample->n_sent = get_n_sent (self);
  sample->n_received = http_answer_get_n_received (self->answer);
}

void
http_exchange_sample_queue (HttpExchange *self,
                            HttpSample   *sample)
{
  if (self->begun)
    sample->n_queued = http_sockets_get_n_queued (self->sockets);
}

gint64
http_exchange_get_resume_at (HttpExchange *self)
{
  return self->resume_at;
}

void
http_exchange_resume (HttpExchange *self)
{
  self->resume_at = 0;
  curl_easy_pause (self->easy, CURLPAUSE_CONT);
}

GError *
http_exchange_take_error (HttpExchange *self)
{
  return g_steal_pointer (&self->error);
}

gboolean
http_exchange_has_begun (HttpExchange *self)
{
  return self->begun;
}

gboolean
http_exchange_has_received (HttpExchange *self)
{
  return http_answer_get_n_received (self->answer) > 0;
}

HttpResponse *
http_exchange_take_response (HttpExchange *self,
                             gint64        sent_at)
{
  HttpResponse *response;

  if (http_answer_get_status (self->answer) == 0)
    return NULL;

  response = http_answer_take (self->answer);
  response->n_sent = self->n_sent_before + get_n_sent (self);
  if (sent_at != 0 && self->first_byte_at > sent_at)
    response->first_byte_ms = (self->first_byte_at - sent_at) / G_TIME_SPAN_MILLISECOND;
  response->peer = dup_peer (self);
  return response;
}
