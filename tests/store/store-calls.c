/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-calls.h"

#include "store-answer.h"
#include "store-auth.h"
#include "store-body.h"
#include "store-digest.h"

#include <string.h>

static const struct {
  StoreOp op;
  void (*call) (StoreRequest *request);
} calls[] = {
  { STORE_OP_BUCKET, store_call_bucket },
  { STORE_OP_PUT, store_call_put },
  { STORE_OP_HEAD, store_call_head },
  { STORE_OP_GET, store_call_head },
  { STORE_OP_DELETE, store_call_delete },
  { STORE_OP_CREATE, store_call_create },
  { STORE_OP_PART, store_call_part },
  { STORE_OP_LIST_PARTS, store_call_list_parts },
  { STORE_OP_LIST_UPLOADS, store_call_list_uploads },
  { STORE_OP_COMPLETE, store_call_complete },
  { STORE_OP_ABORT, store_call_abort },
};

static gboolean
refuse (StoreRequest *request,
        const char   *code,
        const char   *message)
{
  store_answer_refuse (request, code, message);
  return FALSE;
}

StoreUpload *
store_call_find_upload (StoreRequest *request)
{
  StoreUpload *upload = store_uploads_find (request->store->uploads, request->bucket,
                                            request->key,
                                            store_request_get_query (request, "uploadId"));
  const char *code = "NoSuchUpload";

  if (upload != NULL)
    return upload;
  if (request->op == STORE_OP_LIST_PARTS)
    code = request->store->rules->unknown_upload_list;
  else if (request->op == STORE_OP_COMPLETE)
    code = request->store->rules->unknown_upload_complete;
  store_answer_refuse (request, code, "The specified upload does not exist. The upload ID may be "
                       "invalid, or the upload may have been aborted or completed.");
  return NULL;
}

GHashTable *
store_call_dup_kept_headers (const StoreRequest *request)
{
  static const char *const kept[] = {
    "content-type", "cache-control", "content-disposition", "content-encoding",
    "content-language", "expires", "x-amz-storage-class", "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-context",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-server-side-encryption-customer-key-md5", "x-amz-tagging", "x-amz-acl", NULL,
  };
  GHashTable *headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_iter_init (&iter,
                                  soup_server_message_get_request_headers (request->message));
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    g_autofree char *lower = g_ascii_strdown (name, -1);

    if (g_strv_contains (kept, lower) || g_str_has_prefix (lower, "x-amz-meta-"))
      g_hash_table_insert (headers, g_steal_pointer (&lower), g_strdup (value));
  }
  return headers;
}

void
store_call_echo_encryption (StoreRequest *request,
                            GHashTable   *headers)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, headers);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (g_str_has_prefix (name, "x-amz-server-side-encryption"))
      store_answer_set_header (request, name, value);
  }
}

char *
store_call_dup_etag (const S3Checksum *md5,
                     GHashTable       *headers)
{
  const char *encryption = g_hash_table_lookup (headers, "x-amz-server-side-encryption");
  S3Checksum salted = *md5;

  /* Which value AWS gives instead is not told: this one is unproven against AWS. */
  if ((encryption != NULL && g_str_has_prefix (encryption, "aws:kms")) ||
      g_hash_table_contains (headers, "x-amz-server-side-encryption-customer-algorithm"))
    salted.bytes[0] ^= 0xff;
  return s3_checksum_dup_hex (&salted);
}

char *
store_call_dup_told_etag (const StoreRequest *request,
                          const char         *etag)
{
  if (etag == NULL || store_request_get_action (request, STORE_ACTION_NO_ETAG) != NULL)
    return NULL;
  if (store_request_get_action (request, STORE_ACTION_WRONG_ETAG) == NULL)
    return g_strdup (etag);
  char *other = g_strdup (etag);
  other[0] = other[0] == '0' ? '1' : '0';
  return other;
}

