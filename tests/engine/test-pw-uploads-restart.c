/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "engine/pw-error.h"
#include "engine/pw-uploads-open.h"
#include "uploads-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* What survives the end of a program, ordered or not. */

static void
test_history (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 3);
  g_autofree char *id = g_strdup (upload->id), *proof = NULL, *etag = NULL;
  gint64 added, finished;
  PwTotals totals;

  uploads_fixture_wait_idle (fixture);
  proof = g_strdup (upload->verification);
  etag = g_strdup (upload->etag);
  added = upload->added;
  finished = upload->finished;
  uploads_fixture_restart (fixture, FALSE);

  upload = pw_uploads_lookup (fixture->uploads, id);
  g_assert_nonnull (upload);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpstr (upload->verification, ==, proof);
  g_assert_cmpstr (upload->etag, ==, etag);
  g_assert_cmpint (upload->added, ==, added);
  g_assert_cmpint (upload->finished, ==, finished);
  g_assert_cmpuint (upload->schedule.safe, ==, 3 * STORE_PART);
  /* The history is none of this session's business. */
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_uploads, ==, 0);
  g_assert_true (pw_uploads_is_idle (fixture->uploads));

  pw_upload_remove (upload);
  g_assert_null (pw_uploads_lookup (fixture->uploads, id));
  uploads_fixture_restart (fixture, FALSE);
  g_assert_null (pw_uploads_lookup (fixture->uploads, id));
  g_assert_true (store_fixture_has_object (fixture->store, "a"));
}

static void
test_resumed (gconstpointer killed)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 5: rate 1KiB\n");
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 12);
  g_autofree char *id = g_strdup (upload->id);

  uploads_fixture_wait_safe (upload, 4 * STORE_PART);
  g_assert_true (pw_uploads_flush (fixture->uploads, NULL));
  uploads_fixture_restart (fixture, GPOINTER_TO_INT (killed));
  upload = pw_uploads_lookup (fixture->uploads, id);
  g_assert_cmpuint (pw_upload_get_safe (upload), >=, 4 * STORE_PART);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_PAUSED);
  g_assert_null (upload->error);

  store_fixture_set_faults (fixture->store, "");
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, upload->destination));
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpuint (upload->resumed, >=, 4 * STORE_PART);
  store_fixture_assert_object (fixture->store, "a", upload->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "create"), ==, 1);
}

/* What waited for its turn has no journal, and is as welcome. */
static void
test_waiting (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "any: status 503\n");
  g_autofree char *small = store_fixture_make_file (fixture->store, "s", 10, 1);
  guint n;

  for (guint i = 0; i < 12; i++) {
    g_autofree char *name = g_strdup_printf ("f%u", i);
    PwUpload *upload = uploads_fixture_add_parts (fixture, name, 2);

    pw_upload_pause (upload);
  }
  uploads_fixture_add (fixture, small, FALSE);
  pw_uploads_pause_all (fixture->uploads);
  uploads_fixture_restart (fixture, FALSE);
  n = g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads));
  g_assert_cmpuint (n, ==, 13);
  store_fixture_set_faults (fixture->store, "");
  for (guint i = 0; i < n; i++) {
    PwUpload *upload = uploads_fixture_get (fixture, i);
    g_autofree char *name = g_strdup_printf ("f%u", i);

    g_assert_cmpstr (upload->name, ==, i < 12 ? name : "s");
    store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, upload->destination));
  }
  pw_uploads_resume_all (fixture->uploads);
  uploads_fixture_wait_idle (fixture);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (uploads_fixture_get (fixture, i)->state, ==, PW_UPLOAD_DONE);
}

/* What waited for a network goes on by itself after a restart, unless the user said no. */
static void
test_troubled (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "any: status 503\n");
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_OFFLINE, "no network");
  PwTotals totals;

  for (const char *name = "ab"; *name; name++) {
    char text[2] = { *name, '\0' };

    pw_upload_stop_with (uploads_fixture_add_parts (fixture, text, 2), error);
  }
  uploads_fixture_wait_idle (fixture);
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_troubled, ==, 2);
  pw_upload_pause (uploads_fixture_get (fixture, 1));
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_troubled, ==, 1);
  g_assert_cmpuint (totals.n_paused, ==, 2);
  g_assert_nonnull (strstr (fixture->states->str, "b:paused b:paused"));

  uploads_fixture_restart (fixture, FALSE);
  g_assert_true (pw_upload_is_troubled (uploads_fixture_get (fixture, 0)));
  g_assert_cmpint (uploads_fixture_get (fixture, 1)->state, ==, PW_UPLOAD_PAUSED);
  g_assert_no_error (uploads_fixture_get (fixture, 1)->error);
}

static void
test_order (void)
{
  static const char *const moved[] = { "c", "a", "b", "d" };
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "any: status 503\n");

  for (const char *name = "abcd"; *name; name++) {
    char text[2] = { *name, '\0' };

    pw_upload_pause (uploads_fixture_add_parts (fixture, text, 2));
  }
  pw_uploads_move (fixture->uploads, uploads_fixture_get (fixture, 2), 0);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr (uploads_fixture_get (fixture, i)->name, ==, moved[i]);
  uploads_fixture_restart (fixture, TRUE);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr (uploads_fixture_get (fixture, i)->name, ==, moved[i]);
}

