/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-v2-read.h"

#include "presign/presign-policy.h"

#define MAX_KEY 1024
#define MAX_TEXT 1024
#define MAX_UPLOAD_ID 4096

void
presign_v2_object_clear (PresignV2Object *object)
{
  g_clear_pointer (&object->metadata, g_ptr_array_unref);
}

static gboolean
read_header (JsonObject      *body,
             const char      *name,
             const char     **text,
             PresignProblem  *problem)
{
  if (!presign_json_get_text (body, name, TRUE, MAX_TEXT, text, problem)) {
    return FALSE;
  }
  if (*text && !s3_header_value_is_clean (*text)) {
    return presign_problem_add_fault (problem, name, "value_error", "this cannot be a header");
  }
  return TRUE;
}

static gboolean
check_size (const PresignCall     *call,
            const PresignV2Object *object,
            PresignProblem        *problem)
{
  S3Limits limits;

  presign_v2_get_limits (call, &limits);
  if (object->has_size && object->size > limits.max_object_size) {
    return presign_problem_set (problem, 413, "EntityTooLarge",
                                "The file is larger than %" G_GUINT64_FORMAT " bytes.",
                                limits.max_object_size);
  }
  return TRUE;
}

gboolean
presign_v2_object_read (const PresignCall *call,
                        JsonObject        *body,
                        PresignV2Object   *object,
                        PresignProblem    *problem)
{
  const char *named = NULL;
  gboolean ok = presign_json_get_text (body, "fileName", FALSE, MAX_KEY, &object->name, problem);

  object->size = G_MAXUINT64;
  ok &= presign_json_get_number (body, "size", TRUE, 0, G_MAXINT64, &object->size, problem);
  object->has_size = object->size != G_MAXUINT64;
  ok &= read_header (body, "contentType", &object->options.content_type, problem);
  ok &= read_header (body, "storageClass", &object->options.storage_class, problem);
  ok &= presign_json_get_boolean (body, "ifNoneMatch", &object->if_none_match, problem);
  ok &= presign_json_get_text (body, "checksumAlgorithm", TRUE, MAX_TEXT, &named, problem);
  object->metadata = presign_json_get_metadata (body, "metadata", problem);
  if (!ok || !object->metadata || !presign_v2_kind_read (call, body, &object->kind, problem)) {
    return FALSE;
  }
  if (!named) {
    object->kind = S3_CHECKSUM_NONE;
  }
  object->if_none_match |= call->config->if_none_match;
  object->options.metadata = (const char *const *) object->metadata->pdata;
  presign_policy_force (call->config, &object->options);
  return check_size (call, object, problem);
}

gboolean
presign_v2_upload_read (const PresignCall *call,
                        JsonObject        *body,
                        PresignAsk        *ask,
                        PresignProblem    *problem)
{
  gboolean ok = presign_json_get_text (body, "uploadId", FALSE, MAX_UPLOAD_ID, &ask->upload_id,
                                       problem);

  ok &= presign_json_get_text (body, "key", FALSE, MAX_KEY, &ask->key, problem);
  return ok && presign_call_check_upload (call, ask->key, ask->upload_id, problem);
}

gboolean
presign_v2_kind_read (const PresignCall *call,
                      JsonObject        *body,
                      S3ChecksumKind    *kind,
                      PresignProblem    *problem)
{
  const char *name = NULL;
  S3ChecksumKind found = S3_CHECKSUM_CRC64NVME;

  if (!presign_json_get_text (body, "checksumAlgorithm", TRUE, MAX_TEXT, &name, problem)) {
    return FALSE;
  }
  if (name && (found = s3_checksum_from_name (name)) == S3_CHECKSUM_NONE) {
    return presign_problem_add_fault (problem, "checksumAlgorithm", "value_error",
                                      "no checksum has this name");
  }
  *kind = presign_store_get_limits (call->store)->sends_checksums ? found : S3_CHECKSUM_MD5;
  return TRUE;
}

gboolean
presign_v2_checksum_read (JsonObject     *body,
                          S3ChecksumKind  kind,
                          S3Checksum     *checksum,
                          PresignProblem *problem)
{
  const char *text = NULL;

  if (!presign_json_get_text (body, "checksum", TRUE, MAX_TEXT, &text, problem)) {
    return FALSE;
  }
  if (text && !s3_checksum_from_base64 (checksum, kind, text)) {
    return presign_problem_add_fault (problem, "checksum", "value_error",
                                      "this is no checksum of that kind in base64");
  }
  return TRUE;
}

static guint64
lesser (guint64 a,
        guint64 b)
{
  return b > 0 ? MIN (a, b) : a;
}

void
presign_v2_get_limits (const PresignCall *call,
                       S3Limits          *limits)
{
  const PresignConfig *config = call->config;

  *limits = *presign_store_get_limits (call->store);
  /* Also below S3's 5 MiB: a store may have been set so. */
  if (config->min_part_size > 0) {
    limits->min_part_size = config->min_part_size;
  }
  limits->max_part_size = lesser (limits->max_part_size, config->max_part_size);
  limits->max_part_size = MAX (limits->max_part_size, limits->min_part_size);
  limits->max_parts = (guint) lesser (limits->max_parts, config->max_parts);
  limits->max_object_size = lesser (limits->max_object_size, config->max_object_size);
  limits->max_put_size = lesser (limits->max_put_size, config->max_object_size);
  limits->usual_part_size = CLAMP (limits->usual_part_size, limits->min_part_size,
                                   limits->max_part_size);
}

void
presign_v2_append_time (GString    *json,
                        const char *name,
                        gint64      time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);
  g_autofree char *text = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");

  presign_json_append_text (json, name, text);
}

void
presign_v2_append_checksum (GString          *json,
                            const S3Checksum *checksums,
                            gsize             n_checksums)
{
  g_autofree char *text = NULL;

  if (n_checksums == 0 || checksums[0].kind == S3_CHECKSUM_NONE) {
    return;
  }
  text = s3_checksum_dup_base64 (&checksums[0]);
  presign_json_append_text (json, "checksum", text);
  presign_json_append_text (json, "checksumAlgorithm", s3_checksum_get_name (checksums[0].kind));
}

void
presign_v2_append_headers (GString           *json,
                           const HttpRequest *request)
{
  presign_json_append_name (json, "headers");
  g_string_append_c (json, '{');
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    presign_json_append_text (json, header->name, header->value);
  }
  g_string_append_c (json, '}');
}
