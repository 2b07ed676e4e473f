/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-client.h"

#include <string.h>

#include "scripted-server.h"

#define MIB (1024 * 1024)

/* Answers every request with its own head, and the sum of its body's bytes in a header. */
static void
echo_script (ScriptedConn *conn)
{
  g_autofree char *head = NULL;

  while ((head = scripted_conn_read_head (conn)) != NULL) {
    g_autoptr (GBytes) body = scripted_conn_read_body (conn, scripted_get_length (head));
    g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, body);
    gboolean no_body = g_str_has_prefix (head, "HEAD ");
    g_autofree char *answer = NULL;

    answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nX-Size: %zu\r\nX-Sum: %s\r\n"
                              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                              "Content-Length: %zu\r\n\r\n%s",
                              g_bytes_get_size (body), sum, strlen (head), no_body ? "" : head);
    scripted_conn_write (conn, answer);
    g_clear_pointer (&head, g_free);
  }
}

/* Gives one fixed answer to every request. */
static void
fixed_script (ScriptedConn *conn)
{
  g_autofree char *head = NULL;

  while ((head = scripted_conn_read_head (conn)) != NULL) {
    scripted_conn_skip_body (conn, scripted_get_length (head));
    scripted_conn_write (conn, conn->user_data);
    g_clear_pointer (&head, g_free);
  }
}

static HttpClient *
client_new (void)
{
  const HttpClientOptions options = { .user_agent = "Partway/1" };

  return http_client_new (&options);
}

static char *
dup_body (HttpResponse *response)
{
  gsize size;
  const char *body = g_bytes_get_data (response->body, &size);

  return body != NULL ? g_strndup (body, size) : g_strdup ("");
}

/* A body that is a function of the offset, with the habits a source may have. */
typedef struct {
  guint8 *bytes;
  gsize size;
  gsize most;                   /* bytes given at once; 0 = as many as fit */
  guint n_waits;                /* how often it asks to wait, one call in two */
  guint wait_ms;
  guint64 fail_at;              /* 0 = never */
  guint n_calls;
} Source;

static void
source_init (Source *source,
             gsize   size)
{
  source->size = size;
  source->bytes = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    source->bytes[i] = (guint8) (i * 7 + i / 251);
}

static gssize
source_cb (gpointer   user_data,
           guint64    offset,
           void      *buffer,
           gsize      size,
           guint     *wait_ms,
           GError   **error)
{
  Source *source = user_data;
  gsize n = source->most != 0 ? MIN (size, source->most) : size;

  g_assert_cmpuint (offset + size, <=, source->size);
  g_assert_cmpuint (size, >, 0);
  if (source->fail_at != 0 && offset >= source->fail_at) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_IO, "The disk is gone.");
    return HTTP_BODY_FAILED;
  }
  if (source->n_calls++ % 2 == 0 && source->n_waits > 0) {
    source->n_waits--;
    *wait_ms = source->wait_ms;
    return HTTP_BODY_WAIT;
  }
  memcpy (buffer, source->bytes + offset, n);
  return (gssize) n;
}

static void
assert_arrived (Source       *source,
                HttpResponse *response,
                HttpTransfer *transfer)
{
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, source->bytes,
                                                      source->size);

  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpstr (http_response_get_header (response, "X-Sum"), ==, sum);
  g_assert_cmpuint (response->n_sent, ==, source->size);
  g_assert_cmpuint (transfer->n_sent, ==, source->size);
}

static void
test_requests (void)
{
  static const struct {
    const char *method;
    const char *body;           /* NULL = none set */
    const char *length;         /* header line, or NULL = none */
  } cases[] = {
    { "GET", NULL, NULL },
    { "PUT", "", "Content-Length: 0" },
    { "POST", "<xml/>", "Content-Length: 6" },
    { "HEAD", NULL, NULL },
    { "PUT", "abc", "Content-Length: 3" },
    { "DELETE", NULL, NULL },
    { "POST", NULL, "Content-Length: 0" },
    { "GET", NULL, NULL },
    { "PUT", NULL, "Content-Length: 0" },
  };
  /* Newer libcurl writes escapes in capitals, as we do. */
  static const char path[] = "/b//a/../k%20%2F~!*'()%C3%A4+;=@:$,&?uploads&x=%2B%2F&y=a/b?c";
  g_autoptr (ScriptedServer) server = scripted_server_new (echo_script, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, path);
  g_autoptr (HttpClient) client = client_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HttpRequest) request = http_request_new (cases[i].method, url);
    g_autoptr (HttpResponse) response = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) expected = g_string_new (NULL);
    g_autofree char *head = NULL;

    g_test_message ("%s %s", cases[i].method, cases[i].body != NULL ? cases[i].body : "-");
    http_request_set_header (request, "X-Name", "a: b");
    http_request_set_header (request, "X-Empty", "");
    if (cases[i].body != NULL) {
      g_autoptr (GBytes) bytes = g_bytes_new (cases[i].body, strlen (cases[i].body));

      http_request_set_bytes (request, bytes);
    }
    response = http_client_send (client, request, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (response->status, ==, 200);
    g_assert_cmpint (response->date, ==, 784111777);
    g_assert_true (g_str_has_prefix (response->peer, "127.0.0.1:"));

    g_string_printf (expected, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: Partway/1\r\n"
                     "X-Name: a: b\r\nX-Empty:\r\n%s%s\r\n", cases[i].method, path,
                     scripted_server_get_port (server),
                     cases[i].length != NULL ? cases[i].length : "",
                     cases[i].length != NULL ? "\r\n" : "");
    head = dup_body (response);
    g_assert_cmpstr (head, ==, g_str_equal (cases[i].method, "HEAD") ? "" : expected->str);
  }
  g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);
}

