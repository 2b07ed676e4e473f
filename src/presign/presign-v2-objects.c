/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-v2-objects.h"

#include "presign/presign-policy.h"
#include "presign/presign-query.h"
#include "presign/presign-v2-read.h"

#include <string.h>

HttpResponse *
presign_v2_get_capabilities (PresignCall    *call,
                             PresignProblem *problem)
{
  GString *json = g_string_new ("{\"version\":2");
  S3Limits limits;

  presign_v2_get_limits (call, &limits);
  presign_json_append_number (json, "minPartSize", limits.min_part_size);
  presign_json_append_number (json, "maxPartSize", limits.max_part_size);
  presign_json_append_number (json, "maxParts", limits.max_parts);
  presign_json_append_number (json, "maxObjectSize", limits.max_object_size);
  presign_json_append_name (json, "checksums");
  g_string_append (json, limits.sends_checksums ? "[\"CRC64NVME\",\"CRC32C\",\"SHA256\",\"MD5\"]"
                                                : "[\"MD5\"]");
  presign_json_append_boolean (json, "list", TRUE);
  presign_json_append_boolean (json, "abort", TRUE);
  presign_json_append_boolean (json, "putObject", TRUE);
  presign_json_append_number (json, "batch", PRESIGN_V2_MAX_BATCH);
  presign_json_append_boolean (json, "conditional", TRUE);
  presign_json_append_number (json, "expires", call->config->url_lifetime);
  /* Repeated calls are not recognised: there is no state. */
  presign_json_append_boolean (json, "clientToken", FALSE);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

HttpResponse *
presign_v2_sign_object (PresignCall    *call,
                        PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_auto (PresignV2Object) object = { 0 };
  g_autoptr (HttpRequest) request = NULL;
  g_autofree char *key = NULL;
  g_autofree char *url = NULL;
  S3Checksum checksum = { 0 };
  PresignAsk ask = { .op = PRESIGN_OP_PUT, .options = &object.options, .checksum = &checksum };
  S3ChecksumKind kind = S3_CHECKSUM_NONE;
  gint64 expires = 0;
  GString *json;

  if (!body || !presign_v2_object_read (call, body, &object, problem) ||
      !presign_v2_kind_read (call, body, &kind, problem) ||
      !presign_v2_checksum_read (body, kind, &checksum, problem) ||
      !(key = presign_policy_dup_key (call->config, call->caller, object.name, problem))) {
    return NULL;
  }
  ask.key = key;
  ask.if_none_match = object.if_none_match;
  url = presign_store_presign (call->store, &ask, call->now, presign_call_get_lifetime (call),
                               &expires, &request, problem);
  if (!url) {
    return NULL;
  }
  json = g_string_new ("{");
  presign_json_append_text (json, "method", "PUT");
  presign_json_append_text (json, "url", url);
  presign_json_append_text (json, "key", key);
  presign_json_append_text (json, "bucket", call->config->bucket);
  presign_v2_append_headers (json, request);
  presign_v2_append_time (json, "expiresAt", expires);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

/* NULL without a problem: there is none. */
static S3ObjectReply *
head (PresignCall    *call,
      const char     *key,
      PresignProblem *problem)
{
  PresignAsk ask = { .op = PRESIGN_OP_HEAD, .key = key };
  g_auto (PresignProblem) refused = { 0 };
  g_autoptr (HttpResponse) answer = presign_store_ask (call->store, &ask, call->now, call->client,
                                                       &refused);
  g_autoptr (GError) error = NULL;
  S3ObjectReply *reply = answer ? s3_object_reply_parse (answer, &error) : NULL;

  if (answer && !reply) {
    presign_problem_set_error (problem, presign_op_get_name (ask.op), error);
  } else if (!answer && refused.status != 404) {
    presign_problem_set (problem, refused.status, refused.code, "%s", refused.message);
    problem->operation = presign_op_get_name (ask.op);
  }
  return reply;
}

gboolean
presign_v2_check_absent (PresignCall    *call,
                         const char     *key,
                         PresignProblem *problem)
{
  g_autoptr (S3ObjectReply) there = head (call, key, problem);

  if (there) {
    return presign_problem_set (problem, 412, "PreconditionFailed",
                                "There is an object of this key already.");
  }
  return problem->status == 0;
}

HttpResponse *
presign_v2_get_object (PresignCall    *call,
                       PresignProblem *problem)
{
  const char *key = presign_query_get (call->query, "key");
  g_autoptr (S3ObjectReply) object = NULL;
  GString *json;

  if (!key) {
    presign_problem_set (problem, 400, "InvalidRequest", "The query lacks “key”.");
    return NULL;
  }
  if (!presign_policy_check_key (call->config, call->caller, key, problem)) {
    return NULL;
  }
  object = head (call, key, problem);
  if (!object && problem->status != 0) {
    return NULL;
  }
  json = g_string_new ("{");
  presign_json_append_boolean (json, "exists", object != NULL);
  if (object) {
    presign_json_append_number (json, "size", object->size);
    presign_json_append_text (json, "etag", object->etag);
    presign_v2_append_checksum (json, object->checksums, G_N_ELEMENTS (object->checksums));
  }
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

/* Where the next page begins, as one text without a meaning for others: "KEY\nUPLOAD ID". */
static char *
dup_marker (const S3UploadsPage *page)
{
  g_autofree char *text = NULL;

  if (!page->is_truncated) {
    return NULL;
  }
  text = g_strconcat (page->next_key_marker, "\n",
                      page->next_upload_id_marker ? page->next_upload_id_marker : "", NULL);
  return g_base64_encode ((const guchar *) text, strlen (text));
}

/* FALSE: that is no marker of ours. */
static gboolean
read_marker (const char  *marker,
             char       **key,
             char       **upload_id)
{
  gsize size = 0;
  g_autofree char *bytes = marker ? (char *) g_base64_decode (marker, &size) : NULL;
  g_autofree char *text = bytes ? g_strndup (bytes, size) : NULL;
  char *newline = text ? strchr (text, '\n') : NULL;

  if (!marker || *marker == '\0') {
    return TRUE;
  }
  if (!newline || !g_utf8_validate (text, -1, NULL)) {
    return FALSE;
  }
  *newline = '\0';
  *key = g_strdup (text);
  *upload_id = g_strdup (newline + 1);
  return TRUE;
}

static void
append_uploads (GString             *json,
                const PresignCall   *call,
                const S3UploadsPage *page)
{
  presign_json_append_name (json, "uploads");
  g_string_append_c (json, '[');
  for (guint i = 0; i < page->uploads->len; i++) {
    const S3ListedUpload *upload = g_ptr_array_index (page->uploads, i);
    g_auto (PresignProblem) hidden = { 0 };

    /* Under unique-prefix others' keys begin alike. */
    if (!presign_policy_check_key (call->config, call->caller, upload->key, &hidden)) {
      continue;
    }
    g_string_append (json, g_str_has_suffix (json->str, "[") ? "{" : ",{");
    presign_json_append_text (json, "key", upload->key);
    presign_json_append_text (json, "uploadId", upload->upload_id);
    if (upload->initiated > 0) {
      presign_v2_append_time (json, "initiated", upload->initiated);
    }
    g_string_append_c (json, '}');
  }
  g_string_append_c (json, ']');
}

/* Either the beginning of a name, or of a key with all that comes before the name. */
static char *
dup_list_prefix (const PresignCall *call,
                 const char        *wanted,
                 PresignProblem    *problem)
{
  g_autofree char *own = presign_policy_dup_prefix (call->config, call->caller, "", problem);

  if (!own) {
    return NULL;
  }
  if (g_str_has_prefix (wanted, own)) {
    wanted += strlen (own);
  }
  return presign_policy_dup_prefix (call->config, call->caller, wanted, problem);
}

HttpResponse *
presign_v2_list_uploads (PresignCall    *call,
                         PresignProblem *problem)
{
  const char *wanted = presign_query_get (call->query, "prefix");
  g_autofree char *prefix = NULL;
  g_autofree char *key_marker = NULL;
  g_autofree char *upload_id_marker = NULL;
  g_autofree char *next = NULL;
  g_autoptr (HttpResponse) answer = NULL;
  g_autoptr (S3UploadsPage) page = NULL;
  g_autoptr (GError) error = NULL;
  PresignAsk ask = { .op = PRESIGN_OP_LIST_UPLOADS };
  GString *json;

  prefix = dup_list_prefix (call, wanted ? wanted : "", problem);
  if (!prefix) {
    return NULL;
  }
  if (!read_marker (presign_query_get (call->query, "marker"), &key_marker, &upload_id_marker)) {
    presign_problem_set (problem, 400, "InvalidRequest", "“marker” is not what was given here.");
    return NULL;
  }
  ask.prefix = prefix;
  ask.key_marker = key_marker;
  ask.upload_id_marker = upload_id_marker;
  answer = presign_store_ask (call->store, &ask, call->now, call->client, problem);
  page = answer ? s3_uploads_page_parse (answer, &error) : NULL;
  if (!page) {
    if (answer) {
      presign_problem_set_error (problem, presign_op_get_name (ask.op), error);
    }
    return NULL;
  }
  next = dup_marker (page);
  json = g_string_new ("{");
  append_uploads (json, call, page);
  presign_json_append_text (json, "nextMarker", next);
  presign_json_append_boolean (json, "truncated", page->is_truncated);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}