gboolean
store_call_check_condition (StoreRequest *request)
{
  const char *condition = store_request_get_header (request, "If-None-Match");

  if (condition == NULL)
    return TRUE;
  if (!g_str_equal (condition, "*"))
    return refuse (request, "NotImplemented",
                   "A header you provided implies functionality that is not implemented");
  g_autoptr (StoreObject) object = store_object_load (request->store->root, request->bucket,
                                                      request->key);
  if (object == NULL)
    return TRUE;
  return refuse (request, "PreconditionFailed",
                 "At least one of the pre-conditions you specified did not hold");
}

static gboolean
begin_body (StoreRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  const StoreRules *rules = request->store->rules;
  S3ChecksumKind declared = S3_CHECKSUM_NONE;

  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH)
    return refuse (request, "MissingContentLength",
                   "You must provide the Content-Length HTTP header.");
  if ((guint64) soup_message_headers_get_content_length (headers) > rules->max_part_size)
    return refuse (request, "EntityTooLarge",
                   "Your proposed upload exceeds the maximum allowed size");
  if (request->op == STORE_OP_PART) {
    StoreUpload *upload = store_call_find_upload (request);

    if (upload == NULL)
      return FALSE;
    if (request->part_number < 1 || request->part_number > rules->max_parts)
      return refuse (request, "InvalidArgument",
                     "Part number must be an integer between 1 and 10000, inclusive");
    declared = upload->algorithm;
  }
  if (declared == S3_CHECKSUM_NONE && rules->adds_crc64nvme)
    declared = S3_CHECKSUM_CRC64NVME;
  request->body = store_body_new (request, store_digest_get_kinds (request, declared));
  return request->body != NULL || refuse (request, "InternalError", "The disk refused");
}

gboolean
store_call_begin (StoreRequest *request)
{
  if (!store_auth_check (request))
    return FALSE;
  if (request->op == STORE_OP_UNKNOWN)
    return refuse (request, "MethodNotAllowed",
                   "The specified method is not allowed against this resource.");
  if (request->op != STORE_OP_BUCKET &&
      !store_bucket_exists (request->store->root, request->bucket))
    return refuse (request, "NoSuchBucket", "The specified bucket does not exist");
  if (request->key != NULL && strlen (request->key) > 1024)
    return refuse (request, "KeyTooLongError", "Your key is too long");
  if (store_request_get_header (request, "x-amz-copy-source") != NULL)
    return refuse (request, "NotImplemented", "Copies are not made here");
  if (!store_digest_accept (request))
    return FALSE;
  if (request->op == STORE_OP_PART || request->op == STORE_OP_PUT)
    return begin_body (request);
  return TRUE;
}

/* What is not received into a file is small: it is summed here. x-amz-checksum-* is not looked at,
 * for on Complete it speaks of the object, not of the list of parts. */
static gboolean
check_small_body (StoreRequest *request)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (StoreSums) sums = store_sums_new (1u << S3_CHECKSUM_SHA256);
  S3Checksum results[STORE_N_SUMS];
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  store_sums_update (sums, data, size);
  store_sums_finish (sums, results);
  const char *claim = store_request_get_header (request, "x-amz-content-sha256");
  if (claim == NULL || g_str_equal (claim, "UNSIGNED-PAYLOAD"))
    return TRUE;
  g_autofree char *hex = s3_checksum_dup_hex (&results[S3_CHECKSUM_SHA256]);
  return g_str_equal (hex, claim) ||
         refuse (request, "XAmzContentSHA256Mismatch",
                 "The provided 'x-amz-content-sha256' header does not match what was computed.");
}

void
store_call_finish (StoreRequest *request)
{
  if (request->body != NULL && !store_body_finish (request->body)) {
    store_answer_refuse (request, "InternalError", "The disk refused");
    return;
  }
  if (request->body != NULL ? !store_digest_check (request, request->body->sums)
      : !check_small_body (request))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    if (calls[i].op == request->op)
      calls[i].call (request);
  }
}
