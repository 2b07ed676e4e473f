/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-sections.h"

#include "app-fixture.h"
#include "engine/pw-error.h"

#define N_MANY 10000

/* What somebody holds who only listens to "items-changed". */
typedef struct {
  GListStore *uploads;
  PwSections *sections;
  GPtrArray *seen;              /* PwEntry */
  guint n_told;
  guint n_items_told;
} Fixture;

static void
changed_cb (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            Fixture    *self)
{
  self->n_told++;
  self->n_items_told += removed + added;
  if (removed > 0)
    g_ptr_array_remove_range (self->seen, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (self->seen, (int) (position + i),
                        g_list_model_get_item (model, position + i));
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->uploads = g_list_store_new (PW_TYPE_UPLOAD);
  self->sections = pw_sections_new (G_LIST_MODEL (self->uploads));
  self->seen = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (self->sections, "items-changed", G_CALLBACK (changed_cb), self);
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_ptr_array_unref (self->seen);
  g_assert_finalize_object (self->sections);
  g_object_unref (self->uploads);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
count_cb (guint *count)
{
  (*count)++;
}

/* The list and what was told of it are the same; titles count, and edges are where they belong. */
static void
check (Fixture *self)
{
  GListModel *model = G_LIST_MODEL (self->sections);
  PwEntry *title = NULL;
  guint n_after = 0;

  g_assert_cmpuint (g_list_model_get_n_items (model), ==, self->seen->len);
  g_assert_null (g_list_model_get_item (model, self->seen->len));
  for (guint i = 0; i < self->seen->len; i++) {
    g_autoptr (PwEntry) entry = g_list_model_get_item (model, i);

    g_assert_true (entry == g_ptr_array_index (self->seen, i));
    if (!entry->upload) {
      g_assert_cmpuint (n_after, ==, title ? title->count : 0);
      g_assert_true (!title || title->section < entry->section);
      title = entry;
      n_after = 0;
      continue;
    }
    g_assert_nonnull (title);
    n_after++;
    g_assert_cmpint (entry->section, ==, title->section);
    g_assert_cmpint (!!(entry->edges & PW_EDGE_FIRST), ==, n_after == 1);
    g_assert_cmpint (!!(entry->edges & PW_EDGE_LAST), ==, n_after == title->count);
  }
  g_assert_cmpuint (n_after, ==, title ? title->count : 0);
}

/* "Active: a b; Problems: c" */
static void
assert_shown (Fixture    *self,
              const char *expected)
{
  static const char *const names[PW_N_SECTIONS] = { "A", "P", "F" };
  g_autoptr (GString) text = g_string_new (NULL);

  pw_sections_flush (self->sections);
  check (self);
  for (guint i = 0; i < self->seen->len; i++) {
    PwEntry *entry = g_ptr_array_index (self->seen, i);

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            entry->upload ? entry->upload->name : names[entry->section]);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static PwUpload *
add (Fixture       *self,
     const char    *name,
     PwUploadState  state,
     int            code)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in (name, state, code);

  g_list_store_append (self->uploads, upload);
  return upload;
}

static const struct {
  PwUploadState state;
  int code;
  PwSection section;
} places[] = {
  { PW_UPLOAD_WAITING, PW_ERROR_CANCELLED, PW_SECTION_ACTIVE },
  { PW_UPLOAD_PREPARING, PW_ERROR_CANCELLED, PW_SECTION_ACTIVE },
  { PW_UPLOAD_SENDING, PW_ERROR_CANCELLED, PW_SECTION_ACTIVE },
  { PW_UPLOAD_FINISHING, PW_ERROR_CANCELLED, PW_SECTION_ACTIVE },
  { PW_UPLOAD_PAUSED, PW_ERROR_CANCELLED, PW_SECTION_ACTIVE },
  { PW_UPLOAD_PAUSED, PW_ERROR_OFFLINE, PW_SECTION_ACTIVE },
  { PW_UPLOAD_PAUSED, PW_ERROR_CREDENTIALS_EXPIRED, PW_SECTION_PROBLEMS },
  { PW_UPLOAD_FAILED, PW_ERROR_QUOTA, PW_SECTION_PROBLEMS },
  { PW_UPLOAD_DONE, PW_ERROR_CANCELLED, PW_SECTION_FINISHED },
  { PW_UPLOAD_SKIPPED, PW_ERROR_CANCELLED, PW_SECTION_FINISHED },
  { PW_UPLOAD_ABORTING, PW_ERROR_CANCELLED, PW_N_SECTIONS },
  { PW_UPLOAD_REMOVED, PW_ERROR_CANCELLED, PW_N_SECTIONS },
};

static void
test_places (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", places[i].state,
                                                             places[i].code);

    g_assert_cmpint (pw_section_of (upload), ==, places[i].section);
  }
}

