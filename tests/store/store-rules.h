/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What sets one kind of S3 store apart from another, as far as an upload can see it. Constant data.
 * "generic" is what the S3 API Reference says; a store's row says where it differs. */

typedef struct {
  const char *id;               /* --rules */
  gboolean ignores_checksums;   /* x-amz-checksum-* not looked at (Ceph RGW 16.2) */
  gboolean refuses_checksums;   /* 400 on any x-amz-checksum-* (Backblaze B2) */
  gboolean adds_crc64nvme;      /* sums up what came without a checksum (unproven against AWS) */
  gboolean ignores_complete_conditions; /* If-None-Match on Complete has no effect (Ceph) */
  gboolean empty_complete_etag; /* Complete answers <ETag></ETag> (Ceph) */
  gboolean lax_complete;        /* any order of parts, and a second Complete is a success (Ceph) */
  gboolean equal_parts;         /* all parts but the last of one size (Cloudflare R2) */
  gboolean etag_without_rule;   /* an ETag is no MD5 of MD5s (Cloudflare R2) */
  const char *unknown_upload_list;      /* the code of ListParts for an unknown upload */
  const char *unknown_upload_complete;  /* the code of Complete for an unknown upload */
  guint max_parts;              /* the highest part number */
  guint64 max_part_size;        /* bytes */
} StoreRules;

/* NULL for an unknown id. */
const StoreRules *store_rules_get (const char *id);
