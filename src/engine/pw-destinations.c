/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destinations.h"

#include "engine/pw-destinations-items.h"
#include "engine/pw-error.h"

#include <glib/gi18n-lib.h>

struct _PwDestinations {
  GObject parent_instance;
  char *path;
  char *message;
  PwDestinationsItems list;
  GQueue waiting;               /* GTask: saves that wait for the one under way */
  gboolean is_saving;
  guint n_saves;                /* a reading that began before the last of them is out of date */
};

/* What a thread takes along. */
typedef struct {
  char *path;
  GPtrArray *changes;           /* to be saved; NULL for loading */
  guint n_saves;
} Order;

static GType
pw_destinations_get_item_type (GListModel *model)
{
  return PW_TYPE_DESTINATION;
}

static guint
pw_destinations_get_n_items (GListModel *model)
{
  return PW_DESTINATIONS (model)->list.items->len;
}

static gpointer
pw_destinations_get_item (GListModel *model, guint position)
{
  PwDestinations *self = PW_DESTINATIONS (model);

  return position < self->list.items->len
         ? g_object_ref (g_ptr_array_index (self->list.items, position))
         : NULL;
}

static void
pw_destinations_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = pw_destinations_get_item_type;
  iface->get_n_items = pw_destinations_get_n_items;
  iface->get_item = pw_destinations_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PwDestinations, pw_destinations, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      pw_destinations_list_model_init))

static void
install (PwDestinations *self, const PwDestinationsContent *content)
{
  guint n_old = self->list.items->len;

  g_free (self->message);
  self->message = g_strdup (content->message);
  if (pw_destinations_items_merge (&self->list, content->destinations)) {
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_old, self->list.items->len);
  }
}

static void
order_free (Order *self)
{
  g_free (self->path);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_free (self);
}

static Order *
order_new (PwDestinations *self, gboolean is_save)
{
  Order *order = g_new0 (Order, 1);

  order->path = g_strdup (self->path);
  order->n_saves = self->n_saves;
  order->changes = is_save ? pw_destinations_items_dup_changes (&self->list) : NULL;
  return order;
}

static void
take_saved (PwDestinations *self, const Order *order, const PwDestinationsContent *content)
{
  pw_destinations_items_drop_changes (&self->list, order->changes);
  self->n_saves++;
  install (self, content);
}

static void
order_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Order *order = task_data;
  GError *error = NULL;
  PwDestinationsContent *content = order->changes
                                   ? pw_destinations_file_save (order->path, order->changes, &error)
                                   : pw_destinations_file_load (order->path, &error);

  if (content) {
    g_task_return_pointer (task, content, (GDestroyNotify) pw_destinations_content_free);
  } else {
    g_task_return_error (task, error);
  }
}

/* Begins the thread for @outer, which @callback will return from. */
static void
run_order (PwDestinations *self, GTask *outer, gboolean is_save, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) inner = g_task_new (self, NULL, callback, outer);

  g_task_set_task_data (inner, order_new (self, is_save), (GDestroyNotify) order_free);
  g_task_run_in_thread (inner, order_thread);
}

static void
on_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PwDestinations *self = PW_DESTINATIONS (source);
  g_autoptr (GTask) outer = user_data;
  g_autoptr (PwDestinationsContent) content = NULL;
  GError *error = NULL;

  content = g_task_propagate_pointer (G_TASK (result), &error);
  if (content) {
    take_saved (self, g_task_get_task_data (G_TASK (result)), content);
  }
  self->is_saving = !g_queue_is_empty (&self->waiting);
  if (self->is_saving) {
    run_order (self, g_queue_pop_head (&self->waiting), TRUE, on_saved_cb);
  }
  if (content) {
    g_task_return_boolean (outer, TRUE);
  } else {
    g_task_return_error (outer, error);
  }
}

static void
on_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  g_autoptr (PwDestinationsContent) content = NULL;
  PwDestinations *self = PW_DESTINATIONS (source);
  GError *error = NULL;
  Order *order;

  content = g_task_propagate_pointer (G_TASK (result), &error);
  if (!content) {
    g_task_return_error (outer, error);
    return;
  }
  order = g_task_get_task_data (G_TASK (result));
  if (order->n_saves == self->n_saves) {
    install (self, content);
  }
  g_task_return_boolean (outer, TRUE);
}

static gboolean
check_name (PwDestinations *self, PwDestination *destination, GError **error)
{
  int other;

  if (!pw_destination_check (destination, error)) {
    return FALSE;
  }
  other = pw_destinations_items_find_name (&self->list, destination->name);
  if (other >= 0 && other != pw_destinations_items_find_id (&self->list, destination->id)) {
    g_set_error (error, PW_ERROR, PW_ERROR_DESTINATION,
                 _("There is a destination named “%s” already. Choose another name."),
                 destination->name);
    return FALSE;
  }
  return TRUE;
}

static void
pw_destinations_finalize (GObject *object)
{
  PwDestinations *self = PW_DESTINATIONS (object);

  g_free (self->path);
  g_free (self->message);
  pw_destinations_items_clear (&self->list);
  G_OBJECT_CLASS (pw_destinations_parent_class)->finalize (object);
}

