/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-checksum.h"

#include "s3/s3-crc.h"

/* The polynomial 0x1edc6f41, its bits in reverse. */
#define POLYNOMIAL G_GUINT64_CONSTANT (0x82f63b78)

const S3Crc *
s3_crc_get_crc32c (void)
{
  static gsize once;
  static S3Crc crc;

  if (g_once_init_enter (&once)) {
    s3_crc_init (&crc, POLYNOMIAL, 32);
    g_once_init_leave (&once, 1);
  }

  return &crc;
}

guint32
s3_crc32c (guint32     crc,
           const void *data,
           gsize       size)
{
  const S3Crc *self = s3_crc_get_crc32c ();

  return (guint32) s3_crc_update (self, self->way, crc, data, size);
}

guint32
s3_crc32c_portable (guint32     crc,
                    const void *data,
                    gsize       size)
{
  return (guint32) s3_crc_update (s3_crc_get_crc32c (), S3_CRC_PORTABLE, crc, data, size);
}

guint32
s3_crc32c_combine (guint32 a,
                   guint32 b,
                   guint64 b_length)
{
  return (guint32) s3_crc_combine (s3_crc_get_crc32c (), a, b, b_length);
}
