/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-lambda.h"

#include <string.h>

#define HTTP "\"requestContext\":{\"domainName\":\"d.test\",\"stage\":\"prod\"," \
             "\"http\":{\"method\":\"POST\",\"sourceIp\":\"192.0.2.9\"}}"
#define VERSION "{\"version\":\"2.0\"," HTTP

typedef struct {
  const char *json;
  const char *url;              /* NULL: it is no event */
  const char *host;
  const char *cookie;
  const char *body;
} Case;

static const Case cases[] = {
  { VERSION "}", "/", "d.test", NULL, NULL },
  { VERSION ",\"rawPath\":\"/prod/a\",\"rawQueryString\":\"b=1&c=%2F\"}", "/a?b=1&c=%2F", "d.test",
    NULL, NULL },
  { VERSION ",\"rawPath\":\"/prod\",\"rawQueryString\":\"\"}", "/", "d.test", NULL, NULL },
  { VERSION ",\"rawPath\":\"/production/a\"}", "/production/a", "d.test", NULL, NULL },
  { VERSION ",\"rawPath\":\"/a b/\xc3\xa4%20?\"}", "/a%20b/%C3%A4%20%3F", "d.test", NULL, NULL },
  { VERSION ",\"rawPath\":\"\"}", "/", "d.test", NULL, NULL },
  { VERSION ",\"rawPath\":\"a\"}", "/a", "d.test", NULL, NULL },
  { VERSION ",\"headers\":{\"host\":\"h.test\",\"x\":\"a\\r\\nb: c\",\"y\":1}}", "/", "h.test",
    NULL, NULL },
  { VERSION ",\"cookies\":[\"a=1\",\"b=2\",3,\"c\\n\"]}", "/", "d.test", "a=1; b=2", NULL },
  { VERSION ",\"body\":\"{}\"}", "/", "d.test", NULL, "{}" },
  { VERSION ",\"body\":\"e30=\",\"isBase64Encoded\":true}", "/", "d.test", NULL, "{}" },
  { VERSION ",\"body\":\"\",\"isBase64Encoded\":true}", "/", "d.test", NULL, NULL },
  { VERSION ",\"body\":\"{}\",\"isBase64Encoded\":false}", "/", "d.test", NULL, "{}" },
  { VERSION ",\"body\":null,\"headers\":null,\"cookies\":null}", "/", "d.test", NULL, NULL },

  { VERSION ",\"body\":\"!\",\"isBase64Encoded\":true}", .url = NULL },
  { "{\"version\":\"1.0\"," HTTP "}", .url = NULL },
  { "{" HTTP "}", .url = NULL },
  { "{\"version\":\"2.0\"}", .url = NULL },
  { "{\"version\":\"2.0\",\"requestContext\":{\"http\":{\"method\":1}}}", .url = NULL },
  { "{\"version\":\"2.0\",\"requestContext\":{\"http\":{\"method\":\"\"}}}", .url = NULL },
  { "", .url = NULL },
  { "null", .url = NULL },
  { "[]", .url = NULL },
  { "{} {}", .url = NULL },
};

static void
test_events (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_auto (PresignEvent) event = { 0 };
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", c->json);
    if (!c->url) {
      g_assert_false (presign_lambda_parse (c->json, strlen (c->json), &event, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_null (event.request);
      continue;
    }
    g_assert_true (presign_lambda_parse (c->json, strlen (c->json), &event, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (event.request->method, ==, "POST");
    g_assert_cmpstr (event.request->url, ==, c->url);
    g_assert_cmpstr (event.peer, ==, "192.0.2.9");
    g_assert_cmpstr (http_request_get_header (event.request, "Host"), ==, c->host);
    g_assert_cmpstr (http_request_get_header (event.request, "Cookie"), ==, c->cookie);
    g_assert_null (http_request_get_header (event.request, "x"));
    if (c->body) {
      g_assert_cmpmem (g_bytes_get_data (event.request->bytes, NULL),
                       g_bytes_get_size (event.request->bytes), c->body, strlen (c->body));
    } else {
      g_assert_null (event.request->bytes);
    }
  }
}

static void
test_results (void)
{
  g_autoptr (HttpResponse) response = http_response_new (201);
  g_autofree char *text = NULL, *binary = NULL, *error = NULL;

  http_response_add_header (response, "Vary", "Origin");
  http_response_add_header (response, "Set-Cookie", "a=1");
  http_response_add_header (response, "vary", "Accept");
  http_response_add_header (response, "Set-Cookie", "b=\"2\"");
  g_bytes_unref (response->body);
  response->body = g_bytes_new_static ("{\"a\":1}", 7);
  text = presign_lambda_dup_result (response);
  g_assert_cmpstr (text, ==, "{\"statusCode\":201,\"headers\":{\"Vary\":\"Origin, Accept\"},"
                   "\"cookies\":[\"a=1\",\"b=\\\"2\\\"\"],\"body\":\"{\\\"a\\\":1}\","
                   "\"isBase64Encoded\":false}");

  g_bytes_unref (response->body);
  response->body = g_bytes_new_static ("\0\xff", 2);
  binary = presign_lambda_dup_result (response);
  g_assert_nonnull (strstr (binary, "\"body\":\"AP8=\",\"isBase64Encoded\":true}"));

  error = presign_lambda_dup_error ("Runtime.X", "a \"b\"");
  g_assert_cmpstr (error, ==, "{\"errorMessage\":\"a \\\"b\\\"\",\"errorType\":\"Runtime.X\"}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign-lambda/events", test_events);
  g_test_add_func ("/presign-lambda/results", test_results);
  return g_test_run ();
}
