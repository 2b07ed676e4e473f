/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-window.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/pw-conflicts.h"
#include "app/pw-destination-actions.h"
#include "app/pw-dialogs.h"
#include "app/pw-drop-zones.h"
#include "app/pw-intake.h"
#include "app/pw-list-page.h"
#include "app/pw-share-actions.h"
#include "app/pw-spoken.h"
#include "app/pw-unfinished-page.h"
#include "app/pw-upload-actions.h"
#include "app/pw-upload-page.h"
#include "engine/pw-pulse.h"

#define TOTALS_MS 200
#define NARROW 500                      /* pixels */

struct _PwWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *overlay;
  GtkStack *pages;
  PwDropZones *drop_zones;
  GtkWidget *list_page;

  PwUploads *uploads;
  PwDestinations *destinations;
  GSettings *settings;
  PwUploadActions *actions;
  PwShareActions *share;
  PwDestinationActions *destination_actions;
  PwConflicts *conflicts;
  GPtrArray *opened;            /* pages over the list, the last is seen; borrowed */
  GListModel *pending;          /* files that wait for a destination; or NULL */
  guint totals_id;
  guint fit_id;
};

G_DEFINE_FINAL_TYPE (PwWindow, pw_window, ADW_TYPE_APPLICATION_WINDOW)

void
pw_window_tell (PwWindow   *self,
                const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  /* What was under way may end after the window. */
  if (self->overlay)
    adw_toast_overlay_add_toast (self->overlay, adw_toast_new (escaped));
}

/* Pages. */

void
pw_window_push (PwWindow  *self,
                GtkWidget *page)
{
  pw_spoken_name_buttons (page);
  gtk_stack_add_child (self->pages, page);
  g_ptr_array_add (self->opened, page);
  gtk_stack_set_visible_child (self->pages, page);
  gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
}

static void
push_cb (GtkWidget *window,
         GtkWidget *page)
{
  pw_window_push (PW_WINDOW (window), page);
}

static void
back_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       data)
{
  PwWindow *self = data;
  GtkWidget *below = self->list_page;

  if (self->opened->len == 0) {
    pw_list_page_stop_search (PW_LIST_PAGE (self->list_page));
    pw_list_page_set_choosing (PW_LIST_PAGE (self->list_page), FALSE);
    return;
  }
  if (self->opened->len > 1)
    below = g_ptr_array_index (self->opened, self->opened->len - 2);
  gtk_stack_set_visible_child (self->pages, below);
  gtk_stack_remove (self->pages, g_ptr_array_index (self->opened, self->opened->len - 1));
  g_ptr_array_set_size (self->opened, (int) self->opened->len - 1);
}

/* Destinations. */

static PwDestination *
get_destination (PwWindow *self)
{
  g_autofree char *id = g_settings_get_string (self->settings, "destination");
  PwDestination *destination = *id ? pw_destinations_lookup (self->destinations, id) : NULL;
  g_autoptr (PwDestination) first = NULL;

  if (destination)
    return destination;
  first = g_list_model_get_item (G_LIST_MODEL (self->destinations), 0);
  return first;
}

static void
show_destination (PwWindow *self)
{
  PwDestination *destination = get_destination (self);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "destination");

  pw_list_page_set_destination (PW_LIST_PAGE (self->list_page), destination);
  pw_drop_zones_set (self->drop_zones, G_LIST_MODEL (self->destinations), destination);
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (destination ? destination->id : ""));
  if (destination && self->pending) {
    g_autoptr (GListModel) files = g_steal_pointer (&self->pending);

    pw_window_add_files (self, files);
  }
}

static void
destination_cb (GSimpleAction *action,
                GVariant      *target,
                gpointer       data)
{
  PwWindow *self = data;

  g_settings_set_value (self->settings, "destination", target);
  show_destination (self);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (PwWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!pw_destinations_save_finish (PW_DESTINATIONS (source), result, &error))
    pw_window_tell (self, error->message);
}

