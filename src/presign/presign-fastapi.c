/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-fastapi.h"

#include "presign/presign-json.h"
#include "presign/presign-parts.h"
#include "presign/presign-policy.h"

#define MAX_KEY 1024
#define MAX_UPLOAD_ID 4096

static HttpResponse *
reply_message (const char *message)
{
  GString *json = g_string_new ("{");

  presign_json_append_text (json, "message", message);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

static HttpResponse *
get_root (PresignCall    *call,
          PresignProblem *problem)
{
  return reply_message ("This server signs uploads to S3.");
}

static HttpResponse *
start_upload (PresignCall    *call,
              PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_autoptr (S3CreateReply) reply = NULL;
  g_autofree char *key = NULL;
  S3ObjectOptions options = { 0 };
  const char *name = NULL;
  GString *json;

  if (!body || !presign_json_get_text (body, "fileName", FALSE, MAX_KEY, &name, problem) ||
      !(key = presign_policy_dup_key (call->config, call->caller, name, problem)) ||
      !(reply = presign_call_create (call, key, &options, S3_CHECKSUM_NONE, problem))) {
    return NULL;
  }
  json = g_string_new ("{");
  presign_json_append_text (json, "uploadId", reply->upload_id);
  presign_json_append_text (json, "key", key);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

/* What all calls of an upload begin with. */
static gboolean
read_upload (PresignCall     *call,
             JsonObject      *body,
             const char     **upload_id,
             const char     **key,
             PresignProblem  *problem)
{
  gboolean ok = presign_json_get_text (body, "uploadId", FALSE, MAX_UPLOAD_ID, upload_id, problem);

  ok &= presign_json_get_text (body, "key", FALSE, MAX_KEY, key, problem);
  return ok;
}

static HttpResponse *
get_presigned_url (PresignCall    *call,
                   PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  PresignAsk ask = { .op = PRESIGN_OP_PART };
  g_autofree char *url = NULL;
  guint64 part_number = 0;
  GString *json;

  if (!body || !(read_upload (call, body, &ask.upload_id, &ask.key, problem) &
                 presign_json_get_number (body, "partNumber", FALSE, 1,
                                          presign_call_get_max_parts (call), &part_number,
                                          problem)) ||
      !presign_call_check_upload (call, ask.key, ask.upload_id, problem)) {
    return NULL;
  }
  ask.part_number = (guint) part_number;
  url = presign_store_presign (call->store, &ask, call->now, presign_call_get_lifetime (call), NULL,
                               NULL, problem);
  if (!url) {
    return NULL;
  }
  json = g_string_sized_new (1024);
  g_string_append_c (json, '{');
  presign_json_append_text (json, "presignedUrl", url);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

/* The original demands "partNumber" and does nothing with it; its own page omits it. It also gives
 * only S3's first page of 1,000 parts, where this gives all. */
static HttpResponse *
list_parts (PresignCall    *call,
            PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_autoptr (GArray) parts = NULL;
  const char *upload_id = NULL;
  const char *key = NULL;
  GString *json;

  if (!body || !read_upload (call, body, &upload_id, &key, problem) ||
      !presign_call_check_upload (call, key, upload_id, problem) ||
      !(parts = presign_call_list_parts (call, key, upload_id, problem))) {
    return NULL;
  }
  json = g_string_new ("{\"parts\":[");
  for (guint i = 0; i < parts->len; i++) {
    const S3ListedPart *part = &g_array_index (parts, S3ListedPart, i);
    g_autofree char *etag = g_strconcat ("\"", part->etag, "\"", NULL);

    g_string_append_printf (json, "%s{\"PartNumber\":%u", i > 0 ? "," : "", part->part_number);
    presign_json_append_text (json, "ETag", etag);
    g_string_append_c (json, '}');
  }
  g_string_append (json, "]}");
  return presign_reply_json (200, json);
}

static HttpResponse *
complete_upload (PresignCall    *call,
                 PresignProblem *problem)
{
  static const PresignPartNames names = { "PartNumber", "ETag", NULL };
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_autoptr (GArray) parts = NULL;
  g_autoptr (HttpResponse) answer = NULL;
  PresignAsk ask = { .op = PRESIGN_OP_COMPLETE, .if_none_match = call->config->if_none_match };

  if (!body || !(read_upload (call, body, &ask.upload_id, &ask.key, problem) &
                 presign_parts_read (body, &names, S3_CHECKSUM_NONE, &parts, problem)) ||
      !presign_call_check_upload (call, ask.key, ask.upload_id, problem)) {
    return NULL;
  }
  ask.parts = (const S3CompletedPart *) (gpointer) parts->data;
  ask.n_parts = parts->len;
  answer = presign_call_complete (call, &ask, problem);
  return answer ? reply_message ("Upload completed successfully") : NULL;
}

static HttpResponse *
refuse (const PresignProblem *problem,
        const PresignCaller  *caller)
{
  GString *json = g_string_new ("{\"detail\":");
  guint status = problem->status;

  if (problem->faults) {
    g_string_append_printf (json, "[%s]", problem->faults->str);
  } else if (problem->operation) {
    g_autofree char *text =
      g_strdup_printf ("An error occurred (%s) when calling the %s operation: %s", problem->code,
                       problem->operation, problem->message);

    /* As the original: whatever S3 said is a 500. */
    status = 500;
    presign_json_append (json, text);
  } else {
    presign_json_append (json, problem->message);
  }
  g_string_append_c (json, '}');
  return presign_reply_json (status, json);
}

static const PresignRoute routes[] = {
  { "GET", "/", get_root, FALSE, TRUE },
  { "POST", "/start-multipart-upload", start_upload, TRUE, FALSE },
  { "POST", "/get-presigned-url", get_presigned_url, FALSE, FALSE },
  { "POST", "/list-parts", list_parts, TRUE, FALSE },
  { "POST", "/complete-multipart-upload", complete_upload, TRUE, FALSE },
  { NULL },
};

const PresignDialectClass presign_fastapi = { "fastapi", routes, refuse };
