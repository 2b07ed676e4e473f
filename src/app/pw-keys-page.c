/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-keys-page.h"

#include <glib/gi18n.h>

#include "app/pw-keys-group.h"
#include "app/pw-saving.h"
#include "engine/pw-error.h"

struct _PwKeysPage {
  GtkBox parent_instance;

  AdwWindowTitle *title;
  GtkSpinner *spinner;
  GtkWidget *page;
  AdwPreferencesGroup *why;
  PwKeysGroup *keys;

  PwDestinations *destinations;
  PwUploads *uploads;
  PwDestination *destination;
};

G_DEFINE_FINAL_TYPE (PwKeysPage, pw_keys_page, GTK_TYPE_BOX)

static void
changed_cb (PwKeysPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "keys.use",
                                 pw_keys_group_is_complete (self->keys)
                                 && !gtk_spinner_get_spinning (self->spinner));
}

static void
set_busy (PwKeysPage *self,
          gboolean    is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_sensitive (self->page, !is_busy);
  changed_cb (self);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (PwKeysPage) self = data;
  g_autoptr (GError) error = NULL;

  set_busy (self, FALSE);
  if (pw_saving_finish (result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_preferences_group_set_description (self->why, error->message);
}

/* Only keys that are kept say something new of where the destination has its keys from. */
static void
use_cb (GtkWidget  *widget,
        const char *action,
        GVariant   *target)
{
  PwKeysPage *self = PW_KEYS_PAGE (widget);
  g_autoptr (PwDestination) destination = pw_destination_copy (self->destination);
  g_autoptr (S3Credentials) keys = pw_keys_group_dup_credentials (self->keys);
  gboolean is_known = pw_destinations_lookup (self->destinations, destination->id) != NULL;
  gboolean is_kept = pw_keys_group_get_secrets (self->keys) == PW_SECRETS_KEYRING;

  if (is_kept && is_known)
    destination->secrets = PW_SECRETS_KEYRING;
  set_busy (self, TRUE);
  pw_saving_run (self->destinations, self->uploads, destination, keys, is_kept && is_known,
                 widget, saved_cb, g_object_ref (self));
}

static void
pw_keys_page_dispose (GObject *object)
{
  PwKeysPage *self = PW_KEYS_PAGE (object);

  g_clear_object (&self->destination);
  g_clear_object (&self->destinations);
  g_clear_object (&self->uploads);
  G_OBJECT_CLASS (pw_keys_page_parent_class)->dispose (object);
}

static void
pw_keys_page_class_init (PwKeysPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_keys_page_dispose;
  g_type_ensure (PW_TYPE_KEYS_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-keys-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PwKeysPage, title);
  gtk_widget_class_bind_template_child (widget_class, PwKeysPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PwKeysPage, page);
  gtk_widget_class_bind_template_child (widget_class, PwKeysPage, why);
  gtk_widget_class_bind_template_child (widget_class, PwKeysPage, keys);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_install_action (widget_class, "keys.use", NULL, use_cb);
}

static void
pw_keys_page_init (PwKeysPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Where the keyring is the trouble, the way on is without it. */
static void
show_keys (PwKeysPage   *self,
           const GError *error)
{
  g_autoptr (PwDestination) shown = pw_destination_copy (self->destination);

  if (g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_LOCKED)
      || g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_ABSENT)
      || g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_REFUSED))
    shown->secrets = PW_SECRETS_SESSION;
  pw_keys_group_show (self->keys, shown, FALSE, TRUE);
}

GtkWidget *
pw_keys_page_new (PwDestinations *destinations,
                  PwUploads      *uploads,
                  PwUpload       *upload)
{
  PwKeysPage *self = g_object_new (PW_TYPE_KEYS_PAGE, NULL);
  PwDestination *saved = pw_destinations_lookup (destinations, upload->destination->id);
  g_autofree char *uri = NULL;

  self->destinations = g_object_ref (destinations);
  self->uploads = g_object_ref (uploads);
  self->destination = g_object_ref (saved ? saved : upload->destination);
  uri = pw_destination_dup_uri (self->destination);
  adw_window_title_set_title (self->title, self->destination->name);
  adw_window_title_set_subtitle (self->title,
                                 g_str_equal (uri, self->destination->name) ? "" : uri);
  if (upload->error) {
    g_autofree char *escaped = g_markup_escape_text (upload->error->message, -1);

    adw_preferences_group_set_description (self->why, escaped);
  }
  show_keys (self, upload->error);
  changed_cb (self);
  return GTK_WIDGET (self);
}