/* The try-it store, which `build-aux/run` starts and names as "http://127.0.0.1:PORT/BUCKET"; its
 * keys are in the environment. */
static void
try_it_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwWindow *self = data;
  const char *address = g_getenv ("PARTWAY_TRY_IT");
  const char *bucket = address ? strrchr (address, '/') : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PwDestination) destination = NULL;
  g_autofree char *endpoint = NULL, *uri = NULL;

  if (!bucket)
    return;
  endpoint = g_strndup (address, (gsize) (bucket - address));
  uri = g_strdup_printf ("s3:/%s", bucket);
  destination = pw_destination_new_from_uri (uri, endpoint, NULL, &error);

  if (destination) {
    g_free (destination->name);
    destination->name = g_strdup (_("Try It"));
    destination->secrets = PW_SECRETS_ENVIRONMENT;
  }
  if (!destination || !pw_destinations_add (self->destinations, destination, &error)) {
    pw_window_tell (self, error->message);
    return;
  }
  pw_destinations_save_async (self->destinations, NULL, saved_cb, g_object_ref (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.add-files", NULL);
}

/* Files. */

void
pw_window_add_files (PwWindow   *self,
                     GListModel *files)
{
  PwDestination *destination = get_destination (self);
  g_autofree char *complaint = NULL;

  if (g_list_model_get_n_items (files) == 0)
    return;
  if (!destination) {
    g_set_object (&self->pending, files);
    pw_window_tell (self, _("Add a destination, then the upload begins."));
    gtk_widget_activate_action (GTK_WIDGET (self), "win.add-destination", NULL);
    return;
  }
  complaint = pw_intake_add_model (self->uploads, destination, files);
  if (complaint)
    pw_window_tell (self, complaint);
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (PwWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = pw_dialogs_choose_finish (result, &error);

  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    pw_dialogs_tell_unchosen (GTK_WIDGET (self), error);
  if (files)
    pw_window_add_files (self, files);
}

static void
add_files_cb (GSimpleAction *action,
              GVariant      *target,
              gpointer       data)
{
  pw_dialogs_choose (data, PW_CHOOSE_FILES, _("Add Files"), chosen_cb, g_object_ref (data));
}

static void
add_folder_cb (GSimpleAction *action,
               GVariant      *target,
               gpointer       data)
{
  pw_dialogs_choose (data, PW_CHOOSE_FOLDERS, _("Add Folders"), chosen_cb, g_object_ref (data));
}

static void
add_list (PwWindow    *self,
          GdkFileList *list)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (list);
  g_autoptr (GListStore) store = g_list_store_new (G_TYPE_FILE);

  for (GSList *link = files; link; link = link->next)
    g_list_store_append (store, link->data);
  pw_window_add_files (self, G_LIST_MODEL (store));
}

static void
pasted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (PwWindow) self = data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);

  if (!self->uploads)
    return;
  if (value && G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    add_list (self, g_value_get_boxed (value));
  else
    pw_window_tell (self, _("There are no files to paste."));
}

static void
paste_cb (GSimpleAction *action,
          GVariant      *target,
          gpointer       data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (data);

  gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL,
                                  pasted_cb, g_object_ref (data));
}

static void
dropped_cb (PwDropZones   *zones,
            PwDestination *destination,
            GdkFileList   *files,
            PwWindow      *self)
{
  g_autofree char *complaint = NULL;

  if (!destination) {
    add_list (self, files);
    return;
  }
  complaint = pw_intake_add_list (self->uploads, destination, files);
  if (complaint)
    pw_window_tell (self, complaint);
}

/* Uploads. */

static void
decide_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwWindow *self = data;
  PwUpload *upload = pw_uploads_lookup (self->uploads, g_variant_get_string (target, NULL));

  if (upload)
    pw_conflicts_ask (self->conflicts, upload);
}

