/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-checksum.h"

#include <openssl/evp.h>
#include <string.h>

struct _S3Summer {
  S3ChecksumKind kind;
  guint64 crc;                  /* of a CRC's kind */
  EVP_MD_CTX *context;          /* of a digest's kind */
};

static const struct {
  const char *name;
  const char *header;
  guint8 size;
} kinds[S3_N_CHECKSUMS] = {
  [S3_CHECKSUM_CRC64NVME] = { "CRC64NVME", "x-amz-checksum-crc64nvme", 8 },
  [S3_CHECKSUM_CRC32C] = { "CRC32C", "x-amz-checksum-crc32c", 4 },
  [S3_CHECKSUM_MD5] = { "MD5", "Content-MD5", 16 },
  [S3_CHECKSUM_SHA256] = { "SHA256", "x-amz-checksum-sha256", 32 },
  [S3_CHECKSUM_CRC32] = { "CRC32", "x-amz-checksum-crc32", 4 },
  [S3_CHECKSUM_SHA1] = { "SHA1", "x-amz-checksum-sha1", 20 },
};

static gboolean
kind_is_crc (S3ChecksumKind kind)
{
  return kind == S3_CHECKSUM_CRC64NVME || kind == S3_CHECKSUM_CRC32C;
}

static gboolean
kind_is_computed (S3ChecksumKind kind)
{
  return kind_is_crc (kind) || kind == S3_CHECKSUM_MD5 || kind == S3_CHECKSUM_SHA256;
}

/* Fetched once: a fetch walks OpenSSL's providers under a lock. */
static const EVP_MD *
get_md (S3ChecksumKind kind)
{
  static gsize once;
  static EVP_MD *md5;
  static EVP_MD *sha256;

  if (g_once_init_enter (&once)) {
    /* "-fips": a system in FIPS mode hides MD5, which here is no matter of secrecy. */
    md5 = EVP_MD_fetch (NULL, "MD5", "-fips");
    sha256 = EVP_MD_fetch (NULL, "SHA256", NULL);
    if (md5 == NULL || sha256 == NULL)
      g_error ("OpenSSL offers no %s: its default provider is not loaded",
               md5 == NULL ? "MD5" : "SHA-256");
    g_once_init_leave (&once, 1);
  }

  return kind == S3_CHECKSUM_MD5 ? md5 : sha256;
}

static guint64
crc_from_checksum (const S3Checksum *checksum)
{
  guint64 crc = 0;

  for (guint i = 0; i < checksum->size; i++)
    crc = crc << 8 | checksum->bytes[i];

  return crc;
}

static void
crc_to_checksum (S3Checksum     *checksum,
                 S3ChecksumKind  kind,
                 guint64         crc)
{
  *checksum = (S3Checksum) { .kind = kind, .size = kinds[kind].size };
  for (guint i = checksum->size; i > 0; i--, crc >>= 8)
    checksum->bytes[i - 1] = crc & 0xff;
}

static void
start (S3Summer *self)
{
  self->crc = 0;
  if (self->context != NULL && EVP_DigestInit_ex2 (self->context, get_md (self->kind), NULL) != 1)
    g_error ("OpenSSL cannot begin a digest");
}

S3Summer *
s3_summer_new (S3ChecksumKind kind)
{
  g_return_val_if_fail (kind_is_computed (kind), NULL);

  S3Summer *self = g_new0 (S3Summer, 1);
  self->kind = kind;
  if (!kind_is_crc (kind)) {
    self->context = EVP_MD_CTX_new ();
    if (self->context == NULL)
      g_error ("OpenSSL has no memory for a digest");
  }
  start (self);

  return self;
}

void
s3_summer_free (S3Summer *self)
{
  if (self == NULL)
    return;

  EVP_MD_CTX_free (self->context);
  g_free (self);
}

void
s3_summer_update (S3Summer   *self,
                  const void *data,
                  gsize       size)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (data != NULL || size == 0);

  if (size == 0)
    return;

  if (self->kind == S3_CHECKSUM_CRC64NVME)
    self->crc = s3_crc64nvme (self->crc, data, size);
  else if (self->kind == S3_CHECKSUM_CRC32C)
    self->crc = s3_crc32c ((guint32) self->crc, data, size);
  else if (EVP_DigestUpdate (self->context, data, size) != 1)
    g_error ("OpenSSL cannot continue a digest");
}

