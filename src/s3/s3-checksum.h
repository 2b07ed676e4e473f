/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The checksums of S3 (User Guide, "Checking object integrity"). Pure; any thread.
 *
 * CRC64NVME: polynomial 0xad93d23594c93659, reflected, all-ones in and out (NVM Express NVM Command
 * Set, 64b CRC); check value of "123456789" is 0xae8b14860a799888. S3's whole-object checksum can
 * be put together from those of the parts. CRC32C: Castagnoli, RFC 3720 B.4, check value
 * 0xe3069283.
 */

typedef enum {
  S3_CHECKSUM_NONE,
  S3_CHECKSUM_CRC64NVME,
  S3_CHECKSUM_CRC32C,
  S3_CHECKSUM_MD5,
  S3_CHECKSUM_SHA256,
  S3_CHECKSUM_CRC32,            /* named for the replies of others; not computed here */
  S3_CHECKSUM_SHA1,             /* likewise */
  S3_N_CHECKSUMS
} S3ChecksumKind;

#define S3_CHECKSUM_MAX_SIZE 32

typedef struct {
  S3ChecksumKind kind;
  guint8 size;                  /* bytes of @bytes in use */
  guint8 bytes[S3_CHECKSUM_MAX_SIZE]; /* in network order, as S3 writes it in base64 */
} S3Checksum;

/* A running sum; one thread at a time. */
typedef struct _S3Summer S3Summer;

/* NONE, CRC32 and SHA1 are programmer's mistakes. */
S3Summer *s3_summer_new    (S3ChecksumKind  kind);
void      s3_summer_free   (S3Summer       *self);
void      s3_summer_update (S3Summer       *self,
                            const void     *data,
                            gsize           size);
void      s3_summer_finish (S3Summer       *self,       /* and starts anew */
                            S3Checksum     *checksum);

void      s3_checksum_compute (S3Checksum     *checksum,
                               S3ChecksumKind  kind,
                               const void     *data,
                               gsize           size);

/* The sum of A followed by B from both sums and B's length; CRC64NVME and CRC32C only. */
void      s3_checksum_combine (S3Checksum       *a,
                               const S3Checksum *b,
                               guint64           b_length);

gboolean  s3_checksum_equal      (const S3Checksum *a, const S3Checksum *b);
char     *s3_checksum_dup_base64 (const S3Checksum *self);
char     *s3_checksum_dup_hex    (const S3Checksum *self);   /* lower case, as an ETag */
/* FALSE: not base64, or not of that kind's size. */
gboolean  s3_checksum_from_base64 (S3Checksum     *checksum,
                                   S3ChecksumKind  kind,
                                   const char     *text);

/* Names and headers of NONE are NULL. */
const char    *s3_checksum_get_name   (S3ChecksumKind kind);    /* "CRC64NVME" */
const char    *s3_checksum_get_header (S3ChecksumKind kind);    /* "Content-MD5" */
S3ChecksumKind s3_checksum_from_name  (const char *name);       /* any case; NONE if unknown */

/* @crc: 0 to begin, the last result to go on, as zlib's crc32(). The portable ones are for tests
 * that hold both against each other; all the ways of this processor are in s3-crc.h. */
guint64   s3_crc64nvme           (guint64 crc, const void *data, gsize size);
guint64   s3_crc64nvme_portable  (guint64 crc, const void *data, gsize size);
guint64   s3_crc64nvme_combine   (guint64 a, guint64 b, guint64 b_length);
guint32   s3_crc32c              (guint32 crc, const void *data, gsize size);
guint32   s3_crc32c_portable     (guint32 crc, const void *data, gsize size);
guint32   s3_crc32c_combine      (guint32 a, guint32 b, guint64 b_length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3Summer, s3_summer_free)
