/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-answer.h"

#include <string.h>

#define MAX_BODY 64

static void
add_head (HttpAnswer *answer,
          const char *head)
{
  g_auto (GStrv) lines = g_strsplit (head, "\n", -1);

  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++) {
    g_autofree char *line = g_strconcat (lines[i], "\r\n", NULL);

    g_assert_true (http_answer_add_line (answer, line, strlen (line)));
  }
}

static void
test_body (void)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (MAX_BODY);
  g_autoptr (HttpResponse) response = NULL;
  char full[MAX_BODY] = "0123";

  add_head (answer, "HTTP/1.1 200 OK\n\n");
  g_assert_true (http_answer_add_body (answer, full, 4));
  g_assert_true (http_answer_add_body (answer, full + 4, MAX_BODY - 4));
  g_assert_cmpuint (http_answer_get_n_received (answer), ==, 19 + MAX_BODY);
  response = http_answer_take (answer);
  g_assert_cmpmem (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body),
                   full, MAX_BODY);
}

static void
test_too_large (void)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (MAX_BODY);
  char full[MAX_BODY + 1] = "";

  add_head (answer, "HTTP/1.1 200 OK\n\n");
  g_assert_false (http_answer_add_body (answer, full, MAX_BODY + 1));
  g_assert_true (http_answer_add_body (answer, full, MAX_BODY));
  g_assert_false (http_answer_add_body (answer, full, 1));
}

static void
test_status (void)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (MAX_BODY);

  add_head (answer, "HTTP/1.1 2000 OK\n\n");
  g_assert_cmpuint (http_answer_get_status (answer), ==, 0);
  add_head (answer, "HTTP/1.1\n\n");
  g_assert_cmpuint (http_answer_get_status (answer), ==, 0);
  add_head (answer, "HTTP/1.1 999\n\n");
  g_assert_cmpuint (http_answer_get_status (answer), ==, 999);
}

static void
test_headers (void)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (MAX_BODY);
  g_autoptr (HttpResponse) response = NULL;

  add_head (answer, "HTTP/1.1 100 Continue\nX-Interim: 1\n\n");
  g_assert_cmpuint (http_answer_get_status (answer), ==, 0);
  add_head (answer, "HTTP/1.1 200 OK\nDate: Sun, 06 Nov 1994 08:49:37 GMT\nETag:  \"a:b\" \n"
            "Empty:\nno colon\n: no name\n folded: line\nContent-Length: 0\n");
  g_assert_cmpuint (http_answer_get_status (answer), ==, 0);
  add_head (answer, "\n");
  add_head (answer, "X-Trailer: 1\n");
  g_assert_cmpuint (http_answer_get_status (answer), ==, 200);

  response = http_answer_take (answer);
  g_assert_cmpuint (response->headers->len, ==, 4);
  g_assert_cmpstr (http_response_get_header (response, "etag"), ==, "\"a:b\"");
  g_assert_cmpstr (http_response_get_header (response, "Empty"), ==, "");
  g_assert_cmpint (response->date, ==, 784111777);
  g_assert_cmpuint (http_answer_get_status (answer), ==, 0);
}

static void
test_endless (void)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (MAX_BODY);
  static const char line[] = "X-More: 0123456789012345678901234567890123456789\r\n";
  guint n = 0;

  add_head (answer, "HTTP/1.1 200 OK\n");
  while (http_answer_add_line (answer, line, strlen (line)))
    g_assert_cmpuint (++n, <, 100000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/answer/body", test_body);
  g_test_add_func ("/http/answer/too-large", test_too_large);
  g_test_add_func ("/http/answer/status", test_status);
  g_test_add_func ("/http/answer/headers", test_headers);
  g_test_add_func ("/http/answer/endless", test_endless);
  return g_test_run ();
}
