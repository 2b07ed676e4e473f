/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The parts of s3-crc that depend on the processor. Pure; any thread. A function may be called only
 * where its …_is_supported() says TRUE.
 *
 * Folding (Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
 * Instruction", Intel, 2009) replaces a message by a shorter one of the same remainder: a block is
 * multiplied by x^distance modulo the polynomial and added to the block that far behind it. What is
 * left goes through the tables, so no other reduction is needed. */

/* A multiplier for "this block of 128 bits, so many bits further on", one for each half of it. */
typedef struct {
  guint64 low;                  /* for the eight bytes that come first */
  guint64 high;
} S3CrcFold;

#define S3_CRC_FOLD_128_SIZE 64
#define S3_CRC_FOLD_512_SIZE 256

gboolean s3_crc_fold_128_is_supported (void);
gboolean s3_crc_fold_512_is_supported (void);
gboolean s3_crc32c_instruction_is_supported (void);

/* Adds @register_ (a sum without its inversions) to the first eight bytes of @data and folds @size
 * bytes, a multiple of @result's size and not 0, into @result. */
void     s3_crc_fold_128 (guint8           result[S3_CRC_FOLD_128_SIZE],
                          guint64          register_,
                          const guint8    *data,
                          gsize            size,
                          const S3CrcFold *fold_512);
void     s3_crc_fold_512 (guint8           result[S3_CRC_FOLD_512_SIZE],
                          guint64          register_,
                          const guint8    *data,
                          gsize            size,
                          const S3CrcFold *fold_2048);

/* @register_ after @data; without inversions. */
guint32  s3_crc32c_instruction (guint32       register_,
                                const guint8 *data,
                                gsize         size);
