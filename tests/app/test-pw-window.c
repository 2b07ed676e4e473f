/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-window.h"

#include "app-fixture.h"
#include "config.h"
#include "engine/pw-error.h"
#include "engine/pw-uploads-open.h"

typedef struct {
  char *folder;
  PwUploads *uploads;
  PwDestinations *destinations;
  GSettings *settings;
  GtkWidget *window;
} Fixture;

static void
fixture_init (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->folder = g_dir_make_tmp ("partway-window-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "destinations.json", NULL);
  self->uploads = pw_uploads_new (self->folder);
  pw_uploads_open (self->uploads, &error);
  g_assert_no_error (error);
  self->destinations = pw_destinations_new (path);
  self->settings = g_settings_new (PW_APP_ID);
  self->window = pw_window_new (NULL, self->uploads, self->destinations, self->settings);
  pw_window_set_loaded (PW_WINDOW (self->window));
  gtk_window_present (GTK_WINDOW (self->window));
  app_fixture_wait (gtk_widget_get_mapped (self->window));
}

static void
fixture_clear (Fixture *self)
{
  const char *argv[] = { "rm", "-r", self->folder, NULL };
  g_autoptr (GError) error = NULL;

  /* Lists that were shown go when GTK is done with them. */
  app_fixture_wait (G_OBJECT (self->uploads)->ref_count == 1);
  g_assert_finalize_object (self->uploads);
  g_object_unref (self->destinations);
  g_object_unref (self->settings);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                &error);
  g_assert_no_error (error);
  g_free (self->folder);
}

static guint
count_windows (void)
{
  return g_list_model_get_n_items (gtk_window_get_toplevels ());
}

/* All that can be open over the window, and what opens it. */
static const struct {
  const char *action;
  gboolean is_of_upload;        /* takes an upload's id */
} cases[] = {
  { "win.add-files", FALSE },
  { "win.add-folder", FALSE },
  { "win.choose-again", TRUE },
  { "win.decide-upload", TRUE },
};

static void
test_end_while_open (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture self;
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("a", PW_UPLOAD_FAILED,
                                                             PW_ERROR_EXISTS);
    gpointer seen;

    fixture_init (&self);
    pw_uploads_append (self.uploads, upload);
    seen = self.window;
    g_object_add_weak_pointer (G_OBJECT (self.window), &seen);
    gtk_widget_activate_action (self.window, cases[i].action, cases[i].is_of_upload ? "s" : NULL,
                                upload->id);
    app_fixture_wait (count_windows () == 2
                      || app_fixture_find (self.window, GTK_TYPE_BUTTON, "_Replace"));
    if (g_str_equal (cases[i].action, "win.decide-upload"))
      g_assert_true (upload->is_asked);

    gtk_window_destroy (GTK_WINDOW (self.window));
    app_fixture_wait (!seen && count_windows () == 0);
    g_assert_false (upload->is_asked);
    fixture_clear (&self);
  }
}

/* Also with all the buttons that some desktops give a window, and all of its own. */
static void
test_narrow (void)
{
  g_autoptr (PwDestination) destination = app_fixture_new_destination ();
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("a", PW_UPLOAD_PAUSED,
                                                           PW_ERROR_CANCELLED);
  g_autoptr (GSettings) settings = g_settings_new (PW_APP_ID);
  g_autoptr (GListModel) shown = NULL;
  GtkWidget *controls;
  Fixture self;
  int min;

  g_object_set (gtk_settings_get_default (), "gtk-decoration-layout", ":minimize,maximize,close",
                NULL);
  g_settings_set_int (settings, "width", 360);
  fixture_init (&self);
  g_free (destination->name);
  destination->name = g_strdup ("Camera archive in Frankfurt");
  g_assert_true (pw_destinations_add (self.destinations, destination, NULL));
  pw_uploads_append (self.uploads, upload);
  app_fixture_wait (app_fixture_find (self.window, GTK_TYPE_BUTTON, "Resume All"));
  g_assert_nonnull (app_fixture_find (self.window, GTK_TYPE_MENU_BUTTON, "Speed Limit"));
  controls = app_fixture_find (self.window, GTK_TYPE_WINDOW_CONTROLS, NULL);
  shown = gtk_widget_observe_children (controls);
  g_assert_cmpuint (g_list_model_get_n_items (shown), ==, 3);
  gtk_widget_measure (self.window, GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 360);

  g_settings_reset (settings, "width");
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-decoration-layout");
  gtk_window_destroy (GTK_WINDOW (self.window));
  fixture_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);

  g_test_add_func ("/window/end-while-open", test_end_while_open);

  g_test_add_func ("/window/narrow", test_narrow);

  return g_test_run ();
}
