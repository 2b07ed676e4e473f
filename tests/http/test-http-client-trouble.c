/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-client.h"

#include <string.h>

#include "scripted-server.h"

#define MIB (1024 * 1024)
#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* Long enough that a slow machine does not run into it, for what must not happen. */
#define LONG_MS 60000
#define SHORT_MS 60

static gssize
zeros_cb (gpointer   user_data,
          guint64    offset,
          void      *buffer,
          gsize      size,
          guint     *wait_ms,
          GError   **error)
{
  memset (buffer, (int) (offset / MIB), size);
  return (gssize) size;
}

static HttpClient *
client_new (guint stall_ms,
            guint response_ms)
{
  const HttpClientOptions options = {
    .connect_timeout_ms = LONG_MS,
    .stall_timeout_ms = stall_ms,
    .response_timeout_ms = response_ms,
    .max_answer = 4 * MIB,
  };

  return http_client_new (&options);
}

static HttpRequest *
put_new (ScriptedServer *server,
         guint64         size)
{
  g_autofree char *url = scripted_server_dup_url (server, "/b/k?X-Amz-Signature=secret");
  HttpRequest *request = http_request_new ("PUT", url);

  http_request_set_body (request, size, zeros_cb, NULL);
  return request;
}

static gboolean
answer_one (ScriptedConn *conn)
{
  g_autofree char *head = scripted_conn_read_head (conn);
  g_autoptr (GBytes) body = NULL;

  if (head == NULL)
    return FALSE;
  body = scripted_conn_read_body (conn, scripted_get_length (head));
  if (g_bytes_get_size (body) < scripted_get_length (head))
    return FALSE;
  scripted_conn_write (conn, OK_ANSWER);
  return TRUE;
}

static void
assert_fails (HttpClient        *client,
              const HttpRequest *request,
              HttpTransfer      *transfer,
              int                code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (http_client_send (client, request, transfer, &error));
  g_assert_error (error, HTTP_ERROR, code);
  g_assert_null (strstr (error->message, "secret"));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static void
assert_ok (HttpClient        *client,
           const HttpRequest *request,
           HttpTransfer      *transfer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HttpResponse) response = http_client_send (client, request, transfer, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  if (transfer != NULL)
    g_assert_cmpuint (transfer->n_sent, ==, request->body_size);
}

/* How the first connection ends while the second message is on it. */
typedef enum {
  LOSS_CLOSED_IDLE,             /* right after the first answer */
  LOSS_AFTER_HEAD,
  LOSS_RESET_AFTER_HEAD,
  LOSS_RESET_IN_BODY,
} Loss;

static void
loss_script (ScriptedConn *conn)
{
  Loss loss = (Loss) GPOINTER_TO_INT (conn->user_data);

  if (conn->index == 1) {
    answer_one (conn);
    if (loss == LOSS_CLOSED_IDLE)
      return;
    scripted_conn_skip_head (conn);
    if (loss == LOSS_RESET_IN_BODY)
      scripted_conn_skip_body (conn, 3 * MIB);
    if (loss != LOSS_AFTER_HEAD)
      scripted_conn_reset (conn);
    return;
  }
  while (answer_one (conn))
    ;
}

static void
test_idle_loss (void)
{
  static const guint64 sizes[] = { 0, 1, 100000, 16 * MIB };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (Loss loss = LOSS_CLOSED_IDLE; loss <= LOSS_RESET_IN_BODY; loss++) {
      g_autoptr (ScriptedServer) server = NULL;
      g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
      g_autoptr (HttpRequest) first = NULL;
      g_autoptr (HttpRequest) second = NULL;
      HttpTransfer transfer = { 0 };

      if (loss == LOSS_RESET_IN_BODY && sizes[i] < 4 * MIB)
        continue;
      g_test_message ("%" G_GUINT64_FORMAT " bytes, loss %d", sizes[i], loss);
      server = scripted_server_new (loss_script, GINT_TO_POINTER (loss), NULL);
      first = put_new (server, 10);
      second = put_new (server, sizes[i]);
      assert_ok (client, first, NULL);
      assert_ok (client, second, &transfer);
      g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 2);
    }
  }
}

