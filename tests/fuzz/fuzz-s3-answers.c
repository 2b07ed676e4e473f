/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "s3/s3-replies.h"

#include <string.h>

/* An answer of S3 as text: the status, header lines, an empty line, the body. Every reading of it
 * is tried, whatever was asked. */

#define MAX_HEADERS 20

static HttpResponse *
read_answer (const char *text,
             gsize       length)
{
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) halves = g_strsplit (copy, "\n\n", 2);
  g_auto (GStrv) lines = g_strsplit (halves[0] != NULL ? halves[0] : "", "\n", MAX_HEADERS);
  HttpResponse *response = NULL;

  if (lines[0] == NULL)
    return NULL;
  response = http_response_new ((guint) g_ascii_strtoull (lines[0], NULL, 10) % 1000);
  for (guint i = 1; lines[i] != NULL; i++) {
    char *colon = strchr (lines[i], ':');

    if (colon == NULL || colon == lines[i])
      continue;
    *colon = '\0';
    http_response_add_header (response, lines[i], g_strchug (colon + 1));
  }
  g_clear_pointer (&response->body, g_bytes_unref);
  response->body = g_bytes_new (halves[1] != NULL ? halves[1] : "",
                                halves[1] != NULL ? strlen (halves[1]) : 0);
  return response;
}

static void
read_pages (const HttpResponse *response)
{
  g_autoptr (S3PartsPage) parts = s3_parts_page_parse (response, NULL);
  g_autoptr (S3UploadsPage) uploads = s3_uploads_page_parse (response, NULL);

  /* What the engine relies on: a list that goes on says where. */
  if (parts != NULL && parts->is_truncated)
    g_assert_cmpuint (parts->next_marker, >, 0);
  if (uploads != NULL)
    g_assert_nonnull (uploads->uploads);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (HttpResponse) response = read_answer ((const char *) data, size);
  g_autoptr (S3Failure) failure = NULL;
  g_autoptr (S3CreateReply) created = NULL;
  g_autoptr (S3ObjectReply) object = NULL;
  g_autoptr (S3ObjectReply) completed = NULL;

  if (response == NULL)
    return 0;
  failure = s3_failure_new (response);
  g_assert_nonnull (failure->code);
  created = s3_create_reply_parse (response, NULL);
  if (created != NULL)
    g_assert_nonnull (created->upload_id);
  object = s3_object_reply_parse (response, NULL);
  completed = s3_complete_reply_parse (response, NULL);
  read_pages (response);
  return 0;
}
