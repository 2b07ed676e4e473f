/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-v2.h"

#include "presign/presign-parts.h"
#include "presign/presign-policy.h"
#include "presign/presign-query.h"
#include "presign/presign-v2-objects.h"
#include "presign/presign-v2-read.h"

/* The size of the parts: what was asked for, if it can be; else what fits. FALSE: @problem. */
static gboolean
choose_part_size (const PresignCall     *call,
                  JsonObject            *body,
                  const PresignV2Object *object,
                  guint64               *part_size,
                  PresignProblem        *problem)
{
  S3Limits limits;
  S3Plan plan = { 0 };
  guint64 asked = 0;
  g_autoptr (GError) error = NULL;

  presign_v2_get_limits (call, &limits);
  if (!presign_json_get_number (body, "partSize", TRUE, 0, G_MAXINT64, &asked, problem)) {
    return FALSE;
  }
  /* A file of one part may be smaller than the smallest part. */
  if (object->has_size && asked >= object->size) {
    *part_size = asked;
    return asked <= limits.max_part_size ||
           presign_problem_set (problem, 400, "EntityTooLarge", "“partSize” is too large.");
  }
  if (!s3_plan_make (&plan, object->has_size ? object->size : 0, asked, FALSE, &limits, &error)) {
    return presign_problem_set (problem, 400, "InvalidRequest", "%s", error->message);
  }
  *part_size = plan.part_size > 0 ? plan.part_size : asked > 0 ? asked : limits.usual_part_size;
  return TRUE;
}

static HttpResponse *
create_upload (PresignCall    *call,
               PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_auto (PresignV2Object) object = { 0 };
  g_autoptr (S3CreateReply) created = NULL;
  g_autofree char *key = NULL;
  guint64 part_size = 0;
  GString *json;

  if (!body || !presign_v2_object_read (call, body, &object, problem) ||
      !choose_part_size (call, body, &object, &part_size, problem) ||
      !(key = presign_policy_dup_key (call->config, call->caller, object.name, problem)) ||
      (object.if_none_match && !presign_v2_check_absent (call, key, problem)) ||
      !(created = presign_call_create (call, key, &object.options, object.kind, problem))) {
    return NULL;
  }
  json = g_string_new ("{");
  presign_json_append_text (json, "uploadId", created->upload_id);
  presign_json_append_text (json, "key", key);
  presign_json_append_text (json, "bucket", call->config->bucket);
  presign_json_append_number (json, "partSize", part_size);
  presign_json_append_text (json, "checksumAlgorithm", s3_checksum_get_name (created->checksum));
  presign_json_append_text (json, "abortDate", created->abort_date);
  presign_json_append_name (json, "headers");
  g_string_append (json, "{}}");
  return presign_reply_json (200, json);
}

static gboolean
read_part (const PresignCall *call,
           JsonObject        *object,
           S3ChecksumKind     kind,
           PresignAsk        *ask,
           S3Checksum        *checksum,
           PresignProblem    *problem)
{
  S3Limits limits;
  guint64 n = 0;
  guint64 size = 0;
  gboolean ok;

  presign_v2_get_limits (call, &limits);
  ok = presign_json_get_number (object, "n", FALSE, 1, limits.max_parts, &n, problem);
  ok &= presign_json_get_number (object, "size", TRUE, 0, G_MAXINT64, &size, problem);
  ok &= presign_v2_checksum_read (object, kind, checksum, problem);
  if (ok && size > limits.max_part_size) {
    return presign_problem_set (problem, 413, "EntityTooLarge", "Part %u is larger than "
                                "%" G_GUINT64_FORMAT " bytes.", (guint) n, limits.max_part_size);
  }
  ask->part_number = (guint) n;
  return ok;
}

/* One URL, as an element of "urls". */
static gboolean
append_url (PresignCall    *call,
            GString        *json,
            JsonNode       *node,
            S3ChecksumKind  kind,
            PresignAsk     *ask,
            PresignProblem *problem)
{
  g_autoptr (HttpRequest) request = NULL;
  g_autofree char *url = NULL;
  S3Checksum checksum = { 0 };
  gint64 expires = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    return presign_problem_add_fault (problem, "parts", "type_error.dict",
                                      "value is not a valid dict");
  }
  ask->checksum = &checksum;
  if (!read_part (call, json_node_get_object (node), kind, ask, &checksum, problem) ||
      !(url = presign_store_presign (call->store, ask, call->now, presign_call_get_lifetime (call),
                                     &expires, &request, problem))) {
    return FALSE;
  }
  g_string_append (json, g_str_has_suffix (json->str, "[") ? "{" : ",{");
  presign_json_append_number (json, "n", ask->part_number);
  presign_json_append_text (json, "url", url);
  presign_v2_append_headers (json, request);
  presign_v2_append_time (json, "expiresAt", expires);
  g_string_append_c (json, '}');
  return TRUE;
}

