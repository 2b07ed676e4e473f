/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-companion.h"

#include "presign/presign-form.h"
#include "presign/presign-json.h"
#include "presign/presign-parts.h"
#include "presign/presign-policy.h"
#include "presign/presign-query.h"

#include <string.h>

#define MAX_NAME 1024
#define MAX_BATCH 1000

static HttpResponse *
reply (guint    status,
       GString *json)
{
  HttpResponse *response = presign_reply_json (status, json);

  presign_response_set_type (response, "application/json; charset=utf-8");
  return response;
}

static HttpResponse *
deny (PresignProblem *problem,
      const char     *message)
{
  presign_problem_set (problem, 400, "InvalidRequest", "%s", message);
  return NULL;
}

/* "metadata[name]=value" of a query, as "name", "value", …, NULL. NULL: @problem. */
static GPtrArray *
read_metadata (PresignCall    *call,
               PresignProblem *problem)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);

  for (char **pair = call->query; pair[0]; pair += 2) {
    gsize length = strlen (pair[0]);
    g_autofree char *name = NULL;

    if (!g_str_has_prefix (pair[0], "metadata[") || pair[0][length - 1] != ']') {
      continue;
    }
    name = g_strndup (pair[0] + strlen ("metadata["), length - strlen ("metadata[]"));
    if (!s3_metadata_name_is_valid (name)) {
      deny (problem, "s3: names of metadata are letters, digits, - _ and .");
      return NULL;
    }
    g_ptr_array_add (items, g_steal_pointer (&name));
    g_ptr_array_add (items, g_strdup (pair[1]));
  }
  g_ptr_array_add (items, NULL);
  return g_steal_pointer (&items);
}

static HttpResponse *
get_params (PresignCall    *call,
            PresignProblem *problem)
{
  const char *name = presign_query_get (call->query, "filename");
  const char *type = presign_query_get (call->query, "type");
  g_autoptr (GPtrArray) metadata = NULL;
  g_autoptr (GString) json = g_string_new ("{\"method\":\"POST\",\"fields\":");
  g_autofree char *key = NULL;
  g_autofree char *url = NULL;
  S3ObjectOptions options = { .content_type = type };
  guint lifetime = presign_call_get_lifetime (call);

  if (!name || *name == '\0') {
    return deny (problem, "s3: the \"filename\" query parameter is required and must be a "
                          "non-empty string");
  }
  if (type && !s3_header_value_is_clean (type)) {
    return deny (problem, "s3: content type must be a string");
  }
  if (!(metadata = read_metadata (call, problem)) ||
      !(key = presign_policy_dup_key (call->config, call->caller, name, problem))) {
    return NULL;
  }
  options.metadata = (const char *const *) metadata->pdata;
  presign_policy_force (call->config, &options);
  url = presign_form_append (call, key, &options, &lifetime, json, problem);
  if (!url) {
    return NULL;
  }
  presign_json_append_text (json, "url", url);
  presign_json_append_number (json, "expires", lifetime);
  g_string_append_c (json, '}');
  return reply (200, g_steal_pointer (&json));
}

static HttpResponse *
create_upload (PresignCall    *call,
               PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_autoptr (GPtrArray) metadata = NULL;
  g_autoptr (S3CreateReply) created = NULL;
  g_autofree char *key = NULL;
  const char *name = NULL;
  S3ObjectOptions options = { 0 };
  GString *json;

  if (!body) {
    return NULL;
  }
  if (!presign_json_get_text (body, "filename", FALSE, MAX_NAME, &name, problem) || !*name) {
    return deny (problem, "s3: the \"filename\" field is required and must be a non-empty string");
  }
  if (!presign_json_get_text (body, "type", FALSE, MAX_NAME, &options.content_type, problem) ||
      !s3_header_value_is_clean (options.content_type)) {
    return deny (problem, "s3: content type must be a string");
  }
  if (!(metadata = presign_json_get_metadata (body, "metadata", problem)) ||
      !(key = presign_policy_dup_key (call->config, call->caller, name, problem))) {
    return NULL;
  }
  options.metadata = (const char *const *) metadata->pdata;
  created = presign_call_create (call, key, &options, S3_CHECKSUM_NONE, problem);
  if (!created) {
    return NULL;
  }
  json = g_string_new ("{");
  presign_json_append_text (json, "key", key);
  presign_json_append_text (json, "uploadId", created->upload_id);
  presign_json_append_text (json, "bucket", call->config->bucket);
  g_string_append_c (json, '}');
  return reply (200, json);
}

/* The key of the query, that the caller may touch; NULL: @problem. */
static const char *
read_key (PresignCall    *call,
          PresignProblem *problem)
{
  const char *key = presign_query_get (call->query, "key");

  if (!key) {
    deny (problem, "s3: the object key must be passed as a query parameter. For example: "
                   "\"?key=abc.jpg\"");
    return NULL;
  }
  return presign_call_check_upload (call, key, call->params[0], problem) ? key : NULL;
}

static HttpResponse *
list_parts (PresignCall    *call,
            PresignProblem *problem)
{
  const char *key = read_key (call, problem);
  g_autoptr (GArray) parts = key ? presign_call_list_parts (call, key, call->params[0], problem)
                                 : NULL;
  GString *json;

  if (!parts) {
    return NULL;
  }
  json = g_string_new ("[");
  for (guint i = 0; i < parts->len; i++) {
    const S3ListedPart *part = &g_array_index (parts, S3ListedPart, i);
    g_autofree char *etag = g_strconcat ("\"", part->etag, "\"", NULL);

    g_string_append (json, i > 0 ? ",{" : "{");
    presign_json_append_number (json, "PartNumber", part->part_number);
    presign_json_append_text (json, "ETag", etag);
    presign_json_append_number (json, "Size", part->size);
    g_string_append_c (json, '}');
  }
  g_string_append_c (json, ']');
  return reply (200, json);
}

