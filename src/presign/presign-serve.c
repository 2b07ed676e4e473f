/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-serve.h"

#include "presign/presign-exchange.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_DISCARD (8 * PRESIGN_MAX_BODY)      /* of a body that is refused anyway */

struct _PresignServe {
  PresignService *service;
  PresignPool *pool;
  SoupServer *server;
  PresignLineSetup setup;
  GHashTable *lines;            /* PresignLine, a set */
  gboolean is_draining;
  int pair[2];
};

/* A message that the pool works for. The line may be gone before it is done. */
typedef struct {
  PresignServe *serve;
  SoupServerMessage *message;
} Errand;

static void
send_response (PresignServe     *self,
               SoupServerMessage *message,
               PresignLine       *line,
               HttpResponse      *response)
{
  presign_exchange_set_response (message, response);
  if (self->is_draining) {
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                  "close");
  }
  if (presign_exchange_has_body (message, response)) {
    presign_stream_hold_head (presign_line_get_stream (line));
  }
  presign_line_set_state (line, PRESIGN_LINE_SENDING, g_get_monotonic_time ());
}

static void
answered_cb (PresignWork  *work,
             HttpResponse *response,
             gpointer      user_data)
{
  Errand *errand = user_data;
  PresignLine *line = presign_line_of (errand->message);

  presign_work_end (work, response);
  if (line) {
    send_response (errand->serve, errand->message, line, response);
    soup_server_message_unpause (errand->message);
  }
  http_response_free (response);
  presign_work_free (work);
  g_object_unref (errand->message);
  g_free (errand);
}

static PresignWork *
new_work (PresignServe     *self,
          SoupServerMessage *message,
          PresignLine       *line)
{
  return presign_work_new (self->service, presign_exchange_new_request (message),
                           presign_line_get_peer (line), self->setup.certificate != NULL);
}

static void
answer (PresignServe     *self,
        SoupServerMessage *message,
        PresignLine       *line,
        PresignWork       *work,
        HttpResponse      *response)
{
  presign_work_end (work, response);
  send_response (self, message, line, response);
  http_response_free (response);
  presign_work_free (work);
}

/* The whole request is there. */
static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  PresignServe *self = user_data;
  PresignLine *line = presign_line_of (message);
  PresignWork *work;
  HttpResponse *response;
  Errand *errand;

  if (!line) {
    return;
  }
  work = new_work (self, message, line);
  presign_line_set_state (line, PRESIGN_LINE_WORKING, 0);
  response = presign_work_admit (work);
  if (!response && !presign_work_asks_store (work)) {
    response = presign_work_answer (work, NULL);
  }
  if (response) {
    answer (self, message, line, work, response);
    return;
  }
  errand = g_new0 (Errand, 1);
  errand->serve = self;
  errand->message = g_object_ref (message);
  soup_server_message_pause (message);
  presign_pool_push (self->pool, work, answered_cb, errand);
}

/* The rest is read, and thrown away: the client would not see an answer before it has sent all. */
static void
refuse (PresignServe      *self,
        SoupServerMessage *message,
        PresignLine       *line,
        guint              status,
        const char        *code,
        const char        *text)
{
  PresignWork *work = new_work (self, message, line);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  soup_message_body_set_accumulate (body, FALSE);
  answer (self, message, line, work, presign_work_refuse (work, status, code, text));
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
  presign_line_set_state (line, PRESIGN_LINE_BODY, g_get_monotonic_time ());
}

static void
refuse_size (PresignServe      *self,
             SoupServerMessage *message,
             PresignLine       *line)
{
  presign_metrics_refuse (self->service->metrics, PRESIGN_REFUSED_SIZE);
  refuse (self, message, line, 413, "EntityTooLarge", "The request's body is too large.");
}

static void
got_chunk_cb (SoupServerMessage *message,
              GBytes            *chunk,
              gpointer           user_data)
{
  PresignServe *self = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  PresignLine *line = presign_line_of (message);
  guint64 size = line ? presign_line_add_body (line, g_bytes_get_size (chunk)) : 0;

  if (size > MAX_DISCARD) {
    presign_line_drop_soon (line);
  } else if (size > PRESIGN_MAX_BODY && soup_message_body_get_accumulate (body)) {
    refuse_size (self, message, line);
  }
}

/* The headers are there. */
static void
headers_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  PresignServe *self = user_data;
  PresignLine *line = presign_line_of (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (!line) {
    return;
  }
  presign_line_set_state (line, PRESIGN_LINE_BODY, g_get_monotonic_time ());
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED ||
      soup_message_headers_get_content_length (headers) > PRESIGN_MAX_BODY) {
    g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), self);
  }
  if (!presign_exchange_has_clear_end (message)) {
    refuse (self, message, line, 400, "InvalidRequest",
            "The request does not say clearly where its body ends.");
  } else if (soup_message_headers_get_content_length (headers) > PRESIGN_MAX_BODY) {
    refuse_size (self, message, line);
  }
}

static void
started_cb (SoupServer        *server,
            SoupServerMessage *message,
            gpointer           user_data)
{
  PresignServe *self = user_data;
  PresignLine *line = presign_line_of (message);

  if (!line) {
    return;
  }
  if (presign_line_get_state (line) == PRESIGN_LINE_NEW) {
    g_hash_table_add (self->lines, line);
  }
  presign_line_begin (line, message);
}

