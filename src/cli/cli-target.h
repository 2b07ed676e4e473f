/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

/* The destination that a command line means: a saved one's name, or s3://BUCKET/PREFIX with what
 * the environment and ~/.aws say of endpoint, region, style and CA. */

typedef struct {
  char *endpoint;               /* --endpoint; NULL = not given, and so on */
  char *region;
  char *profile;
  char *style;
  char *ca_file;
  gboolean allow_http;
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
