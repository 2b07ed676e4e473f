/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-credentials.h"

#include "engine/pw-error.h"
#include "engine/pw-keyring.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define N_THREADS 8
#define NOW 1769860800          /* 2026-01-31 12:00:00 UTC */

static const char *self_path;

typedef struct {
  char *folder;
  char *config;                 /* AWS_CONFIG_FILE */
  char *log;                    /* one line for each run of the credential_process */
  PwDestination *destination;
  PwCredentials *credentials;
} Fixture;

static void
write_config (Fixture *fixture, const char *format, const char *argument)
{
  g_autofree char *text = g_strdup_printf ("[profile x]\n%s%s\n", format, argument);

  g_assert_true (g_file_set_contents (fixture->config, text, -1, NULL));
}

/* A command that prints credentials which expire at a time. */
static void
write_process (Fixture *fixture, const char *access_key, const char *expiration)
{
  g_autofree char *json = g_build_filename (fixture->folder, "json", NULL);
  g_autofree char *command = g_strdup_printf ("sh -c 'echo >> %s; cat %s'", fixture->log, json);
  g_autofree char *text = g_strdup_printf ("{\"Version\":1,\"AccessKeyId\":\"%s\","
                                           "\"SecretAccessKey\":\"S\",\"Expiration\":\"%s\"}",
                                           access_key, expiration);

  g_assert_true (g_file_set_contents (json, text, -1, NULL));
  write_config (fixture, "credential_process = ", command);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("partway-credentials-XXXXXX", NULL);
  fixture->config = g_build_filename (fixture->folder, "config", NULL);
  fixture->log = g_build_filename (fixture->folder, "log", NULL);
  g_setenv ("AWS_CONFIG_FILE", fixture->config, TRUE);
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere", TRUE);
  fixture->destination = pw_destination_new ("test");
  fixture->destination->secrets = (PwSecrets) GPOINTER_TO_INT (data);
  fixture->destination->profile = g_strdup ("x");
}

static void
begin (Fixture *fixture)
{
  fixture->credentials = pw_credentials_new (fixture->destination);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "config", "log", "json", "" };

  g_clear_pointer (&fixture->credentials, pw_credentials_unref);
  g_assert_finalize_object (fixture->destination);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

    g_remove (path);
  }
  g_free (fixture->folder);
  g_free (fixture->config);
  g_free (fixture->log);
  g_unsetenv ("AWS_ACCESS_KEY_ID");
  g_unsetenv ("AWS_SECRET_ACCESS_KEY");
  g_unsetenv ("AWS_CREDENTIAL_EXPIRATION");
}

static gsize
count_runs (Fixture *fixture)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  g_file_get_contents (fixture->log, &text, &length, NULL);
  return length;
}

static void
assert_key (Fixture *fixture, gint64 now, const char *access_key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (S3Credentials) credentials = pw_credentials_dup (fixture->credentials, now, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (credentials->access_key, ==, access_key);
}

static void
assert_fails (Fixture *fixture, gint64 now, PwError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (pw_credentials_dup (fixture->credentials, now, &error));
  g_assert_error (error, PW_ERROR, (int) code);
}

static gboolean
expire (Fixture *fixture, gint64 now)
{
  g_autoptr (S3Credentials) used = pw_credentials_dup (fixture->credentials, now, NULL);

  return pw_credentials_expire (fixture->credentials, used);
}

static void
test_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (S3Credentials) typed = s3_credentials_new ("A", "S", "T");
  g_autoptr (S3Credentials) newer = s3_credentials_new ("B", "S", NULL);

  begin (fixture);
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_MISSING);
  g_assert_false (pw_credentials_needs_prepare (fixture->credentials));
  pw_credentials_set (fixture->credentials, typed, NOW + 10);
  assert_key (fixture, NOW + 9, "A");
  assert_fails (fixture, NOW + 10, PW_ERROR_CREDENTIALS_EXPIRED);
  pw_credentials_set (fixture->credentials, typed, 0);
  assert_key (fixture, G_MAXINT64, "A");

  g_assert_false (expire (fixture, NOW));
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_EXPIRED);
  pw_credentials_set (fixture->credentials, newer, 0);
  assert_key (fixture, NOW, "B");
  /* A late answer about the older ones changes nothing. */
  g_assert_true (pw_credentials_expire (fixture->credentials, typed));
  assert_key (fixture, NOW, "B");
}

