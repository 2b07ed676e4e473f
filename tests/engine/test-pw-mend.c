/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-mend.h"

#include "engine/pw-error.h"
#include "uploads-fixture.h"

/* A destination as it was, wrong in one way, and mended. */

static PwDestination *
use (UploadsFixture *fixture,
     PwDestination  *destination)
{
  g_set_object (&fixture->destination, destination);
  return destination;
}

static void
test_keys (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autoptr (S3Credentials) keys = pw_credentials_dup_held (
    pw_uploads_get_credentials (fixture->uploads, fixture->destination));
  g_autoptr (PwDestination) keyless = store_fixture_new_destination (fixture->store);
  PwUpload *failed, *paused;

  use (fixture, keyless);
  paused = uploads_fixture_add_parts (fixture, "b", 2);
  pw_upload_pause (paused);
  failed = uploads_fixture_add_parts (fixture, "a", 2);
  uploads_fixture_wait_idle (fixture);
  g_assert_error (failed->error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING);

  pw_uploads_mend (fixture->uploads, keyless, keys);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (failed->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpint (paused->state, ==, PW_UPLOAD_PAUSED);
}

/* The bucket's name had a slip; the list, restarted, knows of no parts in it. */
static void
test_bucket (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) right = g_object_ref (fixture->destination);
  g_autoptr (PwDestination) wrong = pw_destination_copy (right);
  PwUpload *upload;

  g_free (wrong->bucket);
  wrong->bucket = g_strdup ("buckets");
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, wrong));
  use (fixture, wrong);
  upload = uploads_fixture_add_parts (fixture, "a", 2);
  uploads_fixture_wait_idle (fixture);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_NO_SUCH_BUCKET);

  pw_uploads_mend (fixture->uploads, right, NULL);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  g_assert_true (store_fixture_has_object (fixture->store, "a"));
}

/* Parts are safe at a place: the upload stays there, with new settings. */
static void
test_begun (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 2: status 403\n");
  g_autoptr (PwDestination) elsewhere = pw_destination_copy (fixture->destination);
  g_autoptr (PwDestination) settings = pw_destination_copy (fixture->destination);
  PwDestination *before = fixture->destination;
  PwUpload *upload;

  /* One after the other: who fails has two safe parts before it. */
  pw_uploads_set_connections (fixture->uploads, 1, 1, 1);
  upload = uploads_fixture_add_parts (fixture, "a", 8);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_cmpuint (upload->schedule.safe, ==, 2 * STORE_PART);
  store_fixture_set_faults (fixture->store, "");

  g_free (elsewhere->bucket);
  elsewhere->bucket = g_strdup ("other");
  g_assert_false (pw_upload_set_destination (upload, elsewhere));
  g_assert_true (upload->destination == before);

  g_free (settings->name);
  settings->name = g_strdup ("renamed");
  pw_uploads_mend (fixture->uploads, settings, NULL);
  g_assert_true (upload->destination == settings);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpuint (upload->resumed, ==, 2 * STORE_PART);
}

static void
test_secret_stays (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) elsewhere = pw_destination_copy (fixture->destination);
  g_autoptr (S3Credentials) secret = s3_credentials_new ("A", "S", NULL);
  g_autoptr (S3Credentials) held = NULL;
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 2);

  pw_upload_pause (upload);
  g_free (elsewhere->endpoint);
  elsewhere->endpoint = g_strdup ("https://elsewhere.example");
  pw_uploads_mend (fixture->uploads, elsewhere, secret);
  held = pw_credentials_dup_held (pw_uploads_get_credentials (fixture->uploads,
                                                              fixture->destination));
  g_assert_cmpstr (held->access_key, !=, "A");
  uploads_fixture_wait_idle (fixture);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mend/keys", test_keys);
  g_test_add_func ("/mend/bucket", test_bucket);
  g_test_add_func ("/mend/begun", test_begun);
  g_test_add_func ("/mend/secret-stays", test_secret_stays);
  return g_test_run ();
}
