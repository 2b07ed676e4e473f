/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "engine/pw-error.h"
#include "uploads-fixture.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_states (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a.bin", 4);

  uploads_fixture_wait_idle (fixture);
  g_assert_cmpstr (fixture->states->str, ==,
                   "a.bin:waiting a.bin:preparing a.bin:sending a.bin:finishing a.bin:done ");
  g_assert_cmpuint (upload->schedule.safe, ==, 4 * STORE_PART);
  g_assert_nonnull (upload->verification);
  g_assert_nonnull (upload->etag);
  g_assert_cmpint (upload->finished, >=, upload->added);
  store_fixture_assert_object (fixture->store, "a.bin", upload->path);
  {
    g_autoptr (GPtrArray) journals = pw_journal_list (fixture->store->journals, NULL);

    g_assert_cmpuint (journals->len, ==, 0);
  }
  while (fixture->n_idle == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_small (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autofree char *path = store_fixture_make_file (fixture->store, "s", 100, 1);
  PwUpload *upload = uploads_fixture_add (fixture, path, FALSE);

  uploads_fixture_wait_idle (fixture);
  g_assert_cmpstr (fixture->states->str, ==, "s:waiting s:preparing s:done ");
  store_fixture_assert_object (fixture->store, "s", upload->path);
}

static void
make_tree (UploadsFixture *fixture,
           guint           n_folders,
           guint           n_files)
{
  for (guint i = 0; i < n_folders; i++) {
    for (guint j = 0; j < n_files; j++) {
      g_autofree char *name = g_strdup_printf ("tree/%u/%u.txt", i, j);

      g_free (store_fixture_make_file (fixture->store, name, j % 50, i + j));
    }
  }
}

static void
test_folder (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autofree char *path = g_build_filename (fixture->store->folder, "tree", NULL);
  g_autofree char *fifo = g_build_filename (path, "fifo", NULL);
  g_autofree char *dangling = g_build_filename (path, "dangling", NULL);
  PwTotals totals;

  make_tree (fixture, 3, 20);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all", dangling), ==, 0);
  pw_uploads_add (fixture->uploads, path, fixture->destination, FALSE);
  g_assert_true (pw_uploads_is_adding (fixture->uploads));
  uploads_fixture_wait_idle (fixture);
  g_assert_false (pw_uploads_is_adding (fixture->uploads));
  g_assert_cmpuint (fixture->notes->len, ==, 2);
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_uploads, ==, 60);
  g_assert_cmpuint (totals.n_done, ==, 60);
  g_assert_true (store_fixture_has_object (fixture->store, "tree/2/19.txt"));
  g_assert_cmpstr (uploads_fixture_get (fixture, 0)->folder, !=, NULL);
}

/* Two large files share the line: each has safe parts before the other is done. The first parts are
 * slow, until both are being sent. */
static void
test_fair (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part: delay 500ms\n");
  g_autofree char *a = store_fixture_make_file (fixture->store, "a", 40 * STORE_PART, 1);
  g_autofree char *b = store_fixture_make_file (fixture->store, "b", 40 * STORE_PART, 2);
  PwUpload *first = uploads_fixture_add (fixture, a, FALSE);
  PwUpload *second = uploads_fixture_add (fixture, b, FALSE);

  uploads_fixture_wait_state (fixture, first, PW_UPLOAD_SENDING);
  uploads_fixture_wait_state (fixture, second, PW_UPLOAD_SENDING);
  g_assert_cmpuint (first->schedule.n_left, >, 20);
  store_fixture_set_faults (fixture->store, "part: delay 5ms\n");
  uploads_fixture_wait_safe (first, 10 * STORE_PART);
  g_assert_cmpuint (second->schedule.safe, >=, STORE_PART);
  g_assert_cmpuint (second->schedule.n_left, >, 0);
  uploads_fixture_wait_state (fixture, second, PW_UPLOAD_FINISHING);
  g_assert_cmpuint (first->schedule.n_left, <, 20);
  uploads_fixture_wait_idle (fixture);
  store_fixture_assert_object (fixture->store, "a", a);
  store_fixture_assert_object (fixture->store, "b", b);
}

static void
test_pause (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 3: rate 1KiB\n");
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 20);
  gint64 paused_us;

  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  paused_us = g_get_monotonic_time ();
  pw_upload_pause (upload);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_PAUSED);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpuint (upload->out->len, ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - paused_us, <, G_USEC_PER_SEC);
  g_assert_null (upload->error);

  store_fixture_set_faults (fixture->store, "");
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  store_fixture_assert_object (fixture->store, "a", upload->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "create"), ==, 1);
}

