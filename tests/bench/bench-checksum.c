/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-checksum.h"
#include "s3/s3-crc.h"
#include "s3/s3-limits.h"

#include <stdio.h>

/* How fast each checksum is here: GB/s (1,000,000,000 bytes a second) of one thread. */

#define RUN_US (G_USEC_PER_SEC / 4)
#define N_RUNS 3

typedef void (*RunFunc) (gconstpointer what,
                         guint         way,
                         const guint8 *data,
                         gsize         size);

static volatile guint64 sink;

/* The best of some runs: the others were disturbed. */
static double
measure (RunFunc        func,
         gconstpointer  what,
         guint          way,
         const guint8  *data,
         gsize          size)
{
  double best = 0;

  for (guint run = 0; run < N_RUNS; run++) {
    guint64 n_bytes = 0;
    gint64 start = g_get_monotonic_time ();
    gint64 passed_us;

    do {
      func (what, way, data, size);
      n_bytes += size;
      passed_us = g_get_monotonic_time () - start;
    } while (passed_us < RUN_US);

    best = MAX (best, (double) n_bytes / (double) passed_us / 1000);
  }

  return best;
}

static void
run_crc (gconstpointer  what,
         guint          way,
         const guint8  *data,
         gsize          size)
{
  sink = s3_crc_update (what, way, sink, data, size);
}

static void
run_summer (gconstpointer  what,
            guint          kind,
            const guint8  *data,
            gsize          size)
{
  S3Checksum checksum;

  s3_checksum_compute (&checksum, kind, data, size);
  sink = checksum.bytes[0];
}

static void
print_line (const char    *name,
            const char    *way_name,
            RunFunc        func,
            gconstpointer  what,
            guint          way,
            const guint8  *data)
{
  printf ("%-10s %-22s %8.2f %8.2f\n", name, way_name,
          measure (func, what, way, data, 256 * S3_KIB),
          measure (func, what, way, data, 8 * S3_MIB));
  fflush (stdout);
}

int
main (void)
{
  const struct {
    const char *name;
    const S3Crc *crc;
  } crcs[] = { { "CRC64NVME", s3_crc_get_crc64nvme () }, { "CRC32C", s3_crc_get_crc32c () } };
  g_autofree guint8 *data = g_malloc (8 * S3_MIB);

  for (gsize i = 0; i < 8 * S3_MIB; i++)
    data[i] = (guint8) (i * 2654435761u >> 13);

  printf ("%-10s %-22s %8s %8s   GB/s\n", "", "", "256 KiB", "8 MiB");
  for (guint i = 0; i < G_N_ELEMENTS (crcs); i++) {
    for (guint way = 0; way < S3_CRC_N_WAYS; way++) {
      if (s3_crc_can (crcs[i].crc, way))
        print_line (crcs[i].name, s3_crc_way_get_name (way), run_crc, crcs[i].crc, way, data);
    }
  }
  print_line ("MD5", "OpenSSL", run_summer, NULL, S3_CHECKSUM_MD5, data);
  print_line ("SHA256", "OpenSSL", run_summer, NULL, S3_CHECKSUM_SHA256, data);

  return 0;
}
