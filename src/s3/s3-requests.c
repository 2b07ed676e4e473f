/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-requests.h"

#include <string.h>

/* "A Complete operation can take several minutes" (S3 API Reference, CompleteMultipartUpload). */
#define COMPLETE_TIMEOUT_MS (15 * 60 * 1000)

/* The public functions refuse an empty key and an empty upload id: without them the same call would
 * delete or replace the object itself. @query may be NULL. */
static HttpRequest *
request_new (const char      *method,
             const S3Address *address,
             const char      *key,
             const char      *query)
{
  g_autofree char *url = s3_address_dup_url (address, key, query);

  return http_request_new (method, url);
}

/* Adds "name=" and the encoded value, unless the value is NULL or empty. */
static void
append_query (GString    *query,
              const char *name,
              const char *value)
{
  g_autofree char *encoded = NULL;

  if (!value || *value == '\0') {
    return;
  }
  encoded = s3_uri_encode (value, FALSE);
  g_string_append_printf (query, "%s%s=%s", query->len > 0 ? "&" : "", name, encoded);
}

static char *
dup_upload_query (const char *upload_id)
{
  GString *query = g_string_new (NULL);

  append_query (query, "uploadId", upload_id);
  return g_string_free (query, FALSE);
}

static void
set_empty_body (HttpRequest *request)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  http_request_set_bytes (request, nothing);
}

static void
set_checksum (HttpRequest      *request,
              const S3Checksum *checksum)
{
  g_autofree char *base64 = NULL;

  if (!checksum || checksum->kind == S3_CHECKSUM_NONE) {
    return;
  }
  base64 = s3_checksum_dup_base64 (checksum);
  http_request_set_header (request, s3_checksum_get_header (checksum->kind), base64);
}

static void
append_part (GString               *xml,
             const S3CompletedPart *part)
{
  g_autofree char *etag = g_markup_escape_text (part->etag, -1);

  g_string_append_printf (xml, "<Part><PartNumber>%u</PartNumber><ETag>&quot;%s&quot;</ETag>",
                          part->part_number, etag);
  if (part->checksum.kind != S3_CHECKSUM_NONE && part->checksum.kind != S3_CHECKSUM_MD5) {
    const char *name = s3_checksum_get_name (part->checksum.kind);
    g_autofree char *base64 = s3_checksum_dup_base64 (&part->checksum);

    g_string_append_printf (xml, "<Checksum%s>%s</Checksum%s>", name, base64, name);
  }
  g_string_append (xml, "</Part>");
}

GBytes *
s3_complete_body_new (const S3CompletedPart *parts,
                      guint                  n_parts)
{
  GString *xml = g_string_sized_new (256 + (gsize) n_parts * 160);

  g_string_append (xml, "<CompleteMultipartUpload "
                        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  for (guint i = 0; i < n_parts; i++) {
    append_part (xml, &parts[i]);
  }
  g_string_append (xml, "</CompleteMultipartUpload>");
  return g_string_free_to_bytes (xml);
}

HttpRequest *
s3_request_create (const S3Address       *address,
                   const char            *key,
                   const S3ObjectOptions *options,
                   S3ChecksumKind         checksum)
{
  static const char *const types[S3_N_CHECKSUMS] = {
    [S3_CHECKSUM_CRC64NVME] = "FULL_OBJECT",
    [S3_CHECKSUM_CRC32C] = "FULL_OBJECT",
    [S3_CHECKSUM_CRC32] = "FULL_OBJECT",
    [S3_CHECKSUM_SHA256] = "COMPOSITE",
    [S3_CHECKSUM_SHA1] = "COMPOSITE",
  };
  HttpRequest *request;

  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);
  g_return_val_if_fail (checksum < S3_N_CHECKSUMS, NULL);

  request = request_new ("POST", address, key, "uploads=");
  set_empty_body (request);
  s3_object_options_apply (options, request);
  if (types[checksum]) {
    http_request_set_header (request, "x-amz-checksum-algorithm", s3_checksum_get_name (checksum));
    http_request_set_header (request, "x-amz-checksum-type", types[checksum]);
  }
  return request;
}

