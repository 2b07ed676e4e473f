/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-checksum.h"

/* The checksums of one body, summed while it arrives. MD5 always (it is the ETag); the others as
 * asked. CRC32 is summed here, as Partway itself never sends it. */

#define STORE_N_SUMS S3_N_CHECKSUMS

typedef struct {
  S3Summer *summers[STORE_N_SUMS];
  guint32 crc32;
  gboolean wants_crc32;
} StoreSums;

/* @kinds: a bit (1 << S3ChecksumKind) each. SHA1 is not summed. */
StoreSums *store_sums_new (guint kinds);
void       store_sums_free (StoreSums  *self);
void       store_sums_update (StoreSums  *self,
                              const void *data,
                              gsize size);

/* @sums has STORE_N_SUMS elements, indexed by kind; kind NONE where it was not summed. */
void       store_sums_finish (StoreSums  *self,
                              S3Checksum *sums);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreSums, store_sums_free)