static void
test_order (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *early, *late;

  assert_shown (self, "");
  add (self, "a", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  add (self, "b", PW_UPLOAD_FAILED, PW_ERROR_QUOTA);
  early = add (self, "c", PW_UPLOAD_DONE, PW_ERROR_CANCELLED);
  early->finished = 100;
  late = app_fixture_new_upload_in ("d", PW_UPLOAD_DONE, PW_ERROR_CANCELLED);
  late->finished = 200;
  g_list_store_append (self->uploads, late);
  g_object_unref (late);
  add (self, "e", PW_UPLOAD_SENDING, PW_ERROR_CANCELLED);
  assert_shown (self, "A a e P b F d c");
}

/* What was finished before the program began is there at once. */
static void
test_there_before (void)
{
  g_autoptr (GListStore) uploads = g_list_store_new (PW_TYPE_UPLOAD);
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("a", PW_UPLOAD_DONE, PW_ERROR_CANCELLED);
  g_autoptr (PwSections) sections = NULL;

  g_list_store_append (uploads, upload);
  sections = pw_sections_new (G_LIST_MODEL (uploads));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (sections)), ==, 2);
  g_assert_cmpuint (pw_sections_get_count (sections, PW_SECTION_FINISHED), ==, 1);
  g_assert_cmpuint (pw_sections_get_count (sections, PW_SECTION_ACTIVE), ==, 0);
}