static char *
sign_part (PresignCall    *call,
           const char     *key,
           const char     *number,
           gint64         *expires,
           PresignProblem *problem)
{
  PresignAsk ask = { .op = PRESIGN_OP_PART, .key = key, .upload_id = call->params[0] };
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (number, 10, 1, presign_call_get_max_parts (call), &value,
                                   NULL)) {
    presign_problem_set (problem, 400, "InvalidRequest",
                         "s3: the part number must be a number between 1 and %u.",
                         presign_call_get_max_parts (call));
    return NULL;
  }
  ask.part_number = (guint) value;
  return presign_store_presign (call->store, &ask, call->now, presign_call_get_lifetime (call),
                                expires, NULL, problem);
}

static HttpResponse *
get_part (PresignCall    *call,
          PresignProblem *problem)
{
  const char *key = read_key (call, problem);
  gint64 expires = 0;
  g_autofree char *url = key ? sign_part (call, key, call->params[1], &expires, problem) : NULL;
  GString *json;

  if (!url) {
    return NULL;
  }
  json = g_string_new ("{");
  presign_json_append_text (json, "url", url);
  presign_json_append_number (json, "expires", (guint64) (expires - call->now));
  g_string_append_c (json, '}');
  return reply (200, json);
}

static HttpResponse *
get_batch (PresignCall    *call,
           PresignProblem *problem)
{
  const char *key = read_key (call, problem);
  const char *list = presign_query_get (call->query, "partNumbers");
  g_auto (GStrv) numbers = list ? g_strsplit (list, ",", MAX_BATCH + 1) : NULL;
  g_autoptr (GString) json = g_string_new ("{\"presignedUrls\":{");

  if (!key) {
    return NULL;
  }
  if (!numbers) {
    return deny (problem, "s3: the part numbers must be passed as a comma separated query "
                          "parameter. For example: \"?partNumbers=4,6,7,21\"");
  }
  for (char **number = numbers; *number; number++) {
    gint64 expires = 0;
    g_autofree char *url = sign_part (call, key, g_strstrip (*number), &expires, problem);

    if (!url) {
      return NULL;
    }
    presign_json_append_text (json, *number, url);
  }
  g_string_append (json, "}}");
  return reply (200, g_steal_pointer (&json));
}

static HttpResponse *
complete_upload (PresignCall    *call,
                 PresignProblem *problem)
{
  static const PresignPartNames names = { "PartNumber", "ETag", NULL };
  const char *key = read_key (call, problem);
  g_autoptr (JsonObject) body = key ? presign_json_parse (call->request, problem) : NULL;
  g_autoptr (GArray) parts = NULL;
  g_autoptr (HttpResponse) answer = NULL;
  g_autofree char *url = NULL;
  PresignAsk ask = { .op = PRESIGN_OP_COMPLETE, .key = key, .upload_id = call->params[0],
                     .if_none_match = call->config->if_none_match };
  GString *json;

  if (!body) {
    return NULL;
  }
  if (!presign_parts_read (body, &names, S3_CHECKSUM_NONE, &parts, problem)) {
    return problem->faults ? deny (problem, "s3: `parts` must be an array of {ETag, PartNumber} "
                                            "objects.") : NULL;
  }
  ask.parts = (const S3CompletedPart *) (gpointer) parts->data;
  ask.n_parts = parts->len;
  answer = presign_call_complete (call, &ask, problem);
  if (!answer) {
    return NULL;
  }
  url = presign_store_dup_url (call->store, key);
  json = g_string_new ("{");
  presign_json_append_text (json, "location", url);
  presign_json_append_text (json, "key", key);
  presign_json_append_text (json, "bucket", call->config->bucket);
  g_string_append_c (json, '}');
  return reply (200, json);
}

static HttpResponse *
abort_upload (PresignCall    *call,
              PresignProblem *problem)
{
  const char *key = read_key (call, problem);
  PresignAsk ask = { .op = PRESIGN_OP_ABORT, .key = key, .upload_id = call->params[0] };
  g_autoptr (HttpResponse) answer =
    key ? presign_store_ask (call->store, &ask, call->now, call->client, problem) : NULL;

  return answer ? reply (200, g_string_new ("{}")) : NULL;
}

static HttpResponse *
refuse (const PresignProblem *problem,
        const PresignCaller  *caller)
{
  GString *json = g_string_new ("{");
  g_autofree char *text = problem->operation
                          ? g_strdup_printf ("s3: %s: %s", problem->code, problem->message)
                          : g_strdup (problem->message);

  presign_json_append_text (json, "error", text);
  presign_json_append_text (json, "code", problem->code);
  presign_json_append_text (json, "requestId", caller->request_id);
  g_string_append_c (json, '}');
  return reply (problem->faults ? 400 : problem->status, json);
}

static const PresignRoute routes[] = {
  { "GET", "/s3/params", get_params, FALSE, FALSE },
  { "POST", "/s3/multipart", create_upload, TRUE, FALSE },
  { "GET", "/s3/multipart/:uploadId", list_parts, TRUE, FALSE },
  { "DELETE", "/s3/multipart/:uploadId", abort_upload, TRUE, FALSE },
  { "GET", "/s3/multipart/:uploadId/batch", get_batch, FALSE, FALSE },
  { "POST", "/s3/multipart/:uploadId/complete", complete_upload, TRUE, FALSE },
  { "GET", "/s3/multipart/:uploadId/:partNumber", get_part, FALSE, FALSE },
  { NULL },
};

const PresignDialectClass presign_companion = { "companion", routes, refuse };
