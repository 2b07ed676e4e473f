/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-crc-fold.h"

#if defined (__x86_64__)

#include <immintrin.h>

/* SSE4.2 has a CRC32C instruction, but where it is, folding is too, and is faster. */
#define HAS_FOLD_128
#define HAS_FOLD_512

#define TARGET_128 __attribute__ ((target ("sse4.1,pclmul")))
#define TARGET_512 __attribute__ ((target ("avx512f,vpclmulqdq")))

/* @block moved by the distance of @fold and added to @next. */
TARGET_128 static inline __m128i
fold_block_128 (__m128i block,
                __m128i fold,
                __m128i next)
{
  __m128i low = _mm_clmulepi64_si128 (block, fold, 0x00);
  __m128i high = _mm_clmulepi64_si128 (block, fold, 0x11);

  return _mm_xor_si128 (_mm_xor_si128 (low, high), next);
}

TARGET_512 static inline __m512i
fold_block_512 (__m512i block,
                __m512i fold,
                __m512i next)
{
  __m512i low = _mm512_clmulepi64_epi128 (block, fold, 0x00);
  __m512i high = _mm512_clmulepi64_epi128 (block, fold, 0x11);

  return _mm512_ternarylogic_epi64 (low, high, next, 0x96); /* the sum of all three */
}

gboolean
s3_crc_fold_128_is_supported (void)
{
  return __builtin_cpu_supports ("pclmul") && __builtin_cpu_supports ("sse4.1");
}

gboolean
s3_crc_fold_512_is_supported (void)
{
  return __builtin_cpu_supports ("vpclmulqdq") && __builtin_cpu_supports ("avx512f");
}

TARGET_128 void
s3_crc_fold_128 (guint8           result[S3_CRC_FOLD_128_SIZE],
                 guint64          register_,
                 const guint8    *data,
                 gsize            size,
                 const S3CrcFold *fold_512)
{
  const __m128i fold = _mm_set_epi64x ((gint64) fold_512->high, (gint64) fold_512->low);
  const __m128i *in = (const __m128i *) data;
  __m128i *out = (__m128i *) result;
  __m128i b0 = _mm_xor_si128 (_mm_loadu_si128 (in), _mm_set_epi64x (0, (gint64) register_));
  __m128i b1 = _mm_loadu_si128 (in + 1);
  __m128i b2 = _mm_loadu_si128 (in + 2);
  __m128i b3 = _mm_loadu_si128 (in + 3);

  for (gsize left = size / S3_CRC_FOLD_128_SIZE - 1; left > 0; left--) {
    in += 4;
    b0 = fold_block_128 (b0, fold, _mm_loadu_si128 (in));
    b1 = fold_block_128 (b1, fold, _mm_loadu_si128 (in + 1));
    b2 = fold_block_128 (b2, fold, _mm_loadu_si128 (in + 2));
    b3 = fold_block_128 (b3, fold, _mm_loadu_si128 (in + 3));
  }

  _mm_storeu_si128 (out, b0);
  _mm_storeu_si128 (out + 1, b1);
  _mm_storeu_si128 (out + 2, b2);
  _mm_storeu_si128 (out + 3, b3);
}

TARGET_512 void
s3_crc_fold_512 (guint8           result[S3_CRC_FOLD_512_SIZE],
                 guint64          register_,
                 const guint8    *data,
                 gsize            size,
                 const S3CrcFold *fold_2048)
{
  const __m512i fold = _mm512_broadcast_i32x4 (_mm_set_epi64x ((gint64) fold_2048->high,
                                                               (gint64) fold_2048->low));
  const guint8 *in = data;
  __m512i b0 = _mm512_xor_si512 (_mm512_loadu_si512 (in),
                                 _mm512_zextsi128_si512 (_mm_set_epi64x (0, (gint64) register_)));
  __m512i b1 = _mm512_loadu_si512 (in + 64);
  __m512i b2 = _mm512_loadu_si512 (in + 128);
  __m512i b3 = _mm512_loadu_si512 (in + 192);

  for (gsize left = size / S3_CRC_FOLD_512_SIZE - 1; left > 0; left--) {
    in += S3_CRC_FOLD_512_SIZE;
    b0 = fold_block_512 (b0, fold, _mm512_loadu_si512 (in));
    b1 = fold_block_512 (b1, fold, _mm512_loadu_si512 (in + 64));
    b2 = fold_block_512 (b2, fold, _mm512_loadu_si512 (in + 128));
    b3 = fold_block_512 (b3, fold, _mm512_loadu_si512 (in + 192));
  }

  _mm512_storeu_si512 (result, b0);
  _mm512_storeu_si512 (result + 64, b1);
  _mm512_storeu_si512 (result + 128, b2);
  _mm512_storeu_si512 (result + 192, b3);
}

#elif defined (__aarch64__) && defined (__linux__) && G_BYTE_ORDER == G_LITTLE_ENDIAN

#include <arm_neon.h>
#include <string.h>
#include <sys/auxv.h>

#define HAS_FOLD_128
#define HAS_CRC32C_INSTRUCTION

/* Linux, arch/arm64/include/uapi/asm/hwcap.h. */
#define HWCAP_BIT_PMULL (1UL << 4)
#define HWCAP_BIT_CRC32 (1UL << 7)