void
s3_summer_finish (S3Summer   *self,
                  S3Checksum *checksum)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (checksum != NULL);

  if (self->context == NULL) {
    crc_to_checksum (checksum, self->kind, self->crc);
  } else {
    *checksum = (S3Checksum) { .kind = self->kind, .size = kinds[self->kind].size };
    if (EVP_DigestFinal_ex (self->context, checksum->bytes, NULL) != 1)
      g_error ("OpenSSL cannot finish a digest");
  }

  start (self);
}

void
s3_checksum_compute (S3Checksum     *checksum,
                     S3ChecksumKind  kind,
                     const void     *data,
                     gsize           size)
{
  g_return_if_fail (checksum != NULL);
  g_return_if_fail (kind_is_computed (kind));

  g_autoptr (S3Summer) summer = s3_summer_new (kind);
  s3_summer_update (summer, data, size);
  s3_summer_finish (summer, checksum);
}

void
s3_checksum_combine (S3Checksum       *a,
                     const S3Checksum *b,
                     guint64           b_length)
{
  g_return_if_fail (a != NULL && b != NULL);
  g_return_if_fail (a->kind == b->kind);
  g_return_if_fail (kind_is_crc (a->kind));

  guint64 crc_a = crc_from_checksum (a);
  guint64 crc_b = crc_from_checksum (b);

  if (a->kind == S3_CHECKSUM_CRC64NVME)
    crc_to_checksum (a, a->kind, s3_crc64nvme_combine (crc_a, crc_b, b_length));
  else
    crc_to_checksum (a, a->kind, s3_crc32c_combine ((guint32) crc_a, (guint32) crc_b, b_length));
}

gboolean
s3_checksum_equal (const S3Checksum *a,
                   const S3Checksum *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->kind == b->kind && a->size == b->size && memcmp (a->bytes, b->bytes, a->size) == 0;
}

char *
s3_checksum_dup_base64 (const S3Checksum *self)
{
  g_return_val_if_fail (self != NULL && self->size <= S3_CHECKSUM_MAX_SIZE, NULL);

  return g_base64_encode (self->bytes, self->size);
}

char *
s3_checksum_dup_hex (const S3Checksum *self)
{
  g_return_val_if_fail (self != NULL && self->size <= S3_CHECKSUM_MAX_SIZE, NULL);

  char *hex = g_malloc (2 * (gsize) self->size + 1);
  for (guint i = 0; i < self->size; i++) {
    hex[2 * i] = "0123456789abcdef"[self->bytes[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[self->bytes[i] & 0xf];
  }
  hex[2 * (gsize) self->size] = '\0';

  return hex;
}

gboolean
s3_checksum_from_base64 (S3Checksum     *checksum,
                         S3ChecksumKind  kind,
                         const char     *text)
{
  g_return_val_if_fail (checksum != NULL, FALSE);
  g_return_val_if_fail (kind < S3_N_CHECKSUMS, FALSE);

  if (text == NULL || kinds[kind].size == 0)
    return FALSE;

  gsize size;
  g_autofree guint8 *bytes = g_base64_decode (text, &size);
  if (size != kinds[kind].size)
    return FALSE;

  S3Checksum read = { .kind = kind, .size = (guint8) size };
  memcpy (read.bytes, bytes, size);

  /* GLib's decoder passes over what is not base64; its encoder tells whether there was any. */
  g_autofree char *again = s3_checksum_dup_base64 (&read);
  if (strcmp (again, text) != 0)
    return FALSE;

  *checksum = read;
  return TRUE;
}

const char *
s3_checksum_get_name (S3ChecksumKind kind)
{
  g_return_val_if_fail (kind < S3_N_CHECKSUMS, NULL);

  return kinds[kind].name;
}

const char *
s3_checksum_get_header (S3ChecksumKind kind)
{
  g_return_val_if_fail (kind < S3_N_CHECKSUMS, NULL);

  return kinds[kind].header;
}

S3ChecksumKind
s3_checksum_from_name (const char *name)
{
  for (guint i = 0; name != NULL && i < S3_N_CHECKSUMS; i++) {
    if (kinds[i].name != NULL && g_ascii_strcasecmp (kinds[i].name, name) == 0)
      return i;
  }

  return S3_CHECKSUM_NONE;
}
