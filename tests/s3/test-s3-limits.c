/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-limits.h"

static void
check_sound (const S3Limits *limits)
{
  g_test_message ("%s", limits->id);
  g_assert_nonnull (limits->name);
  g_assert_cmpuint (limits->min_part_size, >, 0);
  g_assert_cmpuint (limits->min_part_size, <=, limits->usual_part_size);
  g_assert_cmpuint (limits->usual_part_size, <=, limits->max_part_size);
  g_assert_cmpuint (limits->usual_part_size, <=, limits->max_put_size);
  g_assert_cmpuint (limits->usual_part_size % S3_MIB, ==, 0);
  g_assert_cmpuint (limits->max_parts, >=, 1);
  g_assert_cmpuint (limits->max_put_size, <=, limits->max_object_size);
  /* The largest object must be one that its parts can reach. */
  g_assert_cmpuint (limits->max_object_size, <=, limits->max_part_size * limits->max_parts);
  g_assert_true (s3_limits_for_id (limits->id) == limits);
  if (limits->host_suffix != NULL) {
    g_autofree char *host = g_strconcat ("bucket.", limits->host_suffix, NULL);
    g_assert_true (s3_limits_for_host (host) == limits);
  }
}

static void
test_table (void)
{
  for (guint kind = 0; kind < S3_N_STORES; kind++) {
    const S3Limits *limits = s3_limits_for_kind (kind);
    g_assert_cmpint (limits->kind, ==, kind);
    check_sound (limits);
  }
  check_sound (s3_limits_for_id ("digitalocean-cdn"));
}

static void
test_host (void)
{
  static const struct {
    const char *host;
    const char *id;
  } cases[] = {
    { NULL, "aws" },
    { "", "aws" },
    { "s3.eu-central-1.amazonaws.com", "aws" },
    { "bucket.s3.dualstack.us-east-1.amazonaws.com", "aws" },
    { "bucket.s3-accelerate.amazonaws.com", "aws" },
    { "s3.cn-north-1.amazonaws.com.cn", "aws" },
    { "S3.AMAZONAWS.COM", "aws" },
    { "s3.amazonaws.com.", "aws" },
    { "s3.amazonaws.com:443", "aws" },
    { "0123abcd.r2.cloudflarestorage.com", "r2" },
    { "0123abcd.eu.r2.cloudflarestorage.com", "r2" },
    { "s3.us-west-004.backblazeb2.com", "b2" },
    { "storage.googleapis.com", "google" },
    { "bucket.storage.googleapis.com", "google" },
    { "s3.eu-central-2.wasabisys.com", "wasabi" },
    { "nyc3.digitaloceanspaces.com", "digitalocean" },
    { "bucket.nyc3.digitaloceanspaces.com", "digitalocean" },
    { "bucket.nyc3.cdn.digitaloceanspaces.com", "digitalocean-cdn" },
    { "s3.fr-par.scw.cloud", "scaleway" },
    { "gateway.storjshare.io", "storj" },
    { "localhost:9000", "generic" },
    { "[::1]:9000", "generic" },
    { "amazonaws.com.example.org", "generic" },
    { "s3.notamazonaws.com", "generic" },
    { "googleapis.com", "generic" },
    { "com", "generic" },
    { ".", "generic" },
    { ":80", "generic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    /* A byte before the host shows whether one is read there. */
    g_autofree char *text = g_strconcat ("/", cases[i].host, NULL);
    const char *host = cases[i].host != NULL ? text + 1 : NULL;

    g_test_message ("%s", host);
    g_assert_cmpstr (s3_limits_for_host (host)->id, ==, cases[i].id);
  }
}

static void
check_cdn_host (const char *host,
                gboolean    is_cdn)
{
  const S3Limits *limits = s3_limits_for_host (host);

  g_assert_cmpint (limits->kind, ==, S3_STORE_DIGITALOCEAN);
  g_assert_true ((limits->max_part_size == 8100 * S3_KIB) == is_cdn);
  g_assert_true ((limits->max_put_size == 8100 * S3_KIB) == is_cdn);
}

static void
test_cdn (void)
{
  check_cdn_host ("bucket.ams3.cdn.digitaloceanspaces.com", TRUE);
  check_cdn_host ("bucket.ams3.digitaloceanspaces.com", FALSE);
}

static void
test_id (void)
{
  g_assert_cmpint (s3_limits_for_id ("minio")->kind, ==, S3_STORE_MINIO);
  g_assert_cmpint (s3_limits_for_id ("ceph")->kind, ==, S3_STORE_CEPH);
  g_assert_cmpint (s3_limits_for_id ("digitalocean")->kind, ==, S3_STORE_DIGITALOCEAN);
  g_assert_cmpint (s3_limits_for_id ("elsewhere")->kind, ==, S3_STORE_GENERIC);
  g_assert_cmpint (s3_limits_for_id ("")->kind, ==, S3_STORE_GENERIC);
  g_assert_cmpint (s3_limits_for_id (NULL)->kind, ==, S3_STORE_GENERIC);
}

/* What the stores' own documents say, in the form they say it. */
static void
test_facts (void)
{
  g_assert_cmpuint (s3_limits_for_kind (S3_STORE_AWS)->max_object_size, ==, 50000 * S3_GIB);
  g_assert_cmpuint (s3_limits_for_kind (S3_STORE_R2)->max_object_size, ==, 5115 * S3_GIB);
  g_assert_cmpuint (s3_limits_for_kind (S3_STORE_R2)->max_put_size, ==, 5115 * S3_MIB);
  g_assert_cmpstr (s3_limits_for_kind (S3_STORE_R2)->default_region, ==, "auto");
  g_assert_cmpuint (s3_limits_for_kind (S3_STORE_B2)->max_object_size, ==,
                    G_GUINT64_CONSTANT (10000000000000));
  g_assert_cmpuint (s3_limits_for_kind (S3_STORE_SCALEWAY)->max_parts, ==, 1000);
  g_assert_cmpuint (s3_limits_for_kind (S3_STORE_STORJ)->usual_part_size, ==, 64 * S3_MIB);
}

static void
test_checksums (void)
{
  static const struct {
    S3StoreKind kind;
    gboolean sends_checksums;
    gboolean etag_is_md5;
  } cases[] = {
    { S3_STORE_GENERIC, TRUE, FALSE },
    { S3_STORE_AWS, TRUE, TRUE },
    { S3_STORE_R2, TRUE, FALSE },
    { S3_STORE_B2, FALSE, FALSE },
    { S3_STORE_GOOGLE, FALSE, FALSE },
    { S3_STORE_MINIO, TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const S3Limits *limits = s3_limits_for_kind (cases[i].kind);
    g_test_message ("%s", limits->id);
    g_assert_true (limits->sends_checksums == cases[i].sends_checksums);
    g_assert_true (limits->etag_is_md5 == cases[i].etag_is_md5);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/s3/limits/table", test_table);
  g_test_add_func ("/s3/limits/host", test_host);
  g_test_add_func ("/s3/limits/cdn", test_cdn);
  g_test_add_func ("/s3/limits/id", test_id);
  g_test_add_func ("/s3/limits/facts", test_facts);
  g_test_add_func ("/s3/limits/checksums", test_checksums);

  return g_test_run ();
}
