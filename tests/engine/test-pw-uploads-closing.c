/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "engine/pw-error.h"
#include "engine/pw-mend.h"
#include "uploads-fixture.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* No file is closed by the main thread: neither those that are sent, nor the journals, nor the
 * queue. This program's own close() stands before the C library's, and looks who calls it. */

/* A folder; NULL = do not look. Set while no other thread closes anything there. */
static const char *watched;
static gint n_by_main, n_by_others;

static gboolean
is_watched (int fd)
{
  const char *folder = g_atomic_pointer_get (&watched);
  char link[32], path[4096];
  struct stat st;
  gssize length;

  if (!folder || fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    return FALSE;
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  if (length < 0)
    return FALSE;
  path[length] = '\0';
  return strncmp (path, folder, strlen (folder)) == 0;
}

int close (int fd);

int
close (int fd)
{
  static int (*real) (int fd);
  int (*func) (int fd) = g_atomic_pointer_get (&real);

  if (is_watched (fd))
    g_atomic_int_inc (syscall (SYS_gettid) == getpid () ? &n_by_main : &n_by_others);
  if (!func) {
    func = (int (*)(int))dlsym (RTLD_NEXT, "close");
    g_atomic_pointer_set (&real, func);
  }
  return func (fd);
}

static void
watch (UploadsFixture *fixture)
{
  g_atomic_int_set (&n_by_main, 0);
  g_atomic_int_set (&n_by_others, 0);
  g_atomic_pointer_set (&watched, fixture->store->folder);
}

/* @n: so many files at least were closed. */
static void
assert_closed_by_others (gint n)
{
  g_atomic_pointer_set (&watched, NULL);
  g_assert_cmpint (g_atomic_int_get (&n_by_main), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&n_by_others), >=, n);
}

/* Nobody holds its lock. */
static void
assert_free (UploadsFixture *fixture,
             PwUpload       *upload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PwJournal) journal = pw_journal_open (fixture->store->journals, upload->id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (journal);
}

static void
test_watch (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autofree char *path = store_fixture_make_file (fixture->store, "a", 10, 1);
  int fd = open (path, O_RDONLY);

  watch (fixture);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_cmpint (n_by_main, ==, 1);
  g_atomic_pointer_set (&watched, NULL);
}

static void
test_done (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autofree char *small = store_fixture_make_file (fixture->store, "small", 10, 1);
  g_autofree char *large = store_fixture_make_file (fixture->store, "large", 5 * STORE_PART, 2);

  fixture->destination->if_exists = PW_IF_EXISTS_SKIP;
  watch (fixture);
  uploads_fixture_add (fixture, small, FALSE);
  uploads_fixture_add (fixture, large, FALSE);
  uploads_fixture_wait_idle (fixture);
  uploads_fixture_add (fixture, small, FALSE);
  uploads_fixture_add (fixture, large, FALSE);
  uploads_fixture_wait_idle (fixture);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (uploads_fixture_get (fixture, i)->state, ==,
                     i < 2 ? PW_UPLOAD_DONE : PW_UPLOAD_SKIPPED);
  /* Each file, and the one journal. */
  assert_closed_by_others (5);
  watch (fixture);
  uploads_fixture_quit (fixture);
  /* The queue. */
  assert_closed_by_others (1);
  uploads_fixture_restart (fixture, FALSE);
}

/* When all is quiet, the lock of what failed is free. */
static void
test_failed (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 2: status 403\n");
  g_autofree char *path = store_fixture_make_file (fixture->store, "a", 8 * STORE_PART, 1);
  PwUpload *upload;

  watch (fixture);
  upload = uploads_fixture_add (fixture, path, FALSE);
  uploads_fixture_wait_idle (fixture);
  assert_closed_by_others (2);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  assert_free (fixture, upload);

  store_fixture_set_faults (fixture->store, "");
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  store_fixture_assert_object (fixture->store, "a", path);
}

/* What the user paused is closed at the end, and free by then, whoever looks at it still. */
static void
test_paused (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 2: rate 1KiB\n");
  g_autoptr (PwUpload) paused = g_object_ref (uploads_fixture_add_parts (fixture, "a", 8));
  PwUpload *upload;

  uploads_fixture_wait_safe (paused, STORE_PART);
  pw_upload_pause (paused);
  uploads_fixture_wait_idle (fixture);
  g_assert_true (pw_order_is_open (paused->order));
  watch (fixture);
  uploads_fixture_quit (fixture);
  /* The file, the journal and the queue. */
  assert_closed_by_others (3);
  g_assert_false (pw_order_is_open (paused->order));
  assert_free (fixture, paused);

  store_fixture_set_faults (fixture->store, "");
  uploads_fixture_restart (fixture, FALSE);
  upload = uploads_fixture_get (fixture, 0);
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, upload->destination));
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
}

/* The end comes while parts are on their way. */
static void
test_sending (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 2: rate 1KiB\n");
  g_autoptr (PwUpload) upload = g_object_ref (uploads_fixture_add_parts (fixture, "a", 8));

  uploads_fixture_wait_safe (upload, STORE_PART);
  watch (fixture);
  uploads_fixture_quit (fixture);
  assert_closed_by_others (3);
  assert_free (fixture, upload);
  uploads_fixture_restart (fixture, FALSE);
}

/* Other settings: what was open under those of before is closed, and opened again. */
static void
test_mended (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 2: rate 1KiB\n");
  g_autoptr (PwDestination) settings = pw_destination_copy (fixture->destination);
  g_autofree char *path = store_fixture_make_file (fixture->store, "a", 8 * STORE_PART, 1);
  PwUpload *upload = uploads_fixture_add (fixture, path, FALSE);

  uploads_fixture_wait_safe (upload, STORE_PART);
  pw_upload_pause (upload);
  uploads_fixture_wait_idle (fixture);
  store_fixture_set_faults (fixture->store, "");
  g_free (settings->name);
  settings->name = g_strdup ("renamed");
  watch (fixture);
  pw_uploads_mend (fixture->uploads, settings, NULL);
  g_assert_true (upload->destination == settings);
  g_assert_true (pw_uploads_is_idle (fixture->uploads));
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  assert_closed_by_others (4);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  store_fixture_assert_object (fixture->store, "a", path);
}

static void
test_removed (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 2: rate 1KiB\n");
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 8);

  uploads_fixture_wait_safe (upload, STORE_PART);
  watch (fixture);
  pw_upload_remove (upload);
  uploads_fixture_wait_idle (fixture);
  assert_closed_by_others (2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads)), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/closing/watch", test_watch);
  g_test_add_func ("/closing/done", test_done);
  g_test_add_func ("/closing/failed", test_failed);
  g_test_add_func ("/closing/paused", test_paused);
  g_test_add_func ("/closing/sending", test_sending);
  g_test_add_func ("/closing/mended", test_mended);
  g_test_add_func ("/closing/removed", test_removed);

  return g_test_run ();
}
