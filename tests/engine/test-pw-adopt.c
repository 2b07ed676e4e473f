/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-adopt.h"

#include "engine/pw-asking.h"
#include "engine/pw-error.h"
#include "engine/pw-unfinished.h"
#include "engine/pw-uploads-open.h"
#include "uploads-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_PARTS 6

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

static gboolean
list_cb (const S3ListedUpload  *upload,
         gpointer               data,
         GError               **error)
{
  S3UploadsPage *found = data;

  s3_uploads_page_add (found, upload->key, upload->upload_id, upload->initiated);
  return TRUE;
}

static gboolean
list (gpointer      data,
      PwAuthority  *authority,
      PwExchange   *exchange,
      GError      **error)
{
  return pw_unfinished_walk (authority, exchange, NULL, list_cb, data, error);
}

/* The one upload that is unfinished. */
static S3UploadsPage *
find (UploadsFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  S3UploadsPage *found;

  pw_asking_async (fixture->uploads, fixture->destination, list, s3_uploads_page_new (),
                   (GDestroyNotify) s3_uploads_page_free, NULL, finished_cb, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  found = pw_asking_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->uploads->len, ==, 1);
  return found;
}

/* Another computer's upload of film.mov, with some parts at the store, and none of it known here.
 * @rules: the store's. Gives the path of the file. */
static UploadsFixture *
leave (const char  *rules,
       char       **path)
{
  UploadsFixture *fixture = uploads_fixture_new (rules, "part after 3: rate 1KiB\n");
  PwUpload *upload = uploads_fixture_add_parts (fixture, "film.mov", N_PARTS);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  uploads_fixture_wait_safe (upload, 3 * STORE_PART);
  pw_upload_pause (upload);
  uploads_fixture_wait_idle (fixture);
  *path = g_strdup (upload->path);
  store_fixture_set_faults (fixture->store, "");
  g_signal_handlers_disconnect_by_data (fixture->uploads, fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->uploads));
  store_fixture_remove_tree (fixture->store->state);
  fixture->uploads = pw_uploads_new (fixture->store->state);
  g_assert_true (pw_uploads_open (fixture->uploads, NULL));
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, fixture->destination));
  dir = g_dir_open (fixture->store->journals, 0, NULL);
  name = dir ? g_dir_read_name (dir) : NULL;
  g_assert_null (name);
  return fixture;
}

static PwUpload *
adopt (UploadsFixture *fixture,
       const char     *path,
       GError        **error)
{
  g_autoptr (S3UploadsPage) found = find (fixture);
  S3ListedUpload *one = g_ptr_array_index (found->uploads, 0);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_cmpstr (one->key, ==, "film.mov");
  pw_adopt_async (fixture->uploads, fixture->destination, one->key, one->upload_id, path, NULL,
                  finished_cb, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return pw_adopt_finish (fixture->uploads, result, error);
}

static void
test_proved (gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (UploadsFixture) fixture = leave (data, &path);
  g_autoptr (GError) error = NULL;
  PwUpload *upload = adopt (fixture, path, &error);
  guint64 n_sent = store_fixture_get_stat (fixture->store, "part");

  g_assert_no_error (error);
  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_DONE);
  /* What was on its way when the first three were safe may have arrived, too. */
  g_assert_cmpuint (upload->resumed, >=, 3 * STORE_PART);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "part") - n_sent, ==,
                    N_PARTS - upload->resumed / STORE_PART);
  uploads_fixture_wait_idle (fixture);
  store_fixture_assert_object (fixture->store, "film.mov", path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

/* A file of that size with other bytes: refused, as often as it is tried, and nothing is lost. */
static void
test_other_file (void)
{
  g_autofree char *path = NULL;
  g_autoptr (UploadsFixture) fixture = leave (NULL, &path);
  g_autofree char *other = store_fixture_make_file (fixture->store, "other.mov",
                                                    N_PARTS * STORE_PART, 77);
  g_autoptr (GError) error = NULL;
  PwUpload *upload = adopt (fixture, other, &error);
  guint64 n_sent = store_fixture_get_stat (fixture->store, "part");

  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) {
    uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_FAILED);
    g_assert_error (upload->error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);
    uploads_fixture_wait_idle (fixture);
    pw_upload_resume (upload);
  }
  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_FAILED);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "part"), ==, n_sent);

  pw_upload_set_path (upload, path);
  pw_upload_resume (upload);
  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_DONE);
  g_assert_cmpuint (upload->resumed, >=, 3 * STORE_PART);
  uploads_fixture_wait_idle (fixture);
  store_fixture_assert_object (fixture->store, "film.mov", path);
}

static void
test_short_file (void)
{
  g_autofree char *path = NULL;
  g_autoptr (UploadsFixture) fixture = leave (NULL, &path);
  g_autofree char *other = store_fixture_make_file (fixture->store, "other.mov", STORE_PART, 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (adopt (fixture, other, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_PLAN);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads)), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 1);
}

static void
test_no_file (void)
{
  g_autofree char *path = NULL;
  g_autoptr (UploadsFixture) fixture = leave (NULL, &path);
  g_autoptr (GError) error = NULL;

  g_remove (path);
  g_assert_null (adopt (fixture, path, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);
}

/* What is in a list here is known by its journal, whoever has that open. */
static void
test_known (void)
{
  g_autofree char *path = NULL;
  g_autoptr (UploadsFixture) fixture = leave (NULL, &path);
  g_autoptr (S3UploadsPage) found = find (fixture);
  S3ListedUpload *one = g_ptr_array_index (found->uploads, 0);
  g_autoptr (GHashTable) before = pw_journal_list_upload_ids (fixture->store->journals);
  g_autoptr (GHashTable) after = NULL;
  g_autoptr (GError) error = NULL;
  PwUpload *upload;

  g_assert_null (g_hash_table_lookup (before, one->upload_id));
  store_fixture_set_faults (fixture->store, "part: rate 1KiB\n");
  upload = adopt (fixture, path, &error);
  g_assert_no_error (error);
  after = pw_journal_list_upload_ids (fixture->store->journals);
  g_assert_cmpstr (g_hash_table_lookup (after, one->upload_id), ==, upload->id);
  pw_upload_remove (upload);
  uploads_fixture_wait_idle (fixture);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  http_init ();

  g_test_add_data_func ("/adopt/proved/aws", NULL, test_proved);
  g_test_add_data_func ("/adopt/proved/ceph", "ceph", test_proved);
  g_test_add_func ("/adopt/other-file", test_other_file);
  g_test_add_func ("/adopt/short-file", test_short_file);
  g_test_add_func ("/adopt/no-file", test_no_file);
  g_test_add_func ("/adopt/known", test_known);

  return g_test_run ();
}
