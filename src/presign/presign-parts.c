/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-parts.h"

#include <string.h>

#define MAX_PARTS 10000

gboolean
presign_token_is_clean (const char *text)
{
  for (const char *c = text; *c; c++) {
    if (!g_ascii_isgraph (*c)) {
      return FALSE;
    }
  }
  return *text != '\0';
}

/* With and without quotes, as FastAPI's and Uppy's clients send them. */
static gboolean
read_etag (const char *text,
           char       *etag,
           gsize       size)
{
  gsize length = strlen (text);

  if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
    text++;
    length -= 2;
  }
  if (length == 0 || length >= size) {
    return FALSE;
  }
  memcpy (etag, text, length);
  etag[length] = '\0';
  return presign_token_is_clean (etag);
}

static gboolean
read_part (JsonObject             *object,
           const PresignPartNames *names,
           S3ChecksumKind          kind,
           S3CompletedPart        *part,
           PresignProblem         *problem)
{
  const char *etag = NULL;
  const char *checksum = NULL;
  guint64 number = 0;
  gboolean ok = presign_json_get_number (object, names->number, FALSE, 1, MAX_PARTS, &number,
                                         problem);

  ok &= presign_json_get_text (object, names->etag, FALSE, 256, &etag, problem);
  if (names->checksum) {
    ok &= presign_json_get_text (object, names->checksum, TRUE, 128, &checksum, problem);
  }
  if (!ok) {
    return FALSE;
  }
  part->part_number = (guint) number;
  if (!read_etag (etag, part->etag, sizeof part->etag)) {
    return presign_problem_add_fault (problem, names->etag, "value_error", "this is no ETag");
  }
  if (checksum && kind != S3_CHECKSUM_NONE &&
      !s3_checksum_from_base64 (&part->checksum, kind, checksum)) {
    return presign_problem_add_fault (problem, names->checksum, "value_error",
                                      "this is no checksum of that kind in base64");
  }
  return TRUE;
}

static int
compare_parts (const void *a,
               const void *b)
{
  guint one = ((const S3CompletedPart *) a)->part_number;
  guint other = ((const S3CompletedPart *) b)->part_number;

  return one < other ? -1 : one > other;
}

static gboolean
read_all (JsonArray              *array,
          const PresignPartNames *names,
          S3ChecksumKind          kind,
          GArray                 *parts,
          PresignProblem         *problem)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    S3CompletedPart part = { 0 };

    g_snprintf (problem->where, sizeof problem->where, ",\"parts\",%u", i);
    if (JSON_NODE_HOLDS_OBJECT (node)) {
      ok &= read_part (json_node_get_object (node), names, kind, &part, problem);
    } else {
      ok = presign_problem_add_fault (problem, NULL, "type_error.dict",
                                      "value is not a valid dict");
    }
    g_array_append_val (parts, part);
  }
  problem->where[0] = '\0';
  return ok;
}

gboolean
presign_parts_read (JsonObject              *body,
                    const PresignPartNames  *names,
                    S3ChecksumKind           kind,
                    GArray                 **parts,
                    PresignProblem          *problem)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (S3CompletedPart));
  JsonArray *array = NULL;

  if (!presign_json_get_array (body, "parts", &array, problem) ||
      !read_all (array, names, kind, list, problem)) {
    return FALSE;
  }
  if (problem->status != 0) {
    return FALSE;
  }
  if (list->len == 0 || list->len > MAX_PARTS) {
    presign_problem_set (problem, 400, "MalformedXML", "The XML you provided was not well-formed "
                         "or did not validate against our published schema");
    problem->operation = "CompleteMultipartUpload";
    return FALSE;
  }
  g_array_sort (list, compare_parts);
  *parts = g_steal_pointer (&list);
  return TRUE;
}
