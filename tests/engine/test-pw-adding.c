/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-adding.h"

#include "engine/pw-error.h"
#include "engine/pw-record.h"
#include "store-fixture.h"

#include <unistd.h>

typedef struct {
  char *folder;
  PwDestination *destination;
  PwAdding *adding;
  GPtrArray *uploads;
  guint n_notes;
  gboolean is_end;
} Fixture;

static void
found_cb (GPtrArray *uploads,
          gpointer   data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < uploads->len; i++)
    g_ptr_array_add (fixture->uploads, g_object_ref (g_ptr_array_index (uploads, i)));
}

static void
note_cb (const char *note,
         gpointer    data)
{
  Fixture *fixture = data;

  fixture->n_notes++;
}

static void
end_cb (PwAdding *adding,
        gpointer  data)
{
  Fixture *fixture = data;

  g_assert_true (adding == fixture->adding);
  pw_adding_free (g_steal_pointer (&fixture->adding));
  fixture->is_end = TRUE;
}

static const PwAddingCallbacks callbacks = { found_cb, note_cb, end_cb };

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static const char *const names[] = { "a", "b", "c" };

  fixture->folder = g_dir_make_tmp ("partway-adding-XXXXXX", NULL);
  fixture->destination = pw_destination_new ("d");
  fixture->destination->prefix = g_strdup ("backups");
  fixture->uploads = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

    g_assert_true (g_file_set_contents (path, "text", -1, NULL));
  }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->adding, pw_adding_free);
  g_ptr_array_unref (fixture->uploads);
  g_assert_finalize_object (fixture->destination);
  store_fixture_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static void
run (Fixture *fixture)
{
  pw_adding_start (fixture->adding, &callbacks, fixture);
  while (!fixture->is_end)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_folder (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *id = NULL;
  g_autofree char *name = g_path_get_basename (fixture->folder);
  g_autofree char *prefix = g_strdup_printf ("backups/%s/", name);

  fixture->adding = pw_adding_new (NULL, fixture->folder, fixture->destination, TRUE);
  id = g_strdup (fixture->adding->id);
  g_assert_true (pw_record_is_id (id));
  run (fixture);
  g_assert_cmpuint (fixture->uploads->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    PwUpload *upload = g_ptr_array_index (fixture->uploads, i);

    g_assert_cmpstr (upload->folder, ==, id);
    g_assert_true (upload->follow);
    g_assert_cmpuint (upload->size, ==, 4);
    g_assert_true (g_str_has_prefix (upload->key, prefix));
    g_assert_true (pw_record_is_id (upload->id));
  }
}

static void
test_file (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a", NULL);
  PwUpload *upload;

  fixture->adding = pw_adding_new ("0123456789abcdef", path, fixture->destination, FALSE);
  g_assert_cmpstr (fixture->adding->id, ==, "0123456789abcdef");
  run (fixture);
  g_assert_cmpuint (fixture->uploads->len, ==, 1);
  upload = g_ptr_array_index (fixture->uploads, 0);
  g_assert_null (upload->folder);
  g_assert_cmpstr (upload->key, ==, "backups/a");
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_WAITING);
}

/* What an earlier walk brought is not brought again. */
static void
test_known (Fixture       *fixture,
            gconstpointer  data)
{
  fixture->adding = pw_adding_new (NULL, fixture->folder, fixture->destination, FALSE);
  fixture->adding->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (fixture->adding->known, g_build_filename (fixture->folder, "b", NULL));
  run (fixture);
  g_assert_cmpuint (fixture->uploads->len, ==, 2);
}

static void
test_trouble (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "link", NULL);
  PwUpload *upload;

  g_assert_cmpint (symlink (fixture->folder, path), ==, 0);
  fixture->adding = pw_adding_new (NULL, fixture->folder, fixture->destination, FALSE);
  run (fixture);
  g_assert_cmpuint (fixture->n_notes, ==, 1);

  fixture->is_end = FALSE;
  fixture->adding = pw_adding_new (NULL, "/nowhere/at/all", fixture->destination, FALSE);
  run (fixture);
  upload = g_ptr_array_index (fixture->uploads, 3);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);
}

/* Freed while it walks, or before it began: nobody is called. */
static void
test_freed (Fixture       *fixture,
            gconstpointer  data)
{
  fixture->adding = pw_adding_new (NULL, fixture->folder, fixture->destination, FALSE);
  pw_adding_start (fixture->adding, &callbacks, fixture);
  g_clear_pointer (&fixture->adding, pw_adding_free);
  fixture->adding = pw_adding_new (NULL, fixture->folder, fixture->destination, FALSE);
  g_clear_pointer (&fixture->adding, pw_adding_free);
  fixture->adding = pw_adding_new (NULL, fixture->folder, fixture->destination, FALSE);
  run (fixture);
  g_assert_cmpuint (fixture->uploads->len, ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) g_test_add ("/adding/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("folder", test_folder);
  ADD ("file", test_file);
  ADD ("known", test_known);
  ADD ("trouble", test_trouble);
  ADD ("freed", test_freed);

  return g_test_run ();
}
