/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "presign/presign-lambda.h"

#include <string.h>

/* An event of AWS Lambda; and an answer whose body is the text itself, and whose headers are what
 * it comes to in UTF-8: headers are made by us. */

static void
write_result (const char *text,
              gsize       size)
{
  g_autoptr (HttpResponse) response = http_response_new (200);
  g_autofree char *copy = g_utf8_make_valid (text, (gssize) size);
  g_autofree char *result = NULL;

  http_response_add_header (response, "Content-Type", "application/json");
  http_response_add_header (response, "Set-Cookie", copy);
  http_response_add_header (response, "X-Any", copy);
  g_clear_pointer (&response->body, g_bytes_unref);
  response->body = g_bytes_new (text, size);
  result = presign_lambda_dup_result (response);
  g_assert_true (g_utf8_validate (result, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_auto (PresignEvent) event = { 0 };

  if (presign_lambda_parse ((const char *) data, size, &event, NULL)) {
    g_assert_nonnull (event.request);
    g_assert_nonnull (event.peer);
    g_assert_true (event.request->url[0] == '/');
    for (guint i = 0; i < event.request->headers->len; i++) {
      const HttpHeader *header = &g_array_index (event.request->headers, HttpHeader, i);
      g_assert_null (strpbrk (header->value, "\r\n"));
    }
  }
  write_result ((const char *) data, size);
  return 0;
}
