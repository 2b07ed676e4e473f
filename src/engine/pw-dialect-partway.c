/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

#include "engine/pw-error.h"

/* Partway's own, version 2: signed checksums, batches, pages, and a look at the finished object. */

#define BATCH 64
#define COMPLETE_TIMEOUT_MS (15 * 60 * 1000)

static void
add_checksum (JsonBuilder      *builder,
              const char       *name,
              const S3Checksum *checksum)
{
  g_autofree char *text = NULL;

  if (!checksum || checksum->kind == S3_CHECKSUM_NONE)
    return;
  text = s3_checksum_dup_base64 (checksum);
  pw_dialect_add_string (builder, name, text);
}

static void
add_metadata (JsonBuilder *builder,
              const PwAsk *ask)
{
  const char *const *item = ask->options ? ask->options->metadata : NULL;

  if (!item)
    return;
  json_builder_set_member_name (builder, "metadata");
  json_builder_begin_object (builder);
  for (; item[0] && item[1]; item += 2)
    pw_dialect_add_string (builder, item[0], item[1]);
  json_builder_end_object (builder);
}

/* What a new object is to be, in whatever number of pieces. */
static JsonBuilder *
begin_object (const PwAsk *ask)
{
  JsonBuilder *builder = pw_dialect_begin_json ();

  pw_dialect_add_string (builder, "fileName", ask->key);
  pw_dialect_add_int (builder, "size", ask->size);
  if (ask->options) {
    pw_dialect_add_string (builder, "contentType", ask->options->content_type);
    pw_dialect_add_string (builder, "storageClass", ask->options->storage_class);
    add_metadata (builder, ask);
  }
  return builder;
}

static HttpRequest *
make_create (const char  *base,
             const PwAsk *ask)
{
  JsonBuilder *builder = begin_object (ask);

  pw_dialect_add_int (builder, "partSize", ask->part_size);
  pw_dialect_add_string (builder, "clientToken", ask->token);
  if (ask->kind == S3_CHECKSUM_CRC64NVME)
    pw_dialect_add_string (builder, "checksumAlgorithm", s3_checksum_get_name (ask->kind));
  return pw_dialect_post (base, "/v2/uploads", builder);
}

static HttpRequest *
make_put (const char  *base,
          const PwAsk *ask)
{
  JsonBuilder *builder = begin_object (ask);

  if (ask->checksum && ask->checksum->kind == S3_CHECKSUM_CRC64NVME) {
    pw_dialect_add_string (builder, "checksumAlgorithm",
                           s3_checksum_get_name (ask->checksum->kind));
    add_checksum (builder, "checksum", ask->checksum);
  }
  if (ask->if_none_match) {
    json_builder_set_member_name (builder, "ifNoneMatch");
    json_builder_add_boolean_value (builder, TRUE);
  }
  return pw_dialect_post (base, "/v2/objects/sign", builder);
}

static JsonBuilder *
begin_upload (const PwAsk *ask)
{
  JsonBuilder *builder = pw_dialect_begin_json ();

  pw_dialect_add_string (builder, "uploadId", ask->upload_id);
  pw_dialect_add_string (builder, "key", ask->key);
  return builder;
}

static HttpRequest *
make_sign (const char  *base,
           const PwAsk *ask)
{
  JsonBuilder *builder;

  if (ask->subject->op == PW_OP_PUT)
    return make_put (base, ask->subject);
  builder = begin_upload (ask->subject);
  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ask->n_wanted; i++) {
    json_builder_begin_object (builder);
    pw_dialect_add_int (builder, "n", ask->wanted[i].part_number);
    pw_dialect_add_int (builder, "size", ask->wanted[i].size);
    if (ask->wanted[i].checksum.kind == S3_CHECKSUM_CRC64NVME)
      add_checksum (builder, "checksum", &ask->wanted[i].checksum);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  return pw_dialect_post (base, "/v2/uploads/sign", builder);
}

