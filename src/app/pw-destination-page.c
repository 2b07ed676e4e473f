/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-destination-page.h"

#include <glib/gi18n.h>

#include "app/pw-complaint.h"
#include "app/pw-dialogs.h"
#include "app/pw-keys-group.h"
#include "app/pw-options-group.h"
#include "app/pw-place-group.h"
#include "app/pw-saving.h"
#include "app/pw-test-group.h"

struct _PwDestinationPage {
  GtkBox parent_instance;

  AdwWindowTitle *title;
  GtkSpinner *spinner;
  GtkWidget *page;
  PwPlaceGroup *place;
  PwKeysGroup *keys;
  PwOptionsGroup *options;
  PwTestGroup *test;

  PwDestinations *destinations;
  PwUploads *uploads;
  PwDestination *start;
  PwComplaint *complaint;
  gboolean is_new;
};

G_DEFINE_FINAL_TYPE (PwDestinationPage, pw_destination_page, GTK_TYPE_BOX)

static void
forget_learned (PwDestination *destination)
{
  destination->is_probed = FALSE;
  destination->checksum = S3_CHECKSUM_NONE;
  destination->etag_is_md5 = FALSE;
  destination->put_if_none_match = FALSE;
}

/* What the rows say. */
static PwDestination *
make (PwDestinationPage *self)
{
  PwDestination *destination = pw_destination_copy (self->start);

  pw_place_group_apply (self->place, destination);
  pw_keys_group_apply (self->keys, destination);
  pw_options_group_apply (self->options, destination);
  if (!pw_destination_is_same_place (destination, self->start)
      || destination->store != self->start->store)
    forget_learned (destination);
  return destination;
}

static GtkWidget *
get_row (PwDestinationPage *self,
         PwField            field)
{
  GtkWidget *row = pw_place_group_get_row (self->place, field);

  if (!row)
    row = pw_keys_group_get_row (self->keys, field);
  return row ? row : pw_options_group_get_row (self->options, field);
}

/* Two of one name could not be told apart. */
static gboolean
find_namesake (PwDestinationPage  *self,
               PwDestination      *destination,
               GError            **error)
{
  PwDestination *other = destination->name
                         ? pw_destinations_lookup (self->destinations, destination->name) : NULL;

  if (!other || g_str_equal (other->id, destination->id))
    return FALSE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               _("Another destination is called “%s” already."), destination->name);
  return TRUE;
}

/* Nobody is told off for what is not typed in yet. */
static gboolean
is_worth_saying (PwDestinationPage *self,
                 GtkWidget         *row)
{
  if (!row || !gtk_widget_get_visible (row))
    return FALSE;
  return !self->is_new || !GTK_IS_EDITABLE (row) || *gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
check (PwDestinationPage *self,
       PwDestination     *destination)
{
  g_autoptr (GError) error = NULL;
  PwField field = pw_fault_find (destination, &error);
  gboolean is_complete = pw_place_group_is_complete (self->place);
  GtkWidget *row;

  if (!error && find_namesake (self, destination, &error))
    field = PW_FIELD_NAME;
  row = error ? get_row (self, field) : NULL;
  if (is_worth_saying (self, row))
    pw_complaint_show (self->complaint, row, error->message);
  else
    pw_complaint_show (self->complaint, NULL, NULL);
  is_complete = is_complete && !error && pw_keys_group_is_complete (self->keys);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "destination.save",
                                 is_complete && !gtk_spinner_get_spinning (self->spinner));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "destination.test", is_complete);
}

static void
changed_cb (PwDestinationPage *self)
{
  PwPreset preset = pw_place_group_get_preset (self->place);
  g_autoptr (PwDestination) destination = NULL;

  if (!self->start)
    return;
  pw_options_group_set_preset (self->options, preset);
  pw_keys_group_set_kind (self->keys, preset == PW_PRESET_BACKEND ? PW_DESTINATION_PRESIGN
                                                                  : PW_DESTINATION_S3);
  destination = make (self);
  pw_test_group_reset (self->test);
  check (self, destination);
}

/* Test Connection. */

