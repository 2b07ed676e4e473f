/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-rules.h"

#define KIB ((guint64) 1024)
#define GIB (KIB * KIB * KIB)

/* Ceph's row is what radosgw 16.2 was seen to do; the others follow their makers' documentation. */
static const StoreRules rows[] = {
  { .id = "generic" },
  { .id = "aws", .adds_crc64nvme = TRUE },
  { .id = "ceph", .ignores_checksums = TRUE, .ignores_complete_conditions = TRUE,
    .empty_complete_etag = TRUE, .lax_complete = TRUE, .unknown_upload_list = "NoSuchKey",
    .unknown_upload_complete = "InternalError" },
  { .id = "r2", .equal_parts = TRUE, .etag_without_rule = TRUE },
  { .id = "b2", .refuses_checksums = TRUE },
  { .id = "scaleway", .max_parts = 1000 },
  { .id = "digitalocean", .max_part_size = 8100 * KIB },
};

const StoreRules *
store_rules_get (const char *id)
{
  static StoreRules filled[G_N_ELEMENTS (rows)];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (g_strcmp0 (rows[i].id, id) != 0)
      continue;
    filled[i] = rows[i];
    if (filled[i].unknown_upload_list == NULL)
      filled[i].unknown_upload_list = "NoSuchUpload";
    if (filled[i].unknown_upload_complete == NULL)
      filled[i].unknown_upload_complete = "NoSuchUpload";
    if (filled[i].max_parts == 0)
      filled[i].max_parts = 10000;
    if (filled[i].max_part_size == 0)
      filled[i].max_part_size = 5 * GIB;
    return &filled[i];
  }
  return NULL;
}