static HttpRequest *
make_complete (const char  *base,
               const PwAsk *ask)
{
  JsonBuilder *builder = begin_upload (ask);
  HttpRequest *request;

  json_builder_set_member_name (builder, "parts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ask->n_parts; i++) {
    json_builder_begin_object (builder);
    pw_dialect_add_int (builder, "n", ask->parts[i].part_number);
    pw_dialect_add_string (builder, "etag", ask->parts[i].etag);
    if (ask->parts[i].checksum.kind == S3_CHECKSUM_CRC64NVME)
      add_checksum (builder, "checksum", &ask->parts[i].checksum);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  pw_dialect_add_int (builder, "size", ask->size);
  add_checksum (builder, "checksum", ask->checksum);
  if (ask->if_none_match) {
    json_builder_set_member_name (builder, "ifNoneMatch");
    json_builder_add_boolean_value (builder, TRUE);
  }
  request = pw_dialect_post (base, "/v2/uploads/complete", builder);
  request->response_timeout_ms = COMPLETE_TIMEOUT_MS;
  return request;
}

static HttpRequest *
make_list (const char  *base,
           const PwAsk *ask)
{
  g_autofree char *id = s3_uri_encode (ask->upload_id, FALSE);
  g_autofree char *key = s3_uri_encode (ask->key, FALSE);
  g_autofree char *route = g_strdup_printf ("/v2/uploads/parts?uploadId=%s&key=%s&marker=%u", id,
                                            key, ask->marker);

  return pw_dialect_get ("GET", base, route);
}

static HttpRequest *
make_query (const char *base,
            const char *route,
            const char *value)
{
  g_autofree char *encoded = s3_uri_encode (value ? value : "", FALSE);
  g_autofree char *full = g_strconcat (route, encoded, NULL);

  return pw_dialect_get ("GET", base, full);
}

static HttpRequest *
make_list_uploads (const char  *base,
                   const PwAsk *ask)
{
  g_autofree char *prefix = s3_uri_encode (ask->prefix ? ask->prefix : "", FALSE);
  g_autofree char *route = g_strconcat ("/v2/uploads?prefix=", prefix,
                                        ask->key_marker ? "&marker=" : "", NULL);

  return ask->key_marker ? make_query (base, route, ask->key_marker)
                         : pw_dialect_get ("GET", base, route);
}

static HttpRequest *
partway_request (const char  *base,
                 const PwAsk *ask)
{
  switch ((int) ask->op) {
  case PW_OP_CREATE:
    return make_create (base, ask);
  case PW_OP_SIGN:
    return make_sign (base, ask);
  case PW_OP_LIST_PARTS:
    return make_list (base, ask);
  case PW_OP_COMPLETE:
    return make_complete (base, ask);
  case PW_OP_ABORT:
    return pw_dialect_post (base, "/v2/uploads/abort", begin_upload (ask));
  case PW_OP_HEAD:
    return make_query (base, "/v2/object?key=", ask->key);
  case PW_OP_LIST_UPLOADS:
    return make_list_uploads (base, ask);
  default:
    return NULL;
  }
}

/* Unix seconds, or a date as text; −1: not told. */
static gint64
get_life (JsonObject         *object,
          const HttpResponse *response)
{
  const char *text = pw_dialect_get_string (object, "expiresAt");
  g_autoptr (GDateTime) date = text ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  gint64 end = date ? g_date_time_to_unix (date) : pw_dialect_get_int (object, "expiresAt", 0);
  gint64 now = response->date ? response->date : g_get_real_time () / G_USEC_PER_SEC;

  return end > 0 ? MAX (0, end - now) : -1;
}

static PwSigned *
read_one (JsonObject         *object,
          const PwAsk        *ask,
          const HttpResponse *response,
          GError            **error)
{
  g_autoptr (PwSigned) found = pw_signed_new (pw_dialect_get_string (object, "url"),
                                              get_life (object, response), response, error);
  const char *key = pw_dialect_get_string (object, "key");
  gint64 n = pw_dialect_get_int (object, "n", 0);

  if (!found
      || !pw_signed_take_headers (found, pw_dialect_get_object (object, "headers"), error))
    return NULL;
  found->key = key && s3_key_check (key, NULL) ? g_strdup (key) : NULL;
  found->part_number = n > 0 && n <= G_MAXINT ? (guint) n : 0;
  for (guint i = 0; i < ask->n_wanted; i++) {
    if (ask->wanted[i].part_number == found->part_number)
      found->checksum = ask->wanted[i].checksum;
  }
  return g_steal_pointer (&found);
}

static GPtrArray *
partway_read_signed (const PwAsk        *ask,
                     const HttpResponse *response,
                     GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_signed_free);
  JsonArray *array;

  if (!root)
    return NULL;
  array = pw_dialect_get_array (json_node_get_object (root), "urls");
  if (ask->subject->op == PW_OP_PUT) {
    PwSigned *found = read_one (json_node_get_object (root), ask, response, error);

    if (!found)
      return NULL;
    g_ptr_array_add (urls, found);
    return g_steal_pointer (&urls);
  }
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    PwSigned *found = JSON_NODE_HOLDS_OBJECT (node)
                      ? read_one (json_node_get_object (node), ask, response, error) : NULL;

    if (!found) {
      if (error && !*error)
        pw_dialect_fail (error, "a URL that is none");
      return NULL;
    }
    g_ptr_array_add (urls, found);
  }
  return g_steal_pointer (&urls);
}

static PwBegun *
partway_read_begun (const PwAsk        *ask,
                    const HttpResponse *response,
                    GError            **error)
{
  PwBegun *begun = pw_dialect_fastapi.read_begun (ask, response, error);
  g_autoptr (JsonNode) root = begun ? pw_dialect_parse (response, JSON_NODE_OBJECT, NULL) : NULL;
  const char *checksum;
  gint64 part_size;

  if (!begun)
    return NULL;
  part_size = pw_dialect_get_int (json_node_get_object (root), "partSize",
                                  (gint64) ask->part_size);
  if (ask->part_size > 0 && part_size != (gint64) ask->part_size) {
    pw_begun_free (begun);
    g_set_error_literal (error, PW_ERROR, PW_ERROR_PLAN, pw_error_get_title (PW_ERROR_PLAN));
    return NULL;
  }
  begun->abort_date = g_strdup (pw_dialect_get_string (json_node_get_object (root), "abortDate"));
  /* A store that does not repeat the algorithm does not check it either. */
  checksum = pw_dialect_get_string (json_node_get_object (root), "checksumAlgorithm");
  begun->kind = checksum && s3_checksum_from_name (checksum) == ask->kind ? ask->kind
                                                                         : S3_CHECKSUM_MD5;
  return begun;
}