static void
test_own_headers (void)
{
  static const char *const headers[][2] = {
    { "Host", "store.example" }, { "User-Agent", "Other" }, { "Accept", "text/xml" },
    { "Content-Type", "text/plain" },
  };
  g_autoptr (ScriptedServer) server = scripted_server_new (echo_script, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/");
  g_autoptr (HttpClient) client = client_new ();
  g_autoptr (HttpRequest) request = http_request_new ("PUT", url);
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *head = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    http_request_set_header (request, headers[i][0], headers[i][1]);
  response = http_client_send (client, request, NULL, &error);
  g_assert_no_error (error);
  head = dup_body (response);
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autofree char *line = g_strdup_printf ("\r\n%s: %s\r\n", headers[i][0], headers[i][1]);
    const char *first = strstr (head, line);

    g_assert_nonnull (first);
    line[strlen (headers[i][0]) + 3] = '\0';
    g_assert_null (strstr (first + 1, line));
  }
}

static void
test_stream (void)
{
  static const struct {
    gsize size;
    gsize most;
    guint n_waits;
  } cases[] = {
    { 1, 0, 0 }, { 9 * MIB + 7, 0, 0 }, { 3 * MIB, 999, 0 }, { MIB, 300000, 4 }, { 100, 0, 1 },
    { 2 * MIB, 0, 0 }, { 2 * MIB + 1, 0, 1 },
  };
  g_autoptr (ScriptedServer) server = scripted_server_new (echo_script, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  g_autoptr (HttpClient) client = client_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Source source = { .most = cases[i].most, .n_waits = cases[i].n_waits, .wait_ms = 2 };
    HttpTransfer transfer = { 0 };
    g_autoptr (HttpRequest) request = http_request_new ("PUT", url);
    g_autoptr (HttpResponse) response = NULL;
    g_autoptr (GError) error = NULL;

    g_test_message ("%zu bytes, by %zu", cases[i].size, cases[i].most);
    source_init (&source, cases[i].size);
    http_request_set_body (request, source.size, source_cb, &source);
    response = http_client_send (client, request, &transfer, &error);
    g_assert_no_error (error);
    assert_arrived (&source, response, &transfer);
    g_assert_cmpuint (source.n_waits, ==, 0);
    g_free (source.bytes);
  }
  g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);
}

/* The wait is ten times what counts as a stall. */
static void
test_held_back (void)
{
  const HttpClientOptions options = { .stall_timeout_ms = 30, .response_timeout_ms = 60000 };
  g_autoptr (ScriptedServer) server = scripted_server_new (echo_script, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_autoptr (HttpRequest) request = http_request_new ("PUT", url);
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  Source source = { .n_waits = 1, .wait_ms = 300 };
  HttpTransfer transfer = { 0 };
  gint64 start = g_get_monotonic_time ();

  source_init (&source, 1000);
  http_request_set_body (request, source.size, source_cb, &source);
  response = http_client_send (client, request, &transfer, &error);
  g_assert_no_error (error);
  assert_arrived (&source, response, &transfer);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 300 * G_TIME_SPAN_MILLISECOND);
  g_free (source.bytes);
}

