/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-destination.h"

#include "engine/pw-destination.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

static const char *self_path;

typedef struct {
  char *config;                 /* XDG_CONFIG_HOME */
  const char *keyring;          /* how tests/servers/keyring is to be run; NULL = without */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->config = g_dir_make_tmp ("partway-cli-XXXXXX", NULL);
  fixture->keyring = data;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "partway/destinations.json", "partway/destinations.json.lock", "partway", "aws", "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->config, names[i], NULL);

    g_remove (path);
  }
  g_free (fixture->config);
}

static char *
dup_file (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->config, "partway", "destinations.json", NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text ? text : g_strdup ("");
}

static GSubprocessLauncher *
new_launcher (Fixture *fixture)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                                             G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                                             G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *aws = g_build_filename (fixture->config, "aws", NULL);

  g_subprocess_launcher_setenv (launcher, "PARTWAY_TEST_CONFIG", fixture->config, TRUE);
  g_subprocess_launcher_setenv (launcher, "AWS_CONFIG_FILE", aws, TRUE);
  g_subprocess_launcher_setenv (launcher, "AWS_SHARED_CREDENTIALS_FILE", "/nowhere", TRUE);
  g_subprocess_launcher_setenv (launcher, "AWS_CA_BUNDLE", "", TRUE);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  g_subprocess_launcher_unsetenv (launcher, "WAYLAND_DISPLAY");
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  return launcher;
}

/* Runs a command line; @words: as one types them, quotes too. Gives the status. */
static int
run (Fixture *fixture, const char *words, const char *input, char **output, char **errors)
{
  g_autofree char *script = g_build_filename (g_getenv ("PARTWAY_SOURCE"), "tests", "servers",
                                              "keyring", NULL);
  g_autofree char *line = g_strdup_printf ("%s %s %s %s destination %s",
                                           fixture->keyring ? script : "",
                                           fixture->keyring ? "run" : "",
                                           fixture->keyring ? fixture->keyring : "", self_path,
                                           words);
  g_autoptr (GSubprocessLauncher) launcher = new_launcher (fixture);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, output, errors, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static void
assert_run (Fixture *fixture, const char *words, int status, const char *expected)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int actual = run (fixture, words, NULL, &output, &errors);
  const char *text = status == 0 ? output : errors;

  if (actual != status || !strstr (text, expected)) {
    g_test_message ("%s: %d\n%s%s", words, actual, output, errors);
  }
  g_assert_cmpint (actual, ==, status);
  g_assert_nonnull (strstr (text, expected));
  if (status != 0) {
    g_assert_cmpstr (output, ==, "");
  }
}

