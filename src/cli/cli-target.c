/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-target.h"

#include <glib/gi18n.h>

#include "aws/aws-config.h"
#include "engine/pw-destinations.h"
#include "engine/pw-error.h"

CliTargetOptions cli_target_options;

typedef enum {
  TARGET_BUCKET = 1 << 0,
  TARGET_BACKEND = 1 << 1,
  TARGET_SAVED = 1 << 2,
} TargetKind;

const GOptionEntry *
cli_target_entries (void)
{
  static const GOptionEntry entries[] = {
    { "endpoint", 0, 0, G_OPTION_ARG_STRING, &cli_target_options.endpoint,
      N_("Where the store answers, if it is not AWS"), "URL" },
    { "region", 0, 0, G_OPTION_ARG_STRING, &cli_target_options.region,
      N_("The bucket’s region"), N_("REGION") },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &cli_target_options.profile,
      N_("A profile of ~/.aws, for its keys and settings"), N_("NAME") },
    { "style", 0, 0, G_OPTION_ARG_STRING, &cli_target_options.style,
      N_("How buckets are addressed: auto, virtual, path"), N_("STYLE") },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &cli_target_options.ca_file,
      N_("Certificates to trust instead of the system’s (PEM)"), N_("FILE") },
    { "allow-http", 0, 0, G_OPTION_ARG_NONE, &cli_target_options.allow_http,
      N_("Send without encryption to another machine"), NULL },
    { "dialect", 0, 0, G_OPTION_ARG_STRING, &cli_target_options.dialect,
      N_("What a backend speaks: auto, fastapi, companion, sign, partway"), N_("NAME") },
    { "auth-header", 0, 0, G_OPTION_ARG_STRING, &cli_target_options.auth_header,
      N_("Header for PARTWAY_PRESIGN_TOKEN, instead of Authorization: Bearer"), N_("NAME") },
    G_OPTION_ENTRY_NULL
  };

  return entries;
}

gboolean
cli_parse_if_exists (const char  *text,
                     PwIfExists  *if_exists,
                     GError     **error)
{
  for (guint i = 0; pw_if_exists_ids[i]; i++) {
    if (g_str_equal (pw_if_exists_ids[i], text)) {
      *if_exists = (PwIfExists) i;
      return TRUE;
    }
  }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("--if-exists is ask, replace, rename or skip, not “%s”."), text);
  return FALSE;
}

/* What would be passed over in silence might send files to another place than was meant. */
static gboolean
check_options (const char  *target,
               TargetKind   kind,
               GError     **error)
{
  const CliTargetOptions *options = &cli_target_options;
  const struct {
    const char *name;
    gboolean is_given;
    guint kinds;
  } rows[] = {
    { "endpoint", options->endpoint != NULL, TARGET_BUCKET },
    { "region", options->region != NULL, TARGET_BUCKET },
    { "profile", options->profile != NULL, TARGET_BUCKET },
    { "style", options->style != NULL, TARGET_BUCKET },
    { "ca-file", options->ca_file != NULL, TARGET_BUCKET | TARGET_BACKEND },
    { "allow-http", options->allow_http, TARGET_BUCKET | TARGET_BACKEND },
    { "dialect", options->dialect != NULL, TARGET_BACKEND },
    { "auth-header", options->auth_header != NULL, TARGET_BACKEND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].is_given && !(rows[i].kinds & kind)) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("--%s does not apply to “%s”."), rows[i].name, target);
      return FALSE;
    }
  }
  return TRUE;
}

static PwDestination *
load_saved (const char *name,
            GError    **error)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (NULL);
  PwDestination *found;

  if (!check_options (name, TARGET_SAVED, error) || !pw_destinations_load (destinations, error))
    return NULL;
  found = pw_destinations_lookup (destinations, name);
  if (!found) {
    g_set_error (error, PW_ERROR, PW_ERROR_DESTINATION,
                 _("There is no destination “%s”. “partway-cli destination list” shows those there "
                   "are; s3://BUCKET/PREFIX needs none."), name);
    return NULL;
  }
  return pw_destination_copy (found);
}

static gboolean
set_style (PwDestination *destination,
           const char    *style,
           GError       **error)
{
  for (guint i = 0; pw_style_ids[i]; i++) {
    if (g_str_equal (pw_style_ids[i], style)) {
      destination->style = (S3Style) i;
      return TRUE;
    }
  }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("--style is auto, virtual or path, not “%s”."), style);
  return FALSE;
}

static PwDestination *
make_from_uri (const char *uri,
               GError    **error)
{
  const CliTargetOptions *options = &cli_target_options;
  g_auto (GStrv) envp = g_get_environ ();
  g_autoptr (AwsConfig) aws = NULL;
  g_autoptr (PwDestination) destination = NULL;
  const char *ca_file;

  if (!check_options (uri, TARGET_BUCKET, error)
      || !(aws = aws_config_load (envp, options->profile, error)))
    return NULL;
  destination = pw_destination_new_from_uri (
    uri, options->endpoint ? options->endpoint : aws->endpoint,
    options->region ? options->region : aws->region, error);
  if (!destination)
    return NULL;
  destination->secrets = options->profile ? PW_SECRETS_PROFILE : PW_SECRETS_ENVIRONMENT;
  destination->profile = g_strdup (options->profile);
  destination->style = aws->style;
  /* An upload may be taken up again from another folder. */
  ca_file = options->ca_file ? options->ca_file : aws->ca_file;
  destination->ca_file = ca_file ? g_canonicalize_filename (ca_file, NULL) : NULL;
  destination->allow_http = options->allow_http;
  destination->if_exists = PW_IF_EXISTS_REPLACE;
  if (options->style && !set_style (destination, options->style, error))
    return NULL;
  return g_steal_pointer (&destination);
}

gboolean
cli_parse_dialect (const char     *text,
                   PwDialectKind  *dialect,
                   GError        **error)
{
  for (guint i = 0; pw_dialect_ids[i]; i++) {
    if (g_str_equal (pw_dialect_ids[i], text)) {
      *dialect = (PwDialectKind) i;
      return TRUE;
    }
  }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("--dialect is auto, fastapi, companion, sign or partway, not “%s”."), text);
  return FALSE;
}

PwDestination *
cli_target_new_presign (const char *url,
                        GError    **error)
{
  const CliTargetOptions *options = &cli_target_options;
  g_autoptr (PwDestination) destination = NULL;

  if (!check_options (url, TARGET_BACKEND, error)
      || !(destination = pw_destination_new_presign (url, error))
      || (options->dialect && !cli_parse_dialect (options->dialect, &destination->dialect, error)))
    return NULL;
  destination->auth_header = g_strdup (options->auth_header);
  destination->ca_file = options->ca_file ? g_canonicalize_filename (options->ca_file, NULL) : NULL;
  destination->allow_http = options->allow_http;
  return g_steal_pointer (&destination);
}

PwDestination *
cli_target_new (const char *target,
                GError    **error)
{
  if (g_str_has_prefix (target, "https://") || g_str_has_prefix (target, "http://"))
    return cli_target_new_presign (target, error);
  return g_str_has_prefix (target, "s3://") ? make_from_uri (target, error)
                                            : load_saved (target, error);
}
