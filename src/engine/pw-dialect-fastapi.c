/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

/* The backend that many a web page has: FastAPI and boto3 on a Lambda, five routes, POST with JSON.
 * One URL a call; the list of parts ends at 1,000 without saying so, and tells no sizes; nothing is
 * ever aborted. */

#define LIST_MAX 1000
#define COMPLETE_TIMEOUT_MS (15 * 60 * 1000)

static HttpRequest *
make_upload_call (const char  *base,
                  const char  *route,
                  const PwAsk *ask,
                  guint        part_number)
{
  JsonBuilder *builder = pw_dialect_begin_json ();

  pw_dialect_add_string (builder, "uploadId", ask->upload_id);
  pw_dialect_add_string (builder, "key", ask->key);
  if (part_number > 0)
    pw_dialect_add_int (builder, "partNumber", part_number);
  if (ask->op == PW_OP_COMPLETE)
    pw_dialect_add_parts (builder, "parts", ask);
  return pw_dialect_post (base, route, builder);
}

static HttpRequest *
fastapi_request (const char  *base,
                 const PwAsk *ask)
{
  HttpRequest *request;
  JsonBuilder *builder;

  switch ((int) ask->op) {
  case PW_OP_CREATE:
    builder = pw_dialect_begin_json ();
    pw_dialect_add_string (builder, "fileName", ask->key);
    return pw_dialect_post (base, "/start-multipart-upload", builder);
  case PW_OP_SIGN:
    return make_upload_call (base, "/get-presigned-url", ask->subject,
                             ask->wanted[0].part_number);
  case PW_OP_LIST_PARTS:
    /* The number means nothing, and is demanded all the same. */
    return make_upload_call (base, "/list-parts", ask, 1);
  case PW_OP_COMPLETE:
    request = make_upload_call (base, "/complete-multipart-upload", ask, 0);
    request->response_timeout_ms = COMPLETE_TIMEOUT_MS;
    return request;
  default:
    return NULL;
  }
}

static GPtrArray *
fastapi_read_signed (const PwAsk        *ask,
                     const HttpResponse *response,
                     GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  PwSigned *found;
  GPtrArray *urls;

  if (!root)
    return NULL;
  found = pw_signed_new (pw_dialect_get_string (json_node_get_object (root), "presignedUrl"), -1,
                         response, error);
  if (!found)
    return NULL;
  found->part_number = ask->wanted[0].part_number;
  urls = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_signed_free);
  g_ptr_array_add (urls, found);
  return urls;
}

static PwBegun *
fastapi_read_begun (const PwAsk        *ask,
                    const HttpResponse *response,
                    GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  const char *upload_id, *key;
  PwBegun *begun;

  if (!root)
    return NULL;
  upload_id = pw_dialect_get_string (json_node_get_object (root), "uploadId");
  key = pw_dialect_get_string (json_node_get_object (root), "key");
  if (!upload_id || *upload_id == '\0' || (key && !s3_key_check (key, NULL))) {
    pw_dialect_fail (error, "no upload id");
    return NULL;
  }
  begun = g_new0 (PwBegun, 1);
  begun->upload_id = g_strdup (upload_id);
  begun->key = g_strdup (key ? key : ask->key);
  begun->kind = S3_CHECKSUM_MD5;
  return begun;
}

static S3PartsPage *
fastapi_read_parts (const HttpResponse *response,
                    GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  g_autoptr (S3PartsPage) page = NULL;
  JsonArray *array;

  if (!root)
    return NULL;
  array = pw_dialect_get_array (json_node_get_object (root), "parts");
  page = pw_dialect_new_page ();
  /* boto3 leaves the list out where there is none. */
  if (array && !pw_dialect_take_parts (array, page, error))
    return NULL;
  page->is_truncated = page->parts->len >= LIST_MAX;
  return g_steal_pointer (&page);
}

static S3ObjectReply *
fastapi_read_object (const PwAsk        *ask,
                     const HttpResponse *response,
                     GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);

  return root ? g_new0 (S3ObjectReply, 1) : NULL;
}

const PwDialect pw_dialect_fastapi = {
  .kind = PW_DIALECT_FASTAPI,
  .name = "FastAPI",
  .facts = { .checksum = S3_CHECKSUM_MD5 },
  .batch = 1,
  .request = fastapi_request,
  .read_signed = fastapi_read_signed,
  .read_begun = fastapi_read_begun,
  .read_parts = fastapi_read_parts,
  .read_object = fastapi_read_object,
};
