/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-upload-row.h"

#include <string.h>

#include "app-fixture.h"
#include "app/pw-bar.h"
#include "engine/pw-error.h"

#define NBSP "\302\240"

typedef struct {
  GtkWindow *window;
  GtkWidget *row;
  char *asked;                  /* "ACTION ID" of the last that a button asked for */
} Fixture;

static void
asked_cb (GSimpleAction *action,
          GVariant      *target,
          gpointer       data)
{
  Fixture *self = data;

  g_free (self->asked);
  self->asked = g_strdup_printf ("%s %s", g_action_get_name (G_ACTION (action)),
                                 g_variant_get_string (target, NULL));
}

static Fixture *
fixture_new (void)
{
  static const GActionEntry entries[] = {
    { "toggle-upload", asked_cb, "s", NULL, NULL },
    { "retry-upload", asked_cb, "s", NULL, NULL },
    { "choose-again", asked_cb, "s", NULL, NULL },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  Fixture *self = g_new0 (Fixture, 1);

  self->row = pw_upload_row_new ();
  self->window = app_fixture_show (self->row);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->window), "win", G_ACTION_GROUP (group));
  return self;
}

static void
fixture_free (Fixture *self)
{
  gtk_window_destroy (self->window);
  g_free (self->asked);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
show (Fixture  *self,
      PwUpload *upload)
{
  g_autoptr (PwEntry) entry = pw_entry_new (PW_SECTION_ACTIVE, upload);

  pw_upload_row_show (PW_UPLOAD_ROW (self->row), entry);
}

/* As the list does when a state changed. */
static void
move (Fixture       *self,
      PwUpload      *upload,
      PwUploadState  state)
{
  pw_upload_set_state (upload, state);
  pw_entry_tell (pw_upload_row_get_entry (PW_UPLOAD_ROW (self->row)));
}

static gboolean
has (Fixture    *self,
     GType       type,
     const char *text)
{
  return app_fixture_find (self->row, type, text) != NULL;
}

static void
press (Fixture    *self,
       const char *text)
{
  GtkWidget *button = app_fixture_find (self->row, GTK_TYPE_BUTTON, text);

  g_assert_nonnull (button);
  g_clear_pointer (&self->asked, g_free);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_states (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("film.mov");
  g_autofree char *toggle = g_strdup_printf ("toggle-upload %s", upload->id);
  g_autofree char *again = g_strdup_printf ("retry-upload %s", upload->id);
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_QUOTA, "Full.");

  show (self, upload);
  g_assert_true (has (self, GTK_TYPE_LABEL, "film.mov"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "Waiting"));
  g_assert_true (has (self, PW_TYPE_BAR, NULL));
  press (self, "Pause");
  g_assert_cmpstr (self->asked, ==, toggle);

  move (self, upload, PW_UPLOAD_PAUSED);
  g_assert_true (has (self, GTK_TYPE_LABEL, "Paused"));
  press (self, "Resume");
  g_assert_cmpstr (self->asked, ==, toggle);

  pw_upload_set_error (upload, error);
  move (self, upload, PW_UPLOAD_FAILED);
  g_assert_true (has (self, GTK_TYPE_LABEL, "Full."));
  g_assert_false (has (self, GTK_TYPE_BUTTON, "Resume"));
  press (self, "Try Again");
  g_assert_cmpstr (self->asked, ==, again);
}

static void
test_done (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("film.mov");

  pw_upload_restore (upload, PW_UPLOAD_DONE, NULL, "MD5 of the object", NULL);
  upload->finished = g_get_real_time () / G_USEC_PER_SEC;
  show (self, upload);
  g_assert_true (has (self, GTK_TYPE_LABEL,
                      "1" NBSP "MB, just now — verified: MD5 of the object"));
  g_assert_true (has (self, GTK_TYPE_IMAGE, "Verified"));
  g_assert_false (has (self, PW_TYPE_BAR, NULL));
  g_assert_false (has (self, GTK_TYPE_BUTTON, "Pause"));
  g_assert_false (has (self, GTK_TYPE_BUTTON, "Resume"));
}

static void
test_vanished (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film.mov", PW_UPLOAD_FAILED,
                                                           PW_ERROR_SOURCE_VANISHED);
  g_autofree char *choose = g_strdup_printf ("choose-again %s", upload->id);

  show (self, upload);
  press (self, "Choose Again…");
  g_assert_cmpstr (self->asked, ==, choose);
}

/* A question is no error; while it is open, it is not asked again. */
static void
test_asked (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film.mov", PW_UPLOAD_FAILED,
                                                           PW_ERROR_EXISTS);
  GtkWidget *sentence;

  show (self, upload);
  g_assert_true (has (self, GTK_TYPE_BUTTON, "Decide…"));
  pw_upload_set_asked (upload, TRUE);
  sentence = app_fixture_find (self->row, GTK_TYPE_LABEL, "Waiting for an answer");
  g_assert_nonnull (sentence);
  g_assert_false (gtk_widget_has_css_class (sentence, "error"));
  g_assert_false (has (self, GTK_TYPE_BUTTON, "Decide…"));
  pw_upload_set_asked (upload, FALSE);
  g_assert_false (gtk_widget_has_css_class (sentence, "error"));
  g_assert_true (has (self, GTK_TYPE_BUTTON, "Decide…"));
}

