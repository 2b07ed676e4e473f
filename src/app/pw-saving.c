/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-saving.h"

#include <glib/gi18n.h>

#include "app/pw-dialogs.h"
#include "engine/pw-error.h"
#include "engine/pw-keyring.h"

typedef struct {
  PwDestinations *destinations;
  PwUploads *uploads;
  PwDestination *destination;
  S3Credentials *keys;          /* or NULL */
  gboolean is_saved;
  GtkWidget *parent;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *self = data;

  g_object_unref (self->destinations);
  g_object_unref (self->uploads);
  g_object_unref (self->destination);
  g_clear_pointer (&self->keys, s3_credentials_free);
  g_object_unref (self->parent);
  g_free (self);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (pw_destinations_save_finish (PW_DESTINATIONS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Keys that nothing will ask for again do not stay in the keyring. */
static void
forget_stored (PwDestination *before,
               PwDestination *now)
{
  if (before && before->secrets == PW_SECRETS_KEYRING && now->secrets != PW_SECRETS_KEYRING)
    pw_keyring_clear (before->id, FALSE, 0, NULL, NULL, NULL);
}

static gboolean
put (Saving  *self,
     GError **error)
{
  PwDestination *before = pw_destinations_lookup (self->destinations, self->destination->id);

  if (!before)
    return pw_destinations_add (self->destinations, self->destination, error);
  forget_stored (before, self->destination);
  return pw_destinations_replace (self->destinations, self->destination, error);
}

static void
go_on (GTask *task)
{
  Saving *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (self->is_saved && !put (self, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  pw_uploads_mend (self->uploads, self->destination, self->keys);
  if (self->is_saved) {
    pw_destinations_save_async (self->destinations, NULL, saved_cb, task);
    return;
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  GTask *task = data;
  Saving *self = g_task_get_task_data (task);
  g_autofree char *answer = pw_dialogs_ask_finish (result);

  if (g_strcmp0 (answer, "session") == 0) {
    self->destination->secrets = PW_SECRETS_SESSION;
    go_on (task);
    return;
  }
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _("Not saved."));
  g_object_unref (task);
}

static const char *
get_heading (const GError *error)
{
  if (g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_LOCKED))
    return _("The Keyring Is Locked");
  if (g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_ABSENT))
    return _("There Is No Keyring");
  return _("The Keyring Did Not Take the Keys");
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  const PwResponse responses[] = {
    { "cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT },
    { "session", _("For This _Session Only"), ADW_RESPONSE_SUGGESTED },
    { NULL, NULL, ADW_RESPONSE_DEFAULT }
  };
  GTask *task = data;
  Saving *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (pw_keyring_store_finish (result, &error)) {
    go_on (task);
    return;
  }
  pw_dialogs_ask (self->parent, get_heading (error), error->message, responses, "session",
                  answered_cb, task);
}

void
pw_saving_run (PwDestinations      *destinations,
               PwUploads           *uploads,
               PwDestination       *destination,
               const S3Credentials *keys,
               gboolean             is_saved,
               GtkWidget           *parent,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Saving *self = g_new0 (Saving, 1);

  self->destinations = g_object_ref (destinations);
  self->uploads = g_object_ref (uploads);
  self->destination = g_object_ref (destination);
  self->keys = keys ? s3_credentials_copy (keys) : NULL;
  self->is_saved = is_saved;
  self->parent = g_object_ref (parent);
  g_task_set_task_data (task, self, saving_free);
  if (keys && destination->secrets == PW_SECRETS_KEYRING)
    pw_keyring_store (destination->id, destination->name, keys, TRUE, 0, NULL, stored_cb, task);
  else
    go_on (task);
}

gboolean
pw_saving_finish (GAsyncResult  *result,
                  GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
