/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-destination-actions.h"

#include <glib/gi18n.h>

#include "app/pw-destination-page.h"
#include "app/pw-destinations-page.h"
#include "app/pw-dialogs.h"
#include "app/pw-keys-page.h"
#include "app/pw-presets.h"
#include "app/pw-profiles-page.h"
#include "app/pw-undo.h"
#include "engine/pw-keyring.h"

struct _PwDestinationActions {
  GtkWidget *window;
  PwDestinations *destinations;
  PwUploads *uploads;
  AdwToastOverlay *overlay;
  PwShowPage show;
  GtkWidget *list, *editor;     /* the last of each kind that was shown; weak */
  PwUndo *undo;                 /* of Removal */
  GCancellable *cancellable;    /* of profiles that are being read */
};

/* A destination on its way out. */
typedef struct {
  PwDestination *destination;
  char *next;                   /* id of the one that it stood before, or NULL */
} Removal;

/* A question that waits for its answer. */
typedef struct {
  PwDestinationActions *actions;
  char *id;
} Question;

static void
tell (PwDestinationActions *self,
      const char           *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->overlay, adw_toast_new (escaped));
}

/* Pages. */

/* A key that is pressed twice, or files that come while a destination is being added. */
static gboolean
is_seen (GtkWidget *page)
{
  return page && gtk_widget_get_mapped (page);
}

static void
show_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       data)
{
  PwDestinationActions *self = data;

  if (is_seen (self->list))
    return;
  g_set_weak_pointer (&self->list, pw_destinations_page_new (self->destinations));
  self->show (self->window, self->list);
}

static void
edit (PwDestinationActions *self,
      PwDestination        *start)
{
  g_set_weak_pointer (&self->editor,
                      pw_destination_page_new (self->destinations, self->uploads, start));
  self->show (self->window, self->editor);
}

static void
add_cb (GSimpleAction *action,
        GVariant      *target,
        gpointer       data)
{
  PwDestinationActions *self = data;
  g_autoptr (PwDestination) start = NULL;

  if (is_seen (self->editor))
    return;
  start = pw_destination_new (NULL);
  start->store = S3_STORE_AWS;
  edit (self, start);
}

static void
edit_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       data)
{
  PwDestinationActions *self = data;
  PwDestination *destination = pw_destinations_lookup (self->destinations,
                                                       g_variant_get_string (target, NULL));

  if (destination)
    edit (self, destination);
}

static PwUpload *
find_upload (PwDestinationActions *self,
             GVariant             *target)
{
  return pw_uploads_lookup (self->uploads, g_variant_get_string (target, NULL));
}

static void
mend_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       data)
{
  PwDestinationActions *self = data;
  PwUpload *upload = find_upload (self, target);
  PwDestination *saved;

  if (!upload)
    return;
  saved = pw_destinations_lookup (self->destinations, upload->destination->id);
  edit (self, saved ? saved : upload->destination);
}

static void
keys_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       data)
{
  PwDestinationActions *self = data;
  PwUpload *upload = find_upload (self, target);

  if (upload)
    self->show (self->window, pw_keys_page_new (self->destinations, self->uploads, upload));
}

/* From ~/.aws. */

static void
import_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwDestinationActions *self = data;

  self->show (self->window, pw_profiles_page_new ());
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  PwDestinationActions *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PwDestination) start = pw_profiles_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (start)
    edit (self, start);
  else
    tell (self, error->message);
}

static void
profile_cb (GSimpleAction *action,
            GVariant      *target,
            gpointer       data)
{
  PwDestinationActions *self = data;

  gtk_widget_activate_action (self->window, "win.back", NULL);
  pw_profiles_load_async (g_variant_get_string (target, NULL), self->cancellable, loaded_cb,
                          self);
}

/* Removing. */

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (AdwToastOverlay) overlay = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *escaped = NULL;

  if (pw_destinations_save_finish (PW_DESTINATIONS (source), result, &error))
    return;
  escaped = g_markup_escape_text (error->message, -1);
  adw_toast_overlay_add_toast (overlay, adw_toast_new (escaped));
}

static void
save (PwDestinationActions *self)
{
  pw_destinations_save_async (self->destinations, NULL, saved_cb, g_object_ref (self->overlay));
}