static void
test_moves (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *a = add (self, "a", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  PwUpload *b = add (self, "b", PW_UPLOAD_SENDING, PW_ERROR_CANCELLED);
  guint n_told;

  add (self, "c", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  assert_shown (self, "A a b c");
  n_told = self->n_told;
  pw_upload_set_state (a, PW_UPLOAD_PREPARING);
  assert_shown (self, "A a b c");
  g_assert_cmpuint (self->n_told, ==, n_told);
  pw_upload_set_state (a, PW_UPLOAD_FAILED);
  assert_shown (self, "A b c P a");
  pw_upload_set_state (b, PW_UPLOAD_FINISHING);
  pw_upload_set_state (b, PW_UPLOAD_DONE);
  assert_shown (self, "A c P a F b");
  pw_upload_set_state (a, PW_UPLOAD_WAITING);
  assert_shown (self, "A a c F b");
  pw_upload_set_state (b, PW_UPLOAD_REMOVED);
  assert_shown (self, "A a c");
}

/* Without pw_sections_flush(), by itself. */
static void
test_by_itself (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *upload = add (self, "a", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);

  pw_upload_set_state (upload, PW_UPLOAD_FAILED);
  g_assert_cmpuint (pw_sections_get_count (self->sections, PW_SECTION_ACTIVE), ==, 1);
  app_fixture_wait (pw_sections_get_count (self->sections, PW_SECTION_PROBLEMS) == 1);
  assert_shown (self, "P a");
}

/* One that is gone although it had just changed. */
static void
test_gone (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *upload = add (self, "a", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);

  add (self, "b", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  pw_upload_set_state (upload, PW_UPLOAD_FAILED);
  g_list_store_remove (self->uploads, 0);
  assert_shown (self, "A b");
  g_list_store_remove_all (self->uploads);
  assert_shown (self, "");
}

static void
test_filter (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *upload = add (self, "a", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);

  add (self, "b", PW_UPLOAD_FAILED, PW_ERROR_QUOTA);
  add (self, "c", PW_UPLOAD_DONE, PW_ERROR_CANCELLED);
  pw_sections_set_filter (self->sections, PW_FILTER_ACTIVE);
  assert_shown (self, "A a");
  pw_sections_set_filter (self->sections, PW_FILTER_PROBLEMS);
  assert_shown (self, "P b");
  pw_sections_set_filter (self->sections, PW_FILTER_FINISHED);
  assert_shown (self, "F c");
  pw_upload_set_state (upload, PW_UPLOAD_PREPARING);
  pw_upload_set_state (upload, PW_UPLOAD_DONE);
  assert_shown (self, "F c a");
  pw_sections_set_filter (self->sections, PW_FILTER_ALL);
  assert_shown (self, "P b F c a");
}

/* A row hears of all that changed since it was last told, once. */
static void
test_changed (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *upload = add (self, "a", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  PwEntry *entry;
  guint n_changed = 0;

  assert_shown (self, "A a");
  entry = g_ptr_array_index (self->seen, 1);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (count_cb), &n_changed);
  pw_upload_set_state (upload, PW_UPLOAD_PREPARING);
  pw_upload_set_state (upload, PW_UPLOAD_SENDING);
  g_assert_cmpuint (n_changed, ==, 0);
  assert_shown (self, "A a");
  g_assert_cmpuint (n_changed, ==, 1);
  g_signal_handlers_disconnect_by_data (entry, &n_changed);
}

static void
test_search (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  add (self, "Film.mov", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  add (self, "notes.txt", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  add (self, "ÜBUNG.pdf", PW_UPLOAD_DONE, PW_ERROR_CANCELLED);
  pw_sections_set_search (self->sections, "fILM");
  assert_shown (self, "A Film.mov");
  pw_sections_set_search (self->sections, "übung");
  assert_shown (self, "F ÜBUNG.pdf");
  pw_sections_set_search (self->sections, "nowhere");
  assert_shown (self, "");
  add (self, "nowhere.iso", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  assert_shown (self, "A nowhere.iso");
  pw_sections_set_search (self->sections, "");
  assert_shown (self, "A Film.mov notes.txt nowhere.iso F ÜBUNG.pdf");
}

static void
test_hidden (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *a = add (self, "a", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);

  add (self, "b", PW_UPLOAD_WAITING, PW_ERROR_CANCELLED);
  pw_sections_set_hidden (self->sections, a, TRUE);
  assert_shown (self, "A b");
  pw_upload_set_state (a, PW_UPLOAD_PAUSED);
  assert_shown (self, "A b");
  pw_sections_set_hidden (self->sections, a, FALSE);
  assert_shown (self, "A a b");
}

static void
splice (Fixture *self,
        guint    n)
{
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (many, app_fixture_new_upload ("film"));
  g_list_store_splice (self->uploads, g_list_model_get_n_items (G_LIST_MODEL (self->uploads)), 0,
                       many->pdata, many->len);
}

static void
finish (PwUpload *upload,
        gint64    when)
{
  pw_upload_set_state (upload, PW_UPLOAD_PREPARING);
  upload->finished = when;
  pw_upload_set_state (upload, PW_UPLOAD_DONE);
}

/* Many that come or move together are told of together: where they were, and where they are. */
static void
test_many (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  GListModel *model = G_LIST_MODEL (self->uploads);

  splice (self, N_MANY);
  check (self);
  g_assert_cmpuint (self->n_told, ==, 1);
  splice (self, N_MANY);
  check (self);
  g_assert_cmpuint (self->n_told, ==, 2);
  for (guint i = 0; i < N_MANY; i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    finish (upload, i);
  }
  pw_sections_flush (self->sections);
  check (self);
  g_assert_cmpuint (self->n_told, ==, 2 + 2);
  g_assert_cmpuint (pw_sections_get_count (self->sections, PW_SECTION_FINISHED), ==, N_MANY);
  g_list_store_remove_all (self->uploads);
  check (self);
  g_assert_cmpuint (self->seen->len, ==, 0);
}

/* What stands between two that move is not told of: a list would lose its place in it. */
static void
test_far_apart (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  GListModel *model = G_LIST_MODEL (self->uploads);
  g_autoptr (PwUpload) first = NULL, last = NULL;

  splice (self, N_MANY);
  first = g_list_model_get_item (model, 0);
  last = g_list_model_get_item (model, N_MANY - 1);
  finish (first, 1);
  finish (last, 2);
  self->n_told = self->n_items_told = 0;
  pw_sections_flush (self->sections);
  check (self);
  g_assert_cmpuint (self->n_told, ==, 3);
  /* Two went; two came, with a title. */
  g_assert_cmpuint (self->n_items_told, ==, 5);
}

/* Chance does what nobody thought of. */
static void
test_by_chance (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  GListModel *model = G_LIST_MODEL (self->uploads);

  for (guint step = 0; step < 2000; step++) {
    guint n = g_list_model_get_n_items (model);
    g_autoptr (PwUpload) upload = n > 0 ? g_list_model_get_item (
      model, (guint) g_test_rand_int_range (0, (int) n)) : NULL;

    switch (upload ? g_test_rand_int_range (0, 6) : 0) {
    case 0:
      splice (self, (guint) g_test_rand_int_range (1, 4));
      break;
    case 1:
      if (upload->state == PW_UPLOAD_WAITING || upload->state == PW_UPLOAD_FAILED)
        pw_upload_set_state (upload, PW_UPLOAD_PAUSED);
      else if (upload->state == PW_UPLOAD_PAUSED)
        pw_upload_set_state (upload, PW_UPLOAD_DONE);
      break;
    case 2:
      if (upload->state == PW_UPLOAD_WAITING || upload->state == PW_UPLOAD_PAUSED)
        pw_upload_set_state (upload, PW_UPLOAD_FAILED);
      break;
    case 3:
      g_list_store_remove (self->uploads, (guint) g_test_rand_int_range (0, (int) n));
      break;
    case 4:
      pw_sections_set_hidden (self->sections, upload, g_test_rand_bit ());
      break;
    default:
      pw_sections_set_filter (self->sections, (PwFilter) g_test_rand_int_range (0, 4));
      break;
    }
    if (step % 3 == 0)
      pw_sections_flush (self->sections);
    check (self);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sections/places", test_places);
  g_test_add_func ("/sections/order", test_order);
  g_test_add_func ("/sections/there-before", test_there_before);
  g_test_add_func ("/sections/moves", test_moves);
  g_test_add_func ("/sections/by-itself", test_by_itself);
  g_test_add_func ("/sections/gone", test_gone);
  g_test_add_func ("/sections/filter", test_filter);
  g_test_add_func ("/sections/changed", test_changed);
  g_test_add_func ("/sections/search", test_search);
  g_test_add_func ("/sections/hidden", test_hidden);
  g_test_add_func ("/sections/many", test_many);
  g_test_add_func ("/sections/far-apart", test_far_apart);
  g_test_add_func ("/sections/by-chance", test_by_chance);
  return g_test_run ();
}
