/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-source.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "engine/pw-error.h"

#define TEXT "The quick brown fox jumps over the lazy dog.\n"

typedef struct {
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("partway-source-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->dir, "film.txt", NULL);
  g_assert_true (g_file_set_contents (self->path, TEXT, -1, NULL));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  const char *name;
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (self->dir, name, NULL);
    g_remove (path);
  }
  g_rmdir (self->dir);
  g_free (self->path);
  g_free (self->dir);
}

static void
write_at (const char *path,
          int         flags,
          off_t       offset)
{
  int fd = open (path, O_WRONLY | flags);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, "X", 1, offset), ==, 1);
  close (fd);
}

/* What may happen to a file that is open. */

static void
do_nothing (const char *path)
{
}

static void
do_append (const char *path)
{
  write_at (path, O_APPEND, 0);
}

static void
do_edit (const char *path)
{
  write_at (path, 0, 3);
}

static void
do_edit_in_secret (const char *path)
{
  struct stat st;

  g_assert_cmpint (stat (path, &st), ==, 0);
  write_at (path, 0, 3);
  g_assert_cmpint (utimensat (AT_FDCWD, path, (struct timespec[2]) { st.st_atim, st.st_mtim }, 0),
                   ==, 0);
}

static void
do_truncate (const char *path)
{
  g_assert_cmpint (truncate (path, 5), ==, 0);
}

static void
do_replace (const char *path)
{
  g_assert_true (g_file_set_contents (path, TEXT, -1, NULL));
}