static void
test_usage (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *words;
    int status;
    const char *expected;
  } cases[] = {
    { "", 2, "Usage" }, { "bogus", 2, "Usage" }, { "--help", 0, "Usage" },
    { "add --help", 0, "--part-size" }, { "add", 2, "Say a name" }, { "add a", 2, "Say a name" },
    { "add a s3://bucket more", 2, "Say a name" }, { "add --bogus a s3://bucket", 2, "--bogus" },
    { "add a bucket", 1, "s3://" }, { "add a s3://b", 1, "3 to 63" },
    { "add '' s3://bucket", 1, "no name" }, { "add 'a\nb' s3://bucket", 1, "control character" },
    { "add a s3://bucket --profile x --keys-from-env", 2, "only one" },
    { "add a s3://bucket --profile x", 4, "no profile “x”" },
    { "add a --presign https://b.example --profile x", 2, "--presign" },
    { "add a s3://bucket --token", 2, "--presign" },
    { "add a s3://bucket --presign https://b.example", 2, "Say a name" },
    { "add a --presign http://b.example", 1, "does not encrypt" },
    { "add a --presign https://b.example?x=y", 1, "https://upload.example.com" },
    { "add a --presign https://b.example --dialect klingon", 2, "fastapi, companion" },
    { "add a --presign https://b.example --keys-from-env --auth-header Host", 1, "X-Api-Key" },
    { "add a s3://bucket --style round", 2, "auto, virtual, path" },
    { "add a s3://bucket --if-exists maybe", 2, "ask, replace" },
    { "add a s3://bucket --store shop", 2, "shop" },
    { "add a s3://bucket --tag x", 2, "NAME=VALUE" },
    { "add a s3://bucket --meta x", 2, "NAME=VALUE" },
    { "add a s3://bucket --sse DES", 1, "DES" },
    { "add a s3://bucket --part-size many", 2, "many" },
    { "add a s3://bucket --part-size -1", 2, "-1" },
    { "add a s3://bucket --part-size 99999999T", 2, "9" },
    { "add a s3://bucket --part-size 1M", 1, "must be from 5.0" },
    { "add a s3://bucket --endpoint http://example.com", 1, "does not encrypt" },
    { "list x", 2, "no names" }, { "show", 2, "one destination" },
    { "show a", 1, "no destination “a”" },
    { "remove a", 1, "no destination “a”" }, { "remove", 2, "one destination" },
    { "list --json", 0, "[]" },
  };
  g_autofree char *file = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    assert_run (fixture, cases[i].words, cases[i].status, cases[i].expected);
  }
  file = dup_file (fixture);
  g_assert_cmpstr (file, ==, "");
}

static PwDestination *
show (Fixture *fixture, const char *name)
{
  g_autofree char *words = g_strdup_printf ("show %s --json", name);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  PwDestination *destination;

  g_assert_cmpint (run (fixture, words, NULL, &output, NULL), ==, 0);
  destination = pw_destination_from_json (output, &error);
  g_assert_no_error (error);
  return destination;
}

static void
test_options (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestination) destination = NULL;

  assert_run (fixture, "add all 's3://bucket/a b/' --endpoint http://store.example.com:9000 "
              "--region r --keys-from-env --style path --ca-file ca.pem --storage-class COLD "
              "--sse aws:kms:arn:aws:kms:us-east-2:1:key/x --acl private --tag 'a=b c' --tag d= "
              "--meta e=f=g --if-exists rename --allow-http --part-size 16MiB --store minio",
              0, "Added “all”: s3://bucket/a b/");
  destination = show (fixture, "all");
  g_assert_cmpstr (destination->bucket, ==, "bucket");
  g_assert_cmpstr (destination->prefix, ==, "a b/");
  g_assert_cmpstr (destination->endpoint, ==, "http://store.example.com:9000");
  g_assert_cmpstr (destination->region, ==, "r");
  g_assert_cmpint (destination->secrets, ==, PW_SECRETS_ENVIRONMENT);
  g_assert_cmpint (destination->style, ==, S3_STYLE_PATH);
  g_assert_true (g_path_is_absolute (destination->ca_file));
  g_assert_true (g_str_has_suffix (destination->ca_file, "/ca.pem"));
  g_assert_cmpstr (destination->storage_class, ==, "COLD");
  g_assert_cmpstr (destination->encryption, ==, "aws:kms");
  g_assert_cmpstr (destination->kms_key_id, ==, "arn:aws:kms:us-east-2:1:key/x");
  g_assert_cmpstr (destination->acl, ==, "private");
  g_assert_cmpstr (destination->tagging, ==, "a=b%20c&d=");
  g_assert_cmpstr (destination->metadata[0], ==, "e");
  g_assert_cmpstr (destination->metadata[1], ==, "f=g");
  g_assert_cmpint (destination->if_exists, ==, PW_IF_EXISTS_RENAME);
  g_assert_true (destination->allow_http);
  g_assert_cmpuint (destination->part_size, ==, 16 * S3_MIB);
  g_assert_cmpint (destination->store, ==, S3_STORE_MINIO);
}

