/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-archive.h"

#include "engine/pw-error.h"
#include "store-fixture.h"

typedef struct {
  char *state;
  PwDestination *destination;
  char *json;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->state = g_dir_make_tmp ("partway-archive-XXXXXX", NULL);
  fixture->destination = pw_destination_new ("d");
  fixture->destination->bucket = g_strdup ("bucket");
  fixture->json = pw_destination_to_json (fixture->destination);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  store_fixture_remove_tree (fixture->state);
  g_free (fixture->state);
  g_free (fixture->json);
  g_assert_finalize_object (fixture->destination);
}

static PwArchive *
open_archive (Fixture *fixture)
{
  PwArchive *archive = pw_archive_new (fixture->state);
  g_autoptr (GError) error = NULL;

  g_assert_true (pw_archive_open (archive, &error));
  g_assert_no_error (error);
  g_assert_true (pw_archive_open (archive, &error));
  return archive;
}

static void
put (Fixture   *fixture,
     PwArchive *archive,
     guint      n)
{
  g_autofree char *id = g_strdup_printf ("%016x", n);
  g_autofree char *path = g_strdup_printf ("/nowhere/%u", n);
  g_autoptr (PwUpload) upload = pw_upload_new (id, path, "key", n, fixture->destination);

  upload->order_in_list = n;
  pw_archive_put (archive, upload, fixture->json);
}

static void
test_uploads (Fixture       *fixture,
              gconstpointer  data)
{
  PwArchive *archive = open_archive (fixture);
  g_autoptr (PwRestored) restored = NULL;
  g_autoptr (GError) error = NULL;
  PwUpload *first, *second;

  put (fixture, archive, 2);
  put (fixture, archive, 1);
  pw_archive_free (archive);
  archive = open_archive (fixture);
  restored = pw_archive_restore (archive, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (restored->uploads->len, ==, 2);
  g_assert_cmpuint (restored->addings->len, ==, 0);
  g_assert_null (restored->message);
  first = g_ptr_array_index (restored->uploads, 0);
  second = g_ptr_array_index (restored->uploads, 1);
  g_assert_cmpuint (first->size, ==, 1);
  g_assert_cmpint (first->state, ==, PW_UPLOAD_PAUSED);
  /* One destination for all that share it. */
  g_assert_true (first->destination == second->destination);
  g_assert_cmpstr (first->destination->bucket, ==, "bucket");
  pw_archive_free (archive);
}

static void
test_only (Fixture       *fixture,
           gconstpointer  data)
{
  PwArchive *one = open_archive (fixture), *other = open_archive (fixture), *third;
  g_autoptr (PwRestored) restored = NULL;

  put (fixture, one, 1);
  put (fixture, other, 2);
  pw_archive_free (one);
  pw_archive_free (other);
  third = open_archive (fixture);
  restored = pw_archive_restore (third, "0000000000000002", NULL);
  g_assert_cmpuint (restored->uploads->len, ==, 1);
  g_assert_cmpstr (((PwUpload *) g_ptr_array_index (restored->uploads, 0))->id, ==,
                   "0000000000000002");
  pw_archive_free (third);
}

static void
test_addings (Fixture       *fixture,
              gconstpointer  data)
{
  PwArchive *archive = open_archive (fixture);
  PwAdding *adding = pw_adding_new ("00000000000000aa", "/some/folder", fixture->destination, TRUE);
  PwAdding *walked = pw_adding_new ("00000000000000bb", "/some/other", fixture->destination, FALSE);
  g_autoptr (PwUpload) upload = pw_upload_new ("0000000000000001", "/some/folder/x", "k", 1,
                                               fixture->destination);
  g_autoptr (PwRestored) restored = NULL;
  PwAdding *back;

  adding->added = 77;
  upload->folder = g_strdup (adding->id);
  pw_archive_put_adding (archive, adding, fixture->json, TRUE);
  pw_archive_put_adding (archive, walked, fixture->json, TRUE);
  pw_archive_put (archive, upload, fixture->json);
  pw_archive_put_adding (archive, walked, fixture->json, FALSE);
  pw_adding_free (adding);
  pw_adding_free (walked);
  pw_archive_free (archive);

  archive = open_archive (fixture);
  restored = pw_archive_restore (archive, NULL, NULL);
  g_assert_cmpuint (restored->addings->len, ==, 1);
  back = g_ptr_array_index (restored->addings, 0);
  g_assert_cmpstr (back->id, ==, "00000000000000aa");
  g_assert_cmpstr (back->path, ==, "/some/folder");
  g_assert_true (back->follow);
  g_assert_cmpint (back->added, ==, 77);
  g_assert_true (g_hash_table_contains (back->known, "/some/folder/x"));
  pw_archive_free (archive);
}

/* What a later version wrote is left alone, and does not come in the way. */
static void
test_later_version (Fixture       *fixture,
                    gconstpointer  data)
{
  PwArchive *archive = open_archive (fixture);
  g_autoptr (PwUpload) upload = pw_upload_new ("0000000000000001", "/a", "k", 1,
                                               fixture->destination);
  g_autoptr (PwRestored) restored = NULL;

  pw_archive_put (archive, upload, "{\"kind\":\"by-carrier-pigeon\"}");
  put (fixture, archive, 2);
  pw_archive_free (archive);
  archive = open_archive (fixture);
  restored = pw_archive_restore (archive, NULL, NULL);
  g_assert_cmpuint (restored->uploads->len, ==, 1);
  pw_archive_free (archive);
  {
    g_autofree char *dir = g_build_filename (fixture->state, "queue", NULL);
    g_autoptr (GPtrArray) items = pw_queue_list (dir, NULL, NULL);

    g_assert_cmpuint (items->len, ==, 2);
  }
}

static void
test_no_folder (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *file = g_build_filename (fixture->state, "file", NULL);
  PwArchive *archive = pw_archive_new (file);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_false (pw_archive_open (archive, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
  pw_archive_free (archive);
}

static void
test_usual_folder (void)
{
  PwArchive *archive = pw_archive_new (NULL);
  g_autofree char *expected = g_build_filename (g_get_user_state_dir (), "partway", NULL);

  g_assert_cmpstr (archive->state_dir, ==, expected);
  g_assert_true (g_str_has_prefix (archive->journals, expected));
  pw_archive_free (archive);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) g_test_add ("/archive/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("uploads", test_uploads);
  ADD ("only", test_only);
  ADD ("addings", test_addings);
  ADD ("later-version", test_later_version);
  ADD ("no-folder", test_no_folder);
  g_test_add_func ("/archive/usual-folder", test_usual_folder);

  return g_test_run ();
}
