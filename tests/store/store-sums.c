/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-sums.h"

#include <string.h>

/* CRC-32 of RFC 1952 (gzip), a byte at a time. */
static guint32
crc32_update (guint32 crc,
              const guint8 *data,
              gsize size)
{
  static guint32 table[256];

  if (table[1] == 0) {
    for (guint32 i = 0; i < 256; i++) {
      guint32 value = i;

      for (guint bit = 0; bit < 8; bit++)
        value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320u : 0);
      table[i] = value;
    }
  }
  crc = ~crc;
  for (gsize i = 0; i < size; i++)
    crc = (crc >> 8) ^ table[(crc ^ data[i]) & 0xff];
  return ~crc;
}

StoreSums *
store_sums_new (guint kinds)
{
  StoreSums *self = g_new0 (StoreSums, 1);
  const S3ChecksumKind summed[] = {
    S3_CHECKSUM_MD5, S3_CHECKSUM_SHA256, S3_CHECKSUM_CRC64NVME, S3_CHECKSUM_CRC32C,
  };

  kinds |= 1u << S3_CHECKSUM_MD5;
  for (guint i = 0; i < G_N_ELEMENTS (summed); i++) {
    if ((kinds & (1u << summed[i])) != 0)
      self->summers[summed[i]] = s3_summer_new (summed[i]);
  }
  self->wants_crc32 = (kinds & (1u << S3_CHECKSUM_CRC32)) != 0;
  return self;
}

void
store_sums_free (StoreSums *self)
{
  for (guint i = 0; i < STORE_N_SUMS; i++)
    g_clear_pointer (&self->summers[i], s3_summer_free);
  g_free (self);
}

void
store_sums_update (StoreSums  *self,
                   const void *data,
                   gsize size)
{
  for (guint i = 0; i < STORE_N_SUMS; i++) {
    if (self->summers[i] != NULL)
      s3_summer_update (self->summers[i], data, size);
  }
  if (self->wants_crc32)
    self->crc32 = crc32_update (self->crc32, data, size);
}

void
store_sums_finish (StoreSums  *self,
                   S3Checksum *sums)
{
  memset (sums, 0, sizeof (S3Checksum) * STORE_N_SUMS);
  for (guint i = 0; i < STORE_N_SUMS; i++) {
    if (self->summers[i] != NULL)
      s3_summer_finish (self->summers[i], &sums[i]);
  }
  if (self->wants_crc32) {
    guint32 big = GUINT32_TO_BE (self->crc32);

    sums[S3_CHECKSUM_CRC32].kind = S3_CHECKSUM_CRC32;
    sums[S3_CHECKSUM_CRC32].size = sizeof big;
    memcpy (sums[S3_CHECKSUM_CRC32].bytes, &big, sizeof big);
  }
}
