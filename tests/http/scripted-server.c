/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "scripted-server.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

struct _ScriptedServer {
  GSocketListener *listener;
  GCancellable *ending;
  GThread *thread;
  ScriptFunc func;
  gpointer user_data;
  char *certificate;
  guint16 port;
  gint n_connections;           /* atomic */
};

static gboolean
fill (ScriptedConn *conn)
{
  char buffer[64 * 1024];
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (conn->stream), buffer,
                                  sizeof buffer, conn->server->ending, NULL);

  if (n <= 0)
    return FALSE;
  g_string_append_len (conn->input, buffer, n);
  return TRUE;
}

static gpointer
connection_thread (gpointer data)
{
  ScriptedConn *conn = data;

  if (conn->server->certificate != NULL)
    scripted_conn_start_tls (conn, conn->server->certificate);
  conn->server->func (conn);
  g_io_stream_close (conn->stream, NULL, NULL);
  g_socket_close (conn->socket, NULL);
  g_object_unref (conn->stream);
  g_object_unref (conn->socket);
  g_string_free (conn->input, TRUE);
  g_free (conn);
  return NULL;
}

static gpointer
server_thread (gpointer data)
{
  ScriptedServer *self = data;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  for (;;) {
    g_autoptr (GSocket) socket = NULL;
    ScriptedConn *conn;

    socket = g_socket_listener_accept_socket (self->listener, NULL, self->ending, NULL);
    if (socket == NULL)
      break;
    conn = g_new0 (ScriptedConn, 1);
    conn->server = self;
    conn->user_data = self->user_data;
    conn->index = (guint) g_atomic_int_add (&self->n_connections, 1) + 1;
    conn->input = g_string_new (NULL);
    conn->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    conn->socket = g_steal_pointer (&socket);
    g_ptr_array_add (threads, g_thread_new ("connection", connection_thread, conn));
  }
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
  return NULL;
}

static void
run (const char *folder,
     const char *command)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "sh", "-ec", command, NULL };

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_cwd (launcher, folder);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  if (!g_subprocess_wait_check (process, NULL, &error))
    g_error ("The test needs the openssl program to make certificates: %s", error->message);
}

ScriptedServer *
scripted_server_new (ScriptFunc  func,
                     gpointer    user_data,
                     const char *certificate)
{
  ScriptedServer *self = g_new0 (ScriptedServer, 1);
  g_autoptr (GSocketAddress) wanted = NULL;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->func = func;
  self->user_data = user_data;
  self->certificate = g_strdup (certificate);
  self->ending = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("server", server_thread, self);
  return self;
}

void
scripted_server_free (ScriptedServer *self)
{
  g_cancellable_cancel (self->ending);
  g_thread_join (self->thread);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->ending);
  g_free (self->certificate);
  g_free (self);
}

char *
scripted_server_dup_url (ScriptedServer *self,
                         const char     *path)
{
  return g_strdup_printf ("%s://127.0.0.1:%u%s", self->certificate != NULL ? "https" : "http",
                          self->port, path);
}

guint16
scripted_server_get_port (ScriptedServer *self)
{
  return self->port;
}

guint
scripted_server_get_n_connections (ScriptedServer *self)
{
  return (guint) g_atomic_int_get (&self->n_connections);
}

char *
scripted_conn_read_head (ScriptedConn *conn)
{
  const char *end;
  gsize size;
  char *head;

  while ((end = strstr (conn->input->str, "\r\n\r\n")) == NULL) {
    if (!fill (conn))
      return NULL;
  }
  size = (gsize) (end - conn->input->str) + 4;
  head = g_strndup (conn->input->str, size);
  g_string_erase (conn->input, 0, (gssize) size);
  return head;
}

GBytes *
scripted_conn_read_body (ScriptedConn *conn,
                         gsize         size)
{
  GByteArray *body = g_byte_array_new ();

  while (body->len < size && (conn->input->len > 0 || fill (conn))) {
    gsize n = MIN (conn->input->len, size - body->len);

    g_byte_array_append (body, (const guint8 *) conn->input->str, (guint) n);
    g_string_erase (conn->input, 0, (gssize) n);
  }
  return g_byte_array_free_to_bytes (body);
}

guint64
scripted_get_length (const char *head)
{
  const char *length = strstr (head, "\r\nContent-Length: ");

  return length != NULL ? g_ascii_strtoull (length + 18, NULL, 10) : 0;
}

void
scripted_conn_skip_head (ScriptedConn *conn)
{
  g_free (scripted_conn_read_head (conn));
}

void
scripted_conn_skip_body (ScriptedConn *conn,
                         gsize         size)
{
  g_bytes_unref (scripted_conn_read_body (conn, size));
}

void
scripted_conn_write (ScriptedConn *conn,
                     const char   *text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (conn->stream), text, strlen (text),
                             NULL, conn->server->ending, NULL);
}

void
scripted_conn_wait_end (ScriptedConn *conn)
{
  GPollFD ending;
  struct pollfd fds[2] = { { .fd = g_socket_get_fd (conn->socket), .events = POLLRDHUP } };

  if (!g_cancellable_make_pollfd (conn->server->ending, &ending))
    return;
  fds[1] = (struct pollfd) { .fd = ending.fd, .events = POLLIN };
  poll (fds, 2, -1);
  g_cancellable_release_fd (conn->server->ending);
}

void
scripted_conn_linger (ScriptedConn *conn)
{
  char buffer[64 * 1024];

  g_socket_shutdown (conn->socket, FALSE, TRUE, NULL);
  while (g_socket_receive (conn->socket, buffer, sizeof buffer, conn->server->ending, NULL) > 0)
    ;
}

void
scripted_conn_reset (ScriptedConn *conn)
{
  struct linger linger = { .l_onoff = 1 };

  setsockopt (g_socket_get_fd (conn->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (conn->socket, NULL);
}

void
scripted_conn_start_tls (ScriptedConn *conn,
                         const char   *certificate)
{
  g_autoptr (GTlsCertificate) loaded = NULL;
  g_autoptr (GIOStream) plain = conn->stream;
  g_autoptr (GError) error = NULL;

  loaded = g_tls_certificate_new_from_file (certificate, &error);
  g_assert_no_error (error);
  conn->stream = g_tls_server_connection_new (plain, loaded, &error);
  if (conn->stream == NULL)
    g_error ("The test needs glib-networking for TLS: %s", error->message);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (conn->stream), FALSE);
}

char *
scripted_make_certificates (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("partway-test-XXXXXX", &error);

  g_assert_no_error (error);
  run (folder,
       "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Test CA' "
       "  -keyout ca.key -out ca.pem; "
       "sign () { "
       "  openssl req -newkey rsa:2048 -nodes -subj \"/CN=$1\" -keyout $1.key -out $1.csr; "
       "  echo \"subjectAltName=$2\" >$1.ext; "
       "  openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
       "    -extfile $1.ext -out $1.crt; "
       "  cat $1.crt $1.key >$1.pem; "
       "}; "
       "sign good DNS:localhost,DNS:store.example,IP:127.0.0.1; "
       "sign other DNS:other.example");
  return folder;
}

void
scripted_remove_certificates (const char *folder)
{
  run (folder, "rm -f *");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

void
scripted_clear_environment (void)
{
  static const char *const names[] = {
    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE", "CURL_CA_BUNDLE",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
}
