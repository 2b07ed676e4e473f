/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-record.h"

#include "engine/pw-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->dir = g_dir_make_tmp ("partway-record-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "one.record", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *bad = g_strconcat (self->path, ".bad", NULL);

  g_unlink (self->path);
  g_unlink (bad);
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  g_free (self->dir);
  g_free (self->path);
}

static PwRecord *
create (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  PwRecord *record = pw_record_create (self->path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (record);
  return record;
}

static void
append (PwRecord   *record,
        const char *lines)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pw_record_append (record, lines, strlen (lines), TRUE, &error));
  g_assert_no_error (error);
}

static void
assert_content (PwRecord   *record,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree char *content = pw_record_read (record, &length, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, strlen (expected));
  g_assert_cmpstr (content, ==, expected);
}

static void
test_append (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (PwRecord) record = create (self);
  struct stat status;

  append (record, "one\n");
  append (record, "two\n");
  assert_content (record, "one\ntwo\n");
  g_assert_cmpint (stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

/* What was torn is cut off before the next line. */
static void
test_keep (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (PwRecord) record = create (self);

  append (record, "one\ntor");
  pw_record_keep (record, 4);
  append (record, "two\n");
  assert_content (record, "one\ntwo\n");
}

static void
test_exists (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (PwRecord) record G_GNUC_UNUSED = create (self);
  g_autoptr (PwRecord) second = NULL;
  g_autoptr (GError) error = NULL;

  second = pw_record_create (self->path, &error);
  g_assert_null (second);
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
}

/* One owner: here, and in another process. */
static void
test_locked (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (PwRecord) record = create (self);
  g_autoptr (GError) error = NULL;
  gboolean is_owned = FALSE;
  gsize length;
  int status;
  pid_t child;

  g_assert_null (pw_record_open (self->path, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_LOCKED);
  child = fork ();
  if (child == 0)
    _exit (pw_record_open (self->path, NULL) == NULL ? 0 : 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);

  g_free (pw_record_peek (self->path, &length, &is_owned, NULL));
  g_assert_true (is_owned);
  g_clear_pointer (&record, pw_record_close);
  g_free (pw_record_peek (self->path, &length, &is_owned, NULL));
  g_assert_false (is_owned);
  record = pw_record_open (self->path, NULL);
  g_assert_nonnull (record);
}

static void
test_delete (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (PwRecord) record = create (self);
  g_autoptr (GError) error = NULL;

  g_assert_true (pw_record_delete (record, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_set_aside (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (PwRecord) record = create (self);
  g_autofree char *bad = g_strconcat (self->path, ".bad", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (pw_record_set_aside (record, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (bad, G_FILE_TEST_EXISTS));
}

static void
test_list (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (PwRecord) record G_GNUC_UNUSED = create (self);
  g_autoptr (GPtrArray) names = pw_record_list (self->dir, ".record", NULL);
  g_autoptr (GPtrArray) none = pw_record_list ("/nowhere/at/all", ".record", NULL);

  g_assert_cmpuint (names->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "one");
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_folder (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *upper = g_build_filename (self->dir, "a", NULL);
  g_autofree char *lower = g_build_filename (upper, "b", NULL);
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (pw_record_make_folder (lower, &error));
  g_assert_true (pw_record_make_folder (lower, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (lower, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  g_rmdir (lower);
  g_rmdir (upper);
}

static void
test_is_id (void)
{
  static const struct {
    const char *id;
    gboolean is_id;
  } cases[] = {
    { "0123456789abcdef", TRUE }, { "A-z_9", TRUE }, { "", FALSE }, { NULL, FALSE },
    { "..", FALSE }, { "a/b", FALSE }, { "a b", FALSE }, { "é", FALSE },
    { "0123456789012345678901234567890123456789012345678901234567890123", TRUE },
    { "01234567890123456789012345678901234567890123456789012345678901234", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (pw_record_is_id (cases[i].id), ==, cases[i].is_id);
}

#define ADD(name, func) g_test_add ("/record/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("append", test_append);
  ADD ("keep", test_keep);
  ADD ("exists", test_exists);
  ADD ("locked", test_locked);
  ADD ("delete", test_delete);
  ADD ("set-aside", test_set_aside);
  ADD ("list", test_list);
  ADD ("folder", test_folder);
  g_test_add_func ("/record/is-id", test_is_id);
  return g_test_run ();
}