static gboolean
is_shown (PwWindow *self,
          PwUpload *upload)
{
  for (guint i = 0; i < self->opened->len; i++) {
    GtkWidget *page = g_ptr_array_index (self->opened, i);

    if (PW_IS_UPLOAD_PAGE (page) && pw_upload_page_get_upload (PW_UPLOAD_PAGE (page)) == upload)
      return TRUE;
  }
  return FALSE;
}

static void
show_unfinished_cb (GSimpleAction *action,
                    GVariant      *target,
                    gpointer       data)
{
  PwWindow *self = data;

  pw_window_push (self, pw_unfinished_page_new (self->uploads, self->destinations,
                                                get_destination (self)));
}

static void
show_upload_cb (GSimpleAction *action,
                GVariant      *target,
                gpointer       data)
{
  PwWindow *self = data;
  PwUpload *upload = pw_uploads_lookup (self->uploads, g_variant_get_string (target, NULL));

  /* A second click may come before the first one's page is there to take it. */
  if (upload && !is_shown (self, upload))
    pw_window_push (self, pw_upload_page_new (self->uploads, upload));
}

static void
search_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwWindow *self = data;

  if (self->opened->len == 0)
    pw_list_page_start_search (PW_LIST_PAGE (self->list_page));
}

static gboolean
totals_cb (gpointer data)
{
  PwWindow *self = data;

  pw_list_page_show_totals (PW_LIST_PAGE (self->list_page));
  self->totals_id = pw_uploads_is_idle (self->uploads)
                      ? 0 : pw_pulse_wait (TOTALS_MS, 0, totals_cb, self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (PwUploads *uploads,
            PwUpload  *upload,
            PwWindow  *self)
{
  if (self->totals_id == 0)
    self->totals_id = pw_pulse_wait (TOTALS_MS, 0, totals_cb, self);
}

static void
note_cb (PwUploads  *uploads,
         const char *note,
         PwWindow   *self)
{
  pw_window_tell (self, note);
}

/* Space and Delete act on the row that has the focus. */
static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  key,
        guint                  code,
        GdkModifierType        modifiers,
        PwWindow              *self)
{
  PwListPage *page = PW_LIST_PAGE (self->list_page);
  PwUpload *upload = self->opened->len == 0 ? pw_list_page_get_focused (page) : NULL;
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (!upload || modifiers & gtk_accelerator_get_default_mod_mask () || GTK_IS_BUTTON (focus)
      || pw_list_page_is_choosing (page))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_space || key == GDK_KEY_KP_Space) {
    pw_upload_actions_toggle (upload);
  } else if (key == GDK_KEY_Delete || key == GDK_KEY_KP_Delete) {
    g_autoptr (GPtrArray) uploads = g_ptr_array_new_with_free_func (g_object_unref);

    g_ptr_array_add (uploads, g_object_ref (upload));
    pw_upload_actions_remove (self->actions, uploads);
  } else {
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

static void
take_keys (PwWindow *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

/* The object. */

void
pw_window_set_loaded (PwWindow *self)
{
  pw_list_page_set_loaded (PW_LIST_PAGE (self->list_page));
  show_destination (self);
}

static gboolean
fit_cb (gpointer data)
{
  PwWindow *self = data;

  self->fit_id = 0;
  pw_list_page_set_narrow (PW_LIST_PAGE (self->list_page),
                           gtk_widget_get_width (GTK_WIDGET (self)) < NARROW);
  return G_SOURCE_REMOVE;
}

/* What is shown may not change while sizes are given out. */
static void
pw_window_size_allocate (GtkWidget *widget,
                         int        width,
                         int        height,
                         int        baseline)
{
  PwWindow *self = PW_WINDOW (widget);

  GTK_WIDGET_CLASS (pw_window_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->fit_id == 0)
    self->fit_id = g_idle_add (fit_cb, self);
}

static void
pw_window_dispose (GObject *object)
{
  PwWindow *self = PW_WINDOW (object);

  g_clear_handle_id (&self->totals_id, g_source_remove);
  g_clear_handle_id (&self->fit_id, g_source_remove);
  g_clear_pointer (&self->actions, pw_upload_actions_free);
  g_clear_pointer (&self->share, pw_share_actions_free);
  g_clear_pointer (&self->destination_actions, pw_destination_actions_free);
  g_clear_pointer (&self->conflicts, pw_conflicts_free);
  if (self->uploads)
    g_signal_handlers_disconnect_by_data (self->uploads, self);
  if (self->destinations)
    g_signal_handlers_disconnect_by_data (self->destinations, self);
  g_clear_object (&self->uploads);
  g_clear_object (&self->destinations);
  g_clear_object (&self->settings);
  g_clear_object (&self->pending);
  G_OBJECT_CLASS (pw_window_parent_class)->dispose (object);
}

static void
pw_window_finalize (GObject *object)
{
  g_ptr_array_unref (PW_WINDOW (object)->opened);
  G_OBJECT_CLASS (pw_window_parent_class)->finalize (object);
}

static void
pw_window_class_init (PwWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = pw_window_finalize;
  widget_class->size_allocate = pw_window_size_allocate;
  g_type_ensure (PW_TYPE_DROP_ZONES);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PwWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, PwWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, PwWindow, drop_zones);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
}

static void
pw_window_init (PwWindow *self)
{
  static const GActionEntry entries[] = {
    { "back", back_cb, NULL, NULL, NULL },
    { "add-files", add_files_cb, NULL, NULL, NULL },
    { "add-folder", add_folder_cb, NULL, NULL, NULL },
    { "paste", paste_cb, NULL, NULL, NULL },
    { "try-it", try_it_cb, NULL, NULL, NULL },
    { "search", search_cb, NULL, NULL, NULL },
    { "destination", destination_cb, "s", "''", NULL },
    { "decide-upload", decide_cb, "s", NULL, NULL },
    { "show-upload", show_upload_cb, "s", NULL, NULL },
    { "show-unfinished", show_unfinished_cb, NULL, NULL, NULL },
  };

  self->opened = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  pw_drop_zones_watch (self->drop_zones, GTK_WIDGET (self));
  g_signal_connect (self->drop_zones, "dropped", G_CALLBACK (dropped_cb), self);
  take_keys (self);
}

static void
show_limit (PwWindow *self)
{
  pw_list_page_set_limit (PW_LIST_PAGE (self->list_page),
                          g_settings_get_uint64 (self->settings, "limit"));
}

static void
bind_settings (PwWindow *self)
{
  g_settings_bind (self->settings, "width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

GtkWidget *
pw_window_new (GtkApplication *application,
               PwUploads      *uploads,
               PwDestinations *destinations,
               GSettings      *settings)
{
  PwWindow *self = g_object_new (PW_TYPE_WINDOW, "application", application, NULL);

  self->uploads = g_object_ref (uploads);
  self->destinations = g_object_ref (destinations);
  self->settings = g_object_ref (settings);
  bind_settings (self);
  self->list_page = pw_list_page_new (uploads, destinations);
  gtk_stack_add_child (self->pages, self->list_page);
  pw_list_page_set_narrow (PW_LIST_PAGE (self->list_page),
                           g_settings_get_int (settings, "width") < NARROW);
  g_signal_connect_object (settings, "changed::limit", G_CALLBACK (show_limit), self,
                           G_CONNECT_SWAPPED);
  show_limit (self);
  self->actions = pw_upload_actions_new (G_ACTION_MAP (self), uploads,
                                         PW_LIST_PAGE (self->list_page), self->overlay);
  self->share = pw_share_actions_new (G_ACTION_MAP (self), uploads, self->overlay);
  self->destination_actions = pw_destination_actions_new (GTK_WIDGET (self), destinations, uploads,
                                                          self->overlay, push_cb);
  self->conflicts = pw_conflicts_new (uploads, GTK_WIDGET (self));
  g_signal_connect (uploads, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (uploads, "note", G_CALLBACK (note_cb), self);
  g_signal_connect_swapped (destinations, "items-changed", G_CALLBACK (show_destination), self);
  return GTK_WIDGET (self);
}
