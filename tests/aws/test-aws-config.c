/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-config.h"

#include "aws/aws-error.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  const char *config;           /* NULL = no file */
  const char *credentials;
  const char *environment[8];   /* "NAME=value" */
  const char *profile;
} Given;

/* Writes the files into a home of its own. */
static char **
lay_out (const Given *given, char **home)
{
  g_auto (GStrv) envp = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *config = NULL;
  g_autofree char *credentials = NULL;

  *home = g_dir_make_tmp ("partway-aws-XXXXXX", NULL);
  folder = g_build_filename (*home, ".aws", NULL);
  config = g_build_filename (folder, "config", NULL);
  credentials = g_build_filename (folder, "credentials", NULL);
  g_mkdir (folder, 0700);
  if (given->config) {
    g_assert_true (g_file_set_contents (config, given->config, -1, NULL));
  }
  if (given->credentials) {
    g_assert_true (g_file_set_contents (credentials, given->credentials, -1, NULL));
  }
  envp = g_strdupv ((char **) given->environment);
  envp = g_environ_setenv (envp, "HOME", *home, TRUE);
  return g_environ_setenv (g_steal_pointer (&envp), "PATH", g_getenv ("PATH"), TRUE);
}

static void
clean_up (char *home)
{
  static const char *const names[] = { ".aws/config", ".aws/credentials", ".aws", "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (home, names[i], NULL);

    g_remove (path);
  }
  g_free (home);
}

static void
test_profiles (void)
{
  static const struct {
    Given given;
    const char *names;
  } cases[] = {
    { { NULL, NULL, { NULL } }, "" },
    { { "[default]\n[profile b]\n[x]\n[services s]", NULL, { NULL } }, "b,default" },
    { { "[profile default]\n[profile b]", "[a]\n[b]\n[c]", { NULL } }, "a,b,c,default" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    char *home;
    g_auto (GStrv) envp = lay_out (&cases[i].given, &home);
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) names = aws_config_dup_profiles (envp, &error);
    g_autofree char *joined = NULL;

    g_assert_no_error (error);
    joined = g_strjoinv (",", names);
    g_assert_cmpstr (joined, ==, cases[i].names);
    clean_up (home);
  }
}

static void
test_profiles_broken (void)
{
  const Given given = { "nonsense", NULL, { NULL } };
  char *home;
  g_auto (GStrv) envp = lay_out (&given, &home);
  g_autoptr (GError) error = NULL;

  g_assert_null (aws_config_dup_profiles (envp, &error));
  g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
  clean_up (home);
}

