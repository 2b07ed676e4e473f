/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-upload-page.h"

#include "app-fixture.h"
#include "app/pw-bar.h"
#include "app/pw-flight-row.h"
#include "app/pw-part-map.h"
#include "app/pw-speed-graph.h"
#include "engine/pw-error.h"

#define NBSP "\302\240"

typedef struct {
  PwUploads *uploads;
  PwUpload *upload;
  GtkWindow *window;
  GtkWidget *page;
  GString *asked;               /* actions that were asked for, "ACTION " or "ACTION=ID " each */
} Fixture;

static void
asked_cb (GSimpleAction *action,
          GVariant      *target,
          gpointer       data)
{
  Fixture *self = data;

  g_string_append (self->asked, g_action_get_name (G_ACTION (action)));
  if (target)
    g_string_append_printf (self->asked, "=%s", g_variant_get_string (target, NULL));
  g_string_append_c (self->asked, ' ');
}

/* Takes the upload. */
static Fixture *
fixture_new (PwUpload *upload)
{
  static const GActionEntry entries[] = {
    { "back", asked_cb, NULL, NULL, NULL },
    { "toggle-upload", asked_cb, "s", NULL, NULL },
    { "remove-upload", asked_cb, "s", NULL, NULL },
    { "choose-again", asked_cb, "s", NULL, NULL },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  Fixture *self = g_new0 (Fixture, 1);

  self->asked = g_string_new (NULL);
  self->upload = upload;
  self->uploads = pw_uploads_new ("/nowhere");
  self->page = pw_upload_page_new (self->uploads, upload);
  self->window = app_fixture_show (self->page);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->window), "win", G_ACTION_GROUP (group));
  return self;
}

static void
fixture_free (Fixture *self)
{
  gtk_window_destroy (self->window);
  g_assert_finalize_object (self->upload);
  g_object_unref (self->uploads);
  g_string_free (self->asked, TRUE);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static gboolean
has (Fixture    *self,
     GType       type,
     const char *text)
{
  return app_fixture_find (self->page, type, text) != NULL;
}

static void
tell (Fixture *self)
{
  g_signal_emit_by_name (self->upload, "progress");
}

static void
assert_asked (Fixture    *self,
              const char *action,
              gboolean    has_target)
{
  g_autofree char *with_id = g_strdup_printf ("%s=%s ", action, self->upload->id);
  g_autofree char *plain = g_strdup_printf ("%s ", action);

  g_assert_cmpstr (self->asked->str, ==, has_target ? with_id : plain);
  g_string_truncate (self->asked, 0);
}

/* Everything that there is to see while parts travel. */
static void
test_sending (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload_of ("film.mov", 100));
  PwJob *jobs[] = {
    app_fixture_send (self->upload, 3, 1, 5 << 19), app_fixture_send (self->upload, 4, 2, 0),
  };

  jobs[0]->attempt = 3;
  self->upload->order->states[0] = PW_PART_RESUMED;
  self->upload->order->states[1] = PW_PART_SAFE;
  self->upload->schedule.safe = 2 * (5 << 20);
  tell (self);
  app_fixture_wait (has (self, PW_TYPE_PART_MAP, NULL) && has (self, PW_TYPE_FLIGHT_ROW, NULL));
  g_assert_true (has (self, GTK_TYPE_LABEL, "2 %"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "1 resumed"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "1 safe"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "2 on their way"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "96 waiting"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "100 parts of 5" NBSP "MiB"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "Part 3"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "Connection 1 · third try"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "Connection 2"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "id at the store"));
  g_assert_false (has (self, PW_TYPE_SPEED_GRAPH, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    app_fixture_end (self->upload, jobs[i]);
}

/* A row stays with its connection from part to part, and goes when that has nothing for long. */
static void
test_rows_stay (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload_of ("film.mov", 100));
  PwJob *job = app_fixture_send (self->upload, 3, 1, 9);
  GtkWidget *row;

  tell (self);
  app_fixture_wait (has (self, GTK_TYPE_LABEL, "Part 3"));
  row = app_fixture_find (self->page, PW_TYPE_FLIGHT_ROW, NULL);
  app_fixture_end (self->upload, job);
  tell (self);
  g_assert_true (app_fixture_find (self->page, PW_TYPE_FLIGHT_ROW, NULL) == row);
  job = app_fixture_send (self->upload, 8, 1, 9);
  tell (self);
  g_assert_true (app_fixture_find (self->page, PW_TYPE_FLIGHT_ROW, NULL) == row);
  g_assert_true (has (self, GTK_TYPE_LABEL, "Part 8"));
  app_fixture_end (self->upload, job);
  for (guint i = 0; i < 20; i++)
    tell (self);
  g_assert_false (has (self, PW_TYPE_FLIGHT_ROW, NULL));
}

static void
test_graph (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload_of ("film.mov", 100));

  self->upload->progress = g_new (PwProgress, 1);
  pw_progress_init (self->upload->progress);
  for (guint i = 0; i < 100; i++)
    pw_progress_feed (self->upload->progress, (10 + i) * G_USEC_PER_SEC, 0, i * 1000000, 1 << 30);
  tell (self);
  app_fixture_wait (has (self, PW_TYPE_SPEED_GRAPH, NULL));
  g_assert_true (has (self, GTK_TYPE_LABEL, "2 minutes ago"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "1" NBSP "MB/s now"));
}

/* A small file has no parts, one that is over has no work. */
static void
test_without_parts (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload ("notes.txt"));

  g_assert_false (has (self, PW_TYPE_PART_MAP, NULL));
  g_assert_true (has (self, PW_TYPE_BAR, NULL));
  g_assert_true (has (self, GTK_TYPE_BUTTON, "Pause"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "/home/ada/notes.txt"));
}

