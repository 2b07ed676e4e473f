/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "http/http-client.h"

static void
die_with_parent_cb (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* The store tells its port in its first line. */
static void
read_port (StoreFixture *self)
{
  g_autoptr (GDataInputStream) lines =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  const char *colon;

  g_assert_no_error (error);
  if (!line)
    g_error ("partway-store did not start");
  colon = strrchr (line, ':');
  g_assert_nonnull (colon);
  self->port = (guint16) g_ascii_strtoull (colon + 1, NULL, 10);
  g_assert_cmpuint (self->port, >, 0);
}

static void
run_store (StoreFixture *self,
           const char   *rules,
           const char   *faults)
{
  const char *build = g_getenv ("PARTWAY_BUILD");
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (!build)
    g_error ("PARTWAY_BUILD must name the build folder, which holds tests/store/partway-store");
  g_ptr_array_add (argv, g_build_filename (build, "tests", "store", "partway-store", NULL));
  g_ptr_array_add (argv, g_strdup_printf ("--root=%s", self->root));
  g_ptr_array_add (argv, g_strdup_printf ("--port=%u", self->port));
  g_ptr_array_add (argv, g_strdup ("--min-part-size=1"));
  g_ptr_array_add (argv, g_strdup ("--bucket=bucket"));
  if (rules)
    g_ptr_array_add (argv, g_strdup_printf ("--rules=%s", rules));
  if (faults) {
    g_autofree char *path = g_build_filename (self->folder, "faults", NULL);

    g_file_set_contents (path, faults, -1, &error);
    g_assert_no_error (error);
    g_ptr_array_add (argv, g_strdup_printf ("--faults=%s", path));
  }
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent_cb, NULL, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata,
                                                &error);
  g_assert_no_error (error);
  read_port (self);
}

StoreFixture *
store_fixture_new (const char *rules,
                   const char *faults)
{
  StoreFixture *self = g_new0 (StoreFixture, 1);
  g_autoptr (GError) error = NULL;

  http_init ();
  self->folder = g_dir_make_tmp ("partway-engine-XXXXXX", &error);
  g_assert_no_error (error);
  self->root = g_build_filename (self->folder, "store", NULL);
  self->state = g_build_filename (self->folder, "state", NULL);
  self->journals = g_build_filename (self->state, "uploads", NULL);
  run_store (self, rules, faults);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  return self;
}

void
store_fixture_stop (StoreFixture *self)
{
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

void
store_fixture_start (StoreFixture *self)
{
  run_store (self, NULL, NULL);
}

void
store_fixture_free (StoreFixture *self)
{
  if (self->process)
    store_fixture_stop (self);
  store_fixture_remove_tree (self->folder);
  g_free (self->url);
  g_free (self->folder);
  g_free (self->root);
  g_free (self->state);
  g_free (self->journals);
  g_free (self);
}

static GBytes *
talk (StoreFixture *self,
      const char   *method,
      const char   *path,
      const char   *body)
{
  HttpClientOptions options = { .direct = TRUE };
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_autofree char *url = g_strconcat (self->url, path, NULL);
  g_autoptr (HttpRequest) request = http_request_new (method, url);
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  if (body) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

    http_request_set_bytes (request, bytes);
  }
  response = http_client_send (client, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  return g_bytes_ref (response->body);
}

void
store_fixture_set_faults (StoreFixture *self,
                          const char   *script)
{
  g_bytes_unref (talk (self, "POST", "/__faults", script));
}

guint64
store_fixture_get_stat (StoreFixture *self,
                        const char   *name)
{
  g_autoptr (GBytes) answer = talk (self, "GET", "/__stats", NULL);
  g_autofree char *text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  g_autofree char *member = g_strdup_printf ("\"%s\": ", name);
  const char *found = strstr (text, member);

  if (!found)
    g_error ("the store's statistics do not tell “%s”", name);
  return g_ascii_strtoull (found + strlen (member), NULL, 10);
}

PwDestination *
store_fixture_new_destination (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  PwDestination *destination = pw_destination_new_from_uri ("s3://bucket", self->url, NULL, &error);

  g_assert_no_error (error);
  destination->secrets = PW_SECRETS_SESSION;
  destination->part_size = STORE_PART;
  destination->allow_tiny_parts = TRUE;
  destination->if_exists = PW_IF_EXISTS_REPLACE;
  return destination;
}

void
store_fixture_set_keys (PwCredentials *credentials)
{
  g_autoptr (S3Credentials) keys = s3_credentials_new ("testkey", "testsecret", NULL);

  pw_credentials_set (credentials, keys, 0);
}

char *
store_fixture_make_file (StoreFixture *self,
                         const char   *name,
                         gsize         size,
                         guint         seed)
{
  char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *bytes = g_malloc (size + 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = (char) g_rand_int (random);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (path, bytes, (gssize) size, &error);
  g_assert_no_error (error);
  return path;
}

char *
store_fixture_dup_object_path (StoreFixture *self,
                               const char   *key)
{
  g_autofree char *name = g_uri_escape_string (key, NULL, FALSE);

  return g_build_filename (self->root, "bucket", name, NULL);
}

gboolean
store_fixture_has_object (StoreFixture *self,
                          const char   *key)
{
  g_autofree char *path = store_fixture_dup_object_path (self, key);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
store_fixture_assert_object (StoreFixture *self,
                             const char   *key,
                             const char   *path)
{
  g_autofree char *object = store_fixture_dup_object_path (self, key);
  g_autofree char *got = NULL, *expected = NULL;
  gsize got_size, expected_size;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (object, &got, &got_size, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &expected, &expected_size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (got, got_size, expected, expected_size);
}

void
store_fixture_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    store_fixture_remove_tree (child);
  }
  g_remove (path);
}

void
store_fixture_clear_environment (void)
{
  static const char *const names[] = {
    "http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy", "AWS_CA_BUNDLE",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION",
    "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
  g_setenv ("AWS_CONFIG_FILE", "/nowhere", TRUE);
  g_setenv ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere", TRUE);
}