/* Paused and resumed at once, while jobs are with the workers, in every state on the way. */
static void
test_blink (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 20);
  PwUploadState last = upload->state;

  while (!pw_upload_is_over (upload)) {
    g_main_context_iteration (NULL, TRUE);
    if (upload->out->len == 0 || upload->state == last || pw_upload_is_over (upload))
      continue;
    last = upload->state;
    pw_upload_pause (upload);
    pw_upload_resume (upload);
  }
  uploads_fixture_wait_idle (fixture);
  store_fixture_assert_object (fixture->store, "a", upload->path);
}

/* The job that ends an upload comes back although it was paused, resumed or blocked meanwhile. */
static void
test_late_end (void)
{
  static const char *const faults[] = { "complete: delay 100ms\n", "put: delay 100ms\n" };
  static const guint n_parts[] = { 3, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, faults[i]);
    PwUpload *upload = uploads_fixture_add_parts (fixture, "a", n_parts[i]);
    const char *call = i == 0 ? "complete" : "put";

    while (store_fixture_get_stat (fixture->store, call) == 0)
      g_main_context_iteration (NULL, FALSE);
    /* Up again at once: the answer that is on its way is believed. */
    pw_upload_pause (upload);
    pw_upload_resume (upload);
    for (guint j = 0; j < upload->out->len; j++) {
      PwJob *job = g_ptr_array_index (upload->out, j);

      g_atomic_int_set (&job->transfer.stop, 0);
    }
    uploads_fixture_wait_idle (fixture);
    g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
    store_fixture_assert_object (fixture->store, "a", upload->path);
  }
}

static void
test_remove (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 3: rate 1KiB\n");
  g_autoptr (PwUpload) upload = g_object_ref (uploads_fixture_add_parts (fixture, "a", 20));
  gint64 removed_us;

  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  removed_us = g_get_monotonic_time ();
  pw_upload_remove (upload);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_ABORTING);
  uploads_fixture_wait_state (fixture, upload, PW_UPLOAD_REMOVED);
  g_assert_cmpint (g_get_monotonic_time () - removed_us, <, G_USEC_PER_SEC);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads)), ==, 0);
  g_assert_null (pw_uploads_lookup (fixture->uploads, upload->id));
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  uploads_fixture_wait_idle (fixture);
}

static void
test_remove_before_begun (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autofree char *path = g_build_filename (fixture->store->folder, "nothing", NULL);
  g_autoptr (PwUpload) upload = g_object_ref (uploads_fixture_add (fixture, path, FALSE));

  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);
  pw_upload_remove (upload);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_REMOVED);
  uploads_fixture_wait_idle (fixture);
}

/* Freed in the middle: what is out is taken back, and nobody is told. */
static void
test_free_while_sending (void)
{
  UploadsFixture *fixture = uploads_fixture_new (NULL, "part after 2: rate 1KiB\n");
  g_autoptr (PwUpload) upload = g_object_ref (uploads_fixture_add_parts (fixture, "a", 20));
  g_autoptr (GArray) flights = NULL;

  uploads_fixture_wait_safe (upload, STORE_PART);
  g_assert_cmpuint (upload->out->len, >, 0);
  g_signal_handlers_disconnect_by_data (fixture->uploads, fixture);
  g_assert_finalize_object (g_steal_pointer (&fixture->uploads));
  flights = pw_upload_get_flights (upload);
  g_assert_cmpuint (flights->len, ==, 0);
  g_assert_cmpuint (pw_upload_get_in_flight (upload), ==, 0);
  g_assert_finalize_object (g_steal_pointer (&upload));
  fixture->uploads = pw_uploads_new (fixture->store->state);
  uploads_fixture_free (fixture);
}

/* Another connection, another rate, another timeout while parts are on their way. */
static void
test_limits (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwUpload *upload;
  gint64 began_us;

  pw_uploads_set_rate (fixture->uploads, 256 * 1024);
  upload = uploads_fixture_add_parts (fixture, "a", 128);
  began_us = g_get_monotonic_time ();
  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  pw_uploads_set_connections (fixture->uploads, 5, 1, 8);
  g_assert_cmpuint (pw_uploads_get_connections (fixture->uploads), ==, 5);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_SENDING);
  pw_uploads_set_rate (fixture->uploads, 0);
  pw_uploads_renew_connections (fixture->uploads);
  pw_uploads_set_connections (fixture->uploads, 1, 1, 8);
  pw_uploads_set_connections (fixture->uploads, 0, 2, 4);
  g_assert_cmpuint (pw_uploads_get_connections (fixture->uploads), <=, 4);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  /* 8 MiB at a quarter of one a second would have taken 32. */
  g_assert_cmpint (g_get_monotonic_time () - began_us, <, 25 * G_USEC_PER_SEC);
}