static void
test_done (void)
{
  PwUpload *upload = app_fixture_new_upload ("notes.txt");
  g_autoptr (Fixture) self = NULL;

  pw_upload_restore (upload, PW_UPLOAD_DONE, NULL, "MD5", "etag");
  self = fixture_new (upload);
  g_assert_true (has (self, GTK_TYPE_LABEL, "100 %"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "MD5"));
  g_assert_false (has (self, PW_TYPE_BAR, NULL));
  g_assert_false (has (self, GTK_TYPE_BUTTON, "Pause"));
  g_assert_false (has (self, GTK_TYPE_BUTTON, "Resume"));
}

static void
test_buttons (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload_in ("a", PW_UPLOAD_FAILED,
                                                                     PW_ERROR_SOURCE_VANISHED));

  g_signal_emit_by_name (app_fixture_find (self->page, GTK_TYPE_BUTTON, "Choose Again…"),
                         "clicked");
  assert_asked (self, "choose-again", TRUE);
  pw_upload_set_state (self->upload, PW_UPLOAD_WAITING);
  app_fixture_wait (has (self, GTK_TYPE_BUTTON, "Pause"));
  g_assert_false (has (self, GTK_TYPE_BUTTON, "Choose Again…"));
  g_signal_emit_by_name (app_fixture_find (self->page, GTK_TYPE_BUTTON, "Pause"), "clicked");
  assert_asked (self, "toggle-upload", TRUE);
  g_signal_emit_by_name (app_fixture_find (self->page, GTK_TYPE_BUTTON, "Back"), "clicked");
  assert_asked (self, "back", FALSE);
}

static void
copied_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  char **text = data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copy (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload ("notes.txt"));
  g_autofree char *text = NULL;

  g_signal_emit_by_name (app_fixture_find (self->page, GTK_TYPE_BUTTON, "Copy"), "clicked");
  g_assert_true (has (self, GTK_TYPE_BUTTON, "Copied"));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (self->page), NULL, copied_cb, &text);
  app_fixture_wait (text != NULL);
  g_assert_cmpstr (text, ==, "/home/ada/notes.txt");
}

/* A folder with the journal of an upload of ten parts, two of which are safe. To free. */
static char *
make_journal (const char *id)
{
  char *folder = g_dir_make_tmp ("partway-page-XXXXXX", NULL);
  g_autofree char *journals = g_build_filename (folder, "uploads", NULL);
  const PwJournalIntent intent = {
    .id = (char *) id, .path = (char *) "/home/ada/film", .key = (char *) "film",
    .identity = { .size = 1000000 }, .destination = (char *) "{}",
    .plan = { .size = 1000000, .part_size = 100000, .n_parts = 10 },
  };
  const S3Checksum sum = { .kind = S3_CHECKSUM_MD5, .size = 16 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PwJournal) journal = pw_journal_create (journals, &intent, &error);

  g_assert_no_error (error);
  g_assert_true (pw_journal_add_upload_id (journal, "id at the store", "film", S3_CHECKSUM_MD5,
                                           NULL, NULL));
  for (guint n = 1; n <= 2; n++)
    g_assert_true (pw_journal_add_part (journal, n, "etag", &sum, NULL));
  return folder;
}

/* What an earlier process left shows its map before it is taken up. */
static void
test_restored (void)
{
  PwUpload *upload = app_fixture_new_upload_in ("film", PW_UPLOAD_PAUSED, PW_ERROR_CANCELLED);
  g_autofree char *folder = make_journal (upload->id);
  g_autoptr (Fixture) self = g_new0 (Fixture, 1);
  const char *argv[] = { "rm", "-r", folder, NULL };

  self->asked = g_string_new (NULL);
  self->upload = upload;
  self->uploads = pw_uploads_new (folder);
  self->page = pw_upload_page_new (self->uploads, upload);
  self->window = app_fixture_show (self->page);
  app_fixture_wait (has (self, PW_TYPE_PART_MAP, NULL));
  g_assert_true (has (self, GTK_TYPE_LABEL, "20 %"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "2 resumed"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "8 waiting"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "id at the store"));
  g_assert_cmpuint (pw_upload_get_safe (upload), ==, 200000);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

/* The page goes when the upload does, whoever removed it. */
static void
test_vanish (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload_in ("a", PW_UPLOAD_PAUSED,
                                                                     PW_ERROR_CANCELLED));

  pw_upload_set_state (self->upload, PW_UPLOAD_REMOVED);
  assert_asked (self, "back", FALSE);
}

static void
test_remove (void)
{
  g_autoptr (Fixture) self = fixture_new (app_fixture_new_upload ("a"));
  g_autofree char *expected = g_strdup_printf ("remove-upload=%s back ", self->upload->id);

  gtk_widget_activate_action (self->page, "page.remove-upload", "s", self->upload->id);
  g_assert_cmpstr (self->asked->str, ==, expected);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);
  g_test_add_func ("/upload-page/sending", test_sending);
  g_test_add_func ("/upload-page/rows-stay", test_rows_stay);
  g_test_add_func ("/upload-page/graph", test_graph);
  g_test_add_func ("/upload-page/without-parts", test_without_parts);
  g_test_add_func ("/upload-page/done", test_done);
  g_test_add_func ("/upload-page/buttons", test_buttons);
  g_test_add_func ("/upload-page/copy", test_copy);
  g_test_add_func ("/upload-page/restored", test_restored);
  g_test_add_func ("/upload-page/vanish", test_vanish);
  g_test_add_func ("/upload-page/remove", test_remove);
  return g_test_run ();
}
