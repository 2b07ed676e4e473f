/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-calls.h"

#include "store-answer.h"
#include "store-body.h"
#include "store-digest.h"

#include <string.h>

static gboolean
remember_sums (StoreObject      *object,
               S3ChecksumKind kind,
               const S3Checksum *sums)
{
  object->sums[kind] = sums[kind];
  return sums[kind].kind != S3_CHECKSUM_NONE;
}

void
store_call_put (StoreRequest *request)
{
  const StoreRules *rules = request->store->rules;
  StoreBody *body = request->body;
  g_autoptr (StoreObject) object = store_object_new (request->key);
  S3ChecksumKind kind = store_digest_get_claim (request);

  if (!store_call_check_condition (request))
    return;
  if (kind == S3_CHECKSUM_NONE && rules->adds_crc64nvme)
    kind = S3_CHECKSUM_CRC64NVME;
  object->headers = store_call_dup_kept_headers (request);
  object->etag = store_call_dup_etag (&body->sums[S3_CHECKSUM_MD5], object->headers);
  object->size = body->size;
  object->modified = request->now;
  if (kind != S3_CHECKSUM_NONE && remember_sums (object, kind, body->sums)) {
    store_digest_echo (request, &object->sums[kind], 0);
    store_answer_set_header (request, "x-amz-checksum-type", "FULL_OBJECT");
  }
  if (!store_object_save (object, request->store->root, request->bucket, body->path)) {
    store_answer_refuse (request, "InternalError", "The disk refused");
    return;
  }
  g_clear_pointer (&body->path, g_free);
  g_autofree char *told = store_call_dup_told_etag (request, object->etag);
  if (told != NULL)
    store_answer_set_etag (request, told);
  store_call_echo_encryption (request, object->headers);
  store_answer_empty (request, 200);
}

static void
tell_kept_headers (StoreRequest      *request,
                   const StoreObject *object)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, object->headers);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (g_str_equal (name, "x-amz-acl") ||
        (g_str_equal (name, "x-amz-storage-class") && g_str_equal (value, "STANDARD")))
      continue;
    store_answer_set_header (request, name, value);
    if (g_str_equal (name, "x-amz-tagging")) {
      g_auto (GStrv) tags = g_strsplit (value, "&", -1);
      g_autofree char *count = g_strdup_printf ("%u", g_strv_length (tags));
      store_answer_set_header (request, "x-amz-tagging-count", count);
    }
  }
}

static void
tell_object (StoreRequest      *request,
             const StoreObject *object)
{
  g_autofree char *modified = store_dup_http_date (object->modified);
  g_autofree char *told = store_call_dup_told_etag (request, object->etag);
  const char *mode = store_request_get_header (request, "x-amz-checksum-mode");

  store_answer_set_header (request, "Last-Modified", modified);
  store_answer_set_header (request, "Accept-Ranges", "bytes");
  store_answer_set_header (request, "Content-Type", "binary/octet-stream");
  if (told != NULL)
    store_answer_set_etag (request, told);
  tell_kept_headers (request, object);
  if (mode == NULL || g_ascii_strcasecmp (mode, "ENABLED") != 0)
    return;
  for (guint i = 0; i < STORE_N_SUMS; i++) {
    if (object->sums[i].kind == S3_CHECKSUM_NONE)
      continue;
    store_digest_echo (request, &object->sums[i], object->n_composite);
    store_answer_set_header (request, "x-amz-checksum-type",
                             object->n_composite > 0 ? "COMPOSITE" : "FULL_OBJECT");
  }
}

/* RFC 9110, 14.1.2: one range. FALSE: it cannot be satisfied. */
static gboolean
parse_range (const char *text,
             guint64 size,
             guint64    *first,
             guint64    *length)
{
  guint64 from = 0, to = 0;
  char *end;

  if (!g_str_has_prefix (text, "bytes="))
    return FALSE;
  text += strlen ("bytes=");
  if (*text == '-') {
    to = g_ascii_strtoull (text + 1, NULL, 10);
    from = size - MIN (to, size);
    to = size;
  } else {
    from = g_ascii_strtoull (text, &end, 10);
    to = *end == '-' && g_ascii_isdigit (end[1]) ? g_ascii_strtoull (end + 1, NULL, 10) + 1 : size;
  }
  to = MIN (to, size);
  if (from >= to)
    return FALSE;
  *first = from;
  *length = to - from;
  return TRUE;
}

