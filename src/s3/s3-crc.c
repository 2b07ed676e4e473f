/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-crc.h"

#include <string.h>

#define ONE (G_GUINT64_CONSTANT (1) << 63)    /* the polynomial 1 */

/* @a times x, modulo the polynomial. */
static inline guint64
times_x (guint64 a,
         guint64 polynomial)
{
  return (a >> 1) ^ (-(a & 1) & polynomial);
}

static guint64
multiply (guint64 a,
          guint64 b,
          guint64 polynomial)
{
  guint64 product = 0;

  for (; a != 0; a <<= 1) {
    if (a & ONE)
      product ^= b;
    b = times_x (b, polynomial);
  }

  return product;
}

/* x^(@exponent · 2^@shift) modulo the polynomial. */
static guint64
power_of_x (const S3Crc *self,
            guint64      exponent,
            guint        shift)
{
  guint64 power = ONE;

  for (guint i = shift; exponent != 0; i++, exponent >>= 1) {
    if (exponent & 1)
      power = multiply (power, self->powers[i], self->polynomial);
  }

  return power;
}

/* The product of two reflected 64-bit polynomials in a register of 128 bits is one bit short of its
 * place, which counts as one more x: hence the exponents less one. The first eight bytes stand 64
 * bits higher than the second. */
static S3CrcFold
fold_by (const S3Crc *self,
         guint        distance)
{
  return (S3CrcFold) {
           .low = power_of_x (self, distance + 64 - 1, 0),
           .high = power_of_x (self, distance - 1, 0),
  };
}

static S3CrcWay
find_fastest_way (const S3Crc *self)
{
  S3CrcWay way = S3_CRC_N_WAYS - 1;

  while (!s3_crc_can (self, way))
    way--;

  return way;
}

/* Both functions that follow work on the register, without the inversions. */

static guint64
update_portable (const S3Crc  *self,
                 guint64       crc,
                 const guint8 *data,
                 gsize         size)
{
  const guint64 (*t)[256] = self->tables;

  for (; size >= sizeof (guint64); size -= sizeof (guint64), data += sizeof (guint64)) {
    guint64 word;
    memcpy (&word, data, sizeof word);
    crc ^= GUINT64_FROM_LE (word);
    crc = t[7][crc & 0xff] ^ t[6][(crc >> 8) & 0xff] ^ t[5][(crc >> 16) & 0xff]
          ^ t[4][(crc >> 24) & 0xff] ^ t[3][(crc >> 32) & 0xff] ^ t[2][(crc >> 40) & 0xff]
          ^ t[1][(crc >> 48) & 0xff] ^ t[0][crc >> 56];
  }
  for (; size > 0; size--, data++)
    crc = t[0][(crc ^ *data) & 0xff] ^ (crc >> 8);

  return crc;
}

static guint64
update_folding (const S3Crc  *self,
                S3CrcWay      way,
                guint64       crc,
                const guint8 *data,
                gsize         size)
{
  guint8 rest_512[S3_CRC_FOLD_512_SIZE];
  guint8 rest_128[S3_CRC_FOLD_128_SIZE];

  if (way == S3_CRC_FOLD_512 && size >= 2 * S3_CRC_FOLD_512_SIZE) {
    gsize taken = size - size % S3_CRC_FOLD_512_SIZE;
    s3_crc_fold_512 (rest_512, crc, data, taken, &self->fold_2048);
    crc = update_folding (self, S3_CRC_FOLD_128, 0, rest_512, sizeof rest_512);
    data += taken;
    size -= taken;
  }
  if (size >= 2 * S3_CRC_FOLD_128_SIZE) {
    gsize taken = size - size % S3_CRC_FOLD_128_SIZE;
    s3_crc_fold_128 (rest_128, crc, data, taken, &self->fold_512);
    crc = update_portable (self, 0, rest_128, sizeof rest_128);
    data += taken;
    size -= taken;
  }

  return update_portable (self, crc, data, size);
}

void
s3_crc_init (S3Crc   *self,
             guint64  polynomial,
             guint    width)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (width == 32 || width == 64);

  self->polynomial = polynomial;
  self->ones = G_MAXUINT64 >> (64 - width);

  self->powers[0] = ONE >> 1;
  for (guint i = 1; i < G_N_ELEMENTS (self->powers); i++)
    self->powers[i] = multiply (self->powers[i - 1], self->powers[i - 1], polynomial);

  for (guint byte = 0; byte < 256; byte++) {
    guint64 crc = byte;
    for (guint bit = 0; bit < 8; bit++)
      crc = times_x (crc, polynomial);
    self->tables[0][byte] = crc;
  }
  for (guint i = 1; i < G_N_ELEMENTS (self->tables); i++) {
    for (guint byte = 0; byte < 256; byte++) {
      guint64 crc = self->tables[i - 1][byte];
      self->tables[i][byte] = self->tables[0][crc & 0xff] ^ (crc >> 8);
    }
  }

  self->fold_512 = fold_by (self, 512);
  self->fold_2048 = fold_by (self, 2048);
  self->way = find_fastest_way (self);
}

guint64
s3_crc_update (const S3Crc *self,
               S3CrcWay     way,
               guint64      crc,
               const void  *data,
               gsize        size)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (data != NULL || size == 0, 0);

  crc ^= self->ones;
  switch (way) {
  case S3_CRC_FOLD_128:
  case S3_CRC_FOLD_512:
    crc = update_folding (self, way, crc, data, size);
    break;
  case S3_CRC_INSTRUCTION:
    crc = s3_crc32c_instruction ((guint32) crc, data, size);
    break;
  case S3_CRC_PORTABLE:
  case S3_CRC_N_WAYS:
  default:
    crc = update_portable (self, crc, data, size);
    break;
  }

  return crc ^ self->ones;
}

guint64
s3_crc_combine (const S3Crc *self,
                guint64      a,
                guint64      b,
                guint64      b_length)
{
  g_return_val_if_fail (self != NULL, 0);

  return multiply (a, power_of_x (self, b_length, 3), self->polynomial) ^ b;
}

gboolean
s3_crc_can (const S3Crc *self,
            S3CrcWay     way)
{
  g_return_val_if_fail (self != NULL, FALSE);

  switch (way) {
  case S3_CRC_PORTABLE:
    return TRUE;
  case S3_CRC_INSTRUCTION:
    return self->ones == G_MAXUINT32 && s3_crc32c_instruction_is_supported ();
  case S3_CRC_FOLD_128:
    return s3_crc_fold_128_is_supported ();
  case S3_CRC_FOLD_512:
    return s3_crc_fold_128_is_supported () && s3_crc_fold_512_is_supported ();
  case S3_CRC_N_WAYS:
  default:
    return FALSE;
  }
}

const char *
s3_crc_way_get_name (S3CrcWay way)
{
  static const char *const names[S3_CRC_N_WAYS] = {
    [S3_CRC_PORTABLE] = "portable",
    [S3_CRC_INSTRUCTION] = "instruction",
    [S3_CRC_FOLD_128] = "folding by 128 bits",
    [S3_CRC_FOLD_512] = "folding by 512 bits",
  };

  g_return_val_if_fail (way < S3_CRC_N_WAYS, NULL);

  return names[way];
}