static void
test_profile (Fixture *fixture, gconstpointer data)
{
  g_autofree char *aws = g_build_filename (fixture->config, "aws", NULL);
  g_autoptr (PwDestination) of_profile = NULL;
  g_autoptr (PwDestination) of_both = NULL;

  g_assert_true (g_file_set_contents (aws, "[profile x]\nregion = r\nendpoint_url = https://e\n"
                                      "ca_bundle = /ca\ns3 =\n  addressing_style = path\n", -1,
                                      NULL));
  assert_run (fixture, "add a s3://bucket --profile x", 0, "Added");
  assert_run (fixture, "add b s3://bucket --profile x --region q --style virtual", 0, "Added");
  of_profile = show (fixture, "a");
  g_assert_cmpint (of_profile->secrets, ==, PW_SECRETS_PROFILE);
  g_assert_cmpstr (of_profile->profile, ==, "x");
  g_assert_cmpstr (of_profile->region, ==, "r");
  g_assert_cmpstr (of_profile->endpoint, ==, "https://e");
  g_assert_cmpstr (of_profile->ca_file, ==, "/ca");
  g_assert_cmpint (of_profile->style, ==, S3_STYLE_PATH);
  of_both = show (fixture, "b");
  g_assert_cmpstr (of_both->region, ==, "q");
  g_assert_cmpint (of_both->style, ==, S3_STYLE_VIRTUAL_HOST);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = NULL;
  g_autofree char *json = NULL;

  assert_run (fixture, "add Büro s3://bucket/x", 0, "Added");
  assert_run (fixture, "add longer s3://bucket --endpoint localhost:9000", 0, "Added");
  assert_run (fixture, "add Büro s3://other", 1, "already");
  g_assert_cmpint (run (fixture, "list", NULL, &list, NULL), ==, 0);
  g_assert_cmpstr (list, ==, "Büro    s3://bucket/x/\nlonger  s3://bucket/  localhost:9000\n");
  g_assert_cmpint (run (fixture, "list --json", NULL, &json, NULL), ==, 0);
  g_assert_true (g_str_has_prefix (json, "[\n{") && g_str_has_suffix (json, "}\n]\n"));
  assert_run (fixture, "show longer", 0, "localhost:9000");
  assert_run (fixture, "remove Büro", 0, "Removed “Büro”.");
  assert_run (fixture, "show Büro", 1, "no destination");
  assert_run (fixture, "show longer", 0, "bucket");
}

/* In one session, so that the keyring lives from one command to the next. */
static void
test_keyring (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autofree char *file = NULL;
  int status = run (fixture, "session", "the-secret\nrest", &output, &errors);

  g_test_message ("%s%s", output, errors);
  g_assert_cmpint (status, ==, 0);
  g_assert_null (strstr (output, "the-secret"));
  g_assert_null (strstr (errors, "the-secret"));
  file = dup_file (fixture);
  g_assert_null (strstr (file, "the-secret"));
}

/* A backend's token is kept like a key; one that needs none is not asked for. */
static void
test_backend (Fixture *fixture, gconstpointer data)
{
  g_autofree char *errors = NULL;
  g_autofree char *file = NULL;

  assert_run (fixture, "add plain --presign https://b.example/x/ --dialect sign", 0, "Added");
  assert_run (fixture, "show plain", 0, "dialect        sign");
  assert_run (fixture, "show plain", 0, "keys           environment");
  assert_run (fixture, "show plain", 0, "if-exists      replace");
  assert_run (fixture, "add env --presign https://b.example --auth-header X-Api-Key "
              "--keys-from-env", 0, "Added");
  assert_run (fixture, "show env", 0, "X-Api-Key");
  g_assert_cmpint (run (fixture, "add kept --presign https://b.example --token", "the-t0ken\n",
                        NULL, &errors), ==, 0);
  assert_run (fixture, "show kept", 0, "keys           keyring");
  file = dup_file (fixture);
  g_assert_null (strstr (file, "the-t0ken"));
}

