/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-presets.h"

#include <glib/gi18n.h>
#include <string.h>

static const PwRegion aws_regions[] = {
  { "us-east-1", N_("US East (Virginia)") },
  { "us-east-2", N_("US East (Ohio)") },
  { "us-west-1", N_("US West (California)") },
  { "us-west-2", N_("US West (Oregon)") },
  { "ca-central-1", N_("Canada (Montreal)") },
  { "ca-west-1", N_("Canada (Calgary)") },
  { "mx-central-1", N_("Mexico (Querétaro)") },
  { "sa-east-1", N_("South America (São Paulo)") },
  { "eu-central-1", N_("Europe (Frankfurt)") },
  { "eu-central-2", N_("Europe (Zurich)") },
  { "eu-west-1", N_("Europe (Ireland)") },
  { "eu-west-2", N_("Europe (London)") },
  { "eu-west-3", N_("Europe (Paris)") },
  { "eu-north-1", N_("Europe (Stockholm)") },
  { "eu-south-1", N_("Europe (Milan)") },
  { "eu-south-2", N_("Europe (Spain)") },
  { "af-south-1", N_("Africa (Cape Town)") },
  { "il-central-1", N_("Israel (Tel Aviv)") },
  { "me-central-1", N_("Middle East (UAE)") },
  { "me-south-1", N_("Middle East (Bahrain)") },
  { "ap-south-1", N_("Asia Pacific (Mumbai)") },
  { "ap-south-2", N_("Asia Pacific (Hyderabad)") },
  { "ap-southeast-1", N_("Asia Pacific (Singapore)") },
  { "ap-southeast-2", N_("Asia Pacific (Sydney)") },
  { "ap-southeast-3", N_("Asia Pacific (Jakarta)") },
  { "ap-southeast-4", N_("Asia Pacific (Melbourne)") },
  { "ap-southeast-5", N_("Asia Pacific (Malaysia)") },
  { "ap-southeast-7", N_("Asia Pacific (Thailand)") },
  { "ap-east-1", N_("Asia Pacific (Hong Kong)") },
  { "ap-northeast-1", N_("Asia Pacific (Tokyo)") },
  { "ap-northeast-2", N_("Asia Pacific (Seoul)") },
  { "ap-northeast-3", N_("Asia Pacific (Osaka)") },
  { "cn-north-1", N_("China (Beijing)") },
  { "cn-northwest-1", N_("China (Ningxia)") },
  { NULL, NULL },
};

static const PwRegion b2_regions[] = {
  { "us-west-004", N_("US West") },
  { "us-west-000", N_("US West (older)") },
  { "us-west-001", N_("US West (Sacramento)") },
  { "us-west-002", N_("US West (Phoenix)") },
  { "us-east-005", N_("US East") },
  { "eu-central-003", N_("Europe (Amsterdam)") },
  { "ca-east-006", N_("Canada (Toronto)") },
  { NULL, NULL },
};

static const PwRegion wasabi_regions[] = {
  { "us-east-1", N_("US East (Virginia)") },
  { "us-east-2", N_("US East (Virginia, second)") },
  { "us-central-1", N_("US Central (Texas)") },
  { "us-west-1", N_("US West (Oregon)") },
  { "ca-central-1", N_("Canada (Toronto)") },
  { "eu-central-1", N_("Europe (Amsterdam)") },
  { "eu-central-2", N_("Europe (Frankfurt)") },
  { "eu-west-1", N_("Europe (London)") },
  { "eu-west-2", N_("Europe (Paris)") },
  { "eu-south-1", N_("Europe (Milan)") },
  { "ap-northeast-1", N_("Asia Pacific (Tokyo)") },
  { "ap-northeast-2", N_("Asia Pacific (Osaka)") },
  { "ap-southeast-1", N_("Asia Pacific (Singapore)") },
  { "ap-southeast-2", N_("Asia Pacific (Sydney)") },
  { NULL, NULL },
};

static const PwRegion digitalocean_regions[] = {
  { "nyc3", N_("New York") },
  { "sfo2", N_("San Francisco (older)") },
  { "sfo3", N_("San Francisco") },
  { "tor1", N_("Toronto") },
  { "ams3", N_("Amsterdam") },
  { "fra1", N_("Frankfurt") },
  { "lon1", N_("London") },
  { "blr1", N_("Bangalore") },
  { "sgp1", N_("Singapore") },
  { "syd1", N_("Sydney") },
  { NULL, NULL },
};

static const PwRegion scaleway_regions[] = {
  { "fr-par", N_("Paris") },
  { "nl-ams", N_("Amsterdam") },
  { "pl-waw", N_("Warsaw") },
  { "it-mil", N_("Milan") },
  { NULL, NULL },
};

static const char *const aws_classes[] = {
  "STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER",
  "DEEP_ARCHIVE", NULL
};
static const char *const google_classes[] = {
  "STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", NULL
};
static const char *const scaleway_classes[] = { "STANDARD", "ONEZONE_IA", "GLACIER", NULL };
static const char *const r2_classes[] = { "STANDARD", "STANDARD_IA", NULL };