static PwCredentials *
get_credentials (PwDestinationPage *self,
                 PwDestination     *destination)
{
  g_autoptr (S3Credentials) typed = pw_keys_group_dup_credentials (self->keys);
  g_autoptr (S3Credentials) held = NULL;
  PwCredentials *credentials = pw_credentials_new (destination);

  /* Keys of this session are nowhere else. */
  if (!typed && destination->secrets == PW_SECRETS_SESSION)
    held = pw_credentials_dup_held (pw_uploads_get_credentials (self->uploads, self->start));
  if (typed || held)
    pw_credentials_set (credentials, typed ? typed : held, 0);
  return credentials;
}

static void
test_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *target)
{
  PwDestinationPage *self = PW_DESTINATION_PAGE (widget);
  g_autoptr (PwDestination) destination = make (self);
  g_autoptr (PwCredentials) credentials = get_credentials (self, destination);

  pw_test_group_run (self->test, destination, credentials);
}

/* Saving. */

static void
set_busy (PwDestinationPage *self,
          gboolean           is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_sensitive (self->page, !is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "destination.save", !is_busy);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (PwDestinationPage) self = data;
  g_autoptr (GError) error = NULL;

  set_busy (self, FALSE);
  if (!pw_saving_finish (result, &error)) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      pw_dialogs_tell (GTK_WIDGET (self), _("The Destination Was Not Saved"), error->message);
    return;
  }
  if (!gtk_widget_get_root (GTK_WIDGET (self)))
    return;
  if (self->is_new)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.destination", "s", self->start->id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void
save_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *target)
{
  PwDestinationPage *self = PW_DESTINATION_PAGE (widget);
  g_autoptr (PwDestination) destination = make (self);
  g_autoptr (S3Credentials) keys = pw_keys_group_dup_credentials (self->keys);

  pw_test_group_apply (self->test, destination);
  set_busy (self, TRUE);
  pw_saving_run (self->destinations, self->uploads, destination, keys, TRUE, widget, saved_cb,
                 g_object_ref (self));
}

static void
pw_destination_page_dispose (GObject *object)
{
  PwDestinationPage *self = PW_DESTINATION_PAGE (object);

  g_clear_pointer (&self->complaint, pw_complaint_free);
  g_clear_object (&self->start);
  g_clear_object (&self->destinations);
  g_clear_object (&self->uploads);
  G_OBJECT_CLASS (pw_destination_page_parent_class)->dispose (object);
}

static void
pw_destination_page_class_init (PwDestinationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_destination_page_dispose;
  g_type_ensure (PW_TYPE_PLACE_GROUP);
  g_type_ensure (PW_TYPE_KEYS_GROUP);
  g_type_ensure (PW_TYPE_OPTIONS_GROUP);
  g_type_ensure (PW_TYPE_TEST_GROUP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/partway/Partway/pw-destination-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PwDestinationPage, title);
  gtk_widget_class_bind_template_child (widget_class, PwDestinationPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PwDestinationPage, page);
  gtk_widget_class_bind_template_child (widget_class, PwDestinationPage, place);
  gtk_widget_class_bind_template_child (widget_class, PwDestinationPage, keys);
  gtk_widget_class_bind_template_child (widget_class, PwDestinationPage, options);
  gtk_widget_class_bind_template_child (widget_class, PwDestinationPage, test);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_install_action (widget_class, "destination.test", NULL, test_cb);
  gtk_widget_class_install_action (widget_class, "destination.save", NULL, save_cb);
}

static void
pw_destination_page_init (PwDestinationPage *self)
{
  self->complaint = pw_complaint_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pw_destination_page_new (PwDestinations *destinations,
                         PwUploads      *uploads,
                         PwDestination  *start)
{
  PwDestinationPage *self = g_object_new (PW_TYPE_DESTINATION_PAGE, NULL);

  self->destinations = g_object_ref (destinations);
  self->uploads = g_object_ref (uploads);
  self->is_new = !pw_destinations_lookup (destinations, start->id);
  adw_window_title_set_title (self->title, self->is_new ? _("Add a Destination")
                                                        : _("Edit Destination"));
  pw_place_group_show (self->place, start);
  pw_keys_group_show (self->keys, start, !self->is_new, FALSE);
  pw_options_group_show (self->options, start);
  self->start = g_object_ref (start);
  changed_cb (self);
  return GTK_WIDGET (self);
}
