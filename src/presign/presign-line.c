/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-line.h"

#include <string.h>
#include <unistd.h>

struct _PresignLine {
  const PresignLineSetup *setup;
  PresignLineState state;
  gint64 due_us;
  guint64 n_body;               /* bytes of the message's body that came */
  PresignStream *stream;
  GSocket *socket;              /* under TLS */
  SoupServerMessage *handle;    /* the first: by it the connection can be taken from the server */
  GSource *drop;
  char *peer;
};

static G_DEFINE_QUARK (presign - line, line)

static guint
get_limit (const PresignConfig *config,
           PresignLineState     state)
{
  switch (state) {
  case PRESIGN_LINE_NEW:
  case PRESIGN_LINE_HEAD:
    return config->header_timeout;
  case PRESIGN_LINE_BODY:
  case PRESIGN_LINE_SENDING:
    return config->body_timeout;
  case PRESIGN_LINE_RESTING:
    return config->idle_timeout;
  default:
    return 0;
  }
}

void
presign_line_set_state (PresignLine      *self,
                        PresignLineState  state,
                        gint64            now_us)
{
  guint limit = get_limit (self->setup->config, state);

  self->state = state;
  self->due_us = limit > 0 ? now_us + (gint64) limit * G_USEC_PER_SEC : G_MAXINT64;
  if (state == PRESIGN_LINE_RESTING) {
    presign_stream_set_resting (self->stream, TRUE);
  }
}

/* The server let go of the connection. Its messages may stay a little longer. */
static void
disconnected_cb (SoupServerMessage *message,
                 gpointer           user_data)
{
  PresignLine *self = user_data;

  g_object_set_qdata (G_OBJECT (soup_server_message_get_remote_address (message)), line_quark (),
                      NULL);
  g_signal_handlers_disconnect_by_data (message, self);
  self->state = PRESIGN_LINE_GONE;
  if (self->drop) {
    g_source_destroy (self->drop);
    g_source_unref (self->drop);
  }
  if (self->socket) {
    /* Nobody waits for a farewell. */
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  }
  presign_stream_set_end (self->stream, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (self->stream), NULL, NULL);
  self->setup->gone (self, self->setup->user_data);
  g_object_unref (self->stream);
  g_clear_object (&self->socket);
  g_object_unref (self->handle);
  g_free (self->peer);
  g_free (self);
}

void
presign_line_drop (PresignLine *self)
{
  g_autoptr (GIOStream) stream G_GNUC_UNUSED = soup_server_message_steal_connection (self->handle);
}

static gboolean
drop_cb (gpointer user_data)
{
  presign_line_drop (user_data);
  return G_SOURCE_REMOVE;
}

void
presign_line_drop_soon (PresignLine *self)
{
  if (self->drop) {
    return;
  }
  self->drop = g_idle_source_new ();
  g_source_set_priority (self->drop, G_PRIORITY_HIGH);
  g_source_set_callback (self->drop, drop_cb, self, NULL);
  g_source_attach (self->drop, g_main_context_get_thread_default ());
}

static void
end_cb (gpointer user_data)
{
  presign_line_drop_soon (user_data);
}

static PresignStream *
new_tls_stream (PresignLine *self)
{
  g_autoptr (GSocketConnection) plain =
    g_socket_connection_factory_create_connection (self->socket);
  const char *protocols[] = { "http/1.1", NULL };
  g_autoptr (GIOStream) tls = g_tls_server_connection_new (G_IO_STREAM (plain),
                                                           self->setup->certificate, NULL);

  if (!tls) {
    return NULL;
  }
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  return presign_stream_new_for_tls (tls);
}

static PresignStream *
new_stream (PresignLine *self,
            int          fd)
{
  if (!self->setup->certificate) {
    return presign_stream_new (self->setup->poll, fd, NULL);
  }
  self->socket = g_socket_new_from_fd (fd, NULL);
  if (!self->socket) {
    close (fd);
    return NULL;
  }
  return new_tls_stream (self);
}

static char *
dup_address (GSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  char *text = g_inet_address_to_string (inet);

  if (g_str_has_prefix (text, "::ffff:") && g_hostname_is_ip_address (text + 7)) {
    memmove (text, text + 7, strlen (text + 7) + 1);    /* of IPv4, on a socket of IPv6 */
  }
  return text;
}

void
presign_line_open (const PresignLineSetup *setup,
                   int                     fd,
                   GSocketAddress         *local,
                   GSocketAddress         *peer)
{
  PresignLine *self = g_new0 (PresignLine, 1);

  self->setup = setup;
  self->stream = new_stream (self, fd);
  if (!self->stream) {
    setup->gone (NULL, setup->user_data);
    g_clear_object (&self->socket);
    g_free (self);
    return;
  }
  self->peer = dup_address (peer);
  presign_stream_set_end (self->stream, end_cb, self);
  presign_line_set_state (self, PRESIGN_LINE_NEW, g_get_monotonic_time ());
  g_object_set_qdata (G_OBJECT (peer), line_quark (), self);
  soup_server_accept_iostream (setup->server, G_IO_STREAM (self->stream), local, peer, NULL);
}

PresignLine *
presign_line_of (SoupServerMessage *message)
{
  return g_object_get_qdata (G_OBJECT (soup_server_message_get_remote_address (message)),
                             line_quark ());
}

const char *
presign_line_get_peer (PresignLine *self)
{
  return self->peer;
}

PresignLineState
presign_line_get_state (PresignLine *self)
{
  return self->state;
}

gboolean
presign_line_is_late (PresignLine *self,
                      gint64       now_us)
{
  /* libsoup begins a message with its first whole line: until then the stream goes on resting. */
  if (self->state == PRESIGN_LINE_RESTING && presign_stream_has_input (self->stream)) {
    presign_line_set_state (self, PRESIGN_LINE_HEAD, now_us);
  }
  return self->due_us <= now_us;
}

PresignStream *
presign_line_get_stream (PresignLine *self)
{
  return self->stream;
}

guint64
presign_line_add_body (PresignLine *self,
                       guint64      size)
{
  self->n_body += size;
  return self->n_body;
}

void
presign_line_begin (PresignLine       *self,
                    SoupServerMessage *message)
{
  self->n_body = 0;
  if (!self->handle) {
    self->handle = g_object_ref (message);
    g_signal_connect (message, "disconnected", G_CALLBACK (disconnected_cb), self);
    return;
  }
  presign_stream_set_resting (self->stream, FALSE);
  presign_line_set_state (self, PRESIGN_LINE_HEAD, g_get_monotonic_time ());
}
