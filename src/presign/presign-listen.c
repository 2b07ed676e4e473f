/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-listen.h"

#include "presign/presign-pool.h"
#include "presign/presign-socket.h"
#include "presign/presign-worker.h"

#include <errno.h>
#include <glib-unix.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_WORKERS 4
#define FLUSH_MS 100
#define DRAIN_LOOK_MS 20
#define MAX_ACCEPTS 64          /* in one turn of the loop */
#define REST_MS 100             /* after the process ran out of descriptors */

static const char full[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
                           "Content-Length: 0\r\nConnection: close\r\n\r\n";

struct _PresignListen {
  PresignService *service;
  GMainLoop *loop;
  GTlsCertificate *certificate;
  PresignPool *pool;
  GPtrArray *workers;
  guint next;                   /* whose turn it is */
  int fd;
  guint port;
  guint accept_id;
  SoupServer *metrics;
  guint metrics_port;
  guint flush_id;
  gint64 drain_end_us;
  gboolean has_drained;
};

static void
metrics_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  PresignListen *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  char *text;

  /* SoupServer 3.2 does not notice when a connection that it keeps is left. */
  soup_message_headers_append (headers, "Connection", "close");
  if (!g_str_equal (path, "/metrics")) {
    soup_server_message_set_status (message, 404, NULL);
    return;
  }
  if (!g_str_equal (soup_server_message_get_method (message), "GET")) {
    soup_message_headers_append (headers, "Allow", "GET");
    soup_server_message_set_status (message, 405, NULL);
    return;
  }
  text = presign_metrics_dup_text (self->service->metrics, presign_metrics_read_resident ());
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain; version=0.0.4; charset=utf-8",
                                    SOUP_MEMORY_TAKE, text, strlen (text));
}

static gboolean
start_metrics (PresignListen  *self,
               GError        **error)
{
  const PresignConfig *config = self->service->config;
  g_autoptr (GSocket) socket = NULL;
  int fd;

  if (config->metrics_port < 0) {
    return TRUE;
  }
  fd = presign_socket_listen (config->listen, (guint) config->metrics_port, &self->metrics_port,
                              error);
  socket = fd >= 0 ? g_socket_new_from_fd (fd, error) : NULL;
  if (!socket) {
    return FALSE;
  }
  self->metrics = g_object_new (SOUP_TYPE_SERVER, NULL);
  soup_server_add_handler (self->metrics, NULL, metrics_cb, self, NULL);
  return soup_server_listen_socket (self->metrics, socket, 0, error);
}

static gboolean
start_workers (PresignListen  *self,
               GError        **error)
{
  guint n_workers = MIN (g_get_num_processors (), MAX_WORKERS);

  self->pool = presign_pool_new (self->service->config);
  for (guint i = 0; i < n_workers; i++) {
    PresignWorker *worker = presign_worker_new (self->service, self->pool, self->certificate,
                                                error);

    if (!worker) {
      return FALSE;
    }
    g_ptr_array_add (self->workers, worker);
  }
  return TRUE;
}

