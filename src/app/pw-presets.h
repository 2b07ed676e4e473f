/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

/* The services that people know by name, and what a destination there needs. Pure; any thread.
 *
 * Sources: AWS General Reference, "Amazon S3 endpoints and quotas"; and of each other service the
 * page on its S3 endpoints. */

typedef enum {
  PW_PRESET_AWS,
  PW_PRESET_R2,
  PW_PRESET_B2,
  PW_PRESET_WASABI,
  PW_PRESET_MINIO,
  PW_PRESET_CEPH,
  PW_PRESET_DIGITALOCEAN,
  PW_PRESET_SCALEWAY,
  PW_PRESET_GOOGLE,
  PW_PRESET_CUSTOM,             /* any other store */
  PW_PRESET_BACKEND,            /* no store: a backend that gives presigned URLs */
  PW_N_PRESETS
} PwPreset;

typedef struct {
  const char *id;               /* "eu-central-1" */
  const char *name;             /* "Europe (Frankfurt)"; translated by who shows it */
} PwRegion;

typedef struct {
  const char *name;             /* "Cloudflare R2": a brand, but for the last two: not translated */
  const char *endpoint;         /* with %s for region or account; NULL = AWS's; "" = typed in */
  const PwRegion *regions;      /* ends with a NULL id; NULL = no choice */
  const char *const *classes;   /* storage classes, ends with NULL; NULL = none known */
  S3StoreKind store;
  S3Style style;
  gboolean needs_account;       /* %s is an account, not the region */
} PwPresetInfo;

const PwPresetInfo *pw_preset_get          (PwPreset             preset);

/* The endpoint of the preset; NULL = AWS's own. @place: the region, or the account where it
 * needs one; NULL or "" gives NULL where it would stand in the endpoint. */
char               *pw_preset_dup_endpoint (PwPreset             preset,
                                            const char          *place);

/* Which preset a destination would be made with: by its endpoint, else by its store. */
PwPreset            pw_preset_find         (PwDestination       *destination);

/* The account, or the region, that stands in the endpoint; NULL if it is not the preset's. */
char               *pw_preset_dup_place    (PwPreset             preset,
                                            const char          *endpoint);
