/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "app/pw-background.h"
#include "app/pw-contrast.h"
#include "app/pw-debug-info.h"
#include "app/pw-dialogs.h"
#include "app/pw-first-frame.h"
#include "app/pw-notices.h"
#include "app/pw-preferences.h"
#include "app/pw-stay.h"
#include "app/pw-window.h"
#include "config.h"
#include "engine/pw-uploads-open.h"

/* The window is drawn in time beside workers that take all processors: what nice(2) is given for
 * them. */
#define NICE_TO_WINDOW 10

struct _PwApplication {
  AdwApplication parent_instance;

  GSettings *settings;
  PwUploads *uploads;
  PwDestinations *destinations;
  PwStay *stay;
  PwBackground *background;
  PwNotices *notices;           /* NULL until all is read: what was over before is no news */
  GtkWidget *window;            /* NULL while it is not shown */
  GtkWidget *preferences;       /* NULL while they are not shown */
  GListStore *early;            /* GFile that came before all was read; or NULL */
  char *early_id;               /* of an upload to be shown likewise; or NULL */
  guint n_unread;               /* of queue and destinations */
  PwFirstFrame *first_frame;    /* what the queue waits for; NULL: not, or no longer */
  GAsyncResult *opened;         /* the queue, while it waits; or NULL */
  guint interrupt_id, terminate_id;
};

G_DEFINE_FINAL_TYPE (PwApplication, pw_application, ADW_TYPE_APPLICATION)

/* Reading what was saved. */

static void
tell (PwApplication *self,
      const char    *sentence)
{
  if (self->window)
    pw_window_tell (PW_WINDOW (self->window), sentence);
  else
    g_warning ("%s", sentence);
}

static void
show_upload (PwApplication *self,
             const char    *id)
{
  if (pw_uploads_lookup (self->uploads, id))
    gtk_widget_activate_action (self->window, "win.show-upload", "s", id);
}

static void
take_read (PwApplication *self)
{
  if (--self->n_unread > 0)
    return;
  if (self->window)
    pw_window_set_loaded (PW_WINDOW (self->window));
  pw_stay_go_on (self->stay);
  self->notices = pw_notices_new (GTK_APPLICATION (self), self->uploads, self->settings);
  if (self->window && self->early) {
    g_autoptr (GListStore) files = g_steal_pointer (&self->early);

    pw_window_add_files (PW_WINDOW (self->window), G_LIST_MODEL (files));
  }
  if (self->window && self->early_id) {
    g_autofree char *id = g_steal_pointer (&self->early_id);

    show_upload (self, id);
  }
}

static void
take_opened (PwApplication *self)
{
  g_autoptr (GAsyncResult) result = g_steal_pointer (&self->opened);
  g_autoptr (GError) error = NULL;

  if (!pw_uploads_open_finish (self->uploads, result, &error))
    tell (self, error->message);
  take_read (self);
}

/* A long history is not taken over before there is something to be seen. */
static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (PwApplication) self = data;

  self->opened = g_object_ref (result);
  if (!self->first_frame)
    take_opened (self);
}

