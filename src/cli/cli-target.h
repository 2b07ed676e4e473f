/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

/* The destination that a command line means: a saved one's name, s3://BUCKET/PREFIX with what the
 * environment and ~/.aws say of endpoint, region, style and CA, or the address of a backend. */

typedef struct {
  char *endpoint;               /* --endpoint; NULL = not given, and so on */
  char *region;
  char *profile;
  char *style;
  char *ca_file;
  gboolean allow_http;
  char *dialect;                /* these of a backend */
  char *auth_header;
} CliTargetOptions;

extern CliTargetOptions cli_target_options;
const GOptionEntry *cli_target_entries (void);

/* "ask", "replace", "rename", "skip". G_OPTION_ERROR. */
gboolean       cli_parse_if_exists (const char  *text,
                                    PwIfExists  *if_exists,
                                    GError     **error);

/* PW_ERROR_DESTINATION or G_OPTION_ERROR. To unref; never a shared one, so it may be changed. */
PwDestination *cli_target_new (const char *target,
                               GError    **error);

/* The same for the backend at @url, whose secret is in PARTWAY_PRESIGN_TOKEN, if it has one. */
PwDestination *cli_target_new_presign (const char *url,
                                       GError    **error);

/* "auto", "fastapi", … G_OPTION_ERROR. */
gboolean       cli_parse_dialect   (const char     *text,
                                    PwDialectKind  *dialect,
                                    GError        **error);
