/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-target.h"

#include "aws/aws-error.h"
#include "engine/pw-destinations.h"
#include "engine/pw-error.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;            /* XDG_CONFIG_HOME, and that of ~/.aws/config */

static void
set_up (void)
{
  static const char *const names[] = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
    "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE", "AWS_CA_BUNDLE",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
  g_unsetenv ("AWS_CONFIG_FILE");
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere", TRUE);
  cli_target_options = (CliTargetOptions) { 0 };
}

static void
write_config (const char *text)
{
  g_autofree char *path = g_build_filename (folder, "aws", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_setenv ("AWS_CONFIG_FILE", path, TRUE);
}

static void
test_uri (void)
{
  g_autoptr (PwDestination) destination = NULL;
  g_autoptr (GError) error = NULL;

  set_up ();
  cli_target_options.endpoint = "https://store.example:9000";
  cli_target_options.region = "eu-west-1";
  cli_target_options.style = "path";
  cli_target_options.ca_file = "/ca.pem";
  cli_target_options.allow_http = TRUE;
  destination = cli_target_new ("s3://bucket/a/b", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (destination->bucket, ==, "bucket");
  g_assert_cmpstr (destination->prefix, ==, "a/b");
  g_assert_cmpstr (destination->endpoint, ==, "https://store.example:9000");
  g_assert_cmpstr (destination->region, ==, "eu-west-1");
  g_assert_cmpint (destination->style, ==, S3_STYLE_PATH);
  g_assert_cmpstr (destination->ca_file, ==, "/ca.pem");
  g_assert_true (destination->allow_http);
  g_assert_cmpint (destination->secrets, ==, PW_SECRETS_ENVIRONMENT);
  g_assert_cmpint (destination->if_exists, ==, PW_IF_EXISTS_REPLACE);
}

/* What is not given comes from the profile; what is given goes before it. */
static void
test_profile (void)
{
  g_autoptr (PwDestination) destination = NULL, given = NULL;
  g_autoptr (GError) error = NULL;

  set_up ();
  write_config ("[profile work]\nregion = eu-north-1\n"
                "endpoint_url = https://work.example\naws_access_key_id = a\n"
                "aws_secret_access_key = b\nca_bundle = /work.pem\n");
  cli_target_options.profile = "work";
  destination = cli_target_new ("s3://bucket", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (destination->region, ==, "eu-north-1");
  g_assert_cmpstr (destination->endpoint, ==, "https://work.example");
  g_assert_cmpstr (destination->ca_file, ==, "/work.pem");
  g_assert_cmpint (destination->secrets, ==, PW_SECRETS_PROFILE);
  g_assert_cmpstr (destination->profile, ==, "work");

  cli_target_options.region = "us-west-2";
  cli_target_options.endpoint = "https://other.example";
  given = cli_target_new ("s3://bucket", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (given->region, ==, "us-west-2");
  g_assert_cmpstr (given->endpoint, ==, "https://other.example");
}

static void
test_saved (void)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (NULL);
  g_autoptr (PwDestination) saved = pw_destination_new ("Photos"), found = NULL;
  g_autoptr (GError) error = NULL;

  set_up ();
  saved->bucket = g_strdup ("photos");
  pw_destinations_load (destinations, &error);
  g_assert_no_error (error);
  pw_destinations_add (destinations, saved, &error);
  g_assert_no_error (error);
  pw_destinations_save (destinations, &error);
  g_assert_no_error (error);
  found = cli_target_new ("Photos", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->bucket, ==, "photos");
  g_assert_cmpstr (found->id, ==, saved->id);
  /* Its own, so that it may be changed. */
  g_assert_true (found != saved);
}

static void
test_wrong (void)
{
  static const struct { const char *target, *style, *profile; GQuark (*domain) (void); } rows[] = {
    { "nowhere", NULL, NULL, pw_error_quark },
    { "s3://", NULL, NULL, pw_error_quark },
    { "s3://bucket", "diagonal", NULL, g_option_error_quark },
    { "s3://bucket", NULL, "there-is-none", aws_error_quark },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    set_up ();
    cli_target_options.style = (char *) rows[i].style;
    cli_target_options.profile = (char *) rows[i].profile;
    g_assert_null (cli_target_new (rows[i].target, &error));
    g_assert_nonnull (error);
    g_assert_true (error->domain == rows[i].domain ());
  }
}

/* A relative name is of the folder that the program was started in. */
static void
test_ca_file (void)
{
  g_autoptr (PwDestination) destination = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_canonicalize_filename ("ca.pem", NULL);

  set_up ();
  cli_target_options.ca_file = "ca.pem";
  destination = cli_target_new ("s3://bucket", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (destination->ca_file, ==, path);
}

/* An option that the target has no use for is refused, and named. */
static void
test_foreign_options (void)
{
  static const struct { const char *target; gsize option; const char *name; } rows[] = {
    { "saved", G_STRUCT_OFFSET (CliTargetOptions, endpoint), "--endpoint" },
    { "saved", G_STRUCT_OFFSET (CliTargetOptions, region), "--region" },
    { "saved", G_STRUCT_OFFSET (CliTargetOptions, profile), "--profile" },
    { "saved", G_STRUCT_OFFSET (CliTargetOptions, style), "--style" },
    { "saved", G_STRUCT_OFFSET (CliTargetOptions, ca_file), "--ca-file" },
    { "saved", G_STRUCT_OFFSET (CliTargetOptions, dialect), "--dialect" },
    { "saved", G_STRUCT_OFFSET (CliTargetOptions, auth_header), "--auth-header" },
    { "s3://bucket", G_STRUCT_OFFSET (CliTargetOptions, dialect), "--dialect" },
    { "s3://bucket", G_STRUCT_OFFSET (CliTargetOptions, auth_header), "--auth-header" },
    { "https://b.example", G_STRUCT_OFFSET (CliTargetOptions, endpoint), "--endpoint" },
    { "https://b.example", G_STRUCT_OFFSET (CliTargetOptions, profile), "--profile" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s %s", rows[i].name, rows[i].target);
    set_up ();
    G_STRUCT_MEMBER (const char *, &cli_target_options, rows[i].option) = "auto";
    g_assert_null (cli_target_new (rows[i].target, &error));
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
    g_assert_nonnull (strstr (error->message, rows[i].name));
    g_assert_nonnull (strstr (error->message, rows[i].target));
  }
}

static void
test_entries (void)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) argv = g_strsplit ("x --endpoint=E --region=R --style=path --allow-http", " ", -1);
  g_autoptr (GError) error = NULL;

  set_up ();
  g_option_context_add_main_entries (context, cli_target_entries (), NULL);
  g_assert_true (g_option_context_parse_strv (context, &argv, &error));
  g_assert_cmpstr (cli_target_options.endpoint, ==, "E");
  g_assert_cmpstr (cli_target_options.region, ==, "R");
  g_assert_true (cli_target_options.allow_http);
  g_free (cli_target_options.endpoint);
  g_free (cli_target_options.region);
  g_free (cli_target_options.style);
}

static void
test_if_exists (void)
{
  PwIfExists if_exists = PW_IF_EXISTS_ASK;
  g_autoptr (GError) error = NULL;

  g_assert_true (cli_parse_if_exists ("rename", &if_exists, &error));
  g_assert_cmpint (if_exists, ==, PW_IF_EXISTS_RENAME);
  g_assert_false (cli_parse_if_exists ("burn", &if_exists, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  g_assert_cmpint (if_exists, ==, PW_IF_EXISTS_RENAME);
}

static void
remove_all (void)
{
  static const char *const names[] = {
    "aws", "partway/destinations.json", "partway/destinations.json.lock", "partway", "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_remove (path);
  }
}

int
main (int    argc,
      char **argv)
{
  int status;

  folder = g_dir_make_tmp ("partway-target-XXXXXX", NULL);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/target/uri", test_uri);
  g_test_add_func ("/target/profile", test_profile);
  g_test_add_func ("/target/saved", test_saved);
  g_test_add_func ("/target/wrong", test_wrong);
  g_test_add_func ("/target/ca-file", test_ca_file);
  g_test_add_func ("/target/foreign-options", test_foreign_options);
  g_test_add_func ("/target/entries", test_entries);
  g_test_add_func ("/target/if-exists", test_if_exists);

  status = g_test_run ();
  remove_all ();
  g_free (folder);
  return status;
}
