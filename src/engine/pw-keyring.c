/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-keyring.h"

#include "engine/pw-error.h"
#include "engine/pw-keyring-call.h"
#include "engine/pw-keyring-text.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <string.h>

static const SecretSchema schema = {
  "io.github.partway.Partway.Credentials", SECRET_SCHEMA_NONE,
  { { "destination", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

static PwError
classify (const GError *error)
{
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED)) {
    return PW_ERROR_KEYRING_LOCKED;
  }
  if (error->domain == SECRET_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)) {
    return PW_ERROR_KEYRING_REFUSED;
  }
  return PW_ERROR_KEYRING_ABSENT;
}

static GHashTable *
dup_attributes (PwKeyringCall *self)
{
  return secret_attributes_build (&schema, "destination", self->id, NULL);
}

static void
on_unlocked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = user_data;
  g_autoptr (GError) error = NULL;
  int n_unlocked = secret_service_unlock_finish (SECRET_SERVICE (source), result, NULL, &error);

  self->is_asking = FALSE;
  if (!self->task) {
    return;
  }
  if (n_unlocked > 0) {
    self->start (self);
    return;
  }
  pw_keyring_call_fail (self, error ? classify (error) : PW_ERROR_KEYRING_REFUSED, NULL);
}

/* @objects: locked items or collections of the Secret Service. */
static void
call_unlock (PwKeyringCall *self, SecretService *service, GList *objects)
{
  if (!self->allow_prompt || self->has_unlocked) {
    pw_keyring_call_fail (self, PW_ERROR_KEYRING_LOCKED, NULL);
    return;
  }
  self->has_unlocked = TRUE;
  self->is_asking = TRUE;
  secret_service_unlock (service, objects, self->stop, on_unlocked_cb, pw_keyring_call_ref (self));
}

/* Whether the search found items that are locked, which a look-up would pass over in silence. Items
 * of the file backend are of another type, and never locked. */
static gboolean
call_unlock_found (PwKeyringCall *self, GList *found)
{
  g_autoptr (GList) locked = NULL;

  for (GList *item = found; item; item = item->next) {
    if (SECRET_IS_ITEM (item->data) && secret_item_get_locked (item->data)) {
      locked = g_list_prepend (locked, item->data);
    }
  }
  if (!locked) {
    return FALSE;
  }
  call_unlock (self, secret_item_get_service (locked->data), locked);
  return TRUE;
}

static void
call_search (PwKeyringCall *self, GAsyncReadyCallback callback)
{
  g_autoptr (GHashTable) attributes = dup_attributes (self);

  secret_password_searchv (&schema, attributes, SECRET_SEARCH_ALL, self->stop, callback,
                           pw_keyring_call_ref (self));
}

/* FALSE: the call is over, or goes on by unlocking. @is_empty: there is nothing. */
static gboolean
call_search_finish (PwKeyringCall *self, GAsyncResult *result, gboolean *is_empty)
{
  g_autoptr (GError) error = NULL;
  GList *found = secret_password_search_finish (result, &error);
  gboolean goes_on = FALSE;

  *is_empty = found == NULL;
  if (!self->task) {
    goes_on = FALSE;
  } else if (error) {
    pw_keyring_call_fail (self, classify (error), NULL);
  } else {
    goes_on = !call_unlock_found (self, found);
  }
  g_list_free_full (found, g_object_unref);
  return goes_on;
}

static void
on_looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  char *text = secret_password_lookup_nonpageable_finish (result, &error);
  S3Credentials *credentials = text ? pw_keyring_text_parse (text) : NULL;

  secret_password_free (text);
  if (error) {
    pw_keyring_call_fail (self, classify (error), NULL);
  } else if (!credentials) {
    pw_keyring_call_fail (self, PW_ERROR_CREDENTIALS_MISSING, NULL);
  } else if ((task = pw_keyring_call_take_task (self))) {
    g_task_return_pointer (task, credentials, (GDestroyNotify) s3_credentials_free);
  } else {
    s3_credentials_free (credentials);
  }
}

