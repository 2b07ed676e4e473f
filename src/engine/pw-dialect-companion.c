/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

#include <string.h>

/* The S3 routes of Uppy's Companion: they aborts, list all parts with their sizes, and give URLs in
 * batches. A small file goes as an upload of one part, which needs no form. */

#define BATCH 64
#define COMPLETE_TIMEOUT_MS (15 * 60 * 1000)

/* Routes stand below /s3, which may be part of the address that people were given. */
static char *
dup_root (const char *base)
{
  gsize length = strlen (base);

  return g_strndup (base, g_str_has_suffix (base, "/s3") ? length - 3 : length);
}

/* "/s3/multipart/ID" with what follows it, and the key. */
static char *
dup_route (const PwAsk *ask,
           const char  *more)
{
  g_autofree char *id = s3_uri_encode (ask->upload_id, FALSE);
  g_autofree char *key = s3_uri_encode (ask->key, FALSE);

  return g_strconcat ("/s3/multipart/", id, more, "?key=", key, NULL);
}

static HttpRequest *
make_batch (const char  *root,
            const PwAsk *ask)
{
  g_autofree char *route = dup_route (ask->subject, "/batch");
  GString *text = g_string_new (route);
  g_autofree char *full = NULL;

  for (guint i = 0; i < ask->n_wanted; i++)
    g_string_append_printf (text, "%s%u", i == 0 ? "&partNumbers=" : ",",
                            ask->wanted[i].part_number);
  full = g_string_free (text, FALSE);
  return pw_dialect_get ("GET", root, full);
}

static void
add_metadata (JsonBuilder *builder,
              const PwAsk *ask)
{
  const char *const *item = ask->options ? ask->options->metadata : NULL;

  json_builder_set_member_name (builder, "metadata");
  json_builder_begin_object (builder);
  for (; item && item[0] && item[1]; item += 2)
    pw_dialect_add_string (builder, item[0], item[1]);
  json_builder_end_object (builder);
}

static HttpRequest *
make_create (const char  *root,
             const PwAsk *ask)
{
  JsonBuilder *builder = pw_dialect_begin_json ();
  const char *type = ask->options ? ask->options->content_type : NULL;

  pw_dialect_add_string (builder, "filename", ask->key);
  pw_dialect_add_string (builder, "type", type ? type : "application/octet-stream");
  add_metadata (builder, ask);
  return pw_dialect_post (root, "/s3/multipart", builder);
}

static HttpRequest *
make_complete (const char  *root,
               const PwAsk *ask)
{
  g_autofree char *route = dup_route (ask, "/complete");
  JsonBuilder *builder = pw_dialect_begin_json ();
  HttpRequest *request;

  pw_dialect_add_parts (builder, "parts", ask);
  request = pw_dialect_post (root, route, builder);
  request->response_timeout_ms = COMPLETE_TIMEOUT_MS;
  return request;
}

static HttpRequest *
companion_request (const char  *base,
                   const PwAsk *ask)
{
  g_autofree char *root = dup_root (base);
  g_autofree char *route = ask->upload_id ? dup_route (ask, "") : NULL;

  switch ((int) ask->op) {
  case PW_OP_CREATE:
    return make_create (root, ask);
  case PW_OP_SIGN:
    return ask->subject->op == PW_OP_PART ? make_batch (root, ask) : NULL;
  case PW_OP_LIST_PARTS:
    return pw_dialect_get ("GET", root, route);
  case PW_OP_COMPLETE:
    return make_complete (root, ask);
  case PW_OP_ABORT:
    return pw_dialect_get ("DELETE", root, route);
  default:
    return NULL;
  }
}

static GPtrArray *
companion_read_signed (const PwAsk        *ask,
                       const HttpResponse *response,
                       GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_signed_free);
  JsonObject *object;

  if (!root)
    return NULL;
  object = pw_dialect_get_object (json_node_get_object (root), "presignedUrls");
  for (guint i = 0; object && i < ask->n_wanted; i++) {
    g_autofree char *name = g_strdup_printf ("%u", ask->wanted[i].part_number);
    const char *url = pw_dialect_get_string (object, name);
    PwSigned *found = url ? pw_signed_new (url, -1, response, error) : NULL;

    if (url && !found)
      return NULL;
    if (!found)
      continue;
    found->part_number = ask->wanted[i].part_number;
    g_ptr_array_add (urls, found);
  }
  if (urls->len == 0) {
    pw_dialect_fail (error, "no URLs");
    return NULL;
  }
  return g_steal_pointer (&urls);
}

static PwBegun *
companion_read_begun (const PwAsk        *ask,
                      const HttpResponse *response,
                      GError            **error)
{
  /* The same two members as in the other dialect, and the bucket, which is of no use. */
  return pw_dialect_fastapi.read_begun (ask, response, error);
}

static S3PartsPage *
companion_read_parts (const HttpResponse *response,
                      GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_ARRAY, error);
  g_autoptr (S3PartsPage) page = NULL;

  if (!root)
    return NULL;
  page = pw_dialect_new_page ();
  if (!pw_dialect_take_parts (json_node_get_array (root), page, error))
    return NULL;
  return g_steal_pointer (&page);
}

static S3ObjectReply *
companion_read_object (const PwAsk        *ask,
                       const HttpResponse *response,
                       GError            **error)
{
  /* Nothing is told of the object but where it is. */
  return pw_dialect_fastapi.read_object (ask, response, error);
}

const PwDialect pw_dialect_companion = {
  .kind = PW_DIALECT_COMPANION,
  .name = "Companion",
  .facts = { .abilities = PW_CAN_ABORT, .checksum = S3_CHECKSUM_MD5 },
  .batch = BATCH,
  .request = companion_request,
  .read_signed = companion_read_signed,
  .read_begun = companion_read_begun,
  .read_parts = companion_read_parts,
  .read_object = companion_read_object,
};