static void
do_delete (const char *path)
{
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
do_make_folder (const char *path)
{
  do_delete (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
}

typedef struct {
  const char *name;
  void (*change) (const char *path);
  int code;                     /* -1: it must go well */
} Change;

static const Change changes[] = {
  { "nothing", do_nothing, -1 },
  { "append", do_append, PW_ERROR_SOURCE_CHANGED },
  { "edit", do_edit, PW_ERROR_SOURCE_CHANGED },
  { "edit-in-secret", do_edit_in_secret, PW_ERROR_SOURCE_CHANGED },
  { "truncate", do_truncate, PW_ERROR_SOURCE_CHANGED },
  { "replace", do_replace, PW_ERROR_SOURCE_CHANGED },
  { "delete", do_delete, PW_ERROR_SOURCE_VANISHED },
  { "folder", do_make_folder, PW_ERROR_SOURCE_CHANGED },
};

static void
test_check (Fixture       *self,
            gconstpointer  data)
{
  const Change *change = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PwSource) source = pw_source_open (self->path, &error);
  PwIdentity now = { 0 };

  g_assert_no_error (error);
  g_assert_true (pw_source_check (source, NULL, &error));
  change->change (self->path);
  if (change->code < 0) {
    g_assert_true (pw_source_check (source, &now, &error));
    g_assert_no_error (error);
    g_assert_true (pw_identity_equal (&now, pw_source_get_identity (source)));
  } else {
    g_assert_false (pw_source_check (source, &now, &error));
    g_assert_error (error, PW_ERROR, change->code);
    g_assert_false (pw_identity_equal (&now, pw_source_get_identity (source)));
  }
}

static void
test_read (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PwSource) source = pw_source_open (self->path, &error);
  g_autofree char *type = NULL;
  char buffer[64] = "";

  g_assert_no_error (error);
  g_assert_cmpuint (pw_source_get_identity (source)->size, ==, strlen (TEXT));
  g_assert_cmpstr (pw_source_get_path (source), ==, self->path);
  g_assert_true (pw_source_read (source, 4, buffer, 5, &error));
  g_assert_cmpstr (buffer, ==, "quick");
  type = pw_source_guess_content_type (source);
  g_assert_cmpstr (type, ==, "text/plain");

  /* The rest of it is gone meanwhile. */
  do_truncate (self->path);
  g_assert_false (pw_source_read (source, 4, buffer, 5, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);
}

/* An extension decides alone; what has none is looked into. */
static void
test_content_type (Fixture       *self,
                   gconstpointer  data)
{
  static const struct { const char *name, *type; } cases[] = {
    { "notes", "text/plain" }, { ".hidden", "text/plain" }, { "film.mov", "video/quicktime" },
    { "film.unheard-of", "application/octet-stream" }, { "a.bin", "application/octet-stream" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_build_filename (self->dir, cases[i].name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (PwSource) source = NULL;
    g_autofree char *type = NULL;

    g_file_set_contents (path, TEXT, -1, &error);
    g_assert_no_error (error);
    source = pw_source_open (path, &error);
    g_assert_no_error (error);
    type = pw_source_guess_content_type (source);
    g_assert_cmpstr (type, ==, cases[i].type);
    g_unlink (path);
  }
}

static void
test_no_file (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (self->dir, "fifo", NULL);
  g_autofree char *below = g_build_filename (self->path, "below", NULL);
  g_autofree char *none = g_build_filename (self->dir, "none", NULL);
  const struct {
    const char *path;
    PwError code;
  } cases[] = {
    { self->dir, PW_ERROR_SOURCE_NOT_A_FILE },
    { fifo, PW_ERROR_SOURCE_NOT_A_FILE },
    { "/dev/null", PW_ERROR_SOURCE_NOT_A_FILE },
    { below, PW_ERROR_SOURCE_VANISHED },
    { none, PW_ERROR_SOURCE_VANISHED },
  };

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (pw_source_open (cases[i].path, &error));
    g_assert_error (error, PW_ERROR, (int) cases[i].code);
  }
}

/* The path that the portal gives says nothing to anybody. */
static void
test_lent (void)
{
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "doc", "a1b2", "film.mov",
                                            NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (pw_source_open (path, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);
  g_assert_true (g_str_has_prefix (error->message, "Choose the file “film.mov” again"));
}

typedef struct {
  const char *path;
  gint n_written;
  gint stop;
} Writer;

static gpointer
writer_thread (gpointer data)
{
  Writer *self = data;

  while (!g_atomic_int_get (&self->stop)) {
    write_at (self->path, 0, 0);
    g_atomic_int_inc (&self->n_written);
  }
  return NULL;
}

/* Nobody can tell which of its versions would be read. Where the machine is busy elsewhere, the
 * writer may rest long enough to be overlooked; not again and again. */
static void
test_written_all_the_time (Fixture       *self,
                           gconstpointer  data)
{
  Writer writer = { .path = self->path };
  GThread *thread = g_thread_new ("writer", writer_thread, &writer);
  gint64 deadline_us = g_get_monotonic_time () + 40 * G_USEC_PER_SEC;
  guint n_refused = 0;

  while (g_atomic_int_get (&writer.n_written) == 0)
    g_thread_yield ();
  while (n_refused == 0 && g_get_monotonic_time () < deadline_us) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PwSource) source = pw_source_open (self->path, &error);

    if (!source) {
      g_assert_error (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);
      n_refused++;
    }
  }
  g_atomic_int_set (&writer.stop, 1);
  g_thread_join (thread);
  g_assert_cmpuint (n_refused, ==, 1);
}

static void
test_identity (void)
{
  const PwIdentity one = { 1, 2, 3, 4, 5 };
  PwIdentity other = one;

  g_assert_true (pw_identity_equal (&one, &other));
  other.ctime_ns++;
  g_assert_false (pw_identity_equal (&one, &other));
  g_assert_true (pw_identity_equal_but_ctime (&one, &other));
  other.inode++;
  g_assert_false (pw_identity_equal_but_ctime (&one, &other));
}

/* A program that writes through a mapping leaves a mark only where the page was clean: what it
 * writes after a part was read must meet clean pages. A disk in memory has no such marks at all. */
static void
test_mapped (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PwSource) source = NULL;
  char buffer[sizeof TEXT - 1];
  struct statfs info;
  int fd = open (fixture->path, O_RDWR);
  char *map = mmap (NULL, sizeof buffer, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  g_assert_true (map != MAP_FAILED);
  g_assert_cmpint (fstatfs (fd, &info), ==, 0);
  map[0] = 'A';
  source = pw_source_open (fixture->path, NULL);
  g_assert_nonnull (source);
  pw_source_watch (source, 0, sizeof buffer);
  g_assert_true (pw_source_read (source, 0, buffer, sizeof buffer, NULL));
  g_assert_true (pw_source_check (source, NULL, NULL));
  map[0] = 'B';
  if (info.f_type != TMPFS_MAGIC && info.f_type != OVERLAYFS_SUPER_MAGIC)
    g_assert_false (pw_source_check (source, NULL, NULL));
  munmap (map, sizeof buffer);
  close (fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-source/identity", test_identity);
  g_test_add ("/pw-source/read", Fixture, NULL, set_up, test_read, tear_down);
  g_test_add ("/pw-source/content-type", Fixture, NULL, set_up, test_content_type, tear_down);
  g_test_add ("/pw-source/no-file", Fixture, NULL, set_up, test_no_file, tear_down);
  g_test_add_func ("/pw-source/lent", test_lent);
  g_test_add ("/pw-source/written-all-the-time", Fixture, NULL, set_up, test_written_all_the_time,
              tear_down);
  g_test_add ("/pw-source/mapped", Fixture, NULL, set_up, test_mapped, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *name = g_strconcat ("/pw-source/check/", changes[i].name, NULL);

    g_test_add (name, Fixture, &changes[i], set_up, test_check, tear_down);
  }
  return g_test_run ();
}