static void
removal_end (gpointer what,
             gboolean is_undone,
             gpointer data)
{
  PwDestinationActions *self = data;
  const Removal *removal = what;
  g_autoptr (GError) error = NULL;

  if (!is_undone) {
    if (removal->destination->secrets == PW_SECRETS_KEYRING)
      pw_keyring_clear (removal->destination->id, FALSE, 0, NULL, NULL, NULL);
    return;
  }
  if (pw_destinations_insert (self->destinations, removal->next, removal->destination, &error))
    save (self);
  else
    tell (self, error->message);
}

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->destination);
  g_free (removal->next);
  g_free (removal);
}

static char *
dup_next_id (GListModel    *model,
             PwDestination *destination)
{
  for (guint i = 0; i + 1 < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwDestination) one = g_list_model_get_item (model, i);
    g_autoptr (PwDestination) next = g_list_model_get_item (model, i + 1);

    if (one == destination)
      return g_strdup (next->id);
  }
  return NULL;
}

static void
take_away (PwDestinationActions *self,
           const char           *id)
{
  PwDestination *destination = pw_destinations_lookup (self->destinations, id);
  Removal *removal;
  g_autofree char *sentence = NULL;

  if (!destination)
    return;
  sentence = g_strdup_printf (_("“%s” removed"), destination->name);
  removal = g_new0 (Removal, 1);
  removal->destination = g_object_ref (destination);
  removal->next = dup_next_id (G_LIST_MODEL (self->destinations), destination);
  pw_destinations_remove (self->destinations, id);
  save (self);
  pw_undo_offer (self->undo, sentence, removal);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Question *question = data;
  g_autofree char *answer = pw_dialogs_ask_finish (result);

  if (g_strcmp0 (answer, "remove") == 0)
    take_away (question->actions, question->id);
  g_free (question->id);
  g_free (question);
}

static guint
count_under_way (PwDestinationActions *self,
                 const char           *id)
{
  GListModel *model = G_LIST_MODEL (self->uploads);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    n += g_str_equal (upload->destination->id, id) && upload->state <= PW_UPLOAD_FINISHING;
  }
  return n;
}

static void
remove_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  const PwResponse responses[] = {
    { "cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT },
    { "remove", _("_Remove"), ADW_RESPONSE_DESTRUCTIVE },
    { NULL, NULL, ADW_RESPONSE_DEFAULT }
  };
  PwDestinationActions *self = data;
  const char *id = g_variant_get_string (target, NULL);
  guint n = count_under_way (self, id);
  g_autofree char *body = NULL;
  Question *question;

  if (n == 0) {
    take_away (self, id);
    return;
  }
  body = g_strdup_printf (ngettext ("%u upload to it is under way. It goes on, but its keys are "
                                    "forgotten: after a restart they must be entered again.",
                                    "%u uploads to it are under way. They go on, but its keys are "
                                    "forgotten: after a restart they must be entered again.", n),
                          n);
  question = g_new0 (Question, 1);
  question->actions = self;
  question->id = g_strdup (id);
  pw_dialogs_ask (self->window, _("Remove the Destination?"), body, responses, "cancel",
                  answered_cb, question);
}

PwDestinationActions *
pw_destination_actions_new (GtkWidget       *window,
                            PwDestinations  *destinations,
                            PwUploads       *uploads,
                            AdwToastOverlay *overlay,
                            PwShowPage       show)
{
  static const GActionEntry entries[] = {
    { "show-destinations", show_cb, NULL, NULL, NULL },
    { "add-destination", add_cb, NULL, NULL, NULL },
    { "import-destination", import_cb, NULL, NULL, NULL },
    { "add-from-profile", profile_cb, "s", NULL, NULL },
    { "edit-destination", edit_cb, "s", NULL, NULL },
    { "remove-destination", remove_cb, "s", NULL, NULL },
    { "mend-destination", mend_cb, "s", NULL, NULL },
    { "enter-keys", keys_cb, "s", NULL, NULL },
  };
  PwDestinationActions *self = g_new0 (PwDestinationActions, 1);

  self->window = window;
  self->destinations = destinations;
  self->uploads = uploads;
  self->overlay = overlay;
  self->show = show;
  self->undo = pw_undo_new (overlay, removal_end, removal_free, self);
  self->cancellable = g_cancellable_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), self);
  return self;
}

void
pw_destination_actions_free (PwDestinationActions *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  pw_undo_free (self->undo);
  g_clear_weak_pointer (&self->list);
  g_clear_weak_pointer (&self->editor);
  g_free (self);
}
