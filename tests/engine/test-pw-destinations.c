/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destinations.h"

#include "engine/pw-destinations-file.h"
#include "engine/pw-error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_THREADS 4
#define N_EACH 8
#define N_ROUNDS 8

typedef struct {
  char *folder;
  char *path;
  guint n_signals;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("partway-destinations-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "sub", "destinations.json", NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static PwDestination *
new_named (const char *name)
{
  PwDestination *destination = pw_destination_new (name);

  destination->bucket = g_strdup ("bucket");
  return destination;
}

static void
add (PwDestinations *destinations, const char *name)
{
  g_autoptr (PwDestination) destination = new_named (name);
  g_autoptr (GError) error = NULL;

  pw_destinations_add (destinations, destination, &error);
  g_assert_no_error (error);
}

static void
save (PwDestinations *destinations)
{
  g_autoptr (GError) error = NULL;

  pw_destinations_save (destinations, &error);
  g_assert_no_error (error);
}

static PwDestinations *
new_loaded (Fixture *fixture)
{
  PwDestinations *destinations = pw_destinations_new (fixture->path);
  g_autoptr (GError) error = NULL;

  pw_destinations_load (destinations, &error);
  g_assert_no_error (error);
  return destinations;
}

static char *
dup_names (PwDestinations *destinations)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (destinations)); i++) {
    g_autoptr (PwDestination) destination = g_list_model_get_item (G_LIST_MODEL (destinations), i);

    g_string_append_printf (names, "%s%s", i ? "," : "", destination->name);
  }
  return g_string_free (names, FALSE);
}

static void
assert_names (PwDestinations *destinations, const char *expected)
{
  g_autofree char *names = dup_names (destinations);

  g_assert_cmpstr (names, ==, expected);
}

static void
write_file (Fixture *fixture, const char *text)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
}

static void
assert_file_has (Fixture *fixture, const char *text, gboolean is_there)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &contents, NULL, NULL));
  g_assert_cmpint (strstr (contents, text) != NULL, ==, is_there);
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) first = new_loaded (fixture);
  g_autoptr (PwDestinations) second = NULL;
  g_autoptr (PwDestination) changed = NULL;
  struct stat status;

  assert_names (first, "");
  add (first, "a");
  add (first, "b");
  add (first, "c");
  save (first);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  second = new_loaded (fixture);
  assert_names (second, "a,b,c");
  changed = pw_destination_copy (pw_destinations_lookup (second, "b"));
  g_free (changed->name);
  changed->name = g_strdup ("bb");
  g_assert_true (pw_destinations_replace (second, changed, NULL));
  g_assert_true (pw_destinations_remove (second, pw_destinations_lookup (second, "a")->id));
  assert_names (second, "bb,c");
  save (second);
  g_assert_true (pw_destinations_load (first, NULL));
  assert_names (first, "bb,c");
  g_assert_true (pw_destinations_lookup (first, changed->id) ==
                 pw_destinations_lookup (first, "bb"));
  g_assert_null (pw_destinations_lookup (first, "a"));
}