/* The second try fails as well: that is no idle connection any more. */
static void
resets_script (ScriptedConn *conn)
{
  if (conn->index == 1)
    answer_one (conn);
  scripted_conn_skip_head (conn);
  scripted_conn_skip_body (conn, GPOINTER_TO_SIZE (conn->user_data));
  scripted_conn_reset (conn);
}

static void
test_reset (void)
{
  static const gsize after[] = { 0, 3 * MIB };

  for (guint i = 0; i < G_N_ELEMENTS (after); i++) {
    g_autoptr (ScriptedServer) server = NULL;
    g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
    g_autoptr (HttpRequest) first = NULL;
    g_autoptr (HttpRequest) second = NULL;

    server = scripted_server_new (resets_script, GSIZE_TO_POINTER (after[i]), NULL);
    first = put_new (server, 10);
    second = put_new (server, 16 * MIB);
    assert_ok (client, first, NULL);
    assert_fails (client, second, NULL, HTTP_ERROR_RESET);
    g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 2);
    assert_fails (client, second, NULL, HTTP_ERROR_RESET);
    g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 3);
  }
}

/* The answer comes while the body is still on its way. Every other server takes no more of that. */
static void
early_script (ScriptedConn *conn)
{
  scripted_conn_skip_head (conn);
  scripted_conn_skip_body (conn, MIB);
  scripted_conn_write (conn, conn->user_data);
  if (conn->index % 2 == 0)
    scripted_conn_wait_end (conn);
  else
    scripted_conn_linger (conn);
}

static void
test_early_answer (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope",
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope",
    "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n0\r\n\r\n",
    "HTTP/1.1 403\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nnope\r\n0\r\n\r\n",
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (ScriptedServer) server = NULL;
    g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
    g_autoptr (HttpRequest) request = NULL;

    g_test_message ("%s", answers[i]);
    server = scripted_server_new (early_script, (gpointer) answers[i], NULL);
    request = put_new (server, 256 * MIB);
    for (guint n = 0; n < 20; n++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (response->status, ==, 403);
      g_assert_cmpuint (g_bytes_get_size (response->body), ==, strstr (answers[i], "nope") ? 4 : 0);
      g_assert_cmpuint (response->n_sent, <, request->body_size);
      g_assert_cmpint (response->first_byte_ms, ==, 0);
    }
    g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 20);
  }
}

/* The answer and the connection's end come while the source gives a piece of the body. */
typedef struct {
  GAsyncQueue *begun;
  GAsyncQueue *asked;
  GAsyncQueue *closed;
} Meeting;

static void
meeting_script (ScriptedConn *conn)
{
  Meeting *meeting = conn->user_data;

  scripted_conn_skip_head (conn);
  g_async_queue_push (meeting->begun, meeting);
  g_async_queue_pop (meeting->asked);
  scripted_conn_write (conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n"
                       "Connection: close\r\n\r\nnope");
  scripted_conn_reset (conn);
  g_async_queue_push (meeting->closed, meeting);
}

static gssize
meeting_cb (gpointer   user_data,
            guint64    offset,
            void      *buffer,
            gsize      size,
            guint     *wait_ms,
            GError   **error)
{
  Meeting *meeting = user_data;

  if (offset == 0) {
    /* Newer versions of curl ask for a piece before they send the head. */
    if (!g_async_queue_try_pop (meeting->begun))
      return HTTP_BODY_WAIT;
    g_async_queue_push (meeting->asked, meeting);
    g_async_queue_pop (meeting->closed);
  }
  memset (buffer, 0, size);
  return (gssize) size;
}

static void
test_answer_meets_source (void)
{
  g_autoptr (GAsyncQueue) begun = g_async_queue_new ();
  g_autoptr (GAsyncQueue) asked = g_async_queue_new ();
  g_autoptr (GAsyncQueue) closed = g_async_queue_new ();
  Meeting meeting = { begun, asked, closed };
  g_autoptr (ScriptedServer) server = scripted_server_new (meeting_script, &meeting, NULL);
  g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
  g_autoptr (HttpRequest) request = put_new (server, 16 * MIB);

  http_request_set_body (request, 16 * MIB, meeting_cb, &meeting);
  for (guint n = 0; n < 20; n++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (response->status, ==, 403);
    g_assert_cmpuint (g_bytes_get_size (response->body), ==, 4);
    g_assert_cmpuint (response->n_sent, ==, 0);
  }
}

