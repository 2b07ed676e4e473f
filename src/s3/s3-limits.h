/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The numbers of S3 and of the stores that speak it. Sizes are bytes.
 *
 * Sources: S3 User Guide, "Amazon S3 multipart upload limits" (10,000 parts, 5 MiB to 5 GiB
 * each, 48.8 TiB an object); each store's own documentation for what differs. Constant data; any
 * thread. */

#define S3_KIB ((guint64) 1024)
#define S3_MIB (S3_KIB * 1024)
#define S3_GIB (S3_MIB * 1024)
#define S3_TIB (S3_GIB * 1024)

typedef enum {
  S3_STORE_GENERIC,             /* unknown: AWS's limits, nothing assumed of its checksums */
  S3_STORE_AWS,
  S3_STORE_R2,
  S3_STORE_B2,
  S3_STORE_GOOGLE,
  S3_STORE_WASABI,
  S3_STORE_MINIO,
  S3_STORE_CEPH,
  S3_STORE_DIGITALOCEAN,
  S3_STORE_SCALEWAY,
  S3_STORE_STORJ,
  S3_N_STORES
} S3StoreKind;

typedef struct {
  S3StoreKind kind;
  const char *id;               /* "r2": stable, stored in files */
  const char *name;             /* "Cloudflare R2"; to be translated where it is shown */
  const char *host_suffix;      /* how the endpoint's host ends; NULL = only by choice */
  const char *default_region;   /* NULL = us-east-1 */
  guint64 min_part_size;        /* of every part but the last */
  guint64 max_part_size;
  guint max_parts;
  guint64 max_put_size;         /* the largest single PutObject */
  guint64 max_object_size;
  guint64 usual_part_size;      /* what a plan starts from; grows with the file */
  gboolean sends_checksums;     /* FALSE: refuses x-amz-checksum-*, so never try (B2, Google) */
  gboolean etag_is_md5;         /* FALSE: the ETag of joined parts follows no rule */
} S3Limits;

/* One kind may have further rows, which only an id or a host finds: "digitalocean-cdn", the host
 * before DigitalOcean's store, takes bodies of at most 8,100 KiB. A host may carry its port. */
const S3Limits *s3_limits_for_kind (S3StoreKind kind);
const S3Limits *s3_limits_for_id   (const char *id);     /* GENERIC for an unknown id */
const S3Limits *s3_limits_for_host (const char *host);   /* NULL or "" = AWS */
