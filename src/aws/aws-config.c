/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-config.h"

#include "aws/aws-answer.h"
#include "aws/aws-container.h"
#include "aws/aws-error.h"
#include "aws/aws-file.h"
#include "aws/aws-process.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE_SIZE (4 * 1024 * 1024)

/* Where the sections of one profile are; either file may be NULL. */
typedef struct {
  AwsFile *config;
  AwsFile *credentials;
  const char *config_kind;      /* "profile", or "" for "[default]" */
  const char *profile;
} Files;

static void
files_clear (Files *self)
{
  g_clear_pointer (&self->config, aws_file_free);
  g_clear_pointer (&self->credentials, aws_file_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

static const char *
get_env (char **envp, const char *name)
{
  const char *value = g_environ_getenv (envp, name);

  return value && *value ? value : NULL;
}

static const char *
get_first (const char *a, const char *b)
{
  return a ? a : b;
}

static char *
dup_path (char **envp, const char *variable, const char *name)
{
  const char *path = get_env (envp, variable);
  const char *home = get_first (get_env (envp, "HOME"), g_get_home_dir ());

  if (path && g_str_has_prefix (path, "~/")) {
    return g_build_filename (home, path + 2, NULL);
  }
  return path ? g_strdup (path) : g_build_filename (home, ".aws", name, NULL);
}

/* No file is no fault; @file is then NULL. */
static gboolean
load_file (const char *path, AwsFile **file, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    return TRUE;
  }
  if (!g_file_get_contents (path, &text, &length, &local)) {
    if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
      return TRUE;
    }
    g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
                 _("The file %s cannot be read. Check its permissions."), path);
    return FALSE;
  }
  if (length > MAX_FILE_SIZE || strlen (text) != length) {
    g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
                 _("The file %s is not a text file with AWS settings."), path);
  } else {
    *file = aws_file_parse (text, path, error);
  }
  explicit_bzero (text, length);
  return *file != NULL;
}

static gboolean
load_files (Files *files, char **envp, const char *profile, GError **error)
{
  g_autofree char *config_path = dup_path (envp, "AWS_CONFIG_FILE", "config");
  g_autofree char *credentials_path = dup_path (envp, "AWS_SHARED_CREDENTIALS_FILE", "credentials");

  files->profile = profile;
  files->config_kind = "profile";
  if (!load_file (config_path, &files->config, error) ||
      !load_file (credentials_path, &files->credentials, error)) {
    return FALSE;
  }
  /* "[profile default]" counts before "[default]". */
  if (g_str_equal (profile, "default") && files->config &&
      !aws_file_has_section (files->config, "profile", profile)) {
    files->config_kind = "";
  }
  return TRUE;
}

static gboolean
has_profile (const Files *files)
{
  return (files->config &&
          aws_file_has_section (files->config, files->config_kind, files->profile)) ||
         (files->credentials && aws_file_has_section (files->credentials, "", files->profile));
}

static const char *
get_setting (const Files *files, const char *key)
{
  const char *value = NULL;

  if (files->credentials) {
    value = aws_file_get (files->credentials, "", files->profile, key);
  }
  if (!value && files->config) {
    value = aws_file_get (files->config, files->config_kind, files->profile, key);
  }
  return value;
}