/* Older compilers' <arm_acle.h> hides the instructions unless the whole file may use them. */
#if defined (__clang__)
#define TARGET_128 __attribute__ ((target ("crypto")))
#define TARGET_CRC __attribute__ ((target ("crc")))
#define CRC32C_8_BYTES __builtin_arm_crc32cd
#define CRC32C_1_BYTE __builtin_arm_crc32cb
#else
#define TARGET_128 __attribute__ ((target ("+crypto")))
#define TARGET_CRC __attribute__ ((target ("+crc")))
#define CRC32C_8_BYTES __builtin_aarch64_crc32cx
#define CRC32C_1_BYTE __builtin_aarch64_crc32cb
#endif

/* @block moved by the distance of @fold and added to @next. */
TARGET_128 static inline uint64x2_t
fold_block_128 (uint64x2_t    block,
                poly64x2_t    fold,
                const guint8 *next)
{
  poly64x2_t polynomial = vreinterpretq_p64_u64 (block);
  poly128_t low = vmull_p64 (vgetq_lane_p64 (polynomial, 0), vgetq_lane_p64 (fold, 0));
  poly128_t high = vmull_high_p64 (polynomial, fold);
  uint64x2_t moved = veorq_u64 (vreinterpretq_u64_p128 (low), vreinterpretq_u64_p128 (high));

  return veorq_u64 (moved, vreinterpretq_u64_u8 (vld1q_u8 (next)));
}

gboolean
s3_crc_fold_128_is_supported (void)
{
  return (getauxval (AT_HWCAP) & HWCAP_BIT_PMULL) != 0;
}

gboolean
s3_crc32c_instruction_is_supported (void)
{
  return (getauxval (AT_HWCAP) & HWCAP_BIT_CRC32) != 0;
}

TARGET_128 void
s3_crc_fold_128 (guint8           result[S3_CRC_FOLD_128_SIZE],
                 guint64          register_,
                 const guint8    *data,
                 gsize            size,
                 const S3CrcFold *fold_512)
{
  const poly64x2_t fold = vcombine_p64 (vcreate_p64 (fold_512->low), vcreate_p64 (fold_512->high));
  const uint64x2_t start = vcombine_u64 (vcreate_u64 (register_), vcreate_u64 (0));
  const guint8 *in = data;
  uint64x2_t b0 = veorq_u64 (vreinterpretq_u64_u8 (vld1q_u8 (in)), start);
  uint64x2_t b1 = vreinterpretq_u64_u8 (vld1q_u8 (in + 16));
  uint64x2_t b2 = vreinterpretq_u64_u8 (vld1q_u8 (in + 32));
  uint64x2_t b3 = vreinterpretq_u64_u8 (vld1q_u8 (in + 48));

  for (gsize left = size / S3_CRC_FOLD_128_SIZE - 1; left > 0; left--) {
    in += S3_CRC_FOLD_128_SIZE;
    b0 = fold_block_128 (b0, fold, in);
    b1 = fold_block_128 (b1, fold, in + 16);
    b2 = fold_block_128 (b2, fold, in + 32);
    b3 = fold_block_128 (b3, fold, in + 48);
  }

  vst1q_u8 (result, vreinterpretq_u8_u64 (b0));
  vst1q_u8 (result + 16, vreinterpretq_u8_u64 (b1));
  vst1q_u8 (result + 32, vreinterpretq_u8_u64 (b2));
  vst1q_u8 (result + 48, vreinterpretq_u8_u64 (b3));
}

TARGET_CRC guint32
s3_crc32c_instruction (guint32       register_,
                       const guint8 *data,
                       gsize         size)
{
  for (; size >= sizeof (guint64); size -= sizeof (guint64), data += sizeof (guint64)) {
    guint64 word;
    memcpy (&word, data, sizeof word);
    register_ = CRC32C_8_BYTES (register_, word);
  }
  for (; size > 0; size--, data++)
    register_ = CRC32C_1_BYTE (register_, *data);

  return register_;
}

#endif

/* What the processor's kind does not have at all. */

#ifndef HAS_FOLD_128

gboolean
s3_crc_fold_128_is_supported (void)
{
  return FALSE;
}

void
s3_crc_fold_128 (guint8           result[S3_CRC_FOLD_128_SIZE],
                 guint64          register_,
                 const guint8    *data,
                 gsize            size,
                 const S3CrcFold *fold_512)
{
  g_return_if_reached ();
}

#endif

#ifndef HAS_FOLD_512

gboolean
s3_crc_fold_512_is_supported (void)
{
  return FALSE;
}

void
s3_crc_fold_512 (guint8           result[S3_CRC_FOLD_512_SIZE],
                 guint64          register_,
                 const guint8    *data,
                 gsize            size,
                 const S3CrcFold *fold_2048)
{
  g_return_if_reached ();
}

#endif

#ifndef HAS_CRC32C_INSTRUCTION

gboolean
s3_crc32c_instruction_is_supported (void)
{
  return FALSE;
}

guint32
s3_crc32c_instruction (guint32       register_,
                       const guint8 *data,
                       gsize         size)
{
  g_return_val_if_reached (0);
}

#endif
