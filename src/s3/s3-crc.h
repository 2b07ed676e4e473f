/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-crc-fold.h"

/* Cyclic redundancy checks of up to 64 bits, reflected, all-ones in and out. Any thread.
 *
 * A sum of 32 bits is treated as one of 64 whose polynomial is x³² times as large: reflected, both
 * are the same number, the upper half being zero. So one set of code serves CRC64NVME and CRC32C.
 *
 * Polynomials are written reflected: bit 63 is 1, bit 0 is x⁶³, and x⁶⁴ is left out. Sums are as
 * zlib's crc32(): 0 to begin, the last result to go on; the inversions are made inside. */

typedef enum {
  S3_CRC_PORTABLE,              /* tables, eight bytes a step */
  S3_CRC_INSTRUCTION,           /* the processor's own CRC32C instruction (aarch64); CRC32C only */
  S3_CRC_FOLD_128,              /* carry-less multiplication: PCLMULQDQ or PMULL */
  S3_CRC_FOLD_512,              /* the same, four at once: VPCLMULQDQ with AVX-512 */
  S3_CRC_N_WAYS
} S3CrcWay;

typedef struct {
  guint64 polynomial;
  guint64 ones;                 /* the inversion: as many ones as the sum has bits */
  guint64 tables[8][256];       /* [i][b]: the byte b followed by i zero bytes */
  guint64 powers[67];           /* [i]: x^(2^i) modulo the polynomial */
  S3CrcFold fold_512;           /* 512 bits on: four blocks of 128 */
  S3CrcFold fold_2048;          /* four blocks of 512 */
  S3CrcWay way;                 /* the fastest here */
} S3Crc;

/* Both are computed at their first use. */
const S3Crc *s3_crc_get_crc64nvme (void);
const S3Crc *s3_crc_get_crc32c    (void);

/* @width: 32 or 64. Fills @self. */
void         s3_crc_init          (S3Crc       *self,
                                   guint64      polynomial,
                                   guint        width);

/* @way must be one that s3_crc_can() affirms. */
guint64      s3_crc_update        (const S3Crc *self,
                                   S3CrcWay     way,
                                   guint64      crc,
                                   const void  *data,
                                   gsize        size);

/* The sum of A followed by B from both sums and B's length in bytes; logarithmic in it. */
guint64      s3_crc_combine       (const S3Crc *self,
                                   guint64      a,
                                   guint64      b,
                                   guint64      b_length);

gboolean     s3_crc_can           (const S3Crc *self,
                                   S3CrcWay     way);
const char  *s3_crc_way_get_name  (S3CrcWay     way);
