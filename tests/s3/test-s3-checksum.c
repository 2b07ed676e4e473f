/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-checksum.h"
#include "s3/s3-crc.h"

#include <string.h>

#define DATA_SIZE (64 * 1024)
#define MIB ((gsize) 1024 * 1024)
#define GIB ((guint64) 1024 * 1024 * 1024)

typedef struct {
  guint8 *data;                 /* DATA_SIZE random bytes */
  guint64 polynomial;           /* reflected */
  guint width;
  const S3Crc *crc;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  width)
{
  fixture->width = GPOINTER_TO_UINT (width);
  fixture->crc = fixture->width == 64 ? s3_crc_get_crc64nvme () : s3_crc_get_crc32c ();
  fixture->polynomial = fixture->width == 64 ? G_GUINT64_CONSTANT (0x9a6c9329ac4bc9b5) : 0x82f63b78;
  fixture->data = g_malloc (DATA_SIZE);
  for (guint i = 0; i < DATA_SIZE; i++)
    fixture->data[i] = (guint8) g_test_rand_int ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  width)
{
  g_free (fixture->data);
}

/* The definition, a bit at a time: nothing in common with what is tested. */
static guint64
reference (const Fixture *fixture,
           const guint8  *data,
           gsize          size)
{
  guint64 ones = G_MAXUINT64 >> (64 - fixture->width);
  guint64 crc = ones;

  for (gsize i = 0; i < size; i++) {
    crc ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = crc & 1 ? crc >> 1 ^ fixture->polynomial : crc >> 1;
  }

  return crc ^ ones;
}

static gsize
random_below (gsize end)
{
  return (gsize) g_test_rand_int_range (0, (gint32) end);
}

/* At most @largest, and at most what is left of the data after @place. */
static gsize
random_chunk (gsize largest,
              gsize place)
{
  gsize size = random_below (largest + 1);

  return MIN (size, DATA_SIZE - place);
}

/* Known sums: NVM Express NVM Command Set Specification 1.0, figure "64b CRC Test Cases"; RFC 3720
 * B.4; the catalogue of parametrised CRC algorithms for "123456789". */
