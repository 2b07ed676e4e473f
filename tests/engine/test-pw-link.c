/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-link.h"

#include "engine/pw-error.h"
#include "http/http-client.h"
#include "uploads-fixture.h"

#include <string.h>

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

static PwLink *
make (UploadsFixture *fixture,
      const char     *key,
      guint64         wanted_s,
      GError        **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  pw_link_new_async (fixture->uploads, fixture->destination, key, wanted_s, finished_cb, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return pw_link_new_finish (result, error);
}

/* Without keys: the status, and the body if that is wanted. */
static guint
get (const char *url,
     GBytes    **body)
{
  g_autoptr (HttpClient) client = http_client_new (&(HttpClientOptions) { .direct = TRUE });
  g_autoptr (HttpRequest) request = http_request_new ("GET", url);
  g_autoptr (GError) error = NULL;
  g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);

  g_assert_no_error (error);
  if (body)
    *body = g_bytes_ref (response->body);
  return response->status;
}

static void
test_get (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a film+=ü.mov", 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (PwLink) link = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *bytes = NULL, *address = NULL;
  gsize size;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_DONE);
  uploads_fixture_wait_idle (fixture);
  link = make (fixture, upload->key, 3600, &error);
  g_assert_no_error (error);
  g_assert_cmpint (link->expires, >=, now + 3600);
  g_assert_cmpint (link->expires, <=, g_get_real_time () / G_USEC_PER_SEC + 3600);
  g_assert_false (link->may_end_sooner);

  g_assert_cmpuint (get (link->url, &body), ==, 200);
  g_assert_true (g_file_get_contents (upload->path, &bytes, &size, NULL));
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), bytes, size);

  /* The address is the link without what signs it, and opens nothing that is closed. */
  address = pw_link_dup_address (fixture->destination, upload->key);
  g_assert_true (g_str_has_prefix (link->url, address));
  g_assert_cmpint (link->url[strlen (address)], ==, '?');
  g_assert_cmpuint (get (address, NULL), ==, 403);
}

/* The store's clock counts for the link, ours for what the user is told. */
static void
test_clock (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "any: clock +7200\n");
  PwUpload *upload = uploads_fixture_add_parts (fixture, "film.mov", 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (PwLink) link = NULL;

  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_DONE);
  link = make (fixture, upload->key, 60, &error);
  g_assert_no_error (error);
  g_assert_cmpint (link->expires, <=, g_get_real_time () / G_USEC_PER_SEC + 60);
  g_assert_cmpuint (get (link->url, NULL), ==, 200);
}

static void
test_keys_end (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autoptr (S3Credentials) keys = s3_credentials_new ("testkey", "testsecret", "token");
  PwCredentials *credentials = pw_uploads_get_credentials (fixture->uploads, fixture->destination);
  gint64 end = g_get_real_time () / G_USEC_PER_SEC + 900;
  g_autoptr (GError) error = NULL;
  g_autoptr (PwLink) link = NULL, open_end = NULL, none = NULL;

  pw_credentials_set (credentials, keys, end);
  link = make (fixture, "film.mov", 24 * 3600, &error);
  g_assert_no_error (error);
  g_assert_cmpint (link->expires, ==, end);
  g_assert_false (link->may_end_sooner);

  pw_credentials_set (credentials, keys, 0);
  open_end = make (fixture, "film.mov", 24 * 3600, &error);
  g_assert_no_error (error);
  g_assert_true (open_end->may_end_sooner);

  pw_credentials_set (credentials, keys, 1);
  none = make (fixture, "film.mov", 24 * 3600, &error);
  g_assert_null (none);
  g_assert_error (error, PW_ERROR, PW_ERROR_CREDENTIALS_EXPIRED);
}

static void
test_backend (void)
{
  g_autoptr (PwDestination) destination = pw_destination_new_presign ("https://sign.example", NULL);

  g_assert_null (pw_link_dup_address (destination, "film.mov"));
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  http_init ();

  g_test_add_func ("/link/get", test_get);
  g_test_add_func ("/link/clock", test_clock);
  g_test_add_func ("/link/keys-end", test_keys_end);
  g_test_add_func ("/link/backend", test_backend);

  return g_test_run ();
}
