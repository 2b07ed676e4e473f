/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Stores that state their limits in GB and TB may mean either kind of unit. The smaller is safe:
 * a larger value would be refused only after the bytes were sent. */
#define GB ((guint64) 1000 * 1000 * 1000)
#define TB (GB * 1000)

#define AWS_LIMITS                                        \
  .min_part_size = 5 * S3_MIB,                            \
  .max_part_size = 5 * S3_GIB,                            \
  .max_parts = 10000,                                     \
  .max_put_size = 5 * S3_GIB,                             \
  .max_object_size = 10000 * 5 * S3_GIB,                  \
  .usual_part_size = 8 * S3_MIB

static const S3Limits stores[S3_N_STORES] = {
  [S3_STORE_GENERIC] = {
    .kind = S3_STORE_GENERIC,
    .id = "generic",
    .name = N_("S3-compatible storage"),
    AWS_LIMITS,
    .sends_checksums = TRUE,
  },
  [S3_STORE_AWS] = {
    .kind = S3_STORE_AWS,
    .id = "aws",
    .name = "Amazon S3",
    .host_suffix = "amazonaws.com",
    AWS_LIMITS,
    .sends_checksums = TRUE,
    .etag_is_md5 = TRUE,
  },
  /* developers.cloudflare.com/r2/platform/limits: 5 TiB less 5 GiB; one upload 5 GiB less 5 MiB. */
  [S3_STORE_R2] = {
    .kind = S3_STORE_R2,
    .id = "r2",
    .name = "Cloudflare R2",
    .host_suffix = "r2.cloudflarestorage.com",
    .default_region = "auto",
    .min_part_size = 5 * S3_MIB,
    .max_part_size = 5 * S3_GIB - 5 * S3_MIB,
    .max_parts = 10000,
    .max_put_size = 5 * S3_GIB - 5 * S3_MIB,
    .max_object_size = 5 * S3_TIB - 5 * S3_GIB,
    .usual_part_size = 8 * S3_MIB,
    .sends_checksums = TRUE,
  },
  /* backblaze.com/docs, "Large Files": parts of 5 MB to 5 GB, objects of at most 10 TB. */
  [S3_STORE_B2] = {
    .kind = S3_STORE_B2,
    .id = "b2",
    .name = "Backblaze B2",
    .host_suffix = "backblazeb2.com",
    .min_part_size = 5 * S3_MIB,
    .max_part_size = 5 * GB,
    .max_parts = 10000,
    .max_put_size = 5 * GB,
    .max_object_size = 10 * TB,
    .usual_part_size = 8 * S3_MIB,
  },
  /* cloud.google.com/storage/quotas: objects of 5 TiB, also in one request. */
  [S3_STORE_GOOGLE] = {
    .kind = S3_STORE_GOOGLE,
    .id = "google",
    .name = "Google Cloud Storage",
    .host_suffix = "storage.googleapis.com",
    .default_region = "auto",
    .min_part_size = 5 * S3_MIB,
    .max_part_size = 5 * S3_GIB,
    .max_parts = 10000,
    .max_put_size = 5 * S3_TIB,
    .max_object_size = 5 * S3_TIB,
    .usual_part_size = 8 * S3_MIB,
  },
  /* docs.wasabi.com: objects of 5 TB, one PUT of 5 GB. */
  [S3_STORE_WASABI] = {
    .kind = S3_STORE_WASABI,
    .id = "wasabi",
    .name = "Wasabi",
    .host_suffix = "wasabisys.com",
    .min_part_size = 5 * S3_MIB,
    .max_part_size = 5 * GB,
    .max_parts = 10000,
    .max_put_size = 5 * GB,
    .max_object_size = 5 * TB,
    .usual_part_size = 8 * S3_MIB,
    .sends_checksums = TRUE,
    .etag_is_md5 = TRUE,
  },
  [S3_STORE_MINIO] = {
    .kind = S3_STORE_MINIO,
    .id = "minio",
    .name = "MinIO",
    AWS_LIMITS,
    .sends_checksums = TRUE,
    .etag_is_md5 = TRUE,
  },
  [S3_STORE_CEPH] = {
    .kind = S3_STORE_CEPH,
    .id = "ceph",
    .name = "Ceph",
    AWS_LIMITS,
    .sends_checksums = TRUE,
    .etag_is_md5 = TRUE,
  },
  /* docs.digitalocean.com/products/spaces/details/limits. */
  [S3_STORE_DIGITALOCEAN] = {
    .kind = S3_STORE_DIGITALOCEAN,
    .id = "digitalocean",
    .name = "DigitalOcean Spaces",
    .host_suffix = "digitaloceanspaces.com",
    .min_part_size = 5 * S3_MIB,
    .max_part_size = 5 * GB,
    .max_parts = 10000,
    .max_put_size = 5 * GB,
    .max_object_size = 5 * TB,
    .usual_part_size = 8 * S3_MIB,
    .sends_checksums = TRUE,
    .etag_is_md5 = TRUE,
  },
  /* scaleway.com/en/docs/object-storage: 1,000 parts, objects of 5 TB. */
  [S3_STORE_SCALEWAY] = {
    .kind = S3_STORE_SCALEWAY,
    .id = "scaleway",
    .name = "Scaleway",
    .host_suffix = "scw.cloud",
    .min_part_size = 5 * S3_MIB,
    .max_part_size = 5 * GB,
    .max_parts = 1000,
    .max_put_size = 5 * GB,
    .max_object_size = 5 * TB,
    .usual_part_size = 8 * S3_MIB,
    .sends_checksums = TRUE,
    .etag_is_md5 = TRUE,
  },
  /* storj.dev: data is kept in segments of 64 MiB, and a smaller part still takes a whole one. */
  [S3_STORE_STORJ] = {
    .kind = S3_STORE_STORJ,
    .id = "storj",
    .name = "Storj",
    .host_suffix = "storjshare.io",
    .min_part_size = 5 * S3_MIB,
    .max_part_size = 5 * S3_GIB,
    .max_parts = 10000,
    .max_put_size = 5 * S3_GIB,
    .max_object_size = 10000 * 5 * S3_GIB,
    .usual_part_size = 64 * S3_MIB,
    .sends_checksums = TRUE,
  },
};