static void
drawn_cb (gpointer data)
{
  PwApplication *self = data;

  g_clear_pointer (&self->first_frame, pw_first_frame_free);
  if (self->opened)
    take_opened (self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (PwApplication) self = data;
  g_autoptr (GError) error = NULL;

  if (!pw_destinations_load_finish (PW_DESTINATIONS (source), result, &error))
    tell (self, error->message);
  else if (pw_destinations_get_message (PW_DESTINATIONS (source)))
    tell (self, pw_destinations_get_message (PW_DESTINATIONS (source)));
  take_read (self);
}

/* While the toolkit begins, which takes longer. */
static void
begin_reading (PwApplication *self)
{
  self->uploads = pw_uploads_new (NULL);
  pw_uploads_set_nice (self->uploads, NICE_TO_WINDOW);
  self->destinations = pw_destinations_new (NULL);
  self->n_unread = 2;
  pw_uploads_open_async (self->uploads, opened_cb, g_object_ref (self));
  pw_destinations_load_async (self->destinations, NULL, loaded_cb, g_object_ref (self));
}

/* The engine's settings. */

static void
apply_limit (PwApplication *self)
{
  pw_uploads_set_rate (self->uploads, g_settings_get_uint64 (self->settings, "limit"));
}

static void
apply_connections (PwApplication *self)
{
  pw_uploads_set_connections (self->uploads, g_settings_get_uint (self->settings, "connections"),
                              1, 32);
}

static void
apply_part_size (PwApplication *self)
{
  pw_uploads_set_part_size (self->uploads,
                            g_settings_get_uint (self->settings, "part-size") * S3_MIB);
}

static void
follow_settings (PwApplication *self)
{
  g_autoptr (GAction) limit = g_settings_create_action (self->settings, "limit");

  g_action_map_add_action (G_ACTION_MAP (self), limit);
  g_signal_connect_swapped (self->settings, "changed::limit", G_CALLBACK (apply_limit), self);
  g_signal_connect_swapped (self->settings, "changed::connections",
                            G_CALLBACK (apply_connections), self);
  g_signal_connect_swapped (self->settings, "changed::part-size", G_CALLBACK (apply_part_size),
                            self);
  apply_limit (self);
  apply_connections (self);
  apply_part_size (self);
}

/* Actions. */

static void
about_cb (GSimpleAction *action,
          GVariant      *target,
          gpointer       data)
{
  PwApplication *self = data;

  g_autofree char *info = pw_debug_info_new ();

  pw_dialogs_show_about (self->window, info);
}

static void
preferences_cb (GSimpleAction *action,
                GVariant      *target,
                gpointer       data)
{
  PwApplication *self = data;

  if (!self->window || self->preferences)
    return;
  self->preferences = pw_preferences_new (self->settings);
  g_object_add_weak_pointer (G_OBJECT (self->preferences), (gpointer *) &self->preferences);
  pw_dialogs_show_preferences (self->window, ADW_PREFERENCES_PAGE (self->preferences));
}

/* The notifications' actions: the program may have been started for them. */

static void
show_upload_cb (GSimpleAction *action,
                GVariant      *target,
                gpointer       data)
{
  PwApplication *self = data;

  g_application_activate (G_APPLICATION (self));
  if (self->n_unread == 0) {
    show_upload (self, g_variant_get_string (target, NULL));
    return;
  }
  g_free (self->early_id);
  self->early_id = g_variant_dup_string (target, NULL);
}

static void
retry_upload_cb (GSimpleAction *action,
                 GVariant      *target,
                 gpointer       data)
{
  PwApplication *self = data;
  PwUpload *upload = pw_uploads_lookup (self->uploads, g_variant_get_string (target, NULL));

  if (self->n_unread > 0)
    show_upload_cb (action, target, data);
  else if (upload)
    pw_upload_resume (upload);
}

/* Nothing is marked as paused: what runs goes on at the next start. */
static void
quit_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       data)
{
  PwApplication *self = data;

  if (self->window)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_application_quit (G_APPLICATION (self));
}

static gboolean
signal_cb (gpointer data)
{
  g_action_group_activate_action (data, "quit", NULL);
  return G_SOURCE_CONTINUE;
}