static void
test_known_crc (void)
{
  guint8 blocks[4][4096];
  static const guint64 crc64[] = {
    G_GUINT64_CONSTANT (0x6482d367eb22b64e), G_GUINT64_CONSTANT (0xc0ddba7302eca3ac),
    G_GUINT64_CONSTANT (0x3e729f5f6750449c), G_GUINT64_CONSTANT (0x9a2df64b8e9e517e),
  };
  static const guint32 crc32c[] = { 0x8a9136aa, 0x62a8ab43, 0x46dd794e, 0x113fdb5c };

  for (guint i = 0; i < 4096; i++) {
    blocks[0][i] = 0;
    blocks[1][i] = 0xff;
    blocks[2][i] = i & 0xff;
    blocks[3][i] = 0xff - (i & 0xff);
  }
  for (guint i = 0; i < 4; i++) {
    const guint8 *short_block = i == 3 ? blocks[3] + 4096 - 32 : blocks[i];
    g_assert_cmphex (s3_crc64nvme (0, blocks[i], 4096), ==, crc64[i]);
    g_assert_cmphex (s3_crc64nvme_portable (0, blocks[i], 4096), ==, crc64[i]);
    g_assert_cmphex (s3_crc32c (0, short_block, 32), ==, crc32c[i]);
    g_assert_cmphex (s3_crc32c_portable (0, short_block, 32), ==, crc32c[i]);
  }

  g_assert_cmphex (s3_crc64nvme (0, "123456789", 9), ==, G_GUINT64_CONSTANT (0xae8b14860a799888));
  g_assert_cmphex (s3_crc32c (0, "123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (s3_crc64nvme (0, NULL, 0), ==, 0);
  g_assert_cmphex (s3_crc32c (0, NULL, 0), ==, 0);
}

/* Every way this processor has, at every short length and every place in a cache line. */
static void
test_ways (Fixture       *fixture,
           gconstpointer  width)
{
  for (gsize size = 0; size <= 1300; size++) {
    const guint8 *data = fixture->data + size % 64;
    guint64 expected = reference (fixture, data, size);
    for (guint way = 0; way < S3_CRC_N_WAYS; way++) {
      if (s3_crc_can (fixture->crc, way))
        g_assert_cmphex (s3_crc_update (fixture->crc, way, 0, data, size), ==, expected);
    }
  }

  for (guint i = 0; i < 200; i++) {
    gsize offset = random_below (DATA_SIZE);
    gsize size = random_below (DATA_SIZE - offset + 1);
    guint64 expected = reference (fixture, fixture->data + offset, size);
    for (guint way = 0; way < S3_CRC_N_WAYS; way++) {
      if (s3_crc_can (fixture->crc, way))
        g_assert_cmphex (s3_crc_update (fixture->crc, way, 0, fixture->data + offset, size), ==,
                         expected);
    }
  }
}

static void
test_chunks (Fixture       *fixture,
             gconstpointer  width)
{
  guint64 expected = reference (fixture, fixture->data, DATA_SIZE);

  for (guint i = 0; i < 200; i++) {
    gsize largest = 1 + random_below ((gsize) 1 << random_below (16));
    guint64 crc = 0;

    for (gsize place = 0; place < DATA_SIZE;) {
      gsize size = random_chunk (largest, place);
      guint way = (guint) random_below (S3_CRC_N_WAYS);
      if (!s3_crc_can (fixture->crc, way))
        way = fixture->crc->way;
      crc = s3_crc_update (fixture->crc, way, crc, fixture->data + place, size);
      place += size;
    }
    g_assert_cmphex (crc, ==, expected);
  }
}

static guint64
slow_power_of_x (guint64 polynomial,
                 guint   exponent)
{
  guint64 power = (guint64) 1 << 63;

  for (guint i = 0; i < exponent; i++)
    power = power & 1 ? power >> 1 ^ polynomial : power >> 1;

  return power;
}

static void
test_constants (Fixture       *fixture,
                gconstpointer  width)
{
  const S3Crc *crc = fixture->crc;
  guint64 polynomial = fixture->polynomial;

  g_assert_cmphex (crc->polynomial, ==, polynomial);
  g_assert_cmphex (crc->fold_512.low, ==, slow_power_of_x (polynomial, 512 + 63));
  g_assert_cmphex (crc->fold_512.high, ==, slow_power_of_x (polynomial, 512 - 1));
  g_assert_cmphex (crc->fold_2048.low, ==, slow_power_of_x (polynomial, 2048 + 63));
  g_assert_cmphex (crc->fold_2048.high, ==, slow_power_of_x (polynomial, 2048 - 1));
  for (guint i = 0; i < 20; i++)
    g_assert_cmphex (crc->powers[i], ==, slow_power_of_x (polynomial, 1u << i));
}

/* On a machine of today the fastest way must not be the tables, else something is misread. */
static void
test_fastest (Fixture       *fixture,
              gconstpointer  width)
{
  g_assert_true (s3_crc_can (fixture->crc, fixture->crc->way));
  for (guint way = fixture->crc->way + 1; way < S3_CRC_N_WAYS; way++)
    g_assert_false (s3_crc_can (fixture->crc, way));
  g_test_message ("fastest: %s", s3_crc_way_get_name (fixture->crc->way));
#if defined (__x86_64__)
  if (__builtin_cpu_supports ("pclmul") && __builtin_cpu_supports ("sse4.1"))
    g_assert_cmpint (fixture->crc->way, >=, S3_CRC_FOLD_128);
#endif
}

static void
test_combine (Fixture       *fixture,
              gconstpointer  width)
{
  const S3Crc *crc = fixture->crc;

  for (guint i = 0; i < 1000; i++) {
    gsize size = i % 2 == 0 ? DATA_SIZE : random_below (100);
    gsize first = i % 10 == 0 ? 0 : i % 10 == 1 ? size : random_below (size + 1);
    guint64 a = s3_crc_update (crc, crc->way, 0, fixture->data, first);
    guint64 b = s3_crc_update (crc, crc->way, 0, fixture->data + first, size - first);
    guint64 whole = s3_crc_update (crc, crc->way, 0, fixture->data, size);

    g_assert_cmphex (s3_crc_combine (crc, a, b, size - first), ==, whole);
  }
}

/* The sum of @n zero bytes, put together from halves. */
static guint64
sum_of_zeros (const S3Crc *crc,
              guint64      n)
{
  static const guint8 zero;

  if (n == 0)
    return 0;

  guint64 half = sum_of_zeros (crc, n / 2);
  guint64 sum = s3_crc_combine (crc, half, half, n / 2);

  return n % 2 == 0 ? sum : s3_crc_update (crc, S3_CRC_PORTABLE, sum, &zero, 1);
}

static void
test_combine_huge (Fixture       *fixture,
                   gconstpointer  width)
{
  const S3Crc *crc = fixture->crc;
  g_autofree guint8 *zeros = g_malloc0 (8 * MIB);
  guint64 a = s3_crc_update (crc, crc->way, 0, fixture->data, DATA_SIZE);
  guint64 longer = a;

  for (guint64 n = 0; n < 5 * GIB; n += 8 * MIB)
    longer = s3_crc_update (crc, crc->way, longer, zeros, 8 * MIB);
  longer = s3_crc_update (crc, crc->way, longer, zeros, 17);
  g_assert_cmphex (s3_crc_combine (crc, a, sum_of_zeros (crc, 5 * GIB + 17), 5 * GIB + 17), ==,
                   longer);

  for (guint i = 0; i < 200; i++) {
    guint64 n = ((guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ()) >> 1;
    guint64 m = (((guint64) g_test_rand_int () << 32) | (guint32) g_test_rand_int ()) >> 1;
    guint64 n_zeros = sum_of_zeros (crc, n);
    guint64 m_zeros = sum_of_zeros (crc, m);
    guint64 both = s3_crc_combine (crc, n_zeros, m_zeros, m);

    g_assert_cmphex (both, ==, sum_of_zeros (crc, n + m));
    g_assert_cmphex (s3_crc_combine (crc, s3_crc_combine (crc, a, n_zeros, n), m_zeros, m), ==,
                     s3_crc_combine (crc, a, both, n + m));
  }
}

/* RFC 1321 A.5, FIPS 180-4's examples, and the CRCs' check values. */
static void
test_known (void)
{
  static const struct {
    S3ChecksumKind kind;
    const char *text;
    const char *hex;
    const char *base64;
  } cases[] = {
    { S3_CHECKSUM_CRC64NVME, "123456789", "ae8b14860a799888", "rosUhgp5mIg=" },
    { S3_CHECKSUM_CRC64NVME, "", "0000000000000000", "AAAAAAAAAAA=" },
    { S3_CHECKSUM_CRC32C, "123456789", "e3069283", "4waSgw==" },
    { S3_CHECKSUM_CRC32C, "", "00000000", "AAAAAA==" },
    { S3_CHECKSUM_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72", "kAFQmDzST7DWlj99KOF/cg==" },
    { S3_CHECKSUM_MD5, "", "d41d8cd98f00b204e9800998ecf8427e", "1B2M2Y8AsgTpgAmY7PhCfg==" },
    { S3_CHECKSUM_SHA256, "abc",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" },
    { S3_CHECKSUM_SHA256, "",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    S3Checksum checksum, read;
    s3_checksum_compute (&checksum, cases[i].kind, cases[i].text, strlen (cases[i].text));
    g_autofree char *hex = s3_checksum_dup_hex (&checksum);
    g_autofree char *base64 = s3_checksum_dup_base64 (&checksum);

    g_assert_cmpint (checksum.kind, ==, cases[i].kind);
    g_assert_cmpstr (hex, ==, cases[i].hex);
    g_assert_cmpstr (base64, ==, cases[i].base64);
    g_assert_true (s3_checksum_from_base64 (&read, cases[i].kind, base64));
    g_assert_true (s3_checksum_equal (&checksum, &read));
  }
}

static void
test_summer (Fixture       *fixture,
             gconstpointer  width)
{
  static const S3ChecksumKind kinds[] = {
    S3_CHECKSUM_CRC64NVME, S3_CHECKSUM_CRC32C, S3_CHECKSUM_MD5, S3_CHECKSUM_SHA256,
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (S3Summer) summer = s3_summer_new (kinds[i]);
    S3Checksum whole, summed, empty;

    s3_checksum_compute (&whole, kinds[i], fixture->data, DATA_SIZE);
    s3_checksum_compute (&empty, kinds[i], NULL, 0);
    for (guint round = 0; round < 5; round++) {
      for (gsize place = 0, size; place < DATA_SIZE; place += size) {
        size = random_chunk (5000, place);
        s3_summer_update (summer, fixture->data + place, size);
      }
      s3_summer_finish (summer, &summed);
      g_assert_true (s3_checksum_equal (&summed, &whole));
      s3_summer_finish (summer, &summed);
      g_assert_true (s3_checksum_equal (&summed, &empty));
    }
  }
  s3_summer_free (NULL);
}

static void
test_combine_checksums (Fixture       *fixture,
                        gconstpointer  width)
{
  S3ChecksumKind kind = fixture->width == 64 ? S3_CHECKSUM_CRC64NVME : S3_CHECKSUM_CRC32C;
  S3Checksum whole, sum, part;

  s3_checksum_compute (&whole, kind, fixture->data, DATA_SIZE);
  s3_checksum_compute (&sum, kind, NULL, 0);
  for (gsize place = 0, size; place < DATA_SIZE; place += size) {
    size = random_chunk (5000, place);
    s3_checksum_compute (&part, kind, fixture->data + place, size);
    s3_checksum_combine (&sum, &part, size);
  }
  g_assert_true (s3_checksum_equal (&sum, &whole));

  guint64 a = 0x1234567, b = 0x89abcde, n = 5 * GIB;
  if (fixture->width == 64)
    g_assert_cmphex (s3_crc64nvme_combine (a, b, n), ==, s3_crc_combine (fixture->crc, a, b, n));
  else
    g_assert_cmphex (s3_crc32c_combine ((guint32) a, (guint32) b, n), ==,
                     s3_crc_combine (fixture->crc, a, b, n));
}

static void
test_equal (void)
{
  S3Checksum a, b;

  s3_checksum_compute (&a, S3_CHECKSUM_CRC32C, "a", 1);
  b = a;
  g_assert_true (s3_checksum_equal (&a, &b));
  b.bytes[3] ^= 1;
  g_assert_false (s3_checksum_equal (&a, &b));
  b = a;
  b.kind = S3_CHECKSUM_CRC32;
  g_assert_false (s3_checksum_equal (&a, &b));
  b = a;
  b.bytes[4] ^= 1;              /* beyond its size: no matter */
  g_assert_true (s3_checksum_equal (&a, &b));
}

static void
test_from_base64 (void)
{
  static const struct {
    S3ChecksumKind kind;
    const char *text;
    gboolean is_right;
  } cases[] = {
    { S3_CHECKSUM_CRC64NVME, "rosUhgp5mIg=", TRUE },
    { S3_CHECKSUM_CRC32, "y/Q5Jg==", TRUE },
    { S3_CHECKSUM_SHA1, "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", TRUE },
    { S3_CHECKSUM_CRC64NVME, NULL, FALSE },
    { S3_CHECKSUM_CRC64NVME, "", FALSE },
    { S3_CHECKSUM_NONE, "", FALSE },
    { S3_CHECKSUM_NONE, "rosUhgp5mIg=", FALSE },
    { S3_CHECKSUM_CRC32C, "rosUhgp5mIg=", FALSE },
    { S3_CHECKSUM_CRC64NVME, "4waSgw==", FALSE },
    { S3_CHECKSUM_CRC64NVME, "rosUhgp5mIg", FALSE },
    { S3_CHECKSUM_CRC64NVME, "rosUhgp5mIg==", FALSE },
    { S3_CHECKSUM_CRC64NVME, "rosUhgp5mIh=", FALSE },
    { S3_CHECKSUM_CRC64NVME, " rosUhgp5mIg=", FALSE },
    { S3_CHECKSUM_CRC64NVME, "rosU\nhgp5mIg=", FALSE },
    { S3_CHECKSUM_CRC64NVME, "rosUhgp5mIg=-3", FALSE },
    { S3_CHECKSUM_CRC64NVME, "rosUhgp5m\xc3\xa4g=", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    S3Checksum checksum = { .kind = S3_N_CHECKSUMS };
    g_test_message ("%s", cases[i].text);
    g_assert_true (s3_checksum_from_base64 (&checksum, cases[i].kind, cases[i].text)
                   == cases[i].is_right);
    g_assert_cmpint (checksum.kind, ==, cases[i].is_right ? cases[i].kind : S3_N_CHECKSUMS);
  }
}

static void
test_names (void)
{
  for (guint kind = S3_CHECKSUM_NONE + 1; kind < S3_N_CHECKSUMS; kind++) {
    g_autofree char *lower = g_ascii_strdown (s3_checksum_get_name (kind), -1);
    g_assert_cmpint (s3_checksum_from_name (s3_checksum_get_name (kind)), ==, kind);
    g_assert_cmpint (s3_checksum_from_name (lower), ==, kind);
    if (kind == S3_CHECKSUM_MD5) {
      g_assert_cmpstr (s3_checksum_get_header (kind), ==, "Content-MD5");
    } else {
      g_autofree char *header = g_strconcat ("x-amz-checksum-", lower, NULL);
      g_assert_cmpstr (s3_checksum_get_header (kind), ==, header);
    }
  }

  g_assert_cmpstr (s3_checksum_get_name (S3_CHECKSUM_CRC64NVME), ==, "CRC64NVME");
  g_assert_null (s3_checksum_get_name (S3_CHECKSUM_NONE));
  g_assert_null (s3_checksum_get_header (S3_CHECKSUM_NONE));
  g_assert_cmpint (s3_checksum_from_name ("XXHASH64"), ==, S3_CHECKSUM_NONE);
  g_assert_cmpint (s3_checksum_from_name (""), ==, S3_CHECKSUM_NONE);
  g_assert_cmpint (s3_checksum_from_name (NULL), ==, S3_CHECKSUM_NONE);
}

static void
add (const char *name,
     void      (*func) (Fixture *, gconstpointer))
{
  for (guint width = 32; width <= 64; width += 32) {
    g_autofree char *path = g_strdup_printf ("/s3/checksum/%s/%u", name, width);
    g_test_add (path, Fixture, GUINT_TO_POINTER (width), set_up, func, tear_down);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/s3/checksum/known-crc", test_known_crc);
  add ("ways", test_ways);
  add ("chunks", test_chunks);
  add ("constants", test_constants);
  add ("fastest", test_fastest);
  add ("combine", test_combine);
  add ("combine-huge", test_combine_huge);
  g_test_add_func ("/s3/checksum/known", test_known);
  add ("summer", test_summer);
  add ("combine-checksums", test_combine_checksums);
  g_test_add_func ("/s3/checksum/equal", test_equal);
  g_test_add_func ("/s3/checksum/from-base64", test_from_base64);
  g_test_add_func ("/s3/checksum/names", test_names);

  return g_test_run ();
}