static const char *
get_file_endpoint (const Files *files, char **envp)
{
  const char *ignore = get_first (get_env (envp, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
                                  get_setting (files, "ignore_configured_endpoint_urls"));
  const char *services = get_setting (files, "services");
  const char *endpoint = NULL;

  if (ignore && g_ascii_strcasecmp (ignore, "true") == 0) {
    return NULL;
  }
  if (services && files->config) {
    endpoint = aws_file_get (files->config, "services", services, "s3.endpoint_url");
  }
  return get_first (endpoint, get_setting (files, "endpoint_url"));
}

static void
set_places (AwsConfig *self, const Files *files, char **envp)
{
  const char *ignore = get_env (envp, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  const char *style = get_setting (files, "s3.addressing_style");
  const char *endpoint = NULL;

  if (!ignore || g_ascii_strcasecmp (ignore, "true") != 0) {
    endpoint = get_first (get_env (envp, "AWS_ENDPOINT_URL_S3"),
                          get_env (envp, "AWS_ENDPOINT_URL"));
  }
  self->endpoint = g_strdup (get_first (endpoint, get_file_endpoint (files, envp)));
  self->region = g_strdup (get_first (get_first (get_env (envp, "AWS_REGION"),
                                                 get_env (envp, "AWS_DEFAULT_REGION")),
                                      get_setting (files, "region")));
  self->ca_file = g_strdup (get_first (get_env (envp, "AWS_CA_BUNDLE"),
                                       get_setting (files, "ca_bundle")));
  self->style = S3_STYLE_AUTO;
  if (g_strcmp0 (style, "path") == 0) {
    self->style = S3_STYLE_PATH;
  } else if (g_strcmp0 (style, "virtual") == 0) {
    self->style = S3_STYLE_VIRTUAL_HOST;
  }
}

static gboolean
set_keys_of_environment (AwsConfig *self, char **envp, GError **error)
{
  const char *access_key = get_env (envp, "AWS_ACCESS_KEY_ID");
  const char *secret_key = get_env (envp, "AWS_SECRET_ACCESS_KEY");
  const char *expiration = get_env (envp, "AWS_CREDENTIAL_EXPIRATION");

  if (!access_key && !secret_key) {
    return TRUE;
  }
  if (!access_key || !secret_key) {
    g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
                 _("The environment has only one half of the keys: set %s too."),
                 access_key ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    return FALSE;
  }
  if (expiration && !aws_time_parse (expiration, &self->expires)) {
    g_set_error_literal (error, AWS_ERROR, AWS_ERROR_MISSING,
                         _("AWS_CREDENTIAL_EXPIRATION is no time, like 2026-01-31T12:00:00Z."));
    return FALSE;
  }
  self->keys = s3_credentials_new (access_key, secret_key, get_env (envp, "AWS_SESSION_TOKEN"));
  return TRUE;
}

/* Access key and secret key from the same file, or they would not belong together. */
static gboolean
set_keys_of_file (AwsConfig *self, const AwsFile *file, const char *kind, GError **error)
{
  const char *access_key, *secret_key;

  if (!file || self->keys) {
    return TRUE;
  }
  access_key = aws_file_get (file, kind, self->profile, "aws_access_key_id");
  secret_key = aws_file_get (file, kind, self->profile, "aws_secret_access_key");
  if (!access_key && !secret_key) {
    return TRUE;
  }
  if (!access_key || !secret_key) {
    g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
                 _("The profile “%s” has only one half of the keys: add %s to it."), self->profile,
                 access_key ? "aws_secret_access_key" : "aws_access_key_id");
    return FALSE;
  }
  self->keys = s3_credentials_new (access_key, secret_key,
                                   aws_file_get (file, kind, self->profile,
                                                    "aws_session_token"));
  return TRUE;
}

static const char *
find_sign_in (const Files *files)
{
  static const struct {
    const char *key;
    const char *name;
  } ways[] = {
    { "sso_session", "SSO" }, { "sso_start_url", "SSO" }, { "sso_account_id", "SSO" },
    { "login_session", "AWS login" }, { "web_identity_token_file", "a web identity" },
    { "role_arn", "a role" }, { "source_profile", "a role" }, { "credential_source", "a role" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (get_setting (files, ways[i].key)) {
      return ways[i].name;
    }
  }
  return NULL;
}

/* AWS's order for one profile: a role before the keys, which then only serve to take it. */
static gboolean
set_sources_of_profile (AwsConfig *self, const Files *files, GError **error)
{
  self->may_change = TRUE;
  self->sign_in = g_strdup (find_sign_in (files));
  if (self->sign_in && get_setting (files, "role_arn")) {
    return TRUE;
  }
  if (!set_keys_of_file (self, files->credentials, "", error) ||
      !set_keys_of_file (self, files->config, files->config_kind, error)) {
    return FALSE;
  }
  if (!self->keys) {
    self->command = g_strdup (get_setting (files, "credential_process"));
  }
  return TRUE;
}

AwsConfig *
aws_config_load (char       **envp,
                 const char  *profile,
                 GError     **error)
{
  g_autoptr (AwsConfig) self = g_new0 (AwsConfig, 1);
  g_auto (Files) files = { 0 };
  gboolean is_named = profile && *profile;
  const char *named = get_first (get_env (envp, "AWS_PROFILE"),
                                 get_env (envp, "AWS_DEFAULT_PROFILE"));

  if (!is_named && !set_keys_of_environment (self, envp, error)) {
    return NULL;
  }
  self->profile = g_strdup (is_named ? profile : named ? named : "default");
  if (!load_files (&files, envp, self->profile, error)) {
    return NULL;
  }
  self->has_profile = has_profile (&files);
  if (!self->has_profile && !self->keys && (is_named || named)) {
    g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
                 _("There is no profile “%s” in ~/.aws/config or ~/.aws/credentials. Check its "
                   "name."), self->profile);
    return NULL;
  }
  set_places (self, &files, envp);
  if (!self->keys && !set_sources_of_profile (self, &files, error)) {
    return NULL;
  }
  self->asks_container = !is_named && !self->keys && !self->command && !self->sign_in &&
                         aws_container_is_named (envp);
  return g_steal_pointer (&self);
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
}

static void
add_names (GSequence *found, char **names)
{
  for (char **name = names; *name; name++) {
    if (!g_sequence_lookup (found, *name, compare_names, NULL)) {
      g_sequence_insert_sorted (found, g_strdup (*name), compare_names, NULL);
    }
  }
}

char **
aws_config_dup_profiles (char   **envp,
                         GError **error)
{
  g_auto (Files) files = { 0 };
  g_autoptr (GSequence) found = g_sequence_new (g_free);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!load_files (&files, envp, "default", error)) {
    return NULL;
  }
  if (files.credentials) {
    g_auto (GStrv) names = aws_file_dup_names (files.credentials, "");

    add_names (found, names);
  }
  if (files.config) {
    g_auto (GStrv) names = aws_file_dup_names (files.config, "profile");
    char *usual[] = { "default", NULL };

    add_names (found, names);
    if (aws_file_has_section (files.config, "", "default")) {
      add_names (found, usual);
    }
  }
  for (GSequenceIter *i = g_sequence_get_begin_iter (found); !g_sequence_iter_is_end (i);
       i = g_sequence_iter_next (i)) {
    g_strv_builder_add (builder, g_sequence_get (i));
  }
  return g_strv_builder_end (builder);
}