/* One that was taken away and comes back stands where it stood, in the file too. */
static void
test_insert (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) first = new_loaded (fixture), second = NULL, third = NULL;
  g_autoptr (PwDestination) b = NULL, c = NULL;

  add (first, "a");
  add (first, "b");
  add (first, "c");
  save (first);
  b = g_object_ref (pw_destinations_lookup (first, "b"));
  c = g_object_ref (pw_destinations_lookup (first, "c"));
  pw_destinations_remove (first, "b");
  pw_destinations_remove (first, b->id);
  assert_names (first, "a,c");
  save (first);
  second = new_loaded (fixture);
  assert_names (second, "a,c");
  g_assert_true (pw_destinations_insert (second, c->id, b, NULL));
  assert_names (second, "a,b,c");
  save (second);
  assert_names (second, "a,b,c");
  third = new_loaded (fixture);
  assert_names (third, "a,b,c");

  pw_destinations_remove (third, c->id);
  g_assert_true (pw_destinations_insert (third, "of none", c, NULL));
  assert_names (third, "a,b,c");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) destinations = new_loaded (fixture);
  g_autoptr (PwDestination) same_name = new_named ("a");
  g_autoptr (PwDestination) invalid = new_named ("x");
  g_autoptr (PwDestination) renamed = NULL;
  g_autoptr (GError) error = NULL;

  add (destinations, "a");
  add (destinations, "b");
  g_assert_false (pw_destinations_add (destinations, same_name, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
  g_clear_error (&error);
  g_clear_pointer (&invalid->bucket, g_free);
  g_assert_false (pw_destinations_add (destinations, invalid, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
  g_clear_error (&error);
  renamed = pw_destination_copy (pw_destinations_lookup (destinations, "b"));
  g_free (renamed->name);
  renamed->name = g_strdup ("a");
  g_assert_false (pw_destinations_replace (destinations, renamed, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
  g_clear_error (&error);
  g_assert_false (pw_destinations_replace (destinations, same_name, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
  g_assert_false (pw_destinations_remove (destinations, same_name->id));
  assert_names (destinations, "a,b");
}

static void
test_two_processes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) first = new_loaded (fixture);
  g_autoptr (PwDestinations) second = new_loaded (fixture);

  add (first, "a");
  add (first, "same");
  add (second, "b");
  add (second, "same");
  save (first);
  save (second);
  assert_names (second, "a,same,b,same (2)");
  g_assert_true (pw_destinations_remove (first, pw_destinations_lookup (first, "a")->id));
  save (first);
  assert_names (first, "same,b,same (2)");
}

static gpointer
save_many_thread (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < N_EACH; i++) {
    g_autoptr (GPtrArray) changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) pw_destinations_change_free);
    g_autoptr (PwDestination) destination = new_named ("same");
    g_autoptr (PwDestinationsContent) content = NULL;

    g_ptr_array_add (changes, pw_destinations_change_new (destination->id, destination));
    content = pw_destinations_file_save (fixture->path, changes, NULL);
    g_assert_nonnull (content);
  }
  return NULL;
}

static void
test_lock (Fixture *fixture, gconstpointer data)
{
  GThread *threads[N_THREADS];
  g_autoptr (PwDestinations) destinations = NULL;

  for (guint i = 0; i < N_THREADS; i++) {
    threads[i] = g_thread_new ("save", save_many_thread, fixture);
  }
  for (guint i = 0; i < N_THREADS; i++) {
    g_thread_join (threads[i]);
  }
  destinations = new_loaded (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (destinations)), ==, N_THREADS * N_EACH);
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) destinations = NULL;
  g_autoptr (PwDestination) changed = NULL;

  write_file (fixture, "{\"version\": 9, \"above\": [1], \"destinations\": ["
              "{\"id\": \"1\", \"name\": \"a\", \"bucket\": \"abc\", \"inside\": {\"x\": 2}},"
              "{\"id\": \"2\", \"name\": \"b\", \"secrets\": \"vault\"}, 17,"
              "{\"id\": \"3\", \"name\": \"a\", \"acl\": \"twin\"}]}");
  destinations = new_loaded (fixture);
  assert_names (destinations, "a");
  g_assert_nonnull (strstr (pw_destinations_get_message (destinations), "3 destinations"));
  changed = pw_destination_copy (pw_destinations_lookup (destinations, "a"));
  changed->region = g_strdup ("eu-west-1");
  g_assert_true (pw_destinations_replace (destinations, changed, NULL));
  add (destinations, "c");
  save (destinations);
  assert_names (destinations, "a,c");
  assert_file_has (fixture, "\"above\"", TRUE);
  assert_file_has (fixture, "\"inside\"", TRUE);
  assert_file_has (fixture, "\"vault\"", TRUE);
  assert_file_has (fixture, "\"twin\"", TRUE);
  assert_file_has (fixture, "17", TRUE);
  assert_file_has (fixture, "eu-west-1", TRUE);
}

/* A value that is taken away goes from the file too. */
static void
test_taken_away (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) destinations = NULL;
  g_autoptr (PwDestination) changed = NULL;

  write_file (fixture, "{\"destinations\": [{\"id\": \"1\", \"name\": \"a\", \"bucket\": \"abc\", "
              "\"acl\": \"private\", \"metadata\": [\"k\", \"v\"]}]}");
  destinations = new_loaded (fixture);
  changed = pw_destination_copy (pw_destinations_lookup (destinations, "a"));
  g_clear_pointer (&changed->acl, g_free);
  g_clear_pointer (&changed->metadata, g_strfreev);
  g_assert_true (pw_destinations_replace (destinations, changed, NULL));
  save (destinations);
  assert_file_has (fixture, "private", FALSE);
  assert_file_has (fixture, "metadata", FALSE);
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  static const char *const cases[] = { "", "{", "[]", "{}", "{\"destinations\": {}}" };
  g_autofree char *aside = g_strconcat (fixture->path, ".broken", NULL);
  g_autofree char *last_aside = g_strconcat (fixture->path, ".broken-5", NULL);
  g_autofree char *contents = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwDestinations) destinations = NULL;

    write_file (fixture, cases[i]);
    destinations = i % 2 ? pw_destinations_new (fixture->path) : new_loaded (fixture);
    if (i % 2) {
      add (destinations, "new");
      save (destinations);
      assert_names (destinations, "new");
    } else {
      assert_names (destinations, "");
    }
    g_assert_nonnull (strstr (pw_destinations_get_message (destinations), ".broken"));
    g_assert_cmpint (g_file_test (fixture->path, G_FILE_TEST_EXISTS), ==, i % 2);
  }
  g_assert_true (g_file_get_contents (aside, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, cases[0]);
  g_assert_true (g_file_test (last_aside, G_FILE_TEST_EXISTS));
}