/* A server that closes with bytes unread resets the connection, and the answer may go with it. */
static void
rude_script (ScriptedConn *conn)
{
  scripted_conn_skip_head (conn);
  scripted_conn_skip_body (conn, MIB);
  scripted_conn_write (conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n"
                       "Connection: close\r\n\r\nnope");
}

static void
test_early_reset (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (rude_script, NULL, NULL);
  g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
  g_autoptr (HttpRequest) request = put_new (server, 256 * MIB);
  guint n_answers = 0;

  for (guint n = 0; n < 20; n++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);

    if (response == NULL) {
      g_assert_error (error, HTTP_ERROR, HTTP_ERROR_RESET);
      continue;
    }
    n_answers++;
    g_assert_cmpuint (response->status, ==, 403);
    g_assert_cmpuint (g_bytes_get_size (response->body), ==, 4);
  }
  g_assert_cmpuint (n_answers, >, 0);
}

/* Success that comes before the body is none until the body is there. */
static void
early_ok_script (ScriptedConn *conn)
{
  g_autofree char *head = scripted_conn_read_head (conn);

  scripted_conn_write (conn, OK_ANSWER);
  scripted_conn_skip_body (conn, scripted_get_length (head));
}

static void
test_early_ok (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (early_ok_script, NULL, NULL);
  g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
  g_autoptr (HttpRequest) request = put_new (server, 16 * MIB);
  HttpTransfer transfer = { 0 };

  assert_ok (client, request, &transfer);
}

static void
silent_script (ScriptedConn *conn)
{
  scripted_conn_skip_head (conn);
  if (conn->user_data != NULL)
    scripted_conn_write (conn, conn->user_data);
  scripted_conn_wait_end (conn);
}