HttpRequest *
s3_request_upload_part (const S3Address  *address,
                        const char       *key,
                        const char       *upload_id,
                        guint             part_number,
                        const S3Checksum *checksum)
{
  g_autoptr (GString) query = NULL;
  HttpRequest *request;

  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);
  g_return_val_if_fail (part_number >= 1, NULL);

  query = g_string_new (NULL);
  append_query (query, "uploadId", upload_id);
  g_string_append_printf (query, "&partNumber=%u", part_number);
  request = request_new ("PUT", address, key, query->str);
  set_checksum (request, checksum);
  return request;
}

HttpRequest *
s3_request_put_object (const S3Address       *address,
                       const char            *key,
                       const S3ObjectOptions *options,
                       const S3Checksum      *checksum,
                       gboolean               if_none_match)
{
  HttpRequest *request;

  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);

  request = request_new ("PUT", address, key, NULL);
  s3_object_options_apply (options, request);
  set_checksum (request, checksum);
  http_request_set_header (request, "If-None-Match", if_none_match ? "*" : NULL);
  return request;
}

HttpRequest *
s3_request_complete (const S3Address       *address,
                     const char            *key,
                     const char            *upload_id,
                     const S3CompletedPart *parts,
                     guint                  n_parts,
                     const S3Checksum      *whole,
                     guint64                object_size,
                     gboolean               if_none_match)
{
  g_autofree char *query = NULL;
  g_autofree char *size = NULL;
  g_autoptr (GBytes) body = NULL;
  HttpRequest *request;

  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);
  g_return_val_if_fail (parts != NULL && n_parts >= 1, NULL);

  query = dup_upload_query (upload_id);
  request = request_new ("POST", address, key, query);
  request->response_timeout_ms = COMPLETE_TIMEOUT_MS;
  body = s3_complete_body_new (parts, n_parts);
  http_request_set_bytes (request, body);
  http_request_set_header (request, "Content-Type", "application/xml");
  http_request_set_header (request, "If-None-Match", if_none_match ? "*" : NULL);
  if (whole && whole->kind != S3_CHECKSUM_NONE) {
    size = g_strdup_printf ("%" G_GUINT64_FORMAT, object_size);
    set_checksum (request, whole);
    http_request_set_header (request, "x-amz-checksum-type", "FULL_OBJECT");
    http_request_set_header (request, "x-amz-mp-object-size", size);
  }
  return request;
}

HttpRequest *
s3_request_abort (const S3Address *address,
                  const char      *key,
                  const char      *upload_id)
{
  g_autofree char *query = NULL;

  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);

  query = dup_upload_query (upload_id);
  return request_new ("DELETE", address, key, query);
}

HttpRequest *
s3_request_list_parts (const S3Address *address,
                       const char      *key,
                       const char      *upload_id,
                       guint            marker)
{
  g_autoptr (GString) query = NULL;

  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);

  query = g_string_new (NULL);
  if (marker > 0) {
    g_string_append_printf (query, "part-number-marker=%u", marker);
  }
  append_query (query, "uploadId", upload_id);
  return request_new ("GET", address, key, query->str);
}

HttpRequest *
s3_request_list_uploads (const S3Address *address,
                         const char      *prefix,
                         const char      *key_marker,
                         const char      *upload_id_marker)
{
  g_autoptr (GString) query = NULL;

  g_return_val_if_fail (address != NULL, NULL);

  query = g_string_new ("uploads=&encoding-type=url");
  append_query (query, "prefix", prefix);
  append_query (query, "key-marker", key_marker);
  append_query (query, "upload-id-marker", upload_id_marker);
  return request_new ("GET", address, NULL, query->str);
}

HttpRequest *
s3_request_head_object (const S3Address *address,
                        const char      *key,
                        gboolean         checksum_mode)
{
  HttpRequest *request;

  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);

  request = request_new ("HEAD", address, key, NULL);
  http_request_set_header (request, "x-amz-checksum-mode", checksum_mode ? "ENABLED" : NULL);
  return request;
}

HttpRequest *
s3_request_get_object (const S3Address *address,
                       const char      *key)
{
  g_return_val_if_fail (address != NULL && key != NULL && *key != '\0', NULL);

  return request_new ("GET", address, key, NULL);
}

HttpRequest *
s3_request_head_bucket (const S3Address *address)
{
  g_return_val_if_fail (address != NULL, NULL);

  return request_new ("HEAD", address, NULL, NULL);
}

HttpRequest *
s3_request_delete_object (const S3Address *address,
                          const char      *key)
{
  g_return_val_if_fail (address != NULL && s3_key_check (key, NULL), NULL);

  return request_new ("DELETE", address, key, NULL);
}
