/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-client.h"

#include <string.h>

#include "scripted-server.h"

#define MIB (1024 * 1024)

static char *folder;

static char *
dup_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static ScriptedServer *
server_new (ScriptFunc  func,
            gpointer    user_data,
            const char *certificate)
{
  g_autofree char *path = dup_path (certificate);

  return scripted_server_new (func, user_data, path);
}

static HttpClient *
client_new (const char *ca_file)
{
  const HttpClientOptions options = { .ca_file = ca_file };

  return http_client_new (&options);
}

static void
answer_script (ScriptedConn *conn)
{
  g_autofree char *head = NULL;

  while ((head = scripted_conn_read_head (conn)) != NULL) {
    g_autoptr (GBytes) body = scripted_conn_read_body (conn, scripted_get_length (head));
    g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body);
    g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nX-Sum: %s\r\n"
                                               "Content-Length: 0\r\n\r\n", sum);

    scripted_conn_write (conn, answer);
    g_clear_pointer (&head, g_free);
  }
}

static gssize
body_cb (gpointer   user_data,
         guint64    offset,
         void      *buffer,
         gsize      size,
         guint     *wait_ms,
         GError   **error)
{
  if (user_data != NULL)
    memcpy (buffer, (const char *) user_data + offset, size);
  return (gssize) size;
}

static void
test_trusted (void)
{
  g_autoptr (ScriptedServer) server = server_new (answer_script, NULL, "good.pem");
  g_autofree char *ca_file = dup_path ("ca.pem");
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  g_autoptr (HttpClient) client = client_new (ca_file);
  g_autoptr (HttpRequest) request = http_request_new ("PUT", url);
  g_autofree char *bytes = g_strnfill (8 * MIB, 'y');
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, bytes, 8 * MIB);

  http_request_set_body (request, 8 * MIB, body_cb, bytes);
  for (guint n = 0; n < 3; n++) {
    g_autoptr (GError) error = NULL;
    HttpTransfer transfer = { 0 };
    g_autoptr (HttpResponse) response = http_client_send (client, request, &transfer, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (response->status, ==, 200);
    g_assert_cmpstr (http_response_get_header (response, "X-Sum"), ==, sum);
    g_assert_cmpuint (transfer.n_sent, ==, 8 * MIB);
  }
  g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);
}

static void
hello_script (ScriptedConn *conn)
{
  scripted_conn_write (conn, "220 mail.example ESMTP\r\n");
  scripted_conn_wait_end (conn);
}

static void
close_script (ScriptedConn *conn)
{
  scripted_conn_skip_body (conn, 1);
  scripted_conn_reset (conn);
}

static void
silent_script (ScriptedConn *conn)
{
  scripted_conn_wait_end (conn);
}