static void
set_accels (PwApplication *self)
{
  static const struct {
    const char *action;
    const char *accels[3];
  } keys[] = {
    { "app.quit", { "<Control>q", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "window.close", { "<Control>w", NULL } },
    { "win.add-files", { "<Control>o", NULL } },
    { "win.add-folder", { "<Control><Shift>o", NULL } },
    { "win.paste", { "<Control>v", NULL } },
    { "win.search", { "<Control>f", NULL } },
    { "win.show-destinations", { "<Control>d", NULL } },
    { "win.show-help-overlay", { "<Control>question", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].accels);
}

/* The command line. */

static int
pw_application_handle_local_options (GApplication *application,
                                     GVariantDict *options)
{
  g_autofree char *info = NULL;

  if (!g_variant_dict_contains (options, "version"))
    return -1;
  if (!g_variant_dict_contains (options, "verbose")) {
    g_print ("partway %s\n", PW_VERSION);
    return 0;
  }
  info = pw_debug_info_new ();
  g_print ("%s", info);
  return 0;
}

static void
add_options (PwApplication *self)
{
  GApplication *application = G_APPLICATION (self);

  g_application_add_main_option (application, "version", 0, 0, G_OPTION_ARG_NONE,
                                 _("Show the version"), NULL);
  g_application_add_main_option (application, "verbose", 0, 0, G_OPTION_ARG_NONE,
                                 _("With --version: show all that a bug report needs"), NULL);
  g_application_set_option_context_parameter_string (application, _("[FILE…]"));
}

/* The application. */

static gboolean
is_busy_cb (gpointer data)
{
  PwApplication *self = data;

  return self->n_unread == 0 && pw_stay_is_busy (self->stay);
}

static void
pw_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { "about", about_cb, NULL, NULL, NULL },
    { "preferences", preferences_cb, NULL, NULL, NULL },
    { "show-upload", show_upload_cb, "s", NULL, NULL },
    { "retry-upload", retry_upload_cb, "s", NULL, NULL },
    { "quit", quit_cb, NULL, NULL, NULL },
  };
  PwApplication *self = PW_APPLICATION (application);

  begin_reading (self);
  G_APPLICATION_CLASS (pw_application_parent_class)->startup (application);
  self->settings = g_settings_new (PW_APP_ID);
  pw_uploads_set_allow_prompt (self->uploads, TRUE);
  follow_settings (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  set_accels (self);
  pw_contrast_follow ();
  self->interrupt_id = g_unix_signal_add (SIGINT, signal_cb, self);
  self->terminate_id = g_unix_signal_add (SIGTERM, signal_cb, self);
  self->stay = pw_stay_new (GTK_APPLICATION (self), self->uploads, self->settings);
  self->background = pw_background_new (GTK_APPLICATION (self), self->settings, is_busy_cb, self);
}

static void
pw_application_activate (GApplication *application)
{
  PwApplication *self = PW_APPLICATION (application);
  gboolean is_new = !self->window;

  if (is_new) {
    self->window = pw_window_new (GTK_APPLICATION (self), self->uploads, self->destinations,
                                  self->settings);
    g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
    pw_background_watch (self->background, GTK_WINDOW (self->window));
    if (self->n_unread == 0)
      pw_window_set_loaded (PW_WINDOW (self->window));
  }
  gtk_window_present (GTK_WINDOW (self->window));
  if (is_new && self->n_unread > 0 && !self->first_frame)
    self->first_frame = pw_first_frame_new (self->window, drawn_cb, self);
}

static void
pw_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  PwApplication *self = PW_APPLICATION (application);
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_FILE);

  for (int i = 0; i < n_files; i++)
    g_list_store_append (store, files[i]);
  g_application_activate (application);
  if (self->n_unread == 0) {
    pw_window_add_files (PW_WINDOW (self->window), G_LIST_MODEL (store));
    return;
  }
  if (!self->early)
    self->early = g_list_store_new (G_TYPE_FILE);
  for (int i = 0; i < n_files; i++)
    g_list_store_append (self->early, files[i]);
}

static void
pw_application_shutdown (GApplication *application)
{
  PwApplication *self = PW_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  /* From here on, who does not want to wait for the end may send the signal again. */
  g_clear_handle_id (&self->interrupt_id, g_source_remove);
  g_clear_handle_id (&self->terminate_id, g_source_remove);
  g_clear_pointer (&self->first_frame, pw_first_frame_free);
  g_clear_object (&self->opened);
  g_clear_pointer (&self->notices, pw_notices_free);
  g_clear_pointer (&self->stay, pw_stay_free);
  g_clear_pointer (&self->background, pw_background_free);
  g_clear_pointer (&self->early_id, g_free);
  if (self->uploads && !pw_uploads_flush (self->uploads, &error))
    g_warning ("%s", error->message);
  g_clear_object (&self->uploads);
  g_clear_object (&self->destinations);
  g_clear_object (&self->settings);
  g_clear_object (&self->early);
  G_APPLICATION_CLASS (pw_application_parent_class)->shutdown (application);
}

static void
pw_application_class_init (PwApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = pw_application_startup;
  application_class->activate = pw_application_activate;
  application_class->open = pw_application_open;
  application_class->handle_local_options = pw_application_handle_local_options;
  application_class->shutdown = pw_application_shutdown;
}

static void
pw_application_init (PwApplication *self)
{
  add_options (self);
}

PwApplication *
pw_application_new (void)
{
  return g_object_new (PW_TYPE_APPLICATION, "application-id", PW_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_CAN_OVERRIDE_APP_ID,
                       "resource-base-path", "/io/github/partway/Partway", NULL);
}
