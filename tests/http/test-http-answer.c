/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-answer.h"

#include <string.h>

#define MAX_BODY 64

typedef struct {
  const char *what;
  gboolean for_head;
  const char *head;             /* lines end with \n here */
  const char *body;
  HttpAnswerResult result;
  gboolean complete;
  const char *kept;
} Case;

static void
add_head (HttpAnswer *answer,
          const char *head)
{
  g_auto (GStrv) lines = g_strsplit (head, "\n", -1);

  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++) {
    g_autofree char *line = g_strconcat (lines[i], "\r\n", NULL);

    g_assert_cmpint (http_answer_add_line (answer, line, strlen (line)), ==, HTTP_ANSWER_OK);
  }
}

/* Pieces of every size must come to the same. */
static HttpAnswerResult
add_body (HttpAnswer *answer,
          const char *body,
          gsize       piece)
{
  gsize size = strlen (body);

  for (gsize at = 0; at < size; at += piece) {
    HttpAnswerResult result = http_answer_add_body (answer, body + at, MIN (piece, size - at));

    if (result != HTTP_ANSWER_OK)
      return result;
  }
  return HTTP_ANSWER_OK;
}

static void
check_case (const Case *c,
            gsize       piece)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (c->for_head, MAX_BODY);
  g_autoptr (HttpResponse) response = NULL;
  gsize size;
  const char *kept;

  g_test_message ("%s, by %zu", c->what, piece);
  add_head (answer, c->head);
  g_assert_cmpint (add_body (answer, c->body, piece), ==, c->result);
  if (c->result != HTTP_ANSWER_OK)
    return;

  g_assert_cmpint (http_answer_is_complete (answer), ==, c->complete);
  g_assert_cmpuint (http_answer_get_status (answer), !=, 0);
  response = http_answer_take (answer);
  kept = g_bytes_get_data (response->body, &size);
  g_assert_cmpmem (kept, size, c->kept, strlen (c->kept));
}

static void
test_bodies (void)
{
  static const char chunked[] = "HTTP/1.1 403 Forbidden\nTransfer-Encoding: chunked\n\n";
  static const char plain[] = "HTTP/1.1 403 Forbidden\nContent-Length: 5\n\n";
  static const char open[] = "HTTP/1.1 403 Forbidden\n\n";
  const Case cases[] = {
    { "length", FALSE, plain, "abcde", HTTP_ANSWER_OK, TRUE, "abcde" },
    { "length, cut", FALSE, plain, "abcd", HTTP_ANSWER_OK, FALSE, "abcd" },
    { "length of none", FALSE, "HTTP/1.1 200 OK\ncontent-length:0\n\n", "",
      HTTP_ANSWER_OK, TRUE, "" },
    { "HEAD", TRUE, plain, "", HTTP_ANSWER_OK, TRUE, "" },
    { "HEAD, chunked", TRUE, chunked, "", HTTP_ANSWER_OK, TRUE, "" },
    { "204", FALSE, "HTTP/1.1 204 No Content\n\n", "", HTTP_ANSWER_OK, TRUE, "" },
    { "304", FALSE, "HTTP/1.1 304 Not Modified\nContent-Length: 5\n\n", "",
      HTTP_ANSWER_OK, TRUE, "" },
    { "until the end", FALSE, open, "abc", HTTP_ANSWER_OK, FALSE, "abc" },
    { "bad length", FALSE, "HTTP/1.1 200 OK\nContent-Length: 3x\n\n", "abc",
      HTTP_ANSWER_OK, FALSE, "abc" },
    { "too large", FALSE, open,
      "0123456789012345678901234567890123456789012345678901234567890123!", HTTP_ANSWER_TOO_LARGE },
    { "just not", FALSE, open, "0123456789012345678901234567890123456789012345678901234567890123",
      HTTP_ANSWER_OK, FALSE, "0123456789012345678901234567890123456789012345678901234567890123" },
    { "chunks", FALSE, chunked, "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
      HTTP_ANSWER_OK, TRUE, "abc0123456789" },
    { "chunks, CR LF inside", FALSE, chunked, "4\r\n\r\n\r\n\r\n0\r\n\r\n",
      HTTP_ANSWER_OK, TRUE, "\r\n\r\n" },
    { "chunks, trailers", FALSE, chunked, "1 \r\na\r\n000\r\nX-A: b\r\nC: d\r\n\r\n",
      HTTP_ANSWER_OK, TRUE, "a" },
    { "chunks, then more", FALSE, chunked, "1\r\na\r\n0\r\n\r\nHTTP/1.1 200",
      HTTP_ANSWER_OK, TRUE, "a" },
    { "chunks, no last", FALSE, chunked, "1\r\na\r\n", HTTP_ANSWER_OK, FALSE, "a" },
    { "chunks, last not ended", FALSE, chunked, "1\r\na\r\n0\r\n", HTTP_ANSWER_OK, FALSE, "a" },
    { "chunks, none", FALSE, chunked, "0\r\n\r\n", HTTP_ANSWER_OK, TRUE, "" },
    { "chunks, too large", FALSE, chunked,
      "41\r\n01234567890123456789012345678901234567890123456789012345678901234\r\n",
      HTTP_ANSWER_TOO_LARGE },
    { "chunks, no digit", FALSE, chunked, "\r\na\r\n", HTTP_ANSWER_MALFORMED },
    { "chunks, wrong digit", FALSE, chunked, "1x\r\na\r\n", HTTP_ANSWER_MALFORMED },
    { "chunks, negative", FALSE, chunked, "-1\r\na\r\n", HTTP_ANSWER_MALFORMED },
    { "chunks, beyond 64 bits", FALSE, chunked, "11111111111111111\r\n", HTTP_ANSWER_MALFORMED },
    { "chunks, longer than said", FALSE, chunked, "1\r\nab\r\n", HTTP_ANSWER_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (gsize piece = 1; piece < 8; piece++)
      check_case (&cases[i], piece);
    check_case (&cases[i], 1000);
  }
}

static void
test_headers (void)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (FALSE, MAX_BODY);
  g_autoptr (HttpResponse) response = NULL;

  add_head (answer, "HTTP/1.1 100 Continue\nX-Interim: 1\n\n");
  g_assert_cmpuint (http_answer_get_status (answer), ==, 0);
  g_assert_false (http_answer_is_complete (answer));
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
  g_autoptr (HttpAnswer) answer = http_answer_new (FALSE, MAX_BODY);
  static const char line[] = "X-More: 0123456789012345678901234567890123456789\r\n";
  guint n = 0;

  add_head (answer, "HTTP/1.1 200 OK\n");
  while (http_answer_add_line (answer, line, strlen (line)) == HTTP_ANSWER_OK)
    g_assert_cmpuint (++n, <, 100000);
}

static void
test_endless_chunk_line (void)
{
  g_autoptr (HttpAnswer) answer = http_answer_new (FALSE, MAX_BODY);
  g_autofree char *extension = g_strnfill (100000, 'x');

  add_head (answer, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n");
  g_assert_cmpint (http_answer_add_body (answer, "1;", 2), ==, HTTP_ANSWER_OK);
  g_assert_cmpint (http_answer_add_body (answer, extension, strlen (extension)),
                   ==, HTTP_ANSWER_MALFORMED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/answer/bodies", test_bodies);
  g_test_add_func ("/http/answer/headers", test_headers);
  g_test_add_func ("/http/answer/endless", test_endless);
  g_test_add_func ("/http/answer/endless-chunk-line", test_endless_chunk_line);
  return g_test_run ();
}