static void
pw_destinations_class_init (PwDestinationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pw_destinations_finalize;
}

static void
pw_destinations_init (PwDestinations *self)
{
  pw_destinations_items_init (&self->list);
  g_queue_init (&self->waiting);
}

PwDestinations *
pw_destinations_new (const char *path)
{
  PwDestinations *self = g_object_new (PW_TYPE_DESTINATIONS, NULL);

  self->path = path ? g_strdup (path)
                    : g_build_filename (g_get_user_config_dir (), "partway", "destinations.json",
                                        NULL);
  return self;
}

gboolean
pw_destinations_load (PwDestinations  *self,
                      GError         **error)
{
  g_autoptr (PwDestinationsContent) content = NULL;

  g_return_val_if_fail (PW_IS_DESTINATIONS (self), FALSE);

  content = pw_destinations_file_load (self->path, error);
  if (!content) {
    return FALSE;
  }
  install (self, content);
  return TRUE;
}

void
pw_destinations_load_async (PwDestinations      *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (PW_IS_DESTINATIONS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pw_destinations_load_async);
  run_order (self, task, FALSE, on_loaded_cb);
}

gboolean
pw_destinations_load_finish (PwDestinations  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
pw_destinations_save (PwDestinations  *self,
                      GError         **error)
{
  g_autoptr (PwDestinationsContent) content = NULL;
  Order *order;

  g_return_val_if_fail (PW_IS_DESTINATIONS (self), FALSE);
  g_return_val_if_fail (!self->is_saving, FALSE);

  order = order_new (self, TRUE);
  content = pw_destinations_file_save (self->path, order->changes, error);
  if (content) {
    take_saved (self, order, content);
  }
  order_free (order);
  return content != NULL;
}

void
pw_destinations_save_async (PwDestinations      *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (PW_IS_DESTINATIONS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, pw_destinations_save_async);
  if (self->is_saving) {
    g_queue_push_tail (&self->waiting, task);
    return;
  }
  self->is_saving = TRUE;
  run_order (self, task, TRUE, on_saved_cb);
}

gboolean
pw_destinations_save_finish (PwDestinations  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
pw_destinations_add (PwDestinations  *self,
                     PwDestination   *destination,
                     GError         **error)
{
  return pw_destinations_insert (self, NULL, destination, error);
}

gboolean
pw_destinations_insert (PwDestinations  *self,
                        const char      *before,
                        PwDestination   *destination,
                        GError         **error)
{
  int position;

  g_return_val_if_fail (PW_IS_DESTINATIONS (self) && PW_IS_DESTINATION (destination), FALSE);
  g_return_val_if_fail (pw_destinations_items_find_id (&self->list, destination->id) < 0, FALSE);

  if (!check_name (self, destination, error)) {
    return FALSE;
  }
  pw_destinations_items_insert (&self->list, before, destination);
  position = pw_destinations_items_find_id (&self->list, destination->id);
  g_list_model_items_changed (G_LIST_MODEL (self), (guint) position, 0, 1);
  return TRUE;
}

gboolean
pw_destinations_replace (PwDestinations  *self,
                         PwDestination   *destination,
                         GError         **error)
{
  int position;

  g_return_val_if_fail (PW_IS_DESTINATIONS (self) && PW_IS_DESTINATION (destination), FALSE);

  position = pw_destinations_items_find_id (&self->list, destination->id);
  if (position < 0) {
    g_set_error (error, PW_ERROR, PW_ERROR_DESTINATION,
                 _("The destination “%s” is no longer there. Add it anew."), destination->name);
    return FALSE;
  }
  if (!check_name (self, destination, error)) {
    return FALSE;
  }
  pw_destinations_items_put (&self->list, position, destination);
  g_list_model_items_changed (G_LIST_MODEL (self), (guint) position, 1, 1);
  return TRUE;
}

gboolean
pw_destinations_remove (PwDestinations *self,
                        const char     *id)
{
  int position;

  g_return_val_if_fail (PW_IS_DESTINATIONS (self) && id != NULL, FALSE);

  position = pw_destinations_items_find_id (&self->list, id);
  if (position < 0) {
    return FALSE;
  }
  pw_destinations_items_remove (&self->list, (guint) position);
  g_list_model_items_changed (G_LIST_MODEL (self), (guint) position, 1, 0);
  return TRUE;
}

PwDestination *
pw_destinations_lookup (PwDestinations *self,
                        const char     *name_or_id)
{
  int position;

  g_return_val_if_fail (PW_IS_DESTINATIONS (self) && name_or_id != NULL, NULL);

  position = pw_destinations_items_find_name (&self->list, name_or_id);
  if (position < 0) {
    position = pw_destinations_items_find_id (&self->list, name_or_id);
  }
  return position >= 0 ? g_ptr_array_index (self->list.items, (guint) position) : NULL;
}

const char *
pw_destinations_get_message (PwDestinations *self)
{
  g_return_val_if_fail (PW_IS_DESTINATIONS (self), NULL);

  return self->message;
}

const char *
pw_destinations_get_path (PwDestinations *self)
{
  g_return_val_if_fail (PW_IS_DESTINATIONS (self), NULL);

  return self->path;
}
