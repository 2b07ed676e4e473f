/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-message.h"

static void
test_headers (void)
{
  g_autoptr (HttpRequest) request = http_request_new ("PUT", "http://127.0.0.1/b/k");

  http_request_set_header (request, "X-One", "1");
  http_request_set_header (request, "X-Two", "2");
  http_request_set_header (request, "x-one", "uno");
  g_assert_cmpuint (request->headers->len, ==, 2);
  g_assert_cmpstr (http_request_get_header (request, "X-ONE"), ==, "uno");
  g_assert_cmpstr (g_array_index (request->headers, HttpHeader, 0).name, ==, "X-One");

  http_request_set_header (request, "X-Two", NULL);
  http_request_set_header (request, "X-Three", NULL);
  g_assert_cmpuint (request->headers->len, ==, 1);
  g_assert_null (http_request_get_header (request, "X-Two"));
}

static void
test_header_of_itself (void)
{
  g_autoptr (HttpRequest) request = http_request_new ("GET", "http://127.0.0.1/");

  http_request_set_header (request, "X-One", "same");
  http_request_set_header (request, "X-One", http_request_get_header (request, "X-One"));
  g_assert_cmpstr (http_request_get_header (request, "X-One"), ==, "same");
}

static gssize
body_cb (gpointer   user_data,
         guint64    offset,
         void      *buffer,
         gsize      size,
         guint     *wait_ms,
         GError   **error)
{
  return HTTP_BODY_WAIT;
}

static void
test_bodies (void)
{
  g_autoptr (HttpRequest) request = http_request_new ("PUT", "http://127.0.0.1/b/k");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  int data;

  http_request_set_bytes (request, bytes);
  g_assert_true (request->bytes == bytes);
  g_assert_cmpuint (request->body_size, ==, 3);
  http_request_set_bytes (request, bytes);
  g_assert_cmpuint (request->body_size, ==, 3);

  http_request_set_body (request, G_GUINT64_CONSTANT (5) << 30, body_cb, &data);
  g_assert_null (request->bytes);
  g_assert_true (request->body_func == body_cb && request->body_data == &data);
  g_assert_cmpuint (request->body_size, ==, G_GUINT64_CONSTANT (5) << 30);

  http_request_set_bytes (request, bytes);
  g_assert_true (request->body_func == NULL);
}

static void
test_response (void)
{
  g_autoptr (HttpResponse) response = http_response_new (200);

  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpuint (g_bytes_get_size (response->body), ==, 0);
  http_response_add_header (response, "Set", "first");
  http_response_add_header (response, "set", "second");
  g_assert_cmpuint (response->headers->len, ==, 2);
  g_assert_cmpstr (http_response_get_header (response, "SET"), ==, "first");
  g_assert_null (http_response_get_header (response, "Other"));
}

static void
test_dates (void)
{
  static const struct {
    const char *text;
    gint64 unix_s;
  } cases[] = {
    { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
    { "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800 },
    { "Fri, 01 Jan 2100 00:00:00 GMT", 4102444800 },
    { "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
    { "", 0 },
    { "Sun, 06 Nov 1994 08:49:37", 0 },
    { "Sun, 06 Nov 1994 08:49:37 GMT ", 0 },
    { "Sun, 06 Nov 1994 08:49:37 +0100", 0 },
    { "Sun,  6 Nov 1994 08:49:37 GMT", 0 },
    { "Sun, 06 nov 1994 08:49:37 GMT", 0 },
    { "Sun, 31 Feb 2026 08:49:37 GMT", 0 },
    { "Sun, 06 Nov 1994 24:00:00 GMT", 0 },
    { "Sun, 06 Nov 1994 08:60:00 GMT", 0 },
    { "Sun, 06 Nov 1994 08:49:61 GMT", 0 },
    { "Sun, -6 Nov 1994 08:49:37 GMT", 0 },
    { "Sunday, 06-Nov-94 08:49:37 GMT", 0 },
    { "1994-11-06T08:49:37Z", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("“%s”", cases[i].text);
    g_assert_cmpint (http_parse_date (cases[i].text), ==, cases[i].unix_s);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/message/headers", test_headers);
  g_test_add_func ("/http/message/header-of-itself", test_header_of_itself);
  g_test_add_func ("/http/message/bodies", test_bodies);
  g_test_add_func ("/http/message/response", test_response);
  g_test_add_func ("/http/message/dates", test_dates);
  return g_test_run ();
}