static void
test_held (Fixture *fixture, gconstpointer data)
{
  g_autoptr (S3Credentials) typed = s3_credentials_new ("A", "S", "T");
  g_autoptr (S3Credentials) held = NULL;

  begin (fixture);
  g_assert_null (pw_credentials_dup_held (fixture->credentials));
  pw_credentials_set (fixture->credentials, typed, 0);
  held = pw_credentials_dup_held (fixture->credentials);
  g_assert_cmpstr (held->access_key, ==, "A");
  g_assert_cmpstr (held->session_token, ==, "T");
  g_assert_false (pw_credentials_expire (fixture->credentials, typed));
  g_assert_null (pw_credentials_dup_held (fixture->credentials));
}

static void
test_environment (Fixture *fixture, gconstpointer data)
{
  g_setenv ("AWS_ACCESS_KEY_ID", "A", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "S", TRUE);
  g_setenv ("AWS_CREDENTIAL_EXPIRATION", "2026-01-31T12:00:00Z", TRUE);
  begin (fixture);
  g_assert_false (pw_credentials_needs_prepare (fixture->credentials));
  assert_key (fixture, NOW - 1, "A");
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_EXPIRED);
  g_assert_false (expire (fixture, NOW - 1));
  assert_fails (fixture, NOW - 1, PW_ERROR_CREDENTIALS_EXPIRED);
}

/* Keys in a file: somebody else may write new ones there. */
static void
test_profile (Fixture *fixture, gconstpointer data)
{
  write_config (fixture, "aws_access_key_id = A\naws_secret_access_key = ", "S");
  begin (fixture);
  assert_key (fixture, NOW, "A");
  write_config (fixture, "aws_access_key_id = B\naws_secret_access_key = ", "S");
  assert_key (fixture, NOW, "A");
  g_assert_true (expire (fixture, NOW));
  assert_key (fixture, NOW, "B");
  g_assert_true (expire (fixture, NOW));
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_EXPIRED);
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_EXPIRED);
  write_config (fixture, "aws_access_key_id = C\naws_secret_access_key = ", "S");
  assert_key (fixture, NOW, "C");
}

static void
test_profile_missing (Fixture *fixture, gconstpointer data)
{
  write_config (fixture, "region = ", "eu");
  begin (fixture);
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_MISSING);
  write_config (fixture, "aws_access_key_id = A\naws_secret_access_key = ", "S");
  assert_key (fixture, NOW, "A");
}

static void
test_renewal (Fixture *fixture, gconstpointer data)
{
  write_process (fixture, "A", "2026-01-31T12:00:00Z");
  begin (fixture);
  assert_key (fixture, NOW - 3600, "A");
  assert_key (fixture, NOW - 301, "A");
  g_assert_cmpuint (count_runs (fixture), ==, 1);

  /* In the last five minutes it is asked again, but not at every request. */
  assert_key (fixture, NOW - 300, "A");
  assert_key (fixture, NOW - 299, "A");
  g_assert_cmpuint (count_runs (fixture), ==, 2);

  /* A source that fails does not take away what still serves. */
  write_config (fixture, "credential_process = ", "false");
  assert_key (fixture, NOW - 200, "A");
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_MISSING);

  write_process (fixture, "B", "2026-01-31T13:00:00Z");
  assert_key (fixture, NOW + 1, "B");
  assert_key (fixture, NOW + 2, "B");
  g_assert_cmpuint (count_runs (fixture), ==, 3);
}

static gpointer
dup_thread (gpointer data)
{
  Fixture *fixture = data;

  return pw_credentials_dup (fixture->credentials, NOW - 3600, NULL);
}

/* Threads that come at the same time share one run, and no main-thread call waits. */
static void
test_threads (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fifo = g_build_filename (fixture->folder, "json", NULL);
  g_autofree char *command = g_strdup_printf ("sh -c 'echo >> %s; cat %s'", fixture->log, fifo);
  g_autoptr (S3Credentials) other = s3_credentials_new ("other", "S", NULL);
  GThread *threads[N_THREADS];

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  write_config (fixture, "credential_process = ", command);
  begin (fixture);
  for (guint i = 0; i < N_THREADS; i++) {
    threads[i] = g_thread_new ("dup", dup_thread, fixture);
  }
  while (count_runs (fixture) == 0) {
    g_thread_yield ();
  }
  g_assert_false (pw_credentials_needs_prepare (fixture->credentials));
  g_assert_true (pw_credentials_expire (fixture->credentials, other));
  g_assert_true (g_file_test (fifo, G_FILE_TEST_EXISTS));
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (GFile) file = g_file_new_for_path (fifo);
    g_autoptr (GFileOutputStream) out = g_file_append_to (file, G_FILE_CREATE_NONE, NULL, &error);

    g_assert_no_error (error);
    g_output_stream_printf (G_OUTPUT_STREAM (out), NULL, NULL, NULL,
                            "{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\","
                            "\"Expiration\":\"2026-01-31T12:00:00Z\"}");
  }
  for (guint i = 0; i < N_THREADS; i++) {
    g_autoptr (S3Credentials) credentials = g_thread_join (threads[i]);

    g_assert_nonnull (credentials);
    g_assert_cmpstr (credentials->access_key, ==, "A");
  }
  g_assert_cmpuint (count_runs (fixture), ==, 1);
}