/* Nobody reads the body; nobody answers a short one; an answer that stops half-way. */
static void
test_silence (void)
{
  static const struct {
    const char *answer;
    guint64 size;
    guint stall_ms;
    guint response_ms;
    guint own_response_ms;
    int code;
  } cases[] = {
    { NULL, 256 * MIB, SHORT_MS, LONG_MS, 0, HTTP_ERROR_STALLED },
    { NULL, 100, LONG_MS, SHORT_MS, 0, HTTP_ERROR_NO_ANSWER },
    { NULL, 0, LONG_MS, SHORT_MS, 0, HTTP_ERROR_NO_ANSWER },
    { NULL, 100, LONG_MS, LONG_MS, SHORT_MS, HTTP_ERROR_NO_ANSWER },
    { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 100, SHORT_MS, LONG_MS, 0,
      HTTP_ERROR_STALLED },
    { "HTTP/1.1 200 OK\r\nX-A: b\r\n", 100, SHORT_MS, LONG_MS, 0, HTTP_ERROR_STALLED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (ScriptedServer) server = NULL;
    g_autoptr (HttpClient) client = client_new (cases[i].stall_ms, cases[i].response_ms);
    g_autoptr (HttpRequest) request = NULL;
    HttpTransfer transfer = { 0 };

    g_test_message ("case %u", i);
    server = scripted_server_new (silent_script, (gpointer) cases[i].answer, NULL);
    request = put_new (server, cases[i].size);
    request->response_timeout_ms = cases[i].own_response_ms;
    assert_fails (client, request, &transfer, cases[i].code);
    g_assert_cmpuint (transfer.n_sent, <=, cases[i].size);
  }
}

/* S3 answers a Complete with 200 at once, and may then be silent while it puts the parts together.
 * A request that waits long for its answer waits as long for what follows the first line. */
static void
test_long_pause (void)
{
  static const char *const starts[] = {
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nX-A: b\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
    g_autoptr (ScriptedServer) server = scripted_server_new (silent_script, (gpointer) starts[i],
                                                             NULL);
    g_autoptr (HttpClient) client = client_new (SHORT_MS, SHORT_MS);
    g_autoptr (HttpRequest) request = put_new (server, 100);
    gint64 start = g_get_monotonic_time ();

    request->response_timeout_ms = 5 * SHORT_MS;
    assert_fails (client, request, NULL, HTTP_ERROR_STALLED);
    g_assert_cmpint (g_get_monotonic_time () - start, >=,
                     5 * SHORT_MS * G_TIME_SPAN_MILLISECOND);
  }
}

/* This side's socket holds all of it, the other side's a part: all is handed over, not all is
 * taken. That is a stall, however long the answer may take. */
static void
test_never_drained (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (silent_script, NULL, NULL);
  g_autoptr (HttpClient) client = client_new (SHORT_MS, LONG_MS);
  g_autoptr (HttpRequest) request = put_new (server, MIB);

  assert_fails (client, request, NULL, HTTP_ERROR_STALLED);
}

static void
odd_script (ScriptedConn *conn)
{
  scripted_conn_skip_head (conn);
  scripted_conn_write (conn, conn->user_data);
}

static void
test_odd_answers (void)
{
  static const struct {
    const char *answer;
    int code;
  } cases[] = {
    { "", HTTP_ERROR_RESET },
    { "SSH-2.0-OpenSSH_9.2\r\n", HTTP_ERROR_PROTOCOL },
    { "\r\n\r\n", HTTP_ERROR_PROTOCOL },
    { "HTTP/1.1 abc\r\n\r\n", HTTP_ERROR_PROTOCOL },
    { "HTTP/1.1 2000 OK\r\n\r\n", HTTP_ERROR_PROTOCOL },
    { "HTTP/1.1 20", HTTP_ERROR_RESET },
    { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", HTTP_ERROR_RESET },
    { "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nhalf", HTTP_ERROR_RESET },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", HTTP_ERROR_RESET },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", HTTP_ERROR_RESET },
    { "HTTP/1.1 100 Continue\r\n\r\n", HTTP_ERROR_RESET },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (ScriptedServer) server = NULL;
    g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
    g_autoptr (HttpRequest) request = NULL;
    g_autofree char *url = NULL;

    g_test_message ("“%s”", cases[i].answer);
    server = scripted_server_new (odd_script, (gpointer) cases[i].answer, NULL);
    url = scripted_server_dup_url (server, "/?X-Amz-Signature=secret");
    request = http_request_new ("GET", url);
    assert_fails (client, request, NULL, cases[i].code);
    g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);
  }
}

static void
large_script (ScriptedConn *conn)
{
  g_autofree char *piece = g_strnfill (8 * MIB, 'x');

  scripted_conn_skip_head (conn);
  scripted_conn_write (conn, conn->user_data);
  scripted_conn_write (conn, piece);
}

static void
test_too_large (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (ScriptedServer) server = NULL;
    g_autoptr (HttpClient) client = client_new (LONG_MS, LONG_MS);
    g_autoptr (HttpRequest) request = NULL;

    server = scripted_server_new (large_script, (gpointer) answers[i], NULL);
    request = put_new (server, 10);
    assert_fails (client, request, NULL, HTTP_ERROR_TOO_LARGE);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  scripted_clear_environment ();
  http_init ();

  g_test_add_func ("/http/trouble/idle-loss", test_idle_loss);
  g_test_add_func ("/http/trouble/reset", test_reset);
  g_test_add_func ("/http/trouble/early-answer", test_early_answer);
  g_test_add_func ("/http/trouble/answer-meets-source", test_answer_meets_source);
  g_test_add_func ("/http/trouble/early-reset", test_early_reset);
  g_test_add_func ("/http/trouble/early-ok", test_early_ok);
  g_test_add_func ("/http/trouble/silence", test_silence);
  g_test_add_func ("/http/trouble/long-pause", test_long_pause);
  g_test_add_func ("/http/trouble/never-drained", test_never_drained);
  g_test_add_func ("/http/trouble/odd-answers", test_odd_answers);
  g_test_add_func ("/http/trouble/too-large", test_too_large);
  return g_test_run ();
}