static HttpResponse *
sign_parts (PresignCall    *call,
            PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_autoptr (GString) json = g_string_new ("{\"urls\":[");
  PresignAsk ask = { .op = PRESIGN_OP_PART };
  S3ChecksumKind kind = S3_CHECKSUM_NONE;
  JsonArray *parts = NULL;

  if (!body || !presign_v2_kind_read (call, body, &kind, problem) ||
      !presign_json_get_array (body, "parts", &parts, problem) ||
      !presign_v2_upload_read (call, body, &ask, problem)) {
    return NULL;
  }
  if (json_array_get_length (parts) > PRESIGN_V2_MAX_BATCH) {
    presign_problem_set (problem, 400, "InvalidRequest", "At most %d parts are signed at once.",
                         PRESIGN_V2_MAX_BATCH);
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (parts); i++) {
    if (!append_url (call, json, json_array_get_element (parts, i), kind, &ask, problem)) {
      return NULL;
    }
  }
  g_string_append (json, "]}");
  return presign_reply_json (200, g_steal_pointer (&json));
}

static void
append_parts (GString           *json,
              const S3PartsPage *page)
{
  presign_json_append_name (json, "parts");
  g_string_append_c (json, '[');
  for (guint i = 0; i < page->parts->len; i++) {
    const S3ListedPart *part = &g_array_index (page->parts, S3ListedPart, i);

    g_string_append (json, i > 0 ? ",{" : "{");
    presign_json_append_number (json, "n", part->part_number);
    presign_json_append_number (json, "size", part->size);
    presign_json_append_text (json, "etag", part->etag);
    presign_v2_append_checksum (json, &part->checksum, 1);
    g_string_append_c (json, '}');
  }
  g_string_append_c (json, ']');
}