static gboolean
take_part (JsonObject  *object,
           S3PartsPage *page)
{
  gint64 n = pw_dialect_get_int (object, "n", 0);
  gint64 size = pw_dialect_get_int (object, "size", -1);
  const char *checksum = pw_dialect_get_string (object, "checksum");
  S3ListedPart part = { .part_number = (guint) n,
                        .size = size < 0 ? PW_SIZE_UNKNOWN : (guint64) size };

  if (n < 1 || n > G_MAXINT
      || !pw_dialect_copy_etag (part.etag, sizeof part.etag,
                                pw_dialect_get_string (object, "etag")))
    return FALSE;
  if (checksum)
    s3_checksum_from_base64 (&part.checksum, S3_CHECKSUM_CRC64NVME, checksum);
  g_array_append_val (page->parts, part);
  return TRUE;
}

static S3PartsPage *
partway_read_parts (const HttpResponse *response,
                    GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  g_autoptr (S3PartsPage) page = NULL;
  JsonObject *object;
  JsonArray *array;

  if (!root)
    return NULL;
  object = json_node_get_object (root);
  array = pw_dialect_get_array (object, "parts");
  page = pw_dialect_new_page ();
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_OBJECT (node) || !take_part (json_node_get_object (node), page)) {
      pw_dialect_fail (error, "a part without a number or an ETag");
      return NULL;
    }
  }
  page->is_truncated = pw_dialect_get_boolean (object, "truncated", FALSE);
  if (page->is_truncated)
    page->next_marker = (guint) CLAMP (pw_dialect_get_int (object, "nextMarker", 0), 0, G_MAXINT);
  return g_steal_pointer (&page);
}

/* The answer to Complete, and what there is to say of an object. */
static S3ObjectReply *
partway_read_object (const PwAsk        *ask,
                     const HttpResponse *response,
                     GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  JsonObject *object = root ? json_node_get_object (root) : NULL;
  const char *checksum = object ? pw_dialect_get_string (object, "checksum") : NULL;
  S3ObjectReply *reply;

  if (!root)
    return NULL;
  if (ask->op == PW_OP_HEAD && !pw_dialect_get_boolean (object, "exists", FALSE)) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_NO_SUCH_OBJECT,
                         pw_error_get_title (PW_ERROR_NO_SUCH_OBJECT));
    return NULL;
  }
  reply = g_new0 (S3ObjectReply, 1);
  pw_dialect_copy_etag (reply->etag, sizeof reply->etag, pw_dialect_get_string (object, "etag"));
  reply->version_id = g_strdup (pw_dialect_get_string (object, "versionId"));
  reply->size = (guint64) MAX (0, pw_dialect_get_int (object, "size", 0));
  if (checksum)
    s3_checksum_from_base64 (&reply->checksums[0], S3_CHECKSUM_CRC64NVME, checksum);
  return reply;
}

static S3UploadsPage *
partway_read_uploads (const HttpResponse *response,
                      GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  S3UploadsPage *page;
  JsonObject *object;
  JsonArray *array;

  if (!root)
    return NULL;
  object = json_node_get_object (root);
  array = pw_dialect_get_array (object, "uploads");
  page = s3_uploads_page_new ();
  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonObject *item = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *key = item ? pw_dialect_get_string (item, "key") : NULL;
    const char *id = item ? pw_dialect_get_string (item, "uploadId") : NULL;
    const char *when = item ? pw_dialect_get_string (item, "initiated") : NULL;
    g_autoptr (GDateTime) date = when ? g_date_time_new_from_iso8601 (when, NULL) : NULL;

    if (key && id)
      s3_uploads_page_add (page, key, id,
                           date ? g_date_time_to_unix (date)
                           : item ? pw_dialect_get_int (item, "initiated", 0) : 0);
  }
  page->is_truncated = pw_dialect_get_boolean (object, "truncated", FALSE);
  page->next_key_marker = g_strdup (pw_dialect_get_string (object, "nextMarker"));
  return page;
}

const PwDialect pw_dialect_partway = {
  .kind = PW_DIALECT_PARTWAY,
  .name = "Partway",
  .facts = {
    .abilities = PW_CAN_HEAD | PW_CAN_PUT | PW_CAN_ABORT | PW_CAN_LIST_UPLOADS,
    .checksum = S3_CHECKSUM_CRC64NVME,
  },
  .batch = BATCH,
  .signs_checksums = TRUE,
  .request = partway_request,
  .read_signed = partway_read_signed,
  .read_begun = partway_read_begun,
  .read_parts = partway_read_parts,
  .read_object = partway_read_object,
  .read_uploads = partway_read_uploads,
};