static void
test_source_fails (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (echo_script, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  g_autoptr (HttpClient) client = client_new ();
  g_autoptr (HttpRequest) request = http_request_new ("PUT", url);
  g_autoptr (HttpRequest) other = http_request_new ("GET", url);
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  Source source = { .fail_at = MIB };

  source_init (&source, 4 * MIB);
  http_request_set_body (request, source.size, source_cb, &source);
  g_assert_null (http_client_send (client, request, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_IO);
  g_assert_cmpstr (error->message, ==, "The disk is gone.");
  g_clear_error (&error);

  response = http_client_send (client, other, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  g_free (source.bytes);
}

static void
test_answers (void)
{
  static const struct {
    const char *answer;
    guint status;
    const char *body;
  } cases[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok" },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok" },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nok\r\n0\r\nX-Interim: 2\r\n\r\n", 200, "ok" },
    { "HTTP/1.1 204 No Content\r\n\r\n", 204, "" },
    { "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n"
      "Content-Length: 2\r\n\r\nmv", 301, "mv" },
    { "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 307, "" },
    { "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n", 401, "" },
    { "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 1\r\n\r\n!", 412, "!" },
    { "HTTP/1.1 503 Slow Down\r\nRetry-After: 1\r\nContent-Length: 1\r\n\r\n!", 503, "!" },
    { "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok" },
    { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok", 200, "ok" },
  };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (ScriptedServer) server = NULL;
    g_autoptr (HttpClient) client = client_new ();
    g_autofree char *url = NULL;
    g_autoptr (HttpRequest) request = NULL;

    g_test_message ("%s", cases[i].answer);
    server = scripted_server_new (fixed_script, (gpointer) cases[i].answer, NULL);
    url = scripted_server_dup_url (server, "/");
    request = http_request_new ("PUT", url);
    http_request_set_bytes (request, bytes);
    for (guint n = 0; n < 2; n++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);
      g_autofree char *body = NULL;

      g_assert_no_error (error);
      body = dup_body (response);
      g_assert_cmpuint (response->status, ==, cases[i].status);
      g_assert_cmpstr (body, ==, cases[i].body);
      g_assert_null (http_response_get_header (response, "X-Interim"));
      g_assert_cmpuint (response->n_sent, ==, 3);
    }
    g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);
  }
}

static void
test_renew (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (echo_script, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/");
  g_autoptr (HttpClient) client = client_new ();
  g_autoptr (HttpRequest) request = http_request_new ("GET", url);

  for (guint n = 1; n < 4; n++) {
    g_autoptr (GError) error = NULL;

    http_response_free (http_client_send (client, request, NULL, &error));
    g_assert_no_error (error);
    http_response_free (http_client_send (client, request, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (scripted_server_get_n_connections (server), ==, n);
    http_client_renew (client);
  }
}

static void
test_bad_requests (void)
{
  static const struct {
    const char *url;
    const char *name;
    const char *value;
    int code;
  } cases[] = {
    { "ftp://store.example/k?s=secret", "X-A", "b", HTTP_ERROR_URL },
    { "store", "X-A", "b", HTTP_ERROR_URL },
    { "", "X-A", "b", HTTP_ERROR_URL },
    { "http://", "X-A", "b", HTTP_ERROR_URL },
    { "http://user:secret@127.0.0.1:1/", "X-A", "b", HTTP_ERROR_URL },
    { "http://127.0.0.1:99999/?s=secret", "X-A", "b", HTTP_ERROR_URL },
    { "http://127.0.0.1:1/a b?s=secret", "X-A", "b", HTTP_ERROR_URL },
    { "http://127.0.0.1:1/", "X-A", "secret\r\nX-B: c", HTTP_ERROR_PROTOCOL },
    { "http://127.0.0.1:1/", "X-A", "secret\n", HTTP_ERROR_PROTOCOL },
    { "http://127.0.0.1:1/", "X-A: b\r\nX-B", "secret", HTTP_ERROR_PROTOCOL },
    { "http://127.0.0.1:1/", "X-A:", "secret", HTTP_ERROR_PROTOCOL },
    { "http://127.0.0.1:1/?s=secret", "X-A", "secret", HTTP_ERROR_CONNECT },
  };
  g_autoptr (HttpClient) client = client_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HttpRequest) request = http_request_new ("GET", cases[i].url);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s, %s", cases[i].url, cases[i].name);
    http_request_set_header (request, cases[i].name, cases[i].value);
    g_assert_null (http_client_send (client, request, NULL, &error));
    g_assert_error (error, HTTP_ERROR, cases[i].code);
    g_assert_null (strstr (error->message, "secret"));
    g_assert_true (g_str_has_suffix (error->message, "."));
  }
}

static void
test_no_name (void)
{
  const HttpClientOptions options = { .direct = TRUE };
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_autoptr (HttpRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  /* A label that is too long for any name server: fails without asking one. */
  request = http_request_new ("GET", "http://aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
                              "ffffffffffgggggggggg.example/");
  g_assert_null (http_client_send (client, request, NULL, &error));
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_RESOLVE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  scripted_clear_environment ();
  http_init ();

  g_test_add_func ("/http/client/requests", test_requests);
  g_test_add_func ("/http/client/own-headers", test_own_headers);
  g_test_add_func ("/http/client/stream", test_stream);
  g_test_add_func ("/http/client/held-back", test_held_back);
  g_test_add_func ("/http/client/source-fails", test_source_fails);
  g_test_add_func ("/http/client/answers", test_answers);
  g_test_add_func ("/http/client/renew", test_renew);
  g_test_add_func ("/http/client/bad-requests", test_bad_requests);
  g_test_add_func ("/http/client/no-name", test_no_name);
  return g_test_run ();
}
