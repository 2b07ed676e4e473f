/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-calls.h"

#include "store-answer.h"
#include "store-body.h"
#include "store-digest.h"

#include <string.h>

/* The rule that lets unfinished uploads expire, as Create and ListParts tell it. */
static void
tell_abort_date (StoreRequest *request,
                 gint64 initiated)
{
  if (request->store->abort_days == 0)
    return;
  gint64 day = 24 * 60 * 60;
  g_autofree char *date =
    store_dup_http_date ((initiated / day + 1 + request->store->abort_days) * day);
  store_answer_set_header (request, "x-amz-abort-date", date);
  store_answer_set_header (request, "x-amz-abort-rule-id", "abort-unfinished");
}

/* FALSE: no such pair of algorithm and type; the answer is set. */
static gboolean
read_algorithm (StoreRequest   *request,
                S3ChecksumKind *algorithm,
                gboolean       *is_composite)
{
  const char *name = store_request_get_header (request, "x-amz-checksum-algorithm");
  const char *type = store_request_get_header (request, "x-amz-checksum-type");
  gboolean can_be_whole, can_be_composite;

  if (request->store->rules->ignores_checksums || name == NULL)
    return TRUE;
  S3ChecksumKind kind = s3_checksum_from_name (name);
  can_be_whole = kind == S3_CHECKSUM_CRC64NVME || kind == S3_CHECKSUM_CRC32C;
  can_be_composite = kind == S3_CHECKSUM_CRC32 || kind == S3_CHECKSUM_CRC32C ||
                     kind == S3_CHECKSUM_SHA256;
  if (!can_be_whole && !can_be_composite) {
    store_answer_refuse (request, "NotImplemented", "This checksum is not computed here");
    return FALSE;
  }
  gboolean composite = type != NULL ? g_str_equal (type, "COMPOSITE") : can_be_composite;
  if (composite ? !can_be_composite : !can_be_whole) {
    store_answer_refuse (request, "InvalidRequest",
                         "The checksum type cannot be used with this checksum algorithm.");
    return FALSE;
  }
  *algorithm = kind;
  *is_composite = composite;
  store_answer_set_header (request, "x-amz-checksum-algorithm", s3_checksum_get_name (kind));
  store_answer_set_header (request, "x-amz-checksum-type",
                           composite ? "COMPOSITE" : "FULL_OBJECT");
  return TRUE;
}