static void
tell_content (StoreRequest      *request,
              const StoreObject *object)
{
  const char *range = store_request_get_header (request, "Range");
  guint64 first = 0, length = object->size;
  g_autofree char *path = store_object_dup_path (request->store->root, request->bucket,
                                                 object->key);

  if (range != NULL && !parse_range (range, object->size, &first, &length)) {
    store_answer_refuse (request, "InvalidRange", "The requested range is not satisfiable");
    return;
  }
  if (range != NULL) {
    g_autofree char *content_range =
      g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                       first, first + length - 1, object->size);
    store_answer_set_header (request, "Content-Range", content_range);
  }
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  if (file == NULL) {
    store_answer_refuse (request, "InternalError", "The object's file is gone");
    return;
  }
  store_answer_empty (request, range != NULL ? 206 : 200);
  g_autoptr (GBytes) bytes = g_mapped_file_get_bytes (file);
  if (length > 0)
    request->answer = g_bytes_new_from_bytes (bytes, first, length);
}

void
store_call_head (StoreRequest *request)
{
  const StoreAction *wrong = store_request_get_action (request, STORE_ACTION_WRONG_SIZE);
  g_autoptr (StoreObject) object = store_object_load (request->store->root, request->bucket,
                                                      request->key);

  if (object == NULL) {
    store_answer_refuse (request, "NoSuchKey", "The specified key does not exist.");
    return;
  }
  tell_object (request, object);
  if (request->op == STORE_OP_GET) {
    tell_content (request, object);
    return;
  }
  guint64 size = object->size + (wrong != NULL ? 1 : 0);
  soup_message_headers_set_content_length (request->headers, (goffset) size);
  store_answer_empty (request, 200);
}

void
store_call_delete (StoreRequest *request)
{
  store_object_remove (request->store->root, request->bucket, request->key);
  store_answer_empty (request, 204);
}

static void
append_object (GString           *xml,
               const StoreObject *object)
{
  g_autofree char *modified = store_dup_iso_date (object->modified);
  g_autofree char *etag = g_strdup_printf ("\"%s\"", object->etag);

  g_string_append (xml, "<Contents>");
  store_xml_append (xml, "Key", object->key);
  store_xml_append (xml, "LastModified", modified);
  store_xml_append (xml, "ETag", etag);
  store_xml_append_number (xml, "Size", object->size);
  store_xml_append (xml, "StorageClass", "STANDARD");
  g_string_append (xml, "</Contents>");
}

/* ListObjectsV2, without delimiters. */
static void
list_objects (StoreRequest *request)
{
  const char *prefix = store_request_get_query (request, "prefix");
  const char *token = store_request_get_query (request, "continuation-token");
  guint most = store_request_get_count (request, "max-keys", 1000, 1000);
  g_autoptr (GPtrArray) objects = store_bucket_list (request->store->root, request->bucket,
                                                     prefix != NULL ? prefix : "");
  GString *xml = g_string_new ("<ListBucketResult "
                               "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  guint n = 0;
  const char *next = NULL;

  if (token == NULL)
    token = store_request_get_query (request, "start-after");
  store_xml_append (xml, "Name", request->bucket);
  store_xml_append (xml, "Prefix", prefix != NULL ? prefix : "");
  for (guint i = 0; i < objects->len; i++) {
    const StoreObject *object = g_ptr_array_index (objects, i);

    if (token != NULL && strcmp (object->key, token) <= 0)
      continue;
    if (n == most)
      break;
    n++;
    next = object->key;
    append_object (xml, object);
  }
  const StoreObject *last = objects->len > 0 ? objects->pdata[objects->len - 1] : NULL;
  gboolean is_cut = next != NULL && strcmp (next, last->key) != 0;
  store_xml_append_number (xml, "KeyCount", n);
  store_xml_append_number (xml, "MaxKeys", most);
  store_xml_append (xml, "IsTruncated", is_cut ? "true" : "false");
  if (is_cut)
    store_xml_append (xml, "NextContinuationToken", next);
  g_string_append (xml, "</ListBucketResult>");
  store_answer_xml (request, 200, xml);
}

void
store_call_bucket (StoreRequest *request)
{
  const char *method = soup_server_message_get_method (request->message);
  const char *root = request->store->root;

  if (g_str_equal (method, "PUT")) {
    if (store_bucket_create (root, request->bucket))
      store_answer_empty (request, 200);
    else
      store_answer_refuse (request, "InvalidBucketName", "The specified bucket is not valid.");
    return;
  }
  if (!store_bucket_exists (root, request->bucket)) {
    store_answer_refuse (request, "NoSuchBucket", "The specified bucket does not exist");
    return;
  }
  store_answer_set_header (request, "x-amz-bucket-region", request->store->region);
  if (g_str_equal (method, "HEAD")) {
    store_answer_empty (request, 200);
  } else if (!g_str_equal (method, "GET")) {
    store_answer_refuse (request, "MethodNotAllowed", "The method is not allowed here.");
  } else if (store_request_get_query (request, "location") != NULL) {
    GString *xml = g_string_new (NULL);
    gboolean is_first = g_str_equal (request->store->region, "us-east-1");
    store_xml_append (xml, "LocationConstraint", is_first ? "" : request->store->region);
    store_answer_xml (request, 200, xml);
  } else {
    list_objects (request);
  }
}
