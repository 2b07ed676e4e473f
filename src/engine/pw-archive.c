/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-archive.h"

#include <json-glib/json-glib.h>

#include "engine/pw-strays.h"
#include "engine/pw-upload-item.h"

typedef struct {
  PwArchive *archive;
  PwJournal *journal;
  void (*done) (gpointer user_data);
} PwTidy;

PwArchive *
pw_archive_new (const char *state_dir)
{
  PwArchive *self = g_new0 (PwArchive, 1);

  self->state_dir = state_dir ? g_strdup (state_dir)
                              : g_build_filename (g_get_user_state_dir (), "partway", NULL);
  self->journals = g_build_filename (self->state_dir, "uploads", NULL);
  return self;
}

void
pw_archive_free (PwArchive *self)
{
  pw_queue_free (self->queue);
  g_free (self->state_dir);
  g_free (self->journals);
  g_free (self);
}

gboolean
pw_archive_open (PwArchive *self,
                 GError   **error)
{
  g_autofree char *dir = g_build_filename (self->state_dir, "queue", NULL);

  if (!self->queue)
    self->queue = pw_queue_new (dir, error);
  return self->queue != NULL;
}

void
pw_archive_put (PwArchive  *self,
                PwUpload   *upload,
                const char *json)
{
  guint destination = pw_queue_add_destination (self->queue, json);
  g_autoptr (PwQueueItem) item = pw_upload_to_item (upload, destination);

  pw_queue_put (self->queue, item);
}

void
pw_archive_put_adding (PwArchive  *self,
                       PwAdding   *adding,
                       const char *json,
                       gboolean    is_walking)
{
  g_autoptr (PwQueueItem) item = pw_queue_item_new ();

  item->id = g_strdup (adding->id);
  item->path = g_strdup (adding->path);
  item->key = g_strdup ("");
  item->destination = pw_queue_add_destination (self->queue, json);
  if (adding->follow)
    item->options = g_strdup ("{\"follow\":true}");
  item->is_folder = TRUE;
  item->added = adding->added;
  item->state = is_walking ? PW_ITEM_WALKING : PW_ITEM_REMOVED;
  pw_queue_put (self->queue, item);
}

/* A crash between the two must not send the file again, so the queue comes first. */
static void
tidy_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  PwTidy *tidy = data;

  if (pw_queue_flush (tidy->archive->queue, NULL))
    pw_journal_delete (tidy->journal, NULL);
  /* Here, because closing it is I/O as well. */
  g_clear_pointer (&tidy->journal, pw_journal_unref);
  g_task_return_boolean (task, TRUE);
}

static void
tidied_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      owner)
{
  PwTidy *tidy = g_task_get_task_data (G_TASK (result));

  tidy->archive->n_tidying--;
  tidy->done (owner);
  g_object_unref (owner);
}

void
pw_archive_tidy (PwArchive *self,
                 PwUpload  *upload,
                 void     (*done) (gpointer user_data),
                 gpointer   user_data)
{
  g_autoptr (GTask) task = NULL;
  PwTidy *tidy;

  if (!upload->order || !upload->order->journal)
    return;
  self->n_tidying++;
  tidy = g_new0 (PwTidy, 1);
  tidy->archive = self;
  tidy->journal = g_steal_pointer (&upload->order->journal);
  tidy->done = done;
  /* Not as the task's source object: the thread may be the last to let go of that, and the owner
   * must end on the main thread. */
  task = g_task_new (NULL, NULL, tidied_cb, g_object_ref (user_data));
  g_task_set_task_data (task, tidy, g_free);
  g_task_run_in_thread (task, tidy_thread);
}

/* The destination of an item; one object for all items that share it. */
static PwDestination *
get_destination (PwArchive  *self,
                 GHashTable *destinations,
                 guint       index)
{
  PwDestination *destination = g_hash_table_lookup (destinations, GUINT_TO_POINTER (index));
  const char *json;

  if (destination)
    return destination;
  json = pw_queue_get_destination (self->queue, index);
  destination = json ? pw_destination_from_json (json, NULL) : NULL;
  if (destination)
    g_hash_table_insert (destinations, GUINT_TO_POINTER (index), destination);
  return destination;
}

static PwAdding *
make_adding (const PwQueueItem *item,
             PwDestination     *destination,
             GPtrArray         *items)
{
  g_autoptr (JsonNode) options = item->options ? json_from_string (item->options, NULL) : NULL;
  gboolean follow = options && JSON_NODE_HOLDS_OBJECT (options)
                    && json_object_get_boolean_member_with_default (
    json_node_get_object (options), "follow", FALSE);
  PwAdding *adding = pw_adding_new (item->id, item->path, destination, follow);

  adding->added = item->added;
  adding->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < items->len; i++) {
    const PwQueueItem *other = g_ptr_array_index (items, i);

    /* What only a journal knows of may have come from here; and a file that was named itself is
     * known where the crash came between its own line and the end of this one. */
    if (g_strcmp0 (other->folder, item->id) == 0
        || (!other->is_folder && other->destination == item->destination
            && (other->order == 0 || g_str_equal (other->path, item->path))))
      g_hash_table_add (adding->known, g_strdup (other->path));
  }
  return adding;
}

/* Those in the folder of journals alone, as if they had been in a queue. */
static void
add_strays (PwArchive  *self,
            const char *only_id,
            GPtrArray  *items,
            char      **message)
{
  g_autoptr (GPtrArray) destinations = NULL;
  g_autoptr (GPtrArray) strays = pw_strays_list (self->state_dir, only_id, &destinations,
                                                 message);

  for (guint i = 0; i < strays->len; i++) {
    PwQueueItem *item = pw_queue_item_copy (g_ptr_array_index (strays, i));

    item->destination = pw_queue_add_destination (self->queue,
                                                  g_ptr_array_index (destinations,
                                                                     item->destination));
    g_ptr_array_add (items, item);
  }
}

PwRestored *
pw_archive_restore (PwArchive   *self,
                    const char  *only_id,
                    GError     **error)
{
  g_autoptr (GPtrArray) items = pw_queue_adopt (self->queue, only_id, error);
  g_autoptr (GHashTable) destinations = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  PwRestored *restored;

  if (!items)
    return NULL;
  pw_strays_tidy (self->state_dir, items);
  restored = g_new0 (PwRestored, 1);
  restored->uploads = g_ptr_array_new_with_free_func (g_object_unref);
  restored->addings = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_adding_free);
  restored->message = pw_queue_dup_message (self->queue);
  add_strays (self, only_id, items, &restored->message);
  for (guint i = 0; i < items->len; i++) {
    const PwQueueItem *item = g_ptr_array_index (items, i);
    PwDestination *destination = get_destination (self, destinations, item->destination);

    /* Written by a later version: it stays in the queue, unseen. */
    if (!destination)
      continue;
    if (item->is_folder)
      g_ptr_array_add (restored->addings, make_adding (item, destination, items));
    else
      g_ptr_array_add (restored->uploads, pw_upload_from_item (item, destination));
  }
  return restored;
}

void
pw_restored_free (PwRestored *self)
{
  g_ptr_array_unref (self->uploads);
  g_ptr_array_unref (self->addings);
  g_free (self->message);
  g_free (self);
}