static const PwPresetInfo presets[PW_N_PRESETS] = {
  [PW_PRESET_AWS] = {
    .name = "Amazon S3", .regions = aws_regions, .classes = aws_classes, .store = S3_STORE_AWS,
  },
  [PW_PRESET_R2] = {
    .name = "Cloudflare R2", .endpoint = "https://%s.r2.cloudflarestorage.com",
    .classes = r2_classes, .store = S3_STORE_R2, .needs_account = TRUE,
  },
  [PW_PRESET_B2] = {
    .name = "Backblaze B2", .endpoint = "https://s3.%s.backblazeb2.com", .regions = b2_regions,
    .store = S3_STORE_B2,
  },
  [PW_PRESET_WASABI] = {
    .name = "Wasabi", .endpoint = "https://s3.%s.wasabisys.com", .regions = wasabi_regions,
    .store = S3_STORE_WASABI,
  },
  [PW_PRESET_MINIO] = {
    .name = "MinIO", .endpoint = "", .store = S3_STORE_MINIO, .style = S3_STYLE_PATH,
  },
  [PW_PRESET_CEPH] = {
    .name = "Ceph", .endpoint = "", .store = S3_STORE_CEPH, .style = S3_STYLE_PATH,
  },
  [PW_PRESET_DIGITALOCEAN] = {
    .name = "DigitalOcean Spaces", .endpoint = "https://%s.digitaloceanspaces.com",
    .regions = digitalocean_regions, .store = S3_STORE_DIGITALOCEAN,
  },
  [PW_PRESET_SCALEWAY] = {
    .name = "Scaleway", .endpoint = "https://s3.%s.scw.cloud", .regions = scaleway_regions,
    .classes = scaleway_classes, .store = S3_STORE_SCALEWAY,
  },
  [PW_PRESET_GOOGLE] = {
    .name = "Google Cloud Storage", .endpoint = "https://storage.googleapis.com",
    .classes = google_classes, .store = S3_STORE_GOOGLE, .style = S3_STYLE_PATH,
  },
  [PW_PRESET_CUSTOM] = {
    .name = N_("Other S3 Storage"), .endpoint = "", .classes = aws_classes,
    .store = S3_STORE_GENERIC,
  },
  [PW_PRESET_BACKEND] = {
    .name = N_("Upload Backend"), .endpoint = "",
  },
};

const PwPresetInfo *
pw_preset_get (PwPreset preset)
{
  g_return_val_if_fail (preset < PW_N_PRESETS, NULL);

  return &presets[preset];
}

/* How much of the endpoint stands before the place; all of it where there is no place. */
static gsize
get_start (const char *endpoint)
{
  const char *place = strstr (endpoint, "%s");

  return place ? (gsize) (place - endpoint) : strlen (endpoint);
}

char *
pw_preset_dup_endpoint (PwPreset    preset,
                        const char *place)
{
  const char *endpoint = pw_preset_get (preset)->endpoint;
  gsize start = endpoint ? get_start (endpoint) : 0;

  if (!endpoint || *endpoint == '\0')
    return NULL;
  if (endpoint[start] == '\0')
    return g_strdup (endpoint);
  if (!place || *place == '\0')
    return NULL;
  return g_strdup_printf ("%.*s%s%s", (int) start, endpoint, place, endpoint + start + 2);
}

char *
pw_preset_dup_place (PwPreset    preset,
                     const char *endpoint)
{
  const char *pattern = pw_preset_get (preset)->endpoint;
  gsize start, length, end_length;

  if (!pattern || !endpoint || *pattern == '\0')
    return NULL;
  start = get_start (pattern);
  length = strlen (endpoint);
  if (pattern[start] == '\0')
    return g_str_equal (pattern, endpoint) ? g_strdup ("") : NULL;
  end_length = strlen (pattern) - start - 2;
  if (length <= start + end_length || strncmp (pattern, endpoint, start) != 0
      || !g_str_has_suffix (endpoint, pattern + start + 2)
      || memchr (endpoint + start, '.', length - start - end_length))
    return NULL;
  return g_strndup (endpoint + start, length - start - end_length);
}

PwPreset
pw_preset_find (PwDestination *destination)
{
  const char *endpoint = destination->endpoint;

  if (destination->kind == PW_DESTINATION_PRESIGN)
    return PW_PRESET_BACKEND;
  if (!endpoint || *endpoint == '\0')
    return PW_PRESET_AWS;
  for (guint i = 0; i < PW_N_PRESETS; i++) {
    g_autofree char *place = pw_preset_dup_place (i, endpoint);

    if (place)
      return i;
  }
  if (destination->store == S3_STORE_MINIO)
    return PW_PRESET_MINIO;
  if (destination->store == S3_STORE_CEPH)
    return PW_PRESET_CEPH;
  return PW_PRESET_CUSTOM;
}
