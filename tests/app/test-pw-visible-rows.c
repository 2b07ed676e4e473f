/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-visible-rows.h"

#include "app-fixture.h"
#include "app/pw-upload-row.h"

#define N 1000

typedef struct {
  GListStore *store;            /* PwEntry */
  GtkWidget *view;
  PwVisibleRows *list;
  GtkWindow *window;
} Fixture;

static void
add (Fixture *self,
     guint    i)
{
  g_autofree char *name = g_strdup_printf ("file-%u", i);
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in (name, PW_UPLOAD_DONE,
                                                           PW_ERROR_CANCELLED);
  g_autoptr (PwEntry) entry = pw_entry_new (PW_SECTION_FINISHED, upload);

  g_list_store_append (self->store, entry);
}

static void
fixture_init (Fixture *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  g_autoptr (GtkSelectionModel) model = NULL;

  self->store = g_list_store_new (PW_TYPE_ENTRY);
  for (guint i = 0; i < N; i++)
    add (self, i);
  self->view = gtk_list_view_new (NULL, NULL);
  self->list = pw_visible_rows_new (GTK_LIST_VIEW (self->view));
  model = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->store))));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), model);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->view);
  self->window = app_fixture_show (scrolled);
}

static void
fixture_clear (Fixture *self)
{
  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), NULL);
  pw_visible_rows_free (self->list);
  gtk_window_destroy (self->window);
  g_assert_finalize_object (self->store);
}

static guint
count_rows (GtkWidget *root)
{
  guint n = PW_IS_UPLOAD_ROW (root);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    n += count_rows (child);
  return n;
}

static gboolean
has_row (Fixture    *self,
         const char *name)
{
  return app_fixture_find (self->view, GTK_TYPE_LABEL, name) != NULL;
}

static void
scroll_to (Fixture *self,
           guint    position)
{
  g_assert_true (gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", position));
}

/* 400 pixels hold about seven. */
static void
test_sight (void)
{
  Fixture self;

  fixture_init (&self);
  g_assert_true (has_row (&self, "file-0"));
  g_assert_cmpuint (count_rows (self.view), >, 4);
  g_assert_cmpuint (count_rows (self.view), <, 12);

  scroll_to (&self, N - 1);
  app_fixture_wait (has_row (&self, "file-999"));
  g_assert_false (has_row (&self, "file-0"));
  g_assert_cmpuint (count_rows (self.view), <, 12);

  scroll_to (&self, 0);
  app_fixture_wait (has_row (&self, "file-0"));
  g_assert_false (has_row (&self, "file-999"));
  fixture_clear (&self);
}

static void
drawn_cb (GdkFrameClock *clock,
          guint         *n_drawn)
{
  (*n_drawn)++;
}

/* No frame is painted with a hole where a row shall be. */
static void
test_whole (void)
{
  Fixture self;
  GdkFrameClock *clock;
  guint n_drawn = 0;

  fixture_init (&self);
  clock = gtk_widget_get_frame_clock (self.view);
  g_signal_connect (clock, "after-paint", G_CALLBACK (drawn_cb), &n_drawn);
  scroll_to (&self, N / 2);
  app_fixture_wait (n_drawn > 0);
  g_assert_cmpuint (count_rows (self.view), >, 4);
  g_assert_true (has_row (&self, "file-500"));

  n_drawn = 0;
  g_list_store_remove_all (self.store);
  add (&self, 7);
  app_fixture_wait (n_drawn > 0);
  g_assert_true (has_row (&self, "file-7"));
  g_assert_cmpuint (count_rows (self.view), ==, 1);
  g_signal_handlers_disconnect_by_data (clock, &n_drawn);
  fixture_clear (&self);
}

typedef struct {
  GtkWidget *view;
  guint n_rows;                 /* when it was painted last */
  guint most_new;               /* of one frame */
} Growth;

static void
grown_cb (GdkFrameClock *clock,
          Growth        *growth)
{
  guint n_rows = count_rows (growth->view);

  if (n_rows > growth->n_rows)
    growth->most_new = MAX (growth->most_new, n_rows - growth->n_rows);
  growth->n_rows = n_rows;
}

/* Where many at once leave from under the eyes, no frame has to make all the rows that follow. */
static void
test_many_leave (void)
{
  Fixture self;
  GdkFrameClock *clock;
  guint n_rows;
  Growth growth = { 0 };

  fixture_init (&self);
  growth.view = self.view;
  growth.n_rows = n_rows = count_rows (self.view);
  clock = gtk_widget_get_frame_clock (self.view);
  g_signal_connect (clock, "after-paint", G_CALLBACK (grown_cb), &growth);
  g_list_store_splice (self.store, 0, 50, NULL, 0);
  app_fixture_wait (has_row (&self, "file-50") && count_rows (self.view) >= n_rows);
  g_assert_cmpuint (growth.most_new, >, 0);
  g_assert_cmpuint (growth.most_new, <=, 3);
  g_signal_handlers_disconnect_by_data (clock, &growth);
  fixture_clear (&self);
}

static void
test_focus (void)
{
  Fixture self;

  fixture_init (&self);
  g_assert_true (gtk_widget_grab_focus (self.view));
  g_assert_cmpstr (pw_visible_rows_get_focused (self.list)->name, ==, "file-0");
  g_assert_true (PW_IS_UPLOAD_ROW (gtk_root_get_focus (GTK_ROOT (self.window))));

  scroll_to (&self, N - 1);
  app_fixture_wait (has_row (&self, "file-999"));
  g_assert_true (gtk_widget_grab_focus (gtk_widget_get_last_child (self.view)));
  g_assert_cmpstr (pw_visible_rows_get_focused (self.list)->name, ==, "file-999");
  fixture_clear (&self);
}

static void
test_choosing (void)
{
  Fixture self;

  fixture_init (&self);
  g_assert_null (app_fixture_find (self.view, GTK_TYPE_CHECK_BUTTON, NULL));
  pw_visible_rows_set_choosing (self.list, TRUE);
  g_assert_nonnull (app_fixture_find (self.view, GTK_TYPE_CHECK_BUTTON, NULL));
  /* Those that come into sight later, too. */
  scroll_to (&self, N - 1);
  app_fixture_wait (has_row (&self, "file-999"));
  g_assert_nonnull (app_fixture_find (self.view, GTK_TYPE_CHECK_BUTTON, NULL));
  fixture_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);

  g_test_add_func ("/visible-rows/sight", test_sight);
  g_test_add_func ("/visible-rows/whole", test_whole);
  g_test_add_func ("/visible-rows/many-leave", test_many_leave);
  g_test_add_func ("/visible-rows/focus", test_focus);
  g_test_add_func ("/visible-rows/choosing", test_choosing);

  return g_test_run ();
}