static void
test_refused (void)
{
  static const struct {
    const char *what;
    ScriptFunc script;
    const char *certificate;    /* NULL = speaks no TLS */
    const char *host;
    const char *ca_file;        /* NULL = the system's */
    int code;
  } cases[] = {
    { "unknown CA", answer_script, "good.pem", "127.0.0.1", NULL, HTTP_ERROR_CERTIFICATE },
    { "other CA", answer_script, "good.pem", "127.0.0.1", "other.pem", HTTP_ERROR_CERTIFICATE },
    { "other name", answer_script, "other.pem", "localhost", "ca.pem", HTTP_ERROR_CERTIFICATE },
    { "other address", answer_script, "other.pem", "127.0.0.1", "ca.pem", HTTP_ERROR_CERTIFICATE },
    { "no CA file", answer_script, "good.pem", "127.0.0.1", "missing.pem", HTTP_ERROR_CA_FILE },
    { "not a CA file", answer_script, "good.pem", "127.0.0.1", "good.key", HTTP_ERROR_CA_FILE },
    { "no TLS", hello_script, NULL, "127.0.0.1", NULL, HTTP_ERROR_TLS },
    { "lost in the handshake", close_script, NULL, "127.0.0.1", NULL, HTTP_ERROR_RESET },
    { "no handshake", silent_script, NULL, "127.0.0.1", NULL, HTTP_ERROR_CONNECT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *ca_file = cases[i].ca_file != NULL ? dup_path (cases[i].ca_file) : NULL;
    HttpClientOptions options = { .ca_file = ca_file };
    g_autoptr (ScriptedServer) server = NULL;
    g_autoptr (HttpClient) client = NULL;
    g_autoptr (HttpRequest) request = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *url = NULL;

    g_test_message ("%s", cases[i].what);
    server = cases[i].certificate != NULL
             ? server_new (cases[i].script, NULL, cases[i].certificate)
             : scripted_server_new (cases[i].script, NULL, NULL);
    if (cases[i].code == HTTP_ERROR_CONNECT)
      options.connect_timeout_ms = 60;
    client = http_client_new (&options);
    url = g_strdup_printf ("https://%s:%u/b/k?X-Amz-Signature=secret", cases[i].host,
                           scripted_server_get_port (server));
    request = http_request_new ("GET", url);
    g_assert_null (http_client_send (client, request, NULL, &error));
    g_assert_error (error, HTTP_ERROR, cases[i].code);
    g_assert_null (strstr (error->message, "secret"));
    g_assert_true (g_str_has_suffix (error->message, "."));
    g_assert_nonnull (strstr (error->message, cases[i].code == HTTP_ERROR_CA_FILE
                              ? cases[i].ca_file : cases[i].host));
  }
}

static void
early_script (ScriptedConn *conn)
{
  scripted_conn_skip_head (conn);
  scripted_conn_skip_body (conn, MIB);
  scripted_conn_write (conn, "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n"
                       "Connection: close\r\n\r\n4\r\nnope\r\n0\r\n\r\n");
  scripted_conn_linger (conn);
}

static void
test_early_answer (void)
{
  g_autoptr (ScriptedServer) server = server_new (early_script, NULL, "good.pem");
  g_autofree char *ca_file = dup_path ("ca.pem");
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  g_autoptr (HttpClient) client = client_new (ca_file);
  g_autoptr (HttpRequest) request = http_request_new ("PUT", url);

  http_request_set_body (request, 256 * MIB, body_cb, NULL);
  for (guint n = 0; n < 20; n++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (response->status, ==, 403);
    g_assert_cmpuint (g_bytes_get_size (response->body), ==, 4);
    g_assert_cmpuint (response->n_sent, <, request->body_size);
  }
}

static void
loss_script (ScriptedConn *conn)
{
  g_autofree char *head = scripted_conn_read_head (conn);

  scripted_conn_skip_body (conn, scripted_get_length (head));
  scripted_conn_write (conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  if (conn->index == 1) {
    scripted_conn_skip_head (conn);
    scripted_conn_reset (conn);
  }
}

static void
test_idle_loss (void)
{
  g_autoptr (ScriptedServer) server = server_new (loss_script, NULL, "good.pem");
  g_autofree char *ca_file = dup_path ("ca.pem");
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  g_autoptr (HttpClient) client = client_new (ca_file);
  g_autoptr (HttpRequest) request = http_request_new ("PUT", url);

  http_request_set_body (request, 16 * MIB, body_cb, NULL);
  for (guint n = 1; n <= 2; n++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (response->status, ==, 200);
    g_assert_cmpuint (scripted_server_get_n_connections (server), ==, n);
  }
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  scripted_clear_environment ();
  http_init ();
  folder = scripted_make_certificates ();

  g_test_add_func ("/http/tls/trusted", test_trusted);
  g_test_add_func ("/http/tls/refused", test_refused);
  g_test_add_func ("/http/tls/early-answer", test_early_answer);
  g_test_add_func ("/http/tls/idle-loss", test_idle_loss);
  result = g_test_run ();
  scripted_remove_certificates (folder);
  g_free (folder);
  return result;
}
