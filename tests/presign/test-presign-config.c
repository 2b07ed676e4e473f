/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-check.h"
#include "presign/presign-config.h"

#include <glib/gstdio.h>
#include <string.h>

#define SECRET "0123456789abcdef0123456789abcdef"

static PresignConfig *
load (const char  *keyfile,
      char       **envp,
      GError     **error)
{
  g_autofree char *path = NULL;
  g_autoptr (PresignConfig) config = NULL;
  int file = g_file_open_tmp ("presign-XXXXXX", &path, NULL);

  g_assert_cmpint (file, >=, 0);
  g_close (file, NULL);
  g_assert_true (g_file_set_contents (path, keyfile, -1, NULL));
  config = presign_config_load (path, envp, error);
  g_unlink (path);
  return config && presign_config_check (config, error) ? g_steal_pointer (&config) : NULL;
}

static void
test_values (void)
{
  g_auto (GStrv) envp = g_environ_setenv (NULL, "PARTWAY_PRESIGN_URL_LIFETIME", "60", TRUE);
  g_autoptr (PresignConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  envp = g_environ_setenv (envp, "AWS_REGION", "eu-west-1", TRUE);
  config = load ("[presign]\nbucket = films\nurl-lifetime = 120\nmax-object-size = 5 GiB\n"
                 "cors-origins = https://a.example, http://b.example:81\nkey-policy=unique-prefix\n"
                 "if-none-match=true\ntags=a=b\n", envp, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->bucket, ==, "films");
  g_assert_cmpstr (config->region, ==, "eu-west-1");
  g_assert_cmpuint (config->url_lifetime, ==, 60);
  g_assert_cmpuint (config->max_object_size, ==, G_GUINT64_CONSTANT (5368709120));
  g_assert_cmpuint (g_strv_length (config->cors_origins), ==, 2);
  g_assert_cmpstr (config->cors_origins[1], ==, "http://b.example:81");
  g_assert_cmpuint (config->key_policy, ==, PRESIGN_KEYS_UNIQUE_PREFIX);
  g_assert_true (config->if_none_match);
  g_assert_false (config->allow_delete);
  g_assert_cmpstr (config->user_claim, ==, "sub");
}

/* Each names the setting, and says what to do. */
static const struct {
  const char *settings;
  const char *sentence;
} wrong[] = {
  { "", "“bucket” is not set" },
  { "bucket=b\ncolour=red", "there is no setting “colour”" },
  { "bucket=b\nurl-lifetime=0", "“url-lifetime” must be a number from 1 to 604800" },
  { "bucket=b\nurl-lifetime=604801", "“url-lifetime” must be a number from 1 to 604800" },
  { "bucket=b\nmax-object-size=5 apples", "“max-object-size” must be a size" },
  { "bucket=b\nmax-part-size=6 GiB", "“max-part-size” must be a size" },
  { "bucket=b\nif-none-match=maybe", "“if-none-match” must be “true” or “false”" },
  { "bucket=b\nauth=basic", "“auth” must be one of “none”, “jwt”, “api-key”" },
  { "bucket=b\nlisten=0.0.0.0", "Anyone who reaches this address could upload" },
  { "bucket=b\nlisten=::", "“allow-anyone = true”" },
  { "bucket=b\nauth=jwt", "“auth = jwt” needs exactly one of" },
  { "bucket=b\nauth=jwt\njwt-secret=short", "“jwt-secret” is too short" },
  { "bucket=b\nauth=jwt\njwt-secret=" SECRET "\njwks-file=/x", "exactly one of" },
  { "bucket=b\nauth=jwt\njwks-url=http://login.example/jwks", "“jwks-url” must be an https URL" },
  { "bucket=b\nauth=jwt\njwks-url=file:///etc/passwd", "“jwks-url” must be an https URL" },
  { "bucket=b\nauth=jwt\njwt-secret-file=/nowhere/at/all", "A secret cannot be read" },
  { "bucket=b\nauth=api-key", "“auth = api-key” needs “api-key-file”" },
  { "bucket=b\nkey-policy=per-user", "“key-policy = per-user” needs to know users" },
  { "bucket=b\nkey-policy=unique-prefix\nauth=jwt\njwt-secret=" SECRET, "needs “handle-secret”" },
  { "bucket=b\nhandle-secret=short", "“handle-secret” is too short" },
  { "bucket=b\nkey-prefix=a//b", "“key-prefix” must be like" },
  { "bucket=b\nkey-prefix=/a", "“key-prefix” must be like" },
  { "bucket=b\nkey-prefix=a/../b/", "“key-prefix” must be like" },
  { "bucket=b\nencryption=rot13", "“encryption” must be" },
  { "bucket=b\nkms-key-id=k", "“kms-key-id” needs" },
  { "bucket=b\nmin-part-size=16 MiB\nmax-part-size=8 MiB", "“min-part-size” must not be above" },
  { "bucket=b\ncors-origins=https://a.example/", "“cors-origins” must be origins" },
  { "bucket=b\ntls-key=k.pem", "“tls-certificate” and “tls-key” go together" },
};

static void
test_wrong (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *keyfile = g_strconcat ("[presign]\n", wrong[i].settings, "\n", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (PresignConfig) config = load (keyfile, NULL, &error);

    g_assert_null (config);
    g_assert_nonnull (error);
    g_test_message ("%s: %s", wrong[i].settings, error->message);
    g_assert_nonnull (strstr (error->message, wrong[i].sentence));
    g_assert_null (strstr (error->message, SECRET));
  }
}

/* A Lambda function is reached by everybody, whatever it listens on. */
static void
test_lambda (void)
{
  g_auto (GStrv) envp = g_environ_setenv (NULL, "AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1", TRUE);
  g_autoptr (PresignConfig) config = load ("[presign]\nbucket=b\n", envp, NULL);
  g_autoptr (PresignConfig) meant = load ("[presign]\nbucket=b\nallow-anyone=true\n", envp, NULL);

  g_assert_null (config);
  g_assert_nonnull (meant);
}

static void
test_man_page (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("PARTWAY_SOURCE"), "data",
                                            "partway-presign.1", NULL);
  g_autofree char *page = NULL;
  g_autofree char *help = presign_config_dup_help ();
  g_autoptr (GString) plain = NULL;
  const char *key, *variable, *fallback;
  guint n_rows = 0, n_told = 0;

  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  plain = g_string_new (page);
  g_string_replace (plain, "\\-", "-", 0);
  for (guint i = 0; presign_config_get_row (i, &key, &variable, &fallback); i++) {
    g_autofree char *head = g_strdup_printf ("\n\\fB%s\\fR, \\fB%s\\fR\n", key, variable);
    g_autofree char *line = g_strdup_printf ("  %s, %s\n", key, variable);
    g_autofree char *value = g_strdup_printf ("Default: %s.", fallback);
    const char *at = strstr (plain->str, head);

    if (!at) {
      g_error ("the man page does not tell of %s", key);
    }
    if (*fallback) {
      const char *end = strstr (at, "\n.");
      g_autofree char *entry = g_strdelimit (g_strndup (at, (gsize) (end - at)), "\n", ' ');

      g_assert_nonnull (strstr (entry, value));
    }
    g_assert_nonnull (strstr (help, line));
    n_rows++;
  }
  for (const char *at = plain->str; (at = strstr (at, ", \\fBPARTWAY_PRESIGN_")); at++) {
    n_told++;
  }
  g_assert_cmpuint (n_told, ==, n_rows);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/config/values", test_values);
  g_test_add_func ("/presign/config/wrong", test_wrong);
  g_test_add_func ("/presign/config/lambda", test_lambda);
  g_test_add_func ("/presign/config/man-page", test_man_page);
  return g_test_run ();
}
