/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-client.h"

#include <string.h>

#include "scripted-server.h"

/* Long enough that a slow machine does not run into it: it must not be what ends a transfer. */
#define LONG_MS 60000

static gssize
zeros_cb (gpointer   user_data,
          guint64    offset,
          void      *buffer,
          gsize      size,
          guint     *wait_ms,
          GError   **error)
{
  memset (buffer, 0, size);
  return (gssize) size;
}

static HttpClient *
client_new (void)
{
  const HttpClientOptions options = {
    .connect_timeout_ms = LONG_MS, .stall_timeout_ms = LONG_MS, .response_timeout_ms = LONG_MS,
  };

  return http_client_new (&options);
}

static HttpRequest *
put_new (ScriptedServer *server,
         guint64         size)
{
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  HttpRequest *request = http_request_new ("PUT", url);

  http_request_set_body (request, size, zeros_cb, NULL);
  return request;
}

static void
assert_stopped (HttpClient        *client,
                const HttpRequest *request,
                HttpTransfer      *transfer)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (http_client_send (client, request, transfer, &error));
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_STOPPED);
}

static void
answer_script (ScriptedConn *conn)
{
  g_autofree char *head = scripted_conn_read_head (conn);

  scripted_conn_skip_body (conn, scripted_get_length (head));
  scripted_conn_write (conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void
silent_script (ScriptedConn *conn)
{
  scripted_conn_skip_head (conn);
  scripted_conn_wait_end (conn);
}

/* Another thread ends the transfer once the server has seen the request. */
typedef struct {
  HttpClient *client;
  HttpTransfer *transfer;       /* NULL: http_client_interrupt() */
} Stopper;

static void
stop_script (ScriptedConn *conn)
{
  Stopper *stopper = conn->user_data;

  scripted_conn_skip_head (conn);
  if (stopper->transfer != NULL)
    g_atomic_int_set (&stopper->transfer->stop, 1);
  else
    http_client_interrupt (stopper->client);
  scripted_conn_wait_end (conn);
}

static void
test_stop (void)
{
  static const guint64 sizes[] = { 0, 100, G_GUINT64_CONSTANT (256) << 20 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    g_autoptr (HttpClient) client = client_new ();
    HttpTransfer transfer = { 0 };
    Stopper stopper = { client, i % 2 == 0 ? &transfer : NULL };
    g_autoptr (ScriptedServer) server = scripted_server_new (stop_script, &stopper, NULL);
    g_autoptr (HttpRequest) request = put_new (server, sizes[i / 2]);
    gint64 start = g_get_monotonic_time ();

    assert_stopped (client, request, &transfer);
    g_assert_cmpint (g_get_monotonic_time () - start, <, LONG_MS / 2 * G_TIME_SPAN_MILLISECOND);
    if (stopper.transfer != NULL) {
      assert_stopped (client, request, &transfer);
      g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);
    }
  }
}

typedef struct {
  HttpClient *client;
  gint64 at;
} Alarm;

static void
alarm_script (ScriptedConn *conn)
{
  Alarm *alarm = conn->user_data;

  scripted_conn_skip_head (conn);
  alarm->at = g_get_monotonic_time ();
  http_client_interrupt (alarm->client);
  scripted_conn_wait_end (conn);
}

/* "At once" is less than the 0.2 s that a flag may take; one try that shows it is enough, since a
 * busy machine may delay any of them. */
static void
test_interrupt_at_once (void)
{
  gint64 shortest = G_MAXINT64;

  for (guint n = 0; n < 20 && shortest >= 100 * G_TIME_SPAN_MILLISECOND; n++) {
    g_autoptr (HttpClient) client = client_new ();
    Alarm alarm = { .client = client };
    ScriptedServer *server = scripted_server_new (alarm_script, &alarm, NULL);
    g_autoptr (HttpRequest) request = put_new (server, 0);
    gint64 ended;

    assert_stopped (client, request, NULL);
    ended = g_get_monotonic_time ();
    scripted_server_free (server);
    shortest = MIN (shortest, ended - alarm.at);
  }
  g_assert_cmpint (shortest, <, 100 * G_TIME_SPAN_MILLISECOND);
}

static gssize
wait_cb (gpointer   user_data,
         guint64    offset,
         void      *buffer,
         gsize      size,
         guint     *wait_ms,
         GError   **error)
{
  http_client_interrupt (user_data);
  *wait_ms = LONG_MS;
  return HTTP_BODY_WAIT;
}

static void
test_stop_held_back (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (silent_script, NULL, NULL);
  g_autoptr (HttpClient) client = client_new ();
  g_autoptr (HttpRequest) request = put_new (server, 100);

  http_request_set_body (request, 100, wait_cb, client);
  assert_stopped (client, request, NULL);
}

/* What was interrupted in vain does not end the next message. */
static void
test_interrupt_nothing (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (answer_script, NULL, NULL);
  g_autoptr (HttpClient) client = client_new ();
  g_autoptr (HttpRequest) request = put_new (server, 100);
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  http_client_interrupt (client);
  response = http_client_send (client, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  scripted_clear_environment ();
  http_init ();

  g_test_add_func ("/http/loop/stop", test_stop);
  g_test_add_func ("/http/loop/interrupt-at-once", test_interrupt_at_once);
  g_test_add_func ("/http/loop/stop-held-back", test_stop_held_back);
  g_test_add_func ("/http/loop/interrupt-nothing", test_interrupt_nothing);
  return g_test_run ();
}
