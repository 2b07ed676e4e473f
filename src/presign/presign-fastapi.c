/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-fastapi.h"

#include "presign/presign-json.h"

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
get_presigned_url (PresignCall    *call,
                   PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request->bytes, problem);
  PresignAsk ask = { .op = PRESIGN_OP_PART };
  g_autofree char *url = NULL;
  guint64 part_number = 0;
  GString *json;

  if (!body ||
      !presign_json_get_text (body, "uploadId", FALSE, MAX_UPLOAD_ID, &ask.upload_id, problem) ||
      !presign_json_get_text (body, "key", FALSE, MAX_KEY, &ask.key, problem) ||
      !presign_json_get_number (body, "partNumber", FALSE, 1, 10000, &part_number, problem)) {
    return NULL;
  }
  ask.part_number = (guint) part_number;
  url = presign_store_presign (call->store, &ask, call->now, presign_call_get_lifetime (call), NULL,
                               NULL, problem);
  if (!url) {
    return NULL;
  }
  json = g_string_new ("{");
  presign_json_append_text (json, "presignedUrl", url);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

static void
append_fault (GString              *json,
              const PresignProblem *problem)
{
  g_string_append (json, "[{\"loc\":[\"body\"");
  if (problem->field) {
    g_string_append_c (json, ',');
    presign_json_append (json, problem->field);
  }
  g_string_append (json, "],");
  presign_json_append_text (json, "msg", problem->message);
  presign_json_append_text (json, "type", problem->kind);
  g_string_append (json, "}]");
}

static HttpResponse *
refuse (const PresignProblem *problem,
        const PresignCaller  *caller)
{
  GString *json = g_string_new ("{\"detail\":");
  guint status = problem->status;

  if (problem->kind) {
    append_fault (json, problem);
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
  { "POST", "/get-presigned-url", get_presigned_url, FALSE, FALSE },
  { NULL },
};

const PresignDialectClass presign_fastapi = { "fastapi", routes, refuse };