static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (fixture->path);
  g_autoptr (GError) error = NULL;

  /* A folder in its place, since permissions do not bind every user that tests run as. */
  g_mkdir_with_parents (fixture->path, 0700);
  g_assert_false (pw_destinations_load (destinations, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
  g_clear_error (&error);
  add (destinations, "a");
  g_assert_false (pw_destinations_save (destinations, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
  assert_names (destinations, "a");
  /* The change waited for the next save. */
  g_rmdir (fixture->path);
  save (destinations);
  assert_file_has (fixture, "\"a\"", TRUE);
}

static void
on_async_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_left = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_save = g_async_result_is_tagged (result, pw_destinations_save_async);

  if (is_save) {
    pw_destinations_save_finish (PW_DESTINATIONS (source), result, &error);
  } else {
    pw_destinations_load_finish (PW_DESTINATIONS (source), result, &error);
  }
  g_assert_no_error (error);
  (*n_left)--;
}

static void
on_items_changed_cb (GListModel *model, guint position, guint n_removed, guint n_added,
                     gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_signals++;
}

/* What is changed while a save is under way is neither lost nor saved in the wrong order. */
static void
test_async (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (fixture->path);
  g_autoptr (PwDestinations) other = NULL;
  PwDestination *a;
  guint n_left = 4;

  add (destinations, "a");
  pw_destinations_save_async (destinations, NULL, on_async_cb, &n_left);
  add (destinations, "b");
  pw_destinations_save_async (destinations, NULL, on_async_cb, &n_left);
  g_assert_true (pw_destinations_remove (destinations,
                                         pw_destinations_lookup (destinations, "b")->id));
  pw_destinations_load_async (destinations, NULL, on_async_cb, &n_left);
  add (destinations, "c");
  pw_destinations_save_async (destinations, NULL, on_async_cb, &n_left);
  while (n_left > 0) {
    g_main_context_iteration (NULL, TRUE);
  }
  assert_names (destinations, "a,c");
  other = new_loaded (fixture);
  assert_names (other, "a,c");

  /* What is alike stays the same object, and nobody is told of a change. */
  a = pw_destinations_lookup (destinations, "a");
  g_signal_connect (destinations, "items-changed", G_CALLBACK (on_items_changed_cb), fixture);
  n_left = 1;
  pw_destinations_load_async (destinations, NULL, on_async_cb, &n_left);
  while (n_left > 0) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_true (pw_destinations_lookup (destinations, "a") == a);
  g_assert_cmpuint (fixture->n_signals, ==, 0);
  add (other, "d");
  save (other);
  g_assert_true (pw_destinations_load (destinations, NULL));
  g_assert_cmpuint (fixture->n_signals, ==, 1);
  g_assert_true (pw_destinations_lookup (destinations, "a") == a);
}

static void
move_to_region (PwDestinations *destinations, const char *region)
{
  g_autoptr (PwDestination) changed =
    pw_destination_copy (pw_destinations_lookup (destinations, "a"));

  g_free (changed->region);
  changed->region = g_strdup (region);
  g_assert_true (pw_destinations_replace (destinations, changed, NULL));
}

/* What a file's lock holds up, until the descriptor is closed. */
static int
hold_up (Fixture *fixture)
{
  g_autofree char *lock = g_strconcat (fixture->path, ".lock", NULL);
  int fd = g_open (lock, O_RDWR | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  return fd;
}

/* One and the same entry is changed again while its first change is on its way to the file. */
static void
test_changed_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (fixture->path);
  guint n_left = 1;
  int lock;

  add (destinations, "a");
  save (destinations);
  move_to_region (destinations, "older");
  lock = hold_up (fixture);
  pw_destinations_save_async (destinations, NULL, on_async_cb, &n_left);
  move_to_region (destinations, "newer");
  g_close (lock, NULL);
  while (n_left > 0) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpstr (pw_destinations_lookup (destinations, "a")->region, ==, "newer");
  assert_file_has (fixture, "older", TRUE);
  save (destinations);
  assert_file_has (fixture, "newer", TRUE);
}

/* Several rounds: which of two threads gets a lock first is a matter of luck. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (fixture->path);

  add (destinations, "a");
  save (destinations);
  for (guint i = 0; i < N_ROUNDS; i++) {
    guint n_left = 2;
    int lock = hold_up (fixture);

    move_to_region (destinations, "older");
    pw_destinations_save_async (destinations, NULL, on_async_cb, &n_left);
    move_to_region (destinations, "newer");
    pw_destinations_save_async (destinations, NULL, on_async_cb, &n_left);
    g_close (lock, NULL);
    while (n_left > 0) {
      g_main_context_iteration (NULL, TRUE);
    }
    assert_file_has (fixture, "newer", TRUE);
  }
}

int
main (int argc, char **argv)
{
#define ADD(name, function) \
  g_test_add ("/pw-destinations/" name, Fixture, NULL, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);
  ADD ("save", test_save);
  ADD ("insert", test_insert);
  ADD ("refused", test_refused);
  ADD ("two-processes", test_two_processes);
  ADD ("lock", test_lock);
  ADD ("newer", test_newer);
  ADD ("taken-away", test_taken_away);
  ADD ("broken", test_broken);
  ADD ("unreadable", test_unreadable);
  ADD ("async", test_async);
  ADD ("changed-again", test_changed_again);
  ADD ("order", test_order);
  return g_test_run ();
}