/* An abort that the store did not hear goes on until it did, also in another life. */
static void
test_durable_abort (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 3: rate 1KiB\n");
  g_autoptr (PwUpload) upload = g_object_ref (uploads_fixture_add_parts (fixture, "a", 12));
  g_autofree char *id = g_strdup (upload->id);

  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  store_fixture_set_faults (fixture->store, "abort: status 500 InternalError\n");
  pw_upload_remove (upload);
  while (store_fixture_get_stat (fixture->store, "abort") < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_ABORTING);
  g_clear_object (&upload);

  uploads_fixture_restart (fixture, FALSE);
  upload = g_object_ref (pw_uploads_lookup (fixture->uploads, id));
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_ABORTING);
  store_fixture_set_faults (fixture->store, "");
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, upload->destination));
  pw_uploads_resume_all (fixture->uploads);
  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_REMOVED);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads)), ==, 0);
}

/* A store that is down: tried, told, and no state but ABORTING until it is up. */
static void
test_abort_at_a_store_that_is_down (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 3: rate 1KiB\n");
  g_autoptr (PwUpload) upload = g_object_ref (uploads_fixture_add_parts (fixture, "a", 12));

  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  store_fixture_stop (fixture->store);
  pw_upload_remove (upload);
  while (!upload->error)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_ABORTING);
  store_fixture_start (fixture->store);
  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_REMOVED);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

static void
kill_cb (GListModel     *list,
         guint           position,
         guint           removed,
         guint           added,
         UploadsFixture *fixture)
{
  g_signal_handlers_disconnect_by_func (list, kill_cb, fixture);
  g_assert_true (pw_uploads_is_adding (fixture->uploads));
  uploads_fixture_kill (fixture);
}

/* A folder that was being walked when the program ended is walked again; nothing comes twice. */
static void
test_walk_goes_on (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "any: status 503\n");
  g_autofree char *folder = g_build_filename (fixture->store->folder, "tree", NULL);

  for (guint i = 0; i < 300; i++) {
    g_autofree char *name = g_strdup_printf ("tree/%u", i);
    g_autofree char *path G_GNUC_UNUSED = store_fixture_make_file (fixture->store, name, 5, i);
  }
  g_signal_connect (fixture->uploads, "items-changed", G_CALLBACK (kill_cb), fixture);
  pw_uploads_add (fixture->uploads, folder, fixture->destination, FALSE);
  while (!fixture->killed_state)
    g_main_context_iteration (NULL, TRUE);
  pw_uploads_pause_all (fixture->uploads);
  uploads_fixture_restart (fixture, TRUE);
  g_assert_true (pw_uploads_is_adding (fixture->uploads));
  while (pw_uploads_is_adding (fixture->uploads))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads)), ==, 300);
  pw_uploads_pause_all (fixture->uploads);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GError) error = NULL;

  pw_uploads_open_finish (PW_UPLOADS (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
test_open_async (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  gboolean is_open = FALSE;

  uploads_fixture_add_parts (fixture, "a", 2);
  uploads_fixture_wait_idle (fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->uploads));
  fixture->uploads = pw_uploads_new (fixture->store->state);
  pw_uploads_open_async (fixture->uploads, opened_cb, &is_open);
  while (!is_open)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads)), ==, 1);
  g_assert_true (pw_uploads_flush (fixture->uploads, NULL));
}

static void
refused_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (pw_uploads_open_finish (PW_UPLOADS (source), result, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
  *(gboolean *) data = TRUE;
}

static void
test_no_folder (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autofree char *file = store_fixture_make_file (store, "in-the-way", 1, 1);
  g_autoptr (PwUploads) uploads = pw_uploads_new (file);
  g_autoptr (GError) error = NULL;
  gboolean is_refused = FALSE;

  g_assert_false (pw_uploads_open (uploads, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
  pw_uploads_open_async (uploads, refused_cb, &is_refused);
  while (!is_refused)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/restart/history", test_history);
  g_test_add_data_func ("/restart/resumed/ended", GINT_TO_POINTER (FALSE), test_resumed);
  g_test_add_data_func ("/restart/resumed/killed", GINT_TO_POINTER (TRUE), test_resumed);
  g_test_add_func ("/restart/waiting", test_waiting);
  g_test_add_func ("/restart/troubled", test_troubled);
  g_test_add_func ("/restart/order", test_order);
  g_test_add_func ("/restart/durable-abort", test_durable_abort);
  g_test_add_func ("/restart/store-is-down", test_abort_at_a_store_that_is_down);
  g_test_add_func ("/restart/walk-goes-on", test_walk_goes_on);
  g_test_add_func ("/restart/open-async", test_open_async);
  g_test_add_func ("/restart/no-folder", test_no_folder);

  return g_test_run ();
}
