/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "answer.h"
#include "engine/pw-dialect-find.h"

#include <string.h>

/* An answer of a presign backend, as answer.h has it, read in each dialect as the answer to each
 * question. */

static const PwDialect *const dialects[] = {
  &pw_dialect_fastapi, &pw_dialect_companion, &pw_dialect_sign, &pw_dialect_partway
};
static const PwWantedPart wanted[] = { { .part_number = 1, .size = 5 }, { .part_number = 2 } };
static const PwAsk part = { .op = PW_OP_PART, .key = "a/b", .upload_id = "u", .part_number = 1 };
static const PwAsk ask = {
  .op = PW_OP_SIGN, .key = "a/b", .upload_id = "u", .subject = &part, .wanted = wanted,
  .n_wanted = G_N_ELEMENTS (wanted)
};

static void
check_signed (GPtrArray *urls)
{
  for (guint i = 0; i < urls->len; i++) {
    const PwSigned *url = g_ptr_array_index (urls, i);

    g_assert_nonnull (url->url);
    for (guint n = 0; url->headers != NULL && n < url->headers->len; n++) {
      const HttpHeader *header = &g_array_index (url->headers, HttpHeader, n);

      /* Nothing that would end a header and begin another. */
      g_assert_null (strpbrk (header->name, "\r\n:"));
      g_assert_null (strpbrk (header->value, "\r\n"));
    }
  }
}

static void
read_lists (const PwDialect    *dialect,
            const HttpResponse *response)
{
  g_autoptr (S3PartsPage) parts = NULL;
  g_autoptr (S3UploadsPage) uploads = NULL;

  if (dialect->read_parts != NULL)
    parts = dialect->read_parts (response, NULL);
  if (dialect->read_uploads != NULL)
    uploads = dialect->read_uploads (response, NULL);
  for (guint i = 0; parts != NULL && i < parts->parts->len; i++) {
    const S3ListedPart *listed = &g_array_index (parts->parts, S3ListedPart, i);

    g_assert_cmpuint (listed->part_number, >=, 1);
    g_assert_cmpuint (listed->part_number, <=, 10000);
  }
}

static void
read_one (const PwDialect    *dialect,
          const HttpResponse *response)
{
  const PwAsk create = { .op = PW_OP_CREATE, .key = "a/b" };
  const PwAsk complete = { .op = PW_OP_COMPLETE, .key = "a/b", .upload_id = "u" };
  g_autoptr (GPtrArray) urls = dialect->read_signed (&ask, response, NULL);
  g_autoptr (S3ObjectReply) object = NULL;
  PwBegun *begun = NULL;

  if (urls != NULL)
    check_signed (urls);
  if (dialect->read_begun != NULL)
    begun = dialect->read_begun (&create, response, NULL);
  if (begun != NULL)
    g_assert_true (begun->upload_id != NULL && begun->key != NULL);
  g_clear_pointer (&begun, pw_begun_free);
  if (dialect->read_object != NULL)
    object = dialect->read_object (&complete, response, NULL);
  read_lists (dialect, response);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (HttpResponse) response = fuzz_answer_new (data, size);
  g_autoptr (S3Failure) failure = NULL;
  PwDialectFacts facts = { 0 };

  if (response == NULL)
    return 0;
  failure = pw_dialect_read_failure (response);
  g_assert_true (failure == NULL || failure->code != NULL);
  pw_dialect_read_capabilities (response, &facts);
  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
    read_one (dialects[i], response);
  return 0;
}