void
aws_config_free (AwsConfig *self)
{
  if (!self) {
    return;
  }
  g_free (self->profile);
  g_free (self->region);
  g_free (self->endpoint);
  g_free (self->ca_file);
  g_clear_pointer (&self->keys, s3_credentials_free);
  if (self->command) {
    explicit_bzero (self->command, strlen (self->command));
    g_free (self->command);
  }
  g_free (self->sign_in);
  g_free (self);
}

S3Credentials *
aws_config_dup_credentials (const AwsConfig  *self,
                            char              **envp,
                            gint64             *expires,
                            GError            **error)
{
  g_return_val_if_fail (self != NULL && expires != NULL, NULL);

  if (self->keys) {
    *expires = self->expires;
    return s3_credentials_copy (self->keys);
  }
  if (self->command) {
    return aws_process_run (self->command, envp, 0, expires, error);
  }
  if (self->asks_container) {
    return aws_container_ask (envp, expires, error);
  }
  if (self->sign_in) {
    g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
                 _("The profile “%s” signs in through %s, which Partway does not do. Add another "
                   "profile to ~/.aws/config with this line, and choose that: credential_process = "
                   "aws configure export-credentials --profile %s --format process"),
                 self->profile, self->sign_in, self->profile);
    return NULL;
  }
  g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
               self->has_profile
               ? _("The profile “%s” of ~/.aws has no keys. Add aws_access_key_id and "
                   "aws_secret_access_key, or a credential_process, to it.")
               : _("There are no keys in the environment, and ~/.aws has no profile “%s”. Set "
                   "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run “aws configure”."),
               self->profile);
  return NULL;
}