static void
on_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
prepare (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  pw_credentials_prepare_async (fixture->credentials, FALSE, NULL, on_ready_cb, &result);
  while (!result) {
    g_main_context_iteration (NULL, TRUE);
  }
  pw_credentials_prepare_finish (fixture->credentials, result, error);
}

static void
store (Fixture *fixture, const char *access_key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (S3Credentials) credentials = s3_credentials_new (access_key, "S", NULL);
  g_autoptr (GError) error = NULL;

  pw_keyring_store (fixture->destination->id, "test", credentials, FALSE, 0, NULL, on_ready_cb,
                    &result);
  while (!result) {
    g_main_context_iteration (NULL, TRUE);
  }
  pw_keyring_store_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_prepare_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (fixture);
  prepare (fixture, &error);
  g_assert_no_error (error);
}

/* In a session with a keyring of its own. */
static void
inside_keyring (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (S3Credentials) typed = s3_credentials_new ("typed", "S", NULL);

  begin (fixture);
  g_assert_true (pw_credentials_needs_prepare (fixture->credentials));
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_MISSING);
  prepare (fixture, &error);
  g_assert_error (error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING);
  g_clear_error (&error);

  store (fixture, "A");
  prepare (fixture, &error);
  g_assert_no_error (error);
  g_assert_false (pw_credentials_needs_prepare (fixture->credentials));
  assert_key (fixture, NOW, "A");

  /* Expired: the keyring is asked again, and must have others. */
  g_assert_false (expire (fixture, NOW));
  assert_fails (fixture, NOW, PW_ERROR_CREDENTIALS_EXPIRED);
  g_assert_true (pw_credentials_needs_prepare (fixture->credentials));
  prepare (fixture, &error);
  g_assert_error (error, PW_ERROR, PW_ERROR_CREDENTIALS_EXPIRED);
  g_clear_error (&error);
  store (fixture, "B");
  prepare (fixture, &error);
  g_assert_no_error (error);
  assert_key (fixture, NOW, "B");
  pw_credentials_set (fixture->credentials, typed, 0);
  assert_key (fixture, NOW, "typed");
}

static void
test_keyring (void)
{
  g_autofree char *script = g_build_filename (g_getenv ("PARTWAY_SOURCE"), "tests", "servers",
                                              "keyring", NULL);
  const char *argv[] = { script, "run", self_path, "-p", "/inside/keyring", NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
                                                       NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (process);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
#define ADD(path, secrets, function) \
  g_test_add (path, Fixture, GINT_TO_POINTER (secrets), set_up, function, tear_down)

  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("PARTWAY_INSIDE_KEYRING")) {
    ADD ("/inside/keyring", PW_SECRETS_KEYRING, inside_keyring);
    return g_test_run ();
  }
  g_setenv ("PARTWAY_INSIDE_KEYRING", "1", TRUE);
  ADD ("/pw-credentials/session", PW_SECRETS_SESSION, test_session);
  ADD ("/pw-credentials/held", PW_SECRETS_SESSION, test_held);
  ADD ("/pw-credentials/environment", PW_SECRETS_ENVIRONMENT, test_environment);
  ADD ("/pw-credentials/profile", PW_SECRETS_PROFILE, test_profile);
  ADD ("/pw-credentials/profile/missing", PW_SECRETS_PROFILE, test_profile_missing);
  ADD ("/pw-credentials/renewal", PW_SECRETS_PROFILE, test_renewal);
  ADD ("/pw-credentials/threads", PW_SECRETS_PROFILE, test_threads);
  ADD ("/pw-credentials/prepare-at-once", PW_SECRETS_PROFILE, test_prepare_at_once);
  g_test_add_func ("/pw-credentials/keyring", test_keyring);
  return g_test_run ();
}
