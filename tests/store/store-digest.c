/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-digest.h"

#include "store-answer.h"

#include <string.h>

static const S3ChecksumKind claimable[] = {
  S3_CHECKSUM_CRC64NVME, S3_CHECKSUM_CRC32C, S3_CHECKSUM_CRC32, S3_CHECKSUM_SHA256,
};

static const char *const elements[S3_N_CHECKSUMS] = {
  [S3_CHECKSUM_CRC64NVME] = "ChecksumCRC64NVME",
  [S3_CHECKSUM_CRC32C] = "ChecksumCRC32C",
  [S3_CHECKSUM_SHA256] = "ChecksumSHA256",
  [S3_CHECKSUM_CRC32] = "ChecksumCRC32",
  [S3_CHECKSUM_SHA1] = "ChecksumSHA1",
};

static const char *
get_value (const StoreRequest *request,
           S3ChecksumKind kind)
{
  return store_request_get_header (request, s3_checksum_get_header (kind));
}

static gboolean
is_known (const char *name)
{
  const char *others[] = {
    "x-amz-checksum-type", "x-amz-checksum-algorithm", "x-amz-checksum-mode",
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    if (g_ascii_strcasecmp (name, others[i]) == 0)
      return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (claimable); i++) {
    if (g_ascii_strcasecmp (name, s3_checksum_get_header (claimable[i])) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
store_digest_accept (StoreRequest *request)
{
  const StoreRules *rules = request->store->rules;
  const char *payload = store_request_get_header (request, "x-amz-content-sha256");
  SoupMessageHeadersIter iter;
  const char *name, *value;

  if (payload != NULL && g_str_has_prefix (payload, "STREAMING-")) {
    store_answer_refuse (request, "NotImplemented", "Chunked signatures are not spoken here");
    return FALSE;
  }
  soup_message_headers_iter_init (&iter,
                                  soup_server_message_get_request_headers (request->message));
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    gboolean is_sdk = g_ascii_strcasecmp (name, "x-amz-sdk-checksum-algorithm") == 0;

    if ((!is_sdk && g_ascii_strncasecmp (name, "x-amz-checksum-", 15) != 0) ||
        rules->ignores_checksums)
      continue;
    if (rules->refuses_checksums) {
      store_answer_refuse (request, "InvalidArgument", "Unsupported header 'x-amz-checksum-*'");
      return FALSE;
    }
    if (!is_sdk && !is_known (name)) {
      store_answer_refuse (request, "NotImplemented",
                           "A header you provided implies functionality that is not implemented");
      return FALSE;
    }
  }
  return TRUE;
}

guint
store_digest_get_kinds (const StoreRequest *request,
                        S3ChecksumKind declared)
{
  const char *payload = store_request_get_header (request, "x-amz-content-sha256");
  guint kinds = declared != S3_CHECKSUM_NONE ? 1u << declared : 0;

  if (payload != NULL && strlen (payload) == 64)
    kinds |= 1u << S3_CHECKSUM_SHA256;
  if (request->store->rules->ignores_checksums)
    return kinds;
  for (guint i = 0; i < G_N_ELEMENTS (claimable); i++) {
    if (get_value (request, claimable[i]) != NULL)
      kinds |= 1u << claimable[i];
  }
  return kinds;
}

S3ChecksumKind
store_digest_get_claim (const StoreRequest *request)
{
  if (request->store->rules->ignores_checksums)
    return S3_CHECKSUM_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (claimable); i++) {
    if (get_value (request, claimable[i]) != NULL)
      return claimable[i];
  }
  return S3_CHECKSUM_NONE;
}

static gboolean
check_md5 (StoreRequest     *request,
           const S3Checksum *sum)
{
  const char *text = store_request_get_header (request, "Content-MD5");
  S3Checksum claim;

  if (text == NULL)
    return TRUE;
  if (!s3_checksum_from_base64 (&claim, S3_CHECKSUM_MD5, text)) {
    store_answer_refuse (request, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    return FALSE;
  }
  if (s3_checksum_equal (&claim, sum))
    return TRUE;
  store_answer_refuse (request, "BadDigest",
                       "The Content-MD5 you specified did not match what we received.");
  return FALSE;
}

static gboolean
check_payload (StoreRequest     *request,
               const S3Checksum *sum)
{
  const char *claim = store_request_get_header (request, "x-amz-content-sha256");

  if (claim == NULL || g_str_equal (claim, "UNSIGNED-PAYLOAD"))
    return TRUE;
  g_autofree char *hex = sum->kind != S3_CHECKSUM_NONE ? s3_checksum_dup_hex (sum) : NULL;
  if (g_strcmp0 (hex, claim) == 0)
    return TRUE;
  store_answer_refuse (request, "XAmzContentSHA256Mismatch",
                       "The provided 'x-amz-content-sha256' header does not match what was "
                       "computed.");
  return FALSE;
}

static gboolean
check_claim (StoreRequest     *request,
             const S3Checksum *sum,
             S3ChecksumKind kind)
{
  const char *text = get_value (request, kind);
  guint8 size = kind == S3_CHECKSUM_CRC32 ? 4 : sum->size;

  if (text == NULL)
    return TRUE;
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (text, &length);
  if (length != size) {
    g_autofree char *message = g_strdup_printf ("Value for %s header is invalid.",
                                                s3_checksum_get_header (kind));
    store_answer_refuse (request, "InvalidRequest", message);
    return FALSE;
  }
  if (memcmp (bytes, sum->bytes, size) == 0)
    return TRUE;
  g_autofree char *message = g_strdup_printf ("The %s you specified did not match the calculated "
                                              "checksum.", s3_checksum_get_name (kind));
  store_answer_refuse (request, "BadDigest", message);
  return FALSE;
}

gboolean
store_digest_check (StoreRequest     *request,
                    const S3Checksum *sums)
{
  if (!check_payload (request, &sums[S3_CHECKSUM_SHA256]) ||
      !check_md5 (request, &sums[S3_CHECKSUM_MD5]))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (claimable); i++) {
    S3ChecksumKind kind = claimable[i];

    if (!request->store->rules->ignores_checksums && !check_claim (request, &sums[kind], kind))
      return FALSE;
  }
  return TRUE;
}

void
store_digest_echo (StoreRequest     *request,
                   const S3Checksum *sum,
                   guint n_composite)
{
  if (sum->kind == S3_CHECKSUM_NONE)
    return;
  g_autofree char *text = store_digest_dup_text (sum, n_composite);
  store_answer_set_header (request, s3_checksum_get_header (sum->kind), text);
}

const char *
store_digest_get_element (S3ChecksumKind kind)
{
  return elements[kind];
}

char *
store_digest_dup_text (const S3Checksum *sum,
                       guint n_composite)
{
  g_autofree char *base64 = g_base64_encode (sum->bytes, sum->size);

  if (n_composite == 0)
    return g_steal_pointer (&base64);
  return g_strdup_printf ("%s-%u", base64, n_composite);
}
