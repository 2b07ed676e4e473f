/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-sign.h"

#include "presign/presign-form.h"
#include "presign/presign-json.h"
#include "presign/presign-policy.h"

#define MAX_KEY 1024
#define MAX_UPLOAD_ID 4096
#define MAX_LIFETIME 604800

typedef struct {
  const char *method;
  const char *key;
  const char *upload_id;        /* or NULL */
  const char *content_type;     /* or NULL */
  guint64 part_number;          /* 0 = none */
  guint64 marker;
  guint64 lifetime;
} Wish;

/* Which call a wish is for; a new object's key is made from a name. */
static const struct {
  const char *method;
  gboolean has_upload;
  gboolean has_part;
  PresignOp op;
} ops[] = {
  { "PUT", FALSE, FALSE, PRESIGN_OP_PUT },
  { "POST", FALSE, FALSE, PRESIGN_OP_CREATE },
  { "DELETE", FALSE, FALSE, PRESIGN_OP_DELETE },
  { "PUT", TRUE, TRUE, PRESIGN_OP_PART },
  { "GET", TRUE, FALSE, PRESIGN_OP_LIST_PARTS },
  { "POST", TRUE, FALSE, PRESIGN_OP_COMPLETE },
  { "DELETE", TRUE, FALSE, PRESIGN_OP_ABORT },
};

static gboolean
read_wish (const PresignCall *call,
           JsonObject        *body,
           Wish              *wish,
           PresignProblem    *problem)
{
  gboolean ok = presign_json_get_text (body, "method", FALSE, 16, &wish->method, problem);

  wish->lifetime = presign_call_get_lifetime (call);
  ok &= presign_json_get_text (body, "key", FALSE, MAX_KEY, &wish->key, problem);
  ok &= presign_json_get_text (body, "uploadId", TRUE, MAX_UPLOAD_ID, &wish->upload_id, problem);
  ok &= presign_json_get_text (body, "contentType", TRUE, MAX_KEY, &wish->content_type, problem);
  ok &= presign_json_get_number (body, "partNumber", TRUE, 1, presign_call_get_max_parts (call),
                                 &wish->part_number, problem);
  ok &= presign_json_get_number (body, "partNumberMarker", TRUE, 0, 10000, &wish->marker, problem);
  ok &= presign_json_get_number (body, "expiresIn", TRUE, 1, MAX_LIFETIME, &wish->lifetime,
                                 problem);
  wish->lifetime = MIN (wish->lifetime, presign_call_get_lifetime (call));
  if (ok && wish->content_type && !s3_header_value_is_clean (wish->content_type)) {
    return presign_problem_add_fault (problem, "contentType", "value_error",
                                      "this cannot be a header");
  }
  return ok;
}

static gboolean
find_op (const Wish     *wish,
         PresignOp      *op,
         PresignProblem *problem)
{
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    if (g_str_equal (wish->method, ops[i].method) &&
        (wish->upload_id != NULL) == ops[i].has_upload &&
        (wish->part_number > 0) == ops[i].has_part) {
      *op = ops[i].op;
      return TRUE;
    }
  }
  return presign_problem_set (problem, 400, "InvalidRequest",
                              "No call of an upload has this method with these fields.");
}

/* The key that is meant: made for a new object, checked for what there is. NULL: @problem. */
static char *
dup_key (const PresignCall *call,
         const Wish        *wish,
         PresignOp          op,
         PresignProblem    *problem)
{
  if (op == PRESIGN_OP_PUT || op == PRESIGN_OP_CREATE) {
    return presign_policy_dup_key (call->config, call->caller, wish->key, problem);
  }
  if (op == PRESIGN_OP_DELETE && !call->config->allow_delete) {
    presign_problem_set (problem, 403, "AccessDenied", "Objects are not deleted here.");
    return NULL;
  }
  if (!presign_call_check_upload (call, wish->key, wish->upload_id ? wish->upload_id : "none",
                                  problem)) {
    return NULL;
  }
  return g_strdup (wish->key);
}

static void
append_headers (GString           *json,
                const HttpRequest *request)
{
  if (request->headers->len == 0) {
    return;
  }
  presign_json_append_name (json, "headers");
  g_string_append_c (json, '{');
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    presign_json_append_text (json, header->name, header->value);
  }
  g_string_append_c (json, '}');
}

static HttpResponse *
reply_form (const PresignCall *call,
            const Wish        *wish,
            const char        *key,
            PresignProblem    *problem)
{
  g_autoptr (GString) json = g_string_new ("{\"fields\":");
  S3ObjectOptions options = { .content_type = wish->content_type };
  guint lifetime = (guint) wish->lifetime;
  g_autofree char *url = NULL;

  presign_policy_force (call->config, &options);
  url = presign_form_append (call, key, &options, &lifetime, json, problem);
  if (!url) {
    return NULL;
  }
  presign_json_append_text (json, "url", url);
  presign_json_append_text (json, "key", key);
  g_string_append_c (json, '}');
  return presign_reply_json (200, g_steal_pointer (&json));
}

static HttpResponse *
sign (PresignCall    *call,
      PresignProblem *problem)
{
  g_autoptr (JsonObject) body = presign_json_parse (call->request, problem);
  g_autoptr (HttpRequest) request = NULL;
  g_autofree char *key = NULL;
  g_autofree char *url = NULL;
  S3ObjectOptions options = { 0 };
  PresignAsk ask = { .options = &options, .if_none_match = call->config->if_none_match };
  Wish wish = { 0 };
  GString *json;

  if (!body || !read_wish (call, body, &wish, problem) || !find_op (&wish, &ask.op, problem) ||
      !(key = dup_key (call, &wish, ask.op, problem))) {
    return NULL;
  }
  if (ask.op == PRESIGN_OP_PUT && call->config->max_object_size > 0) {
    return reply_form (call, &wish, key, problem);
  }
  options.content_type = wish.content_type;
  presign_policy_force (call->config, &options);
  ask.key = key;
  ask.upload_id = wish.upload_id;
  ask.part_number = (guint) wish.part_number;
  ask.marker = (guint) wish.marker;
  url = presign_store_presign (call->store, &ask, call->now, (guint) wish.lifetime, NULL, &request,
                               problem);
  if (!url) {
    return NULL;
  }
  json = g_string_sized_new (1024);
  g_string_append_c (json, '{');
  presign_json_append_text (json, "url", url);
  if (ask.op == PRESIGN_OP_PUT || ask.op == PRESIGN_OP_CREATE) {
    presign_json_append_text (json, "key", key);
  }
  append_headers (json, request);
  g_string_append_c (json, '}');
  return presign_reply_json (200, json);
}

static HttpResponse *
refuse (const PresignProblem *problem,
        const PresignCaller  *caller)
{
  GString *json = g_string_new ("{");

  presign_json_append_text (json, "error", problem->message);
  presign_json_append_text (json, "code", problem->code);
  presign_json_append_text (json, "requestId", caller->request_id);
  g_string_append_c (json, '}');
  return presign_reply_json (problem->faults ? 400 : problem->status, json);
}

static const PresignRoute routes[] = {
  { "POST", "/sign", sign, FALSE, FALSE },
  { NULL },
};

const PresignDialectClass presign_sign = { "sign", routes, refuse };