typedef struct {
  const char *name;
  PwIfExists answer;
  PwUploadState state;
  const char *key;
} ExistsCase;

static const ExistsCase exists_cases[] = {
  { "replace", PW_IF_EXISTS_REPLACE, PW_UPLOAD_DONE, "a" },
  { "rename", PW_IF_EXISTS_RENAME, PW_UPLOAD_DONE, "a (2)" },
  { "skip", PW_IF_EXISTS_SKIP, PW_UPLOAD_SKIPPED, "a" },
};

static void
test_exists (gconstpointer data)
{
  const ExistsCase *c = data;
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwUpload *upload;

  uploads_fixture_add_parts (fixture, "a", 2);
  uploads_fixture_wait_idle (fixture);
  g_object_unref (fixture->destination);
  fixture->destination = store_fixture_new_destination (fixture->store);
  fixture->destination->if_exists = PW_IF_EXISTS_ASK;
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, fixture->destination));

  upload = uploads_fixture_add_parts (fixture, "a", 3);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_EXISTS);
  pw_upload_answer_exists (upload, c->answer);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, c->state);
  g_assert_cmpstr (upload->key, ==, c->key);
  g_assert_null (upload->error);
  if (c->state == PW_UPLOAD_DONE)
    store_fixture_assert_object (fixture->store, c->key, upload->path);
}

static void
append_to (const char *path)
{
  FILE *file = g_fopen (path, "a");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs ("more", file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
test_follow (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 4: delay 50ms\n");
  g_autofree char *path = store_fixture_make_file (fixture->store, "a", 12 * STORE_PART, 1);
  PwUpload *upload = uploads_fixture_add (fixture, path, TRUE);

  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  append_to (path);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpuint (upload->size, ==, 12 * STORE_PART + 4);
  store_fixture_assert_object (fixture->store, "a", path);
}

/* Not followed: told, and followed only after the user said so. */
static void
test_changed (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 4: delay 50ms\n");
  g_autofree char *path = store_fixture_make_file (fixture->store, "a", 12 * STORE_PART, 1);
  PwUpload *upload = uploads_fixture_add (fixture, path, FALSE);

  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  append_to (path);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);

  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);

  pw_upload_set_follow (upload, TRUE);
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  store_fixture_assert_object (fixture->store, "a", path);
}

static void
test_moved_file (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 4: delay 50ms\n");
  g_autofree char *path = store_fixture_make_file (fixture->store, "a", 12 * STORE_PART, 1);
  g_autofree char *elsewhere = g_build_filename (fixture->store->folder, "b", NULL);
  PwUpload *upload = uploads_fixture_add (fixture, path, FALSE);
  guint64 safe;

  uploads_fixture_wait_safe (upload, 2 * STORE_PART);
  g_assert_cmpint (g_rename (path, elsewhere), ==, 0);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);
  safe = upload->schedule.safe;
  pw_upload_set_path (upload, elsewhere);
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpuint (upload->resumed, >=, safe);
  store_fixture_assert_object (fixture->store, "a", elsewhere);
}

/* A failed part ends the upload; what another part's success says later does not unsay it. */
static void
test_error_stays (void)
{
  g_autoptr (UploadsFixture) fixture =
    uploads_fixture_new (NULL, "part 1: status 403 AccessDenied\npart 2: delay 100ms\n");
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 2);

  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_ACCESS_DENIED);
  g_assert_nonnull (upload->request_id);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/uploads/states", test_states);
  g_test_add_func ("/uploads/small", test_small);
  g_test_add_func ("/uploads/folder", test_folder);
  g_test_add_func ("/uploads/fair", test_fair);
  g_test_add_func ("/uploads/pause", test_pause);
  g_test_add_func ("/uploads/blink", test_blink);
  g_test_add_func ("/uploads/late-end", test_late_end);
  g_test_add_func ("/uploads/remove", test_remove);
  g_test_add_func ("/uploads/remove-before-begun", test_remove_before_begun);
  g_test_add_func ("/uploads/free-while-sending", test_free_while_sending);
  g_test_add_func ("/uploads/limits", test_limits);
  for (guint i = 0; i < G_N_ELEMENTS (exists_cases); i++) {
    g_autofree char *path = g_strconcat ("/uploads/exists/", exists_cases[i].name, NULL);

    g_test_add_data_func (path, &exists_cases[i], test_exists);
  }
  g_test_add_func ("/uploads/follow", test_follow);
  g_test_add_func ("/uploads/changed", test_changed);
  g_test_add_func ("/uploads/moved-file", test_moved_file);
  g_test_add_func ("/uploads/error-stays", test_error_stays);

  return g_test_run ();
}
