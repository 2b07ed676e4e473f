/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-walk.h"

#include "engine/pw-error.h"
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder;
  GPtrArray *found;             /* PwFound */
  GPtrArray *notes;
  guint n_calls;
  gboolean is_end;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("partway-walk-XXXXXX", NULL);
  fixture->found = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_found_free);
  fixture->notes = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  store_fixture_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_ptr_array_unref (fixture->found);
  g_ptr_array_unref (fixture->notes);
}

static void
walk_cb (PwWalk    *walk,
         GPtrArray *found,
         GPtrArray *notes,
         gboolean   is_end,
         gpointer   data)
{
  Fixture *fixture = data;

  g_assert_false (fixture->is_end);
  g_ptr_array_set_free_func (found, NULL);
  g_ptr_array_extend_and_steal (fixture->found, g_ptr_array_ref (found));
  for (guint i = 0; i < notes->len; i++)
    g_ptr_array_add (fixture->notes, g_strdup (g_ptr_array_index (notes, i)));
  fixture->n_calls++;
  fixture->is_end = is_end;
}

/* Returns whether it was a folder. */
static gboolean
walk (Fixture    *fixture,
      const char *path)
{
  g_autofree char *full = g_build_filename (fixture->folder, path, NULL);
  PwWalk *walk = pw_walk_start (full, walk_cb, fixture);
  gboolean is_folder;

  while (!fixture->is_end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (pw_walk_get_path (walk), ==, full);
  is_folder = pw_walk_is_folder (walk);
  pw_walk_unref (walk);
  return is_folder;
}

static void
make_file (Fixture    *fixture,
           const char *name,
           gsize       size)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *bytes = g_strnfill (size, 'x');

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

static void
make_link (Fixture    *fixture,
           const char *target,
           const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static PwFound *
find (Fixture    *fixture,
      const char *name)
{
  for (guint i = 0; i < fixture->found->len; i++) {
    PwFound *found = g_ptr_array_index (fixture->found, i);

    if (g_str_equal (found->name, name))
      return found;
  }
  return NULL;
}

static void
test_file (Fixture       *fixture,
           gconstpointer  data)
{
  make_file (fixture, "a.txt", 7);
  g_assert_false (walk (fixture, "a.txt"));
  g_assert_cmpuint (fixture->found->len, ==, 1);
  g_assert_cmpuint (find (fixture, "a.txt")->size, ==, 7);
  g_assert_no_error (find (fixture, "a.txt")->error);
  g_assert_true (g_path_is_absolute (find (fixture, "a.txt")->path));
}

static void
test_folder (Fixture       *fixture,
             gconstpointer  data)
{
  make_file (fixture, "top/b/c/deep.txt", 1);
  make_file (fixture, "top/b/mid.txt", 2);
  make_file (fixture, "top/.hidden", 3);
  make_file (fixture, "top/Ünïcode ☃.txt", 4);
  g_assert_true (walk (fixture, "top"));
  g_assert_cmpuint (fixture->found->len, ==, 4);
  g_assert_nonnull (find (fixture, "top/b/c/deep.txt"));
  g_assert_nonnull (find (fixture, "top/b/mid.txt"));
  g_assert_nonnull (find (fixture, "top/.hidden"));
  g_assert_cmpuint (find (fixture, "top/Ünïcode ☃.txt")->size, ==, 4);
  /* Files come before the folders below. */
  g_assert_cmpstr (((PwFound *) g_ptr_array_index (fixture->found, 3))->name, ==,
                   "top/b/c/deep.txt");
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "empty", NULL);

  g_mkdir (path, 0700);
  g_assert_true (walk (fixture, "empty"));
  g_assert_cmpuint (fixture->found->len, ==, 0);
  g_assert_cmpuint (fixture->notes->len, ==, 0);
}

static void
test_links (Fixture       *fixture,
            gconstpointer  data)
{
  make_file (fixture, "file", 5);
  make_file (fixture, "other/x", 5);
  make_file (fixture, "top/y", 5);
  make_link (fixture, "../file", "top/to-file");
  make_link (fixture, "../other", "top/to-folder");
  make_link (fixture, "../top", "top/round");
  make_link (fixture, "nowhere", "top/dangling");
  make_link (fixture, "/dev/null", "top/device");
  make_link (fixture, "top", "to-top");
  g_assert_true (walk (fixture, "to-top"));
  g_assert_cmpuint (fixture->found->len, ==, 2);
  g_assert_cmpuint (find (fixture, "to-top/to-file")->size, ==, 5);
  /* The two folders, the device, and the link to nothing. */
  g_assert_cmpuint (fixture->notes->len, ==, 4);
}

static void
test_no_files (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (fixture->folder, "top", "fifo", NULL);

  make_file (fixture, "top/y", 5);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  walk (fixture, "top");
  g_assert_cmpuint (fixture->found->len, ==, 1);
  g_assert_cmpuint (fixture->notes->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (fixture->notes, 0), "top/fifo"));
}

/* Named by the user, what cannot be sent is told as an error. */
static void
test_named (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (fixture->folder, "fifo", NULL);

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_false (walk (fixture, "fifo"));
  g_assert_error (find (fixture, "fifo")->error, PW_ERROR, PW_ERROR_SOURCE_NOT_A_FILE);
  fixture->is_end = FALSE;
  g_assert_false (walk (fixture, "nothing"));
  g_assert_error (find (fixture, "nothing")->error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);
}

static void
test_bad_name (Fixture       *fixture,
               gconstpointer  data)
{
  make_file (fixture, "top/bad\xff", 5);
  walk (fixture, "top");
  g_assert_cmpuint (fixture->found->len, ==, 1);
  g_assert_error (((PwFound *) g_ptr_array_index (fixture->found, 0))->error, PW_ERROR,
                  PW_ERROR_KEY);
  g_assert_true (g_utf8_validate (((PwFound *) g_ptr_array_index (fixture->found, 0))->name, -1,
                                  NULL));
}

/* What was found is told while the rest is sought. */
static void
test_batches (Fixture       *fixture,
              gconstpointer  data)
{
  for (guint i = 0; i < 300; i++) {
    g_autofree char *name = g_strdup_printf ("top/%u", i);

    make_file (fixture, name, 1);
  }
  walk (fixture, "top");
  g_assert_cmpuint (fixture->found->len, ==, 300);
  g_assert_cmpuint (fixture->n_calls, ==, 3);
}

static gboolean
set_true_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Stopped, it says nothing any more, whatever is on its way. */
static void
test_stopped (Fixture       *fixture,
              gconstpointer  data)
{
  PwWalk *walk;
  gboolean is_quiet = FALSE;

  make_file (fixture, "top/a", 1);
  walk = pw_walk_start (fixture->folder, walk_cb, fixture);
  pw_walk_stop (walk);
  pw_walk_unref (walk);
  /* What it may still bring comes before what has a lower priority. */
  g_idle_add_full (G_PRIORITY_LOW, set_true_cb, &is_quiet, NULL);
  while (!is_quiet)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_calls, ==, 0);
}

static const struct {
  const char *name;
  void (*test) (Fixture *fixture, gconstpointer data);
} tests[] = {
  { "file", test_file }, { "folder", test_folder }, { "empty", test_empty },
  { "links", test_links }, { "no-files", test_no_files }, { "named", test_named },
  { "bad-name", test_bad_name }, { "batches", test_batches }, { "stopped", test_stopped },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/walk/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }

  return g_test_run ();
}