/* What a presigned request to the CDN's host may carry: 8,100 KiB, a part or a whole object. */
static const S3Limits digitalocean_cdn = {
  .kind = S3_STORE_DIGITALOCEAN,
  .id = "digitalocean-cdn",
  .name = "DigitalOcean Spaces (CDN)",
  .host_suffix = "cdn.digitaloceanspaces.com",
  .min_part_size = 5 * S3_MIB,
  .max_part_size = 8100 * S3_KIB,
  .max_parts = 10000,
  .max_put_size = 8100 * S3_KIB,
  .max_object_size = 10000 * 8100 * S3_KIB,
  .usual_part_size = 7 * S3_MIB,
  .sends_checksums = TRUE,
  .etag_is_md5 = TRUE,
};

/* Further hosts of a store; the first that fits counts, so the narrower stand first. */
static const struct {
  const char *host_suffix;
  const S3Limits *limits;
} further_hosts[] = {
  { "cdn.digitaloceanspaces.com", &digitalocean_cdn },
  { "amazonaws.com.cn", &stores[S3_STORE_AWS] },
};

/* Whether @host, @length bytes of it, is @suffix or ends in a dot and @suffix. */
static gboolean
host_ends_in (const char *host,
              gsize       length,
              const char *suffix)
{
  gsize suffix_length = strlen (suffix);

  if (length < suffix_length)
    return FALSE;

  gsize start = length - suffix_length;
  return g_ascii_strncasecmp (host + start, suffix, suffix_length) == 0
         && (start == 0 || host[start - 1] == '.');
}

const S3Limits *
s3_limits_for_kind (S3StoreKind kind)
{
  g_return_val_if_fail (kind < S3_N_STORES, &stores[S3_STORE_GENERIC]);

  return &stores[kind];
}

const S3Limits *
s3_limits_for_id (const char *id)
{
  for (guint i = 0; i < S3_N_STORES; i++) {
    if (g_strcmp0 (stores[i].id, id) == 0)
      return &stores[i];
  }
  if (g_strcmp0 (digitalocean_cdn.id, id) == 0)
    return &digitalocean_cdn;

  return &stores[S3_STORE_GENERIC];
}

const S3Limits *
s3_limits_for_host (const char *host)
{
  if (host == NULL || *host == '\0')
    return &stores[S3_STORE_AWS];

  gsize length = strcspn (host, ":");
  if (length > 0 && host[length - 1] == '.')
    length--;

  for (guint i = 0; i < G_N_ELEMENTS (further_hosts); i++) {
    if (host_ends_in (host, length, further_hosts[i].host_suffix))
      return further_hosts[i].limits;
  }
  for (guint i = 0; i < S3_N_STORES; i++) {
    if (stores[i].host_suffix != NULL && host_ends_in (host, length, stores[i].host_suffix))
      return &stores[i];
  }

  return &stores[S3_STORE_GENERIC];
}