static HttpResponse *
list_parts (PresignCall    *call,
            PresignProblem *problem)
{
  PresignAsk ask = {
    .op = PRESIGN_OP_LIST_PARTS, .key = presign_query_get (call->query, "key"),
    .upload_id = presign_query_get (call->query, "uploadId"),
  };
  g_autoptr (HttpResponse) answer = NULL;
  g_autoptr (S3PartsPage) page = NULL;
  g_autoptr (GError) error = NULL;
  GString *json;

  if (!ask.key || !ask.upload_id ||
      !presign_query_get_number (call->query, "marker", 10000, &ask.marker)) {
    presign_problem_set (problem, 400, "InvalidRequest", "The query needs “uploadId” and “key”, "
                         "and may have “marker”, a part number.");
    return NULL;
  }
  if (!presign_call_check_upload (call, ask.key, ask.upload_id, problem) ||
      !(answer = presign_store_ask (call->store, &ask, call->now, call->client, problem))) {
    return NULL;
  }
  page = s3_parts_page_parse (answer, &error);
  if (!page) {
    presign_problem_set_error (problem, presign_op_get_name (ask.op), error);
    return NULL;
  }
  json = g_string_new ("{");
  append_parts (json, page);
  if (page->is_truncated) {
    presign_json_append_number (json, "nextMarker", page->next_marker);
  }
  presign_json_append_boolean (json, "truncated", page->is_truncated);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

static HttpResponse *
reply_complete (PresignCall         *call,
                const PresignAsk    *ask,
                const S3ObjectReply *object)
{
  g_autofree char *url = presign_store_dup_url (call->store, ask->key);
  GString *json = g_string_new ("{");

  presign_json_append_text (json, "etag", object->etag);
  presign_json_append_text (json, "versionId", object->version_id);
  presign_v2_append_checksum (json, object->checksums, G_N_ELEMENTS (object->checksums));
  presign_json_append_text (json, "location", url);
  presign_json_append_text (json, "key", ask->key);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

static gboolean
read_complete (const PresignCall  *call,
               JsonObject         *body,
               PresignAsk         *ask,
               S3Checksum         *checksum,
               GArray            **parts,
               PresignProblem     *problem)
{
  static const PresignPartNames names = { "n", "etag", "checksum" };
  S3ChecksumKind kind = S3_CHECKSUM_NONE;
  gboolean ok = presign_v2_kind_read (call, body, &kind, problem);

  ok &= presign_json_get_number (body, "size", TRUE, 0, G_MAXINT64, &ask->size, problem);
  ok &= presign_json_get_boolean (body, "ifNoneMatch", &ask->if_none_match, problem);
  ok = ok && presign_v2_checksum_read (body, kind, checksum, problem) &&
       presign_parts_read (body, &names, kind, parts, problem) &&
       presign_v2_upload_read (call, body, ask, problem);
  /* Only sums that can be put together are of the whole. */
  if (kind != S3_CHECKSUM_CRC64NVME && kind != S3_CHECKSUM_CRC32C && kind != S3_CHECKSUM_CRC32) {
    checksum->kind = S3_CHECKSUM_NONE;
  }
  return ok;
}

static HttpResponse *
complete_upload (PresignCall    *call,
                 PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_autoptr (GArray) parts = NULL;
  g_autoptr (HttpResponse) answer = NULL;
  g_autoptr (S3ObjectReply) object = NULL;
  g_autoptr (GError) error = NULL;
  S3Checksum checksum = { 0 };
  PresignAsk ask = { .op = PRESIGN_OP_COMPLETE, .checksum = &checksum };

  if (!body || !read_complete (call, body, &ask, &checksum, &parts, problem)) {
    return NULL;
  }
  ask.if_none_match |= call->config->if_none_match;
  ask.parts = (const S3CompletedPart *) (gpointer) parts->data;
  ask.n_parts = parts->len;
  answer = presign_call_complete (call, &ask, problem);
  if (!answer) {
    return NULL;
  }
  object = s3_complete_reply_parse (answer, &error);
  if (!object) {
    presign_problem_set_error (problem, presign_op_get_name (ask.op), error);
    return NULL;
  }
  return reply_complete (call, &ask, object);
}

/* What is gone is aborted. */
static HttpResponse *
abort_upload (PresignCall    *call,
              PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  PresignAsk ask = { .op = PRESIGN_OP_ABORT };
  g_autoptr (HttpResponse) answer = NULL;

  if (!body || !presign_v2_upload_read (call, body, &ask, problem)) {
    return NULL;
  }
  answer = presign_store_ask (call->store, &ask, call->now, call->client, problem);
  if (!answer && g_strcmp0 (problem->code, "NoSuchUpload") != 0) {
    return NULL;
  }
  return presign_reply_json (200, g_string_new ("{}"));
}

static HttpResponse *
refuse (const PresignProblem *problem,
        const PresignCaller  *caller)
{
  GString *json = g_string_new ("{");

  presign_json_append_text (json, "code", problem->code);
  presign_json_append_text (json, "message", problem->message);
  presign_json_append_boolean (json, "retryable", problem->retryable);
  presign_json_append_text (json, "requestId", caller->request_id);
  if (problem->retry_after_s > 0) {
    presign_json_append_number (json, "retryAfter", problem->retry_after_s);
  }
  g_string_append_c (json, '}');
  return presign_reply_json (problem->faults ? 400 : problem->status, json);
}

static const PresignRoute routes[] = {
  { "GET", "/v2/capabilities", presign_v2_get_capabilities, FALSE, FALSE },
  { "POST", "/v2/uploads", create_upload, TRUE, FALSE },
  { "GET", "/v2/uploads", presign_v2_list_uploads, TRUE, FALSE },
  { "POST", "/v2/uploads/sign", sign_parts, FALSE, FALSE },
  { "GET", "/v2/uploads/parts", list_parts, TRUE, FALSE },
  { "POST", "/v2/uploads/complete", complete_upload, TRUE, FALSE },
  { "POST", "/v2/uploads/abort", abort_upload, TRUE, FALSE },
  { "POST", "/v2/objects/sign", presign_v2_sign_object, FALSE, FALSE },
  { "GET", "/v2/object", presign_v2_get_object, TRUE, FALSE },
  { NULL },
};

const PresignDialectClass presign_v2 = { "partway", routes, refuse };