/* What the line's first message holds would stay as long as the line. */
static void
finished_cb (SoupServer        *server,
             SoupServerMessage *message,
             gpointer           user_data)
{
  PresignServe *self = user_data;
  PresignLine *line = presign_line_of (message);

  soup_message_body_truncate (soup_server_message_get_request_body (message));
  soup_message_body_truncate (soup_server_message_get_response_body (message));
  if (!line) {
    return;
  }
  presign_line_set_state (line, PRESIGN_LINE_RESTING, g_get_monotonic_time ());
  if (self->is_draining) {
    presign_line_drop_soon (line);
  }
}

static void
gone_cb (PresignLine *line,
         gpointer     user_data)
{
  PresignServe *self = user_data;

  if (line) {
    g_hash_table_remove (self->lines, line);
  }
  presign_metrics_add_connections (self->service->metrics, -1);
}

/* SoupServer 3.2 keeps connections alive only while it listens somewhere. It is given an end of a
 * pair that nobody ever writes to. */
static gboolean
pretend_to_listen (PresignServe  *self,
                   GError       **error)
{
  g_autoptr (GSocket) socket = NULL;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, self->pair) != 0) {
    int code = errno;

    self->pair[0] = self->pair[1] = -1;
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
    return FALSE;
  }
  socket = g_socket_new_from_fd (self->pair[0], error);
  if (!socket) {
    return FALSE;
  }
  self->pair[0] = -1;
  return soup_server_listen_socket (self->server, socket, 0, error);
}

PresignServe *
presign_serve_new (PresignService   *service,
                   PresignPool      *pool,
                   GTlsCertificate  *certificate,
                   GError          **error)
{
  g_autoptr (PresignServe) self = g_new0 (PresignServe, 1);

  self->service = service;
  self->pool = pool;
  self->pair[0] = self->pair[1] = -1;
  self->lines = g_hash_table_new (NULL, NULL);
  /* Paths are decoded by those who know where one ends. */
  self->server = g_object_new (SOUP_TYPE_SERVER, "raw-paths", TRUE, NULL);
  soup_server_add_early_handler (self->server, NULL, headers_cb, self, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  g_signal_connect (self->server, "request-started", G_CALLBACK (started_cb), self);
  g_signal_connect (self->server, "request-finished", G_CALLBACK (finished_cb), self);
  g_signal_connect (self->server, "request-aborted", G_CALLBACK (finished_cb), self);
  self->setup = (PresignLineSetup) {
    .config = service->config,
    .server = self->server,
    .poll = presign_poll_new (g_main_context_get_thread_default ()),
    .certificate = certificate,
    .gone = gone_cb,
    .user_data = self,
  };
  return pretend_to_listen (self, error) ? g_steal_pointer (&self) : NULL;
}

void
presign_serve_free (PresignServe *self)
{
  if (!self) {
    return;
  }
  presign_serve_drop (self, NULL, NULL);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  for (guint i = 0; i < G_N_ELEMENTS (self->pair); i++) {
    if (self->pair[i] >= 0) {
      close (self->pair[i]);
    }
  }
  presign_poll_free (self->setup.poll);
  g_hash_table_unref (self->lines);
  g_free (self);
}

void
presign_serve_open (PresignServe   *self,
                    int             fd,
                    GSocketAddress *local,
                    GSocketAddress *peer)
{
  if (self->is_draining) {
    close (fd);
    presign_metrics_add_connections (self->service->metrics, -1);
    return;
  }
  presign_line_open (&self->setup, fd, local, peer);
}

guint
presign_serve_drop (PresignServe     *self,
                    PresignMatchFunc  match,
                    gpointer          user_data)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer line;

  g_hash_table_iter_init (&iter, self->lines);
  while (g_hash_table_iter_next (&iter, &line, NULL)) {
    if (!match || match (line, user_data)) {
      g_ptr_array_add (chosen, line);
    }
  }
  for (guint i = 0; i < chosen->len; i++) {
    presign_line_drop (g_ptr_array_index (chosen, i));
  }
  return chosen->len;
}

static gboolean
is_quiet (PresignLine *line,
          gpointer     user_data)
{
  PresignLineState state = presign_line_get_state (line);

  return state == PRESIGN_LINE_NEW || state == PRESIGN_LINE_RESTING;
}

void
presign_serve_drain (PresignServe *self)
{
  self->is_draining = TRUE;
  presign_serve_drop (self, is_quiet, NULL);
}

static gboolean
is_late (PresignLine *line,
         gpointer     user_data)
{
  return presign_line_is_late (line, *(gint64 *) user_data);
}

static gboolean
is_slow (PresignLine *line,
         gpointer     user_data)
{
  return is_late (line, user_data) && presign_line_get_state (line) != PRESIGN_LINE_RESTING;
}

void
presign_serve_tick (PresignServe *self,
                    gint64        now_us)
{
  guint n_slow = presign_serve_drop (self, is_slow, &now_us);

  for (guint i = 0; i < n_slow; i++) {
    presign_metrics_refuse (self->service->metrics, PRESIGN_REFUSED_SLOW);
  }
  presign_serve_drop (self, is_late, &now_us);
}