static void
test_no_keyring (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autofree char *nothing_errors = NULL;
  g_autofree char *file = NULL;

  g_assert_cmpint (run (fixture, "add a s3://bucket --access-key AK", "the-secret\n", &output,
                        &errors), ==, 4);
  g_assert_nonnull (strstr (errors, "keyring"));
  g_assert_nonnull (strstr (errors, "--keys-from-env"));
  g_assert_null (strstr (errors, "the-secret"));
  file = dup_file (fixture);
  g_assert_cmpstr (file, ==, "");
  g_assert_cmpint (run (fixture, "add a s3://bucket --access-key AK", "\n", NULL, &nothing_errors),
                   ==, 4);
  g_assert_nonnull (strstr (nothing_errors, "No secret key"));
}

static void
test_remove_without_keyring (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->config, "partway", NULL);
  g_autofree char *path = g_build_filename (folder, "destinations.json", NULL);

  g_mkdir (folder, 0700);
  g_assert_true (g_file_set_contents (path, "{\"destinations\":[{\"id\":\"1\",\"name\":\"a\","
                                      "\"bucket\":\"abc\",\"secrets\":\"keyring\"}]}", -1, NULL));
  assert_run (fixture, "remove a", 4, "--keep-keys");
  assert_run (fixture, "show a", 0, "abc");
  assert_run (fixture, "remove a --keep-keys", 0, "Removed");
}

/* Whether the keyring holds the secret of a destination. */
static gboolean
is_stored (void)
{
  const char *argv[] = {
    "gdbus", "call", "--session", "--dest", "org.freedesktop.secrets", "--object-path",
    "/org/freedesktop/secrets", "--method", "org.freedesktop.Secret.Service.SearchItems",
    "{'xdg:schema': 'io.github.partway.Partway.Credentials'}", NULL,
  };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  g_autofree char *output = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, NULL));
  return strstr (output, "/org/freedesktop/secrets/collection/") != NULL;
}

static int
session (void)
{
  char *add[] = { "destination", "add", "a", "s3://bucket", "--access-key", "AK", NULL };
  char *again[] = { "destination", "add", "a", "s3://bucket", "--access-key", "AK", NULL };
  char *take_away[] = { "destination", "remove", "a", NULL };

  g_assert_false (is_stored ());
  g_assert_cmpint (cli_destination (6, add), ==, 0);
  g_assert_true (is_stored ());
  g_assert_cmpint (cli_destination (6, again), ==, 1);
  g_assert_cmpint (cli_destination (3, take_away), ==, 0);
  g_assert_false (is_stored ());
  return 0;
}

int
main (int argc, char **argv)
{
#define ADD(name, keyring, function) \
  g_test_add ("/cli-destination/" name, Fixture, keyring, set_up, function, tear_down)

  self_path = argv[0];
  if (argc > 1 && g_str_equal (argv[1], "destination")) {
    setlocale (LC_ALL, "");
    g_setenv ("XDG_CONFIG_HOME", g_getenv ("PARTWAY_TEST_CONFIG"), TRUE);
    return argc > 2 && g_str_equal (argv[2], "session") ? session ()
           : cli_destination (argc - 1, argv + 1);
  }
  g_test_init (&argc, &argv, NULL);
  ADD ("usage", NULL, test_usage);
  ADD ("options", NULL, test_options);
  ADD ("profile", NULL, test_profile);
  ADD ("list", NULL, test_list);
  ADD ("keyring", "", test_keyring);
  ADD ("backend", "", test_backend);
  ADD ("keyring/locked", "--locked", test_no_keyring);
  ADD ("keyring/absent", "--absent", test_no_keyring);
  ADD ("keyring/nowhere", NULL, test_no_keyring);
  ADD ("remove-without-keyring", "--absent", test_remove_without_keyring);
  return g_test_run ();
}
