/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-line.h"

#include <sys/socket.h>

/* A stolen connection stays readable for the peer for this long after an early answer. */
#define LINGER_MS 2000

typedef struct {
  Store *store;
  SoupServerMessage *message;
  StoreLineEnd end;
  GBytes *bytes;
  gsize size;
} Ending;

static void
ending_free (gpointer data)
{
  Ending *self = data;

  g_clear_object (&self->message);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
reset_socket (GSocket *socket)
{
  const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
}

static gboolean
drop_cb (gpointer user_data)
{
  GIOStream *stream = user_data;

  g_io_stream_close (stream, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
end_cb (gpointer user_data)
{
  Ending *ending = user_data;
  GSocket *borrowed = soup_server_message_get_socket (ending->message);
  g_autoptr (GSocket) socket = borrowed != NULL ? g_object_ref (borrowed) : NULL;
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (ending->message);

  if (stream == NULL || socket == NULL)
    return G_SOURCE_REMOVE;
  if (ending->bytes != NULL) {
    g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                               g_bytes_get_data (ending->bytes, NULL), ending->size, NULL, NULL,
                               NULL);
    g_socket_shutdown (socket, FALSE, TRUE, NULL);
    g_timeout_add_full (G_PRIORITY_DEFAULT, LINGER_MS, drop_cb, g_steal_pointer (&stream),
                        g_object_unref);
  } else if (ending->end == STORE_LINE_RESET) {
    reset_socket (socket);
  } else if (ending->end == STORE_LINE_HOLD) {
    g_ptr_array_add (ending->store->held, g_steal_pointer (&stream));
  } else {
    g_io_stream_close (stream, NULL, NULL);
  }
  return G_SOURCE_REMOVE;
}

/* libsoup is in the middle of this message: the connection is taken once it is out of it. */
static void
schedule (StoreRequest *request,
          StoreLineEnd end,
          GBytes       *bytes,
          gsize size)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->store = request->store;
  ending->message = g_object_ref (request->message);
  ending->end = end;
  ending->bytes = bytes;
  ending->size = size;
  soup_server_message_pause (request->message);
  g_idle_add_full (G_PRIORITY_HIGH, end_cb, ending, ending_free);
}

void
store_line_end (StoreRequest *request,
                StoreLineEnd end)
{
  schedule (request, end, NULL, 0);
}

void
store_line_end_after (StoreRequest *request,
                      GBytes       *bytes,
                      gsize size)
{
  schedule (request, STORE_LINE_CLOSE, bytes, size);
}

static gboolean
go_on_cb (gpointer user_data)
{
  SoupServerMessage *message = user_data;

  soup_server_message_unpause (message);
  return G_SOURCE_REMOVE;
}

void
store_line_wait (StoreRequest *request,
                 guint wait_ms)
{
  soup_server_message_pause (request->message);
  if (wait_ms == 0)
    g_idle_add_full (G_PRIORITY_DEFAULT, go_on_cb, g_object_ref (request->message),
                     g_object_unref);
  else
    g_timeout_add_full (G_PRIORITY_DEFAULT, wait_ms, go_on_cb, g_object_ref (request->message),
                        g_object_unref);
}

static gboolean
close_idle_cb (gpointer user_data)
{
  GSocket *socket = user_data;

  g_socket_shutdown (socket, TRUE, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
finished_cb (SoupServerMessage *message,
             gpointer user_data)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL)
    g_timeout_add_full (G_PRIORITY_DEFAULT, GPOINTER_TO_UINT (user_data), close_idle_cb,
                        g_object_ref (socket), g_object_unref);
}

void
store_line_close_later (StoreRequest *request,
                        guint wait_ms)
{
  g_signal_connect (request->message, "finished", G_CALLBACK (finished_cb),
                    GUINT_TO_POINTER (wait_ms));
}