/* Rows are used for one upload after another; what went is not listened to. */
static void
test_another (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  PwUpload *first = app_fixture_new_upload ("a");
  PwEntry *entry;
  g_autoptr (PwUpload) second = app_fixture_new_upload ("b");

  show (self, first);
  entry = g_object_ref (pw_upload_row_get_entry (PW_UPLOAD_ROW (self->row)));
  show (self, second);
  pw_upload_set_state (first, PW_UPLOAD_PAUSED);
  pw_entry_tell (entry);
  g_assert_true (has (self, GTK_TYPE_LABEL, "Waiting"));
  g_assert_false (has (self, GTK_TYPE_LABEL, "a"));
  g_clear_object (&entry);
  g_assert_finalize_object (first);
  pw_upload_row_show (PW_UPLOAD_ROW (self->row), NULL);
  pw_upload_set_state (second, PW_UPLOAD_PAUSED);
  g_assert_null (pw_upload_row_get_entry (PW_UPLOAD_ROW (self->row)));
}

static void
test_progress (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("film.mov");
  GtkWidget *bar;
  g_autofree char *wrong = NULL, *named = NULL;

  show (self, upload);
  bar = app_fixture_find (self->row, PW_TYPE_BAR, NULL);
  upload->schedule.safe = 250000;
  pw_upload_tick (upload, G_USEC_PER_SEC);
  wrong = gtk_test_accessible_check_property (GTK_ACCESSIBLE (bar),
                                              GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 25.0);
  named = gtk_test_accessible_check_property (GTK_ACCESSIBLE (bar),
                                              GTK_ACCESSIBLE_PROPERTY_LABEL, "film.mov");
  g_assert_null (wrong);
  g_assert_null (named);
}

static void
test_title (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwEntry) entry = pw_entry_new (PW_SECTION_FINISHED, NULL);

  pw_entry_set_count (entry, 3);
  pw_upload_row_show (PW_UPLOAD_ROW (self->row), entry);
  g_assert_true (has (self, GTK_TYPE_LABEL, "Finished"));
  g_assert_true (has (self, GTK_TYPE_LABEL, "3"));
  g_assert_true (has (self, GTK_TYPE_BUTTON, "Clear"));
  g_assert_false (has (self, PW_TYPE_BAR, NULL));
  pw_entry_set_count (entry, 4);
  g_assert_true (has (self, GTK_TYPE_LABEL, "4"));
}

static void
test_edges (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("film.mov");
  g_autoptr (PwEntry) entry = pw_entry_new (PW_SECTION_ACTIVE, upload);

  pw_entry_set_edges (entry, PW_EDGE_FIRST);
  pw_upload_row_show (PW_UPLOAD_ROW (self->row), entry);
  g_assert_true (gtk_widget_has_css_class (self->row, "first"));
  g_assert_false (gtk_widget_has_css_class (self->row, "last"));
  pw_entry_set_edges (entry, PW_EDGE_LAST);
  g_assert_false (gtk_widget_has_css_class (self->row, "first"));
  g_assert_true (gtk_widget_has_css_class (self->row, "last"));
}

/* With the longest words it still fits the narrowest window. */
static void
test_narrow (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in (
    "a name that goes on and on and does not know when to end.tar.zst", PW_UPLOAD_FAILED,
    PW_ERROR_CREDENTIALS_EXPIRED);
  int minimum;

  show (self, upload);
  gtk_widget_measure (self->row, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 336);
}

/* How an upload stands is one line, however long; the row is as high as that. */
static void
test_one_line (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("film.mov");
  g_autofree char *proof = g_strnfill (300, 'm');
  PangoLayout *layout;
  GtkWidget *sentence;

  proof[100] = ' ';
  pw_upload_restore (upload, PW_UPLOAD_DONE, NULL, proof, NULL);
  show (self, upload);
  sentence = app_fixture_find (self->row, GTK_TYPE_LABEL, NULL);
  while (!GTK_IS_LABEL (sentence)
         || !strstr (gtk_label_get_label (GTK_LABEL (sentence)), proof)) {
    sentence = gtk_widget_get_next_sibling (sentence);
    g_assert_nonnull (sentence);
  }
  app_fixture_wait (gtk_widget_get_width (sentence) > 0);
  layout = gtk_label_get_layout (GTK_LABEL (sentence));
  g_assert_cmpint (pango_layout_get_line_count (layout), ==, 1);
  g_assert_true (pango_layout_is_ellipsized (layout));
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);
  g_test_add_func ("/upload-row/states", test_states);
  g_test_add_func ("/upload-row/done", test_done);
  g_test_add_func ("/upload-row/vanished", test_vanished);
  g_test_add_func ("/upload-row/asked", test_asked);
  g_test_add_func ("/upload-row/another", test_another);
  g_test_add_func ("/upload-row/progress", test_progress);
  g_test_add_func ("/upload-row/title", test_title);
  g_test_add_func ("/upload-row/edges", test_edges);
  g_test_add_func ("/upload-row/narrow", test_narrow);
  g_test_add_func ("/upload-row/one-line", test_one_line);
  return g_test_run ();
}
