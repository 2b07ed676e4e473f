/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-checksum.h"

#include "s3/s3-crc.h"

/* The polynomial 0xad93d23594c93659, its bits in reverse. */
#define POLYNOMIAL G_GUINT64_CONSTANT (0x9a6c9329ac4bc9b5)

const S3Crc *
s3_crc_get_crc64nvme (void)
{
  static gsize once;
  static S3Crc crc;

  if (g_once_init_enter (&once)) {
    s3_crc_init (&crc, POLYNOMIAL, 64);
    g_once_init_leave (&once, 1);
  }

  return &crc;
}

guint64
s3_crc64nvme (guint64     crc,
              const void *data,
              gsize       size)
{
  const S3Crc *self = s3_crc_get_crc64nvme ();

  return s3_crc_update (self, self->way, crc, data, size);
}

guint64
s3_crc64nvme_portable (guint64     crc,
                       const void *data,
                       gsize       size)
{
  return s3_crc_update (s3_crc_get_crc64nvme (), S3_CRC_PORTABLE, crc, data, size);
}

guint64
s3_crc64nvme_combine (guint64 a,
                      guint64 b,
                      guint64 b_length)
{
  return s3_crc_combine (s3_crc_get_crc64nvme (), a, b, b_length);
}
