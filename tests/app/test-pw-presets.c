/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-presets.h"

static const struct {
  PwPreset preset;
  const char *place;
  const char *endpoint;
} endpoints[] = {
  { PW_PRESET_AWS, "eu-central-1", NULL },
  { PW_PRESET_R2, "0123abcd", "https://0123abcd.r2.cloudflarestorage.com" },
  { PW_PRESET_R2, "", NULL },
  { PW_PRESET_R2, NULL, NULL },
  { PW_PRESET_B2, "us-west-004", "https://s3.us-west-004.backblazeb2.com" },
  { PW_PRESET_WASABI, "eu-central-1", "https://s3.eu-central-1.wasabisys.com" },
  { PW_PRESET_MINIO, "us-east-1", NULL },
  { PW_PRESET_CEPH, NULL, NULL },
  { PW_PRESET_DIGITALOCEAN, "fra1", "https://fra1.digitaloceanspaces.com" },
  { PW_PRESET_SCALEWAY, "fr-par", "https://s3.fr-par.scw.cloud" },
  { PW_PRESET_GOOGLE, NULL, "https://storage.googleapis.com" },
  { PW_PRESET_CUSTOM, "x", NULL },
  { PW_PRESET_BACKEND, NULL, NULL },
};

static void
test_endpoints (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++) {
    g_autofree char *endpoint = pw_preset_dup_endpoint (endpoints[i].preset, endpoints[i].place);

    g_assert_cmpstr (endpoint, ==, endpoints[i].endpoint);
  }
}

/* Each region's endpoint is one, of that store, and tells the region back. */
static void
test_round (void)
{
  for (guint i = 0; i < PW_N_PRESETS; i++) {
    const PwPresetInfo *info = pw_preset_get (i);

    for (const PwRegion *region = info->regions; region && region->id; region++) {
      g_autofree char *endpoint = pw_preset_dup_endpoint (i, region->id);
      g_autofree char *place = pw_preset_dup_place (i, endpoint);
      g_autoptr (GError) error = NULL;
      g_autoptr (PwDestination) destination = pw_destination_new_from_uri (
        "s3://bucket", endpoint, region->id, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (place, ==, endpoint ? region->id : NULL);
      g_assert_cmpint (destination->store, ==, info->store);
      g_assert_cmpint (pw_preset_find (destination), ==, i);
    }
  }
}

static const struct {
  const char *endpoint;
  S3StoreKind store;
  PwPreset preset;
} found[] = {
  { NULL, S3_STORE_AWS, PW_PRESET_AWS },
  { "", S3_STORE_AWS, PW_PRESET_AWS },
  { "https://acc.r2.cloudflarestorage.com", S3_STORE_R2, PW_PRESET_R2 },
  { "https://acc.eu.r2.cloudflarestorage.com", S3_STORE_R2, PW_PRESET_CUSTOM },
  { "https://.r2.cloudflarestorage.com", S3_STORE_R2, PW_PRESET_CUSTOM },
  { "https://s3.eu-central-1.amazonaws.com", S3_STORE_AWS, PW_PRESET_CUSTOM },
  { "https://storage.googleapis.com", S3_STORE_GOOGLE, PW_PRESET_GOOGLE },
  { "https://storage.googleapis.com/x", S3_STORE_GOOGLE, PW_PRESET_CUSTOM },
  { "http://localhost:9000", S3_STORE_MINIO, PW_PRESET_MINIO },
  { "http://localhost:9000", S3_STORE_CEPH, PW_PRESET_CEPH },
  { "http://localhost:9000", S3_STORE_GENERIC, PW_PRESET_CUSTOM },
};

static void
test_found (void)
{
  g_autoptr (PwDestination) backend = pw_destination_new_presign ("https://up.example", NULL);

  g_assert_cmpint (pw_preset_find (backend), ==, PW_PRESET_BACKEND);
  for (guint i = 0; i < G_N_ELEMENTS (found); i++) {
    g_autoptr (PwDestination) destination = pw_destination_new ("x");

    destination->endpoint = g_strdup (found[i].endpoint);
    destination->store = found[i].store;
    g_assert_cmpint (pw_preset_find (destination), ==, found[i].preset);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presets/endpoints", test_endpoints);
  g_test_add_func ("/presets/round", test_round);
  g_test_add_func ("/presets/found", test_found);
  return g_test_run ();
}