static void
hand_on (PresignListen *self,
         int            fd)
{
  PresignMetrics *metrics = self->service->metrics;
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) peer = NULL;

  if (presign_metrics_get_connections (metrics) >= self->service->config->max_connections) {
    presign_metrics_refuse (metrics, PRESIGN_REFUSED_CONNECTIONS);
    if (!self->certificate) {
      send (fd, full, sizeof full - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    close (fd);
    return;
  }
  if (!presign_socket_get_ends (fd, &local, &peer)) {
    close (fd);                 /* gone already */
    return;
  }
  presign_metrics_add_connections (metrics, 1);
  presign_worker_take (g_ptr_array_index (self->workers, self->next++ % self->workers->len), fd,
                       local, peer);
}

static gboolean accept_cb (int           fd,
                           GIOCondition  condition,
                           gpointer      user_data);

static gboolean
again_cb (gpointer user_data)
{
  PresignListen *self = user_data;

  self->accept_id = g_unix_fd_add (self->fd, G_IO_IN, accept_cb, self);
  return G_SOURCE_REMOVE;
}

static gboolean
accept_cb (int          fd,
           GIOCondition condition,
           gpointer     user_data)
{
  PresignListen *self = user_data;

  for (guint i = 0; i < MAX_ACCEPTS; i++) {
    int accepted = accept4 (fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (accepted >= 0) {
      hand_on (self, accepted);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      presign_log_say (self->service->log, PRESIGN_LOG_ERROR, "Cannot accept connections: %s.",
                       g_strerror (errno));
      self->accept_id = g_timeout_add (REST_MS, again_cb, self);
      return G_SOURCE_REMOVE;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    }
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
flush_cb (gpointer user_data)
{
  PresignListen *self = user_data;

  presign_log_flush (self->service->log);
  return G_SOURCE_CONTINUE;
}

static gboolean
start (PresignListen  *self,
       GError        **error)
{
  const PresignConfig *config = self->service->config;

  if (config->tls_certificate) {
    const char *key = config->tls_key ? config->tls_key : config->tls_certificate;

    self->certificate = g_tls_certificate_new_from_files (config->tls_certificate, key, error);
    if (!self->certificate) {
      g_prefix_error (error, "The TLS certificate cannot be used: ");
      return FALSE;
    }
  }
  self->fd = presign_socket_listen (config->listen, config->port, &self->port, error);
  if (self->fd < 0 || !start_metrics (self, error) || !start_workers (self, error)) {
    return FALSE;
  }
  self->accept_id = g_unix_fd_add (self->fd, G_IO_IN, accept_cb, self);
  self->flush_id = g_timeout_add (FLUSH_MS, flush_cb, self);
  return TRUE;
}

PresignListen *
presign_listen_new (PresignService  *service,
                    GError         **error)
{
  g_autoptr (PresignListen) self = g_new0 (PresignListen, 1);

  self->service = service;
  self->fd = -1;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) presign_worker_free);
  return start (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
stop_accepting (PresignListen *self)
{
  g_clear_handle_id (&self->accept_id, g_source_remove);
  if (self->fd >= 0) {
    close (self->fd);
    self->fd = -1;
  }
}

void
presign_listen_free (PresignListen *self)
{
  if (!self) {
    return;
  }
  stop_accepting (self);
  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_clear_pointer (&self->pool, presign_pool_free);     /* first: the workers hold its messages */
  g_ptr_array_unref (self->workers);
  if (self->metrics) {
    soup_server_disconnect (self->metrics);
    g_object_unref (self->metrics);
  }
  g_clear_object (&self->certificate);
  g_main_loop_unref (self->loop);
  g_free (self);
}

guint
presign_listen_get_port (PresignListen *self)
{
  return self->port;
}

guint
presign_listen_get_metrics_port (PresignListen *self)
{
  return self->metrics_port;
}

static gboolean
drained_cb (gpointer user_data)
{
  PresignListen *self = user_data;

  self->has_drained = presign_metrics_get_connections (self->service->metrics) == 0;
  if (!self->has_drained && g_get_monotonic_time () < self->drain_end_us) {
    return G_SOURCE_CONTINUE;
  }
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
signal_cb (gpointer user_data)
{
  PresignListen *self = user_data;
  guint seconds = self->service->config->drain_timeout;

  if (self->drain_end_us != 0) {
    g_main_loop_quit (self->loop);      /* asked twice: now */
    return G_SOURCE_CONTINUE;
  }
  presign_log_say (self->service->log, PRESIGN_LOG_INFO, "Stopping: requests in flight may end.");
  self->drain_end_us = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  stop_accepting (self);
  for (guint i = 0; i < self->workers->len; i++) {
    presign_worker_drain (g_ptr_array_index (self->workers, i));
  }
  g_timeout_add (DRAIN_LOOK_MS, drained_cb, self);
  return G_SOURCE_CONTINUE;
}

gboolean
presign_listen_run (PresignListen *self)
{
  guint ids[] = {
    g_unix_signal_add (SIGTERM, signal_cb, self),
    g_unix_signal_add (SIGINT, signal_cb, self),
  };

  g_main_loop_run (self->loop);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_source_remove (ids[i]);
  }
  return self->has_drained;
}