static const struct {
  Given given;
  const char *access_key, *secret_key, *token;
  gint64 expires;
  gboolean may_change;
} key_cases[] = {
  { { NULL, NULL, { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=S" } },
    "A", "S", NULL, 0, FALSE },
  { { NULL, NULL, { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=S", "AWS_SESSION_TOKEN=T",
                    "AWS_CREDENTIAL_EXPIRATION=2026-01-31T12:00:00Z" } },
    "A", "S", "T", 1769860800, FALSE },
  /* Empty is unset. */
  { { NULL, "[default]\naws_access_key_id=B\naws_secret_access_key=S",
      { "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_PROFILE=" } },
    "B", "S", NULL, 0, TRUE },
  /* The environment before a profile of the environment, but not before one asked for. */
  { { NULL, "[x]\naws_access_key_id=B\naws_secret_access_key=S",
      { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=S", "AWS_PROFILE=x" } },
    "A", "S", NULL, 0, FALSE },
  { { NULL, "[x]\naws_access_key_id=B\naws_secret_access_key=S\naws_session_token=T",
      { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=S" }, "x" }, "B", "S", "T", 0, TRUE },
  { { "[profile x]\naws_access_key_id=C\naws_secret_access_key=S", NULL, { "AWS_PROFILE=x" } },
    "C", "S", NULL, 0, TRUE },
  { { "[profile x]\naws_access_key_id=C\naws_secret_access_key=S", NULL,
      { "AWS_DEFAULT_PROFILE=x" } }, "C", "S", NULL, 0, TRUE },
  /* The credentials file before the config file. */
  { { "[default]\naws_access_key_id=C\naws_secret_access_key=S",
      "[default]\naws_access_key_id=B\naws_secret_access_key=S", { NULL } },
    "B", "S", NULL, 0, TRUE },
  /* "[x]" of the config file is no profile; "[profile default]" is before "[default]". */
  { { "[x]\naws_access_key_id=D\naws_secret_access_key=S\n[profile x]\naws_access_key_id=C\n"
      "aws_secret_access_key=S", NULL, { NULL }, "x" }, "C", "S", NULL, 0, TRUE },
  { { "[default]\naws_access_key_id=D\naws_secret_access_key=S\n[profile default]\n"
      "aws_access_key_id=C\naws_secret_access_key=S", NULL, { NULL } }, "C", "S", NULL, 0, TRUE },
  { { "[profile x]\ncredential_process = sh -c 'echo \"{\\\"Version\\\":1,"
      "\\\"AccessKeyId\\\":\\\"P\\\",\\\"SecretAccessKey\\\":\\\"S\\\"}\"'", NULL, { NULL }, "x" },
    "P", "S", NULL, 0, TRUE },
  /* Keys before a process, and before SSO. */
  { { "[profile x]\ncredential_process = false\nsso_session = s",
      "[x]\naws_access_key_id=B\naws_secret_access_key=S", { NULL }, "x" },
    "B", "S", NULL, 0, TRUE },
};

static void
test_keys (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (key_cases); i++) {
    char *home;
    g_auto (GStrv) envp = lay_out (&key_cases[i].given, &home);
    g_autoptr (GError) error = NULL;
    g_autoptr (AwsConfig) config = aws_config_load (envp, key_cases[i].given.profile, &error);
    g_autoptr (S3Credentials) credentials = NULL;
    gint64 expires = -1;

    g_assert_no_error (error);
    credentials = aws_config_dup_credentials (config, envp, &expires, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (credentials->access_key, ==, key_cases[i].access_key);
    g_assert_cmpstr (credentials->secret_key, ==, key_cases[i].secret_key);
    g_assert_cmpstr (credentials->session_token, ==, key_cases[i].token);
    g_assert_cmpint (expires, ==, key_cases[i].expires);
    g_assert_cmpint (config->may_change, ==, key_cases[i].may_change);
    clean_up (home);
  }
}

static void
test_places (void)
{
  static const char config_file[] =
    "[default]\nregion = r-default\n"
    "[profile x]\nregion = r-x # home\nca_bundle = /ca-x\nendpoint_url = http://x\n"
    "s3 =\n  addressing_style = path\n"
    "[profile y]\nservices = mine\nendpoint_url = http://y\ns3 =\n    addressing_style = virtual\n"
    "[profile z]\nignore_configured_endpoint_urls = true\nendpoint_url = http://z\n"
    "[services mine]\nec2 =\n  endpoint_url = http://ec2\ns3 =\n  endpoint_url = http://s3-of-y\n";
  static const struct {
    const char *profile;
    const char *environment[4];
    const char *region, *endpoint, *ca_file;
    S3Style style;
  } cases[] = {
    { NULL, { NULL }, "r-default", NULL, NULL, S3_STYLE_AUTO },
    { "x", { NULL }, "r-x", "http://x", "/ca-x", S3_STYLE_PATH },
    { "y", { NULL }, NULL, "http://s3-of-y", NULL, S3_STYLE_VIRTUAL_HOST },
    { "z", { NULL }, NULL, NULL, NULL, S3_STYLE_AUTO },
    { "x", { "AWS_REGION=r", "AWS_DEFAULT_REGION=d", "AWS_CA_BUNDLE=/ca" }, "r", "http://x", "/ca",
      S3_STYLE_PATH },
    { "x", { "AWS_REGION=", "AWS_DEFAULT_REGION=d", "AWS_CA_BUNDLE=" }, "d", "http://x", "/ca-x",
      S3_STYLE_PATH },
    { "y", { "AWS_ENDPOINT_URL=http://e" }, NULL, "http://e", NULL, S3_STYLE_VIRTUAL_HOST },
    { "y", { "AWS_ENDPOINT_URL=http://e", "AWS_ENDPOINT_URL_S3=http://e3" }, NULL, "http://e3",
      NULL, S3_STYLE_VIRTUAL_HOST },
    { "y", { "AWS_ENDPOINT_URL=http://e", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=True" }, NULL, NULL,
      NULL, S3_STYLE_VIRTUAL_HOST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Given given = { .config = config_file };
    char *home;
    g_auto (GStrv) envp = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (AwsConfig) config = NULL;

    memcpy (given.environment, cases[i].environment, sizeof cases[i].environment);
    envp = lay_out (&given, &home);
    config = aws_config_load (envp, cases[i].profile, &error);
    g_assert_no_error (error);
    g_assert_true (config->has_profile);
    g_assert_cmpstr (config->region, ==, cases[i].region);
    g_assert_cmpstr (config->endpoint, ==, cases[i].endpoint);
    g_assert_cmpstr (config->ca_file, ==, cases[i].ca_file);
    g_assert_cmpint (config->style, ==, cases[i].style);
    clean_up (home);
  }
}

static void
test_refused (void)
{
  static const struct {
    Given given;
    const char *words;
  } cases[] = {
    { { NULL, NULL, { "AWS_ACCESS_KEY_ID=A" } }, "AWS_SECRET_ACCESS_KEY" },
    { { NULL, NULL, { "AWS_SECRET_ACCESS_KEY=HIDDEN" } }, "AWS_ACCESS_KEY_ID" },
    { { NULL, NULL, { "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY=HIDDEN",
                      "AWS_CREDENTIAL_EXPIRATION=soon" } }, "AWS_CREDENTIAL_EXPIRATION" },
    { { NULL, NULL, { NULL } }, "AWS_ACCESS_KEY_ID" },
    { { "[default]\nregion=x", NULL, { NULL } }, "has no keys" },
    { { "[profile x]\nregion=x", NULL, { NULL }, "y" }, "no profile “y”" },
    { { NULL, NULL, { "AWS_PROFILE=y" } }, "no profile “y”" },
    { { NULL, "[x]\naws_access_key_id = A", { NULL }, "x" }, "aws_secret_access_key" },
    { { NULL, "[x]\naws_secret_access_key = HIDDEN", { NULL }, "x" }, "aws_access_key_id" },
    /* Halves of two files do not belong together. */
    { { "[profile x]\naws_access_key_id = A", "[x]\naws_secret_access_key = HIDDEN", { NULL },
        "x" }, "aws_access_key_id" },
    { { "[profile x]\nHIDDEN", NULL, { NULL }, "x" }, "Line 2" },
    { { "[profile x]\nsso_session = s\nsso_account_id = 1", NULL, { NULL }, "x" },
      "signs in through SSO" },
    { { "[profile x]\nsso_session = s", NULL, { NULL }, "x" },
      "credential_process = aws configure export-credentials --profile x --format process" },
    { { "[profile x]\nrole_arn = arn\nsource_profile = y",
        "[x]\naws_access_key_id=A\naws_secret_access_key=HIDDEN", { NULL }, "x" }, "a role" },
    { { "[profile x]\nweb_identity_token_file = /f\nrole_arn = arn", NULL, { NULL }, "x" },
      "a web identity" },
    { { "[profile x]\ncredential_process = echo HIDDEN", NULL, { NULL }, "x" }, "did not print" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    char *home;
    g_auto (GStrv) envp = lay_out (&cases[i].given, &home);
    g_autoptr (GError) error = NULL;
    g_autoptr (AwsConfig) config = aws_config_load (envp, cases[i].given.profile, &error);
    gint64 expires = -1;

    if (config) {
      g_assert_null (aws_config_dup_credentials (config, envp, &expires, &error));
    }
    g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
    g_assert_nonnull (strstr (error->message, cases[i].words));
    g_assert_null (strstr (error->message, "HIDDEN"));
    g_assert_cmpint (expires, ==, -1);
    clean_up (home);
  }
}

static void
test_other_paths (void)
{
  Given given = { .environment = { "AWS_CONFIG_FILE=~/elsewhere", NULL } };
  char *home;
  g_auto (GStrv) envp = lay_out (&given, &home);
  g_autofree char *elsewhere = g_build_filename (home, "elsewhere", NULL);
  g_autofree char *broken = g_build_filename (home, "binary", NULL);
  g_autoptr (AwsConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (elsewhere, "[default]\nregion = here", -1, NULL));
  g_assert_true (g_file_set_contents (broken, "[default]\n\0a = b", 16, NULL));
  config = aws_config_load (envp, NULL, NULL);
  g_assert_cmpstr (config->region, ==, "here");
  envp = g_environ_setenv (envp, "AWS_SHARED_CREDENTIALS_FILE", broken, TRUE);
  g_assert_null (aws_config_load (envp, NULL, &error));
  g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
  g_remove (elsewhere);
  g_remove (broken);
  clean_up (home);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/aws-config/profiles", test_profiles);
  g_test_add_func ("/aws-config/profiles/broken", test_profiles_broken);
  g_test_add_func ("/aws-config/keys", test_keys);
  g_test_add_func ("/aws-config/places", test_places);
  g_test_add_func ("/aws-config/refused", test_refused);
  g_test_add_func ("/aws-config/other-paths", test_other_paths);
  return g_test_run ();
}