static void
on_found_to_look_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = user_data;
  g_autoptr (GHashTable) attributes = dup_attributes (self);
  gboolean is_empty;

  if (!call_search_finish (self, result, &is_empty)) {
    return;
  }
  if (is_empty) {
    pw_keyring_call_fail (self, PW_ERROR_CREDENTIALS_MISSING, NULL);
    return;
  }
  secret_password_lookupv (&schema, attributes, self->stop, on_looked_up_cb,
                           pw_keyring_call_ref (self));
}

static void
start_lookup (PwKeyringCall *self)
{
  call_search (self, on_found_to_look_up_cb);
}

static void
on_cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = user_data;
  g_autoptr (GError) error = NULL;

  secret_password_clear_finish (result, &error);
  if (error) {
    pw_keyring_call_fail (self, classify (error), NULL);
  } else {
    pw_keyring_call_succeed (self);
  }
}

static void
on_found_to_clear_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = user_data;
  g_autoptr (GHashTable) attributes = dup_attributes (self);
  gboolean is_empty;

  if (!call_search_finish (self, result, &is_empty)) {
    return;
  }
  if (is_empty) {
    pw_keyring_call_succeed (self);
    return;
  }
  secret_password_clearv (&schema, attributes, self->stop, on_cleared_cb,
                          pw_keyring_call_ref (self));
}

static void
start_clear (PwKeyringCall *self)
{
  call_search (self, on_found_to_clear_cb);
}

static void
on_default_collection_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);
  GList objects = { .data = collection };

  if (!self->task) {
    return;
  }
  if (!collection) {
    pw_keyring_call_fail (self, error ? classify (error) : PW_ERROR_KEYRING_LOCKED, NULL);
    return;
  }
  call_unlock (self, secret_collection_get_service (collection), &objects);
}

static void
on_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_password_store_finish (result, &error)) {
    pw_keyring_call_succeed (self);
    return;
  }
  if (!self->task) {
    return;
  }
  if (error && classify (error) == PW_ERROR_KEYRING_LOCKED && self->allow_prompt &&
      !self->has_unlocked) {
    secret_collection_for_alias (NULL, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                 self->stop, on_default_collection_cb, pw_keyring_call_ref (self));
    return;
  }
  pw_keyring_call_fail (self, error ? classify (error) : PW_ERROR_KEYRING_REFUSED, NULL);
}

static void
start_store (PwKeyringCall *self)
{
  g_autoptr (GHashTable) attributes = dup_attributes (self);

  secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, self->label, self->secret,
                          self->stop, on_stored_cb, pw_keyring_call_ref (self));
}

void
pw_keyring_store (const char          *destination_id,
                  const char          *destination_name,
                  const S3Credentials *credentials,
                  gboolean             allow_prompt,
                  guint                timeout_ms,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  PwKeyringCall order = { .start = start_store };
  GTask *task;

  g_return_if_fail (destination_id != NULL && credentials != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pw_keyring_store);
  order.id = g_strdup (destination_id);
  order.label = g_strdup_printf (_("Access key of Partway for “%s”"),
                                 destination_name ? destination_name : destination_id);
  order.secret = pw_keyring_text_new (credentials);
  pw_keyring_call_begin (&order, allow_prompt, timeout_ms, task);
}

gboolean
pw_keyring_store_finish (GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, pw_keyring_store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
pw_keyring_lookup (const char          *destination_id,
                   gboolean             allow_prompt,
                   guint                timeout_ms,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  PwKeyringCall order = { .start = start_lookup };
  GTask *task;

  g_return_if_fail (destination_id != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pw_keyring_lookup);
  order.id = g_strdup (destination_id);
  pw_keyring_call_begin (&order, allow_prompt, timeout_ms, task);
}

S3Credentials *
pw_keyring_lookup_finish (GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, pw_keyring_lookup), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
pw_keyring_clear (const char          *destination_id,
                  gboolean             allow_prompt,
                  guint                timeout_ms,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  PwKeyringCall order = { .start = start_clear };
  GTask *task;

  g_return_if_fail (destination_id != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pw_keyring_clear);
  order.id = g_strdup (destination_id);
  pw_keyring_call_begin (&order, allow_prompt, timeout_ms, task);
}

gboolean
pw_keyring_clear_finish (GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, pw_keyring_clear), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
