/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "answer.h"
#include "s3/s3-replies.h"

/* An answer of S3, as answer.h has it. Every reading of it is tried, whatever was asked. */

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
  g_autoptr (HttpResponse) response = fuzz_answer_new (data, size);
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