void
store_call_create (StoreRequest *request)
{
  S3ChecksumKind algorithm = S3_CHECKSUM_NONE;
  gboolean is_composite = FALSE;

  if (!read_algorithm (request, &algorithm, &is_composite))
    return;
  StoreUpload *upload = store_uploads_create (request->store->uploads, request->bucket,
                                              request->key, request->now, algorithm,
                                              is_composite,
                                              store_call_dup_kept_headers (request));
  if (upload == NULL) {
    store_answer_refuse (request, "InternalError", "The disk refused");
    return;
  }
  GString *xml = g_string_new ("<InitiateMultipartUploadResult "
                               "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  store_xml_append (xml, "Bucket", upload->bucket);
  store_xml_append (xml, "Key", upload->key);
  store_xml_append (xml, "UploadId", upload->id);
  g_string_append (xml, "</InitiateMultipartUploadResult>");
  tell_abort_date (request, upload->initiated);
  store_call_echo_encryption (request, upload->headers);
  store_answer_xml (request, 200, xml);
}

static gboolean
keep_part (StoreRequest *request,
           StoreUpload  *upload)
{
  StoreBody *body = request->body;

  if (store_request_get_action (request, STORE_ACTION_LOSE_PART) != NULL)
    return TRUE;
  if (store_upload_get_part (upload, request->part_number) != NULL)
    request->store->stats.n_repeated_parts++;
  if (!store_upload_put_part (upload, request->part_number, body->path, body->size, body->sums))
    return FALSE;
  g_clear_pointer (&body->path, g_free);
  return TRUE;
}

void
store_call_part (StoreRequest *request)
{
  StoreUpload *upload = store_call_find_upload (request);
  StoreBody *body = request->body;
  S3ChecksumKind kind = store_digest_get_claim (request);

  if (upload == NULL)
    return;
  if (kind != S3_CHECKSUM_NONE && upload->algorithm != S3_CHECKSUM_NONE &&
      kind != upload->algorithm) {
    store_answer_refuse (request, "InvalidRequest", "Checksum Type mismatch occurred: not the "
                         "checksum that the upload was created with");
    return;
  }
  if (!keep_part (request, upload)) {
    store_answer_refuse (request, "InternalError", "The disk refused");
    return;
  }
  g_autofree char *etag = store_call_dup_etag (&body->sums[S3_CHECKSUM_MD5], upload->headers);
  g_autofree char *told = store_call_dup_told_etag (request, etag);
  if (told != NULL)
    store_answer_set_etag (request, told);
  if (kind == S3_CHECKSUM_NONE)
    kind = upload->algorithm;
  if (kind != S3_CHECKSUM_NONE)
    store_digest_echo (request, &body->sums[kind], 0);
  store_call_echo_encryption (request, upload->headers);
  store_answer_empty (request, 200);
}

void
store_call_abort (StoreRequest *request)
{
  StoreUpload *upload = store_call_find_upload (request);

  if (upload == NULL)
    return;
  store_uploads_remove (request->store->uploads, upload);
  store_answer_empty (request, 204);
}

static void
append_part (StoreRequest      *request,
             const StoreUpload *upload,
             guint number,
             GString           *xml)
{
  const StoreAction *size = store_request_get_action (request, STORE_ACTION_WRONG_PART_SIZE);
  const StoreAction *etag = store_request_get_action (request, STORE_ACTION_WRONG_PART_ETAG);
  StorePart part = *store_upload_get_part (upload, number);
  g_autofree char *modified = store_dup_iso_date (upload->initiated);

  if (size != NULL && size->number == number)
    part.size++;
  if (etag != NULL && etag->number == number) {
    for (guint i = 0; i < STORE_N_SUMS; i++)
      part.sums[i].bytes[0] ^= 1;
  }
  g_autofree char *bare = store_call_dup_etag (&part.sums[S3_CHECKSUM_MD5], upload->headers);
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", bare);
  g_string_append (xml, "<Part>");
  store_xml_append_number (xml, "PartNumber", number);
  store_xml_append (xml, "LastModified", modified);
  store_xml_append (xml, "ETag", quoted);
  store_xml_append_number (xml, "Size", part.size);
  if (upload->algorithm != S3_CHECKSUM_NONE) {
    g_autofree char *text = store_digest_dup_text (&part.sums[upload->algorithm], 0);
    store_xml_append (xml, store_digest_get_element (upload->algorithm), text);
  }
  g_string_append (xml, "</Part>");
}

/* The parts after @marker, @most of them; returns the last one's number, 0 for none. */
static guint
append_parts (StoreRequest      *request,
              const StoreUpload *upload,
              guint marker,
              guint most,
              GString           *xml,
              gboolean          *is_cut)
{
  const StoreAction *omit = store_request_get_action (request, STORE_ACTION_OMIT_PART);
  guint last = 0, n = 0;

  *is_cut = FALSE;
  if (store_request_get_action (request, STORE_ACTION_EMPTY) != NULL)
    return 0;
  for (guint number = marker + 1; number <= upload->parts->len; number++) {
    if (store_upload_get_part (upload, number) == NULL ||
        (omit != NULL && omit->number == number))
      continue;
    if (n == most) {
      *is_cut = TRUE;
      break;
    }
    append_part (request, upload, number, xml);
    last = number;
    n++;
  }
  return last;
}

void
store_call_list_parts (StoreRequest *request)
{
  StoreUpload *upload = store_call_find_upload (request);
  guint marker = store_request_get_count (request, "part-number-marker", G_MAXINT - 1, 0);
  guint most = store_request_get_count (request, "max-parts", 1000, 1000);
  g_autoptr (GString) parts = g_string_new (NULL);
  gboolean is_cut;

  if (upload == NULL)
    return;
  guint last = append_parts (request, upload, marker, most, parts, &is_cut);
  GString *xml = g_string_new ("<ListPartsResult "
                               "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  const char *storage_class = g_hash_table_lookup (upload->headers, "x-amz-storage-class");
  store_xml_append (xml, "Bucket", upload->bucket);
  store_xml_append (xml, "Key", upload->key);
  store_xml_append (xml, "UploadId", upload->id);
  store_xml_append (xml, "StorageClass", storage_class != NULL ? storage_class : "STANDARD");
  if (upload->algorithm != S3_CHECKSUM_NONE) {
    store_xml_append (xml, "ChecksumAlgorithm", s3_checksum_get_name (upload->algorithm));
    store_xml_append (xml, "ChecksumType", upload->is_composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  store_xml_append_number (xml, "PartNumberMarker", marker);
  store_xml_append_number (xml, "NextPartNumberMarker", last);
  store_xml_append_number (xml, "MaxParts", most);
  store_xml_append (xml, "IsTruncated", is_cut ? "true" : "false");
  g_string_append_len (xml, parts->str, (gssize) parts->len);
  g_string_append (xml, "</ListPartsResult>");
  tell_abort_date (request, upload->initiated);
  store_answer_xml (request, 200, xml);
}
