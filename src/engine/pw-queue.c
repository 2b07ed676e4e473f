/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-queue.h"

#include "engine/pw-error.h"
#include "engine/pw-queue-file.h"

#include <glib/gi18n-lib.h>

/* What is put within this time is written at once. */
#define GATHER_US (5 * G_TIME_SPAN_MILLISECOND)

struct _PwQueue {
  char *dir;
  char *id;                     /* of the file */

  GMutex io;                    /* guards the record; taken before the other mutex */
  PwRecord *record;

  GMutex mutex;                 /* guards all below */
  GCond cond;
  GHashTable *items;            /* id → PwQueueItem, as last put */
  GPtrArray *destinations;      /* JSON texts */
  GHashTable *destination_indexes; /* JSON text → index */
  GString *pending;             /* lines not written yet */
  gboolean is_waking;           /* the writer shall write */
  gboolean is_closing;
  char *message;
  GThread *writer;
};

static char *
new_id (void)
{
  return g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
}

/* With the mutex held. */
static void
wake_writer (PwQueue *self)
{
  if (self->is_waking)
    return;

  self->is_waking = TRUE;
  g_cond_signal (&self->cond);
}

static GString *
take_pending (PwQueue *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  GString *lines = self->pending;

  self->pending = g_string_sized_new (1024);

  return lines;
}

/* They stand before what was put meanwhile. */
static void
give_pending_back (PwQueue       *self,
                   const GString *lines)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  g_string_prepend_len (self->pending, lines->str, (gssize) lines->len);
}

/* What is pending, and @more (may be NULL) behind it. With the io mutex held. On failure nothing is
 * in the file, and what was pending is so again. */
static gboolean
write_lines (PwQueue       *self,
             const GString *more,
             gboolean       sync,
             GError       **error)
{
  GString *lines = take_pending (self);
  gsize n_pending = lines->len;

  if (more != NULL)
    g_string_append_len (lines, more->str, (gssize) more->len);
  gboolean ok = pw_record_append (self->record, lines->str, lines->len, sync, error);
  if (!ok) {
    g_string_truncate (lines, n_pending);
    give_pending_back (self, lines);
  }
  g_string_free (lines, TRUE);

  return ok;
}

/* The last thing that is done with the file, and the writer's duty as all that is written. */
static void
close_record (PwQueue *self)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = g_hash_table_size (self->items) > 0 ? write_lines (self, NULL, TRUE, &error)
                                                    : pw_record_delete (self->record, &error);

  if (!ok)
    g_message ("%s", error->message);
  pw_record_close (self->record);
}

/* With the mutex held. Who puts one thing more now need not wake the writer for it. */
static void
gather (PwQueue *self)
{
  gint64 until = g_get_monotonic_time () + GATHER_US;

  while (!self->is_closing && g_cond_wait_until (&self->cond, &self->mutex, until))
    continue;
  self->is_waking = FALSE;
}

static gpointer
writer_thread (gpointer data)
{
  PwQueue *self = data;
  gboolean was_ok = TRUE;

  g_mutex_lock (&self->mutex);
  while (!self->is_closing) {
    if (!self->is_waking) {
      g_cond_wait (&self->cond, &self->mutex);
      continue;
    }
    gather (self);
    g_mutex_unlock (&self->mutex);

    g_autoptr (GError) error = NULL;
    g_mutex_lock (&self->io);
    gboolean ok = write_lines (self, NULL, FALSE, &error);
    g_mutex_unlock (&self->io);
    if (!ok && was_ok)
      g_message ("%s", error->message);
    was_ok = ok;

    g_mutex_lock (&self->mutex);
  }
  g_mutex_unlock (&self->mutex);
  close_record (self);

  return NULL;
}

/* With the mutex held. */
static guint
add_destination (PwQueue    *self,
                 const char *json)
{
  gpointer index;

  if (g_hash_table_lookup_extended (self->destination_indexes, json, NULL, &index))
    return GPOINTER_TO_UINT (index);

  char *text = g_strdup (json);
  guint new_index = self->destinations->len;
  g_ptr_array_add (self->destinations, text);
  g_hash_table_insert (self->destination_indexes, text, GUINT_TO_POINTER (new_index));
  pw_queue_file_write_destination (self->pending, new_index, json);
  wake_writer (self);

  return new_index;
}

/* With its destination's index among ours. The first file that has an id knows best. */
static void
collect_items (PwQueue     *self,
               PwQueueFile *file,
               GHashTable  *seen,
               GPtrArray   *items)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  for (guint i = 0; !file->is_superseded && i < file->items->len; i++) {
    PwQueueItem *item = file->items->pdata[i];
    if (g_hash_table_contains (self->items, item->id) || g_hash_table_contains (seen, item->id))
      continue;
    item = pw_queue_item_copy (item);
    item->destination = add_destination (self, file->destinations->pdata[item->destination]);
    g_hash_table_add (seen, item->id);
    g_ptr_array_add (items, item);
  }
}

/* Puts @items on the disk, and that @files are of no use from here on. */
static gboolean
write_adopted (PwQueue   *self,
               GPtrArray *files,
               GPtrArray *items,
               GError   **error)
{
  g_autoptr (GString) lines = g_string_sized_new (items->len * 400 + 1024);
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < items->len; i++)
    pw_queue_item_write (items->pdata[i], NULL, lines);
  for (guint i = 0; i < files->len; i++) {
    PwQueueFile *file = files->pdata[i];
    pw_queue_file_write_adopted (lines, file->id);
    g_hash_table_iter_init (&iter, file->adopted);
    while (g_hash_table_iter_next (&iter, &id, NULL))
      pw_queue_file_write_adopted (lines, id);
  }

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->io);
  if (!write_lines (self, lines, TRUE, error))
    return FALSE;

  g_autoptr (GMutexLocker) items_locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  for (guint i = 0; i < items->len; i++) {
    PwQueueItem *item = pw_queue_item_copy (items->pdata[i]);
    g_hash_table_replace (self->items, item->id, item);
  }

  return TRUE;
}

static void
clear_away (PwQueue     *self,
            PwQueueFile *file)
{
  g_autoptr (GError) error = NULL;

  if (file->n_damaged == 0) {
    if (!pw_record_delete (file->record, &error))
      g_message ("%s", error->message);
    return;
  }

  g_autofree char *path = pw_queue_file_get_path (self->dir, file->id);
  g_autofree char *shown = g_filename_display_name (path);
  if (!pw_record_set_aside (file->record, &error))
    g_message ("%s", error->message);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  g_free (self->message);
  self->message = g_strdup_printf (_("A part of the upload list was damaged. What could be read of "
                                     "it is shown; the damaged list was kept as “%s.bad”."), shown);
}

PwQueue *
pw_queue_new (const char *dir,
              GError    **error)
{
  g_return_val_if_fail (dir != NULL, NULL);

  if (!pw_record_make_folder (dir, error))
    return NULL;

  g_autofree char *id = new_id ();
  g_autofree char *path = pw_queue_file_get_path (dir, id);
  PwRecord *record = pw_record_create (path, error);
  if (record == NULL)
    return NULL;

  PwQueue *self = g_new0 (PwQueue, 1);
  self->dir = g_strdup (dir);
  self->id = g_steal_pointer (&id);
  self->record = record;
  g_mutex_init (&self->io);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) pw_queue_item_free);
  self->destinations = g_ptr_array_new_with_free_func (g_free);
  self->destination_indexes = g_hash_table_new (g_str_hash, g_str_equal);
  self->pending = g_string_new (NULL);
  pw_queue_file_write_header (self->pending);
  self->writer = g_thread_new ("queue", writer_thread, self);

  return self;
}

void
pw_queue_free (PwQueue *self)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->writer);
  g_hash_table_unref (self->items);
  g_hash_table_unref (self->destination_indexes);
  g_ptr_array_unref (self->destinations);
  g_string_free (self->pending, TRUE);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->io);
  g_free (self->message);
  g_free (self->dir);
  g_free (self->id);
  g_free (self);
}

GPtrArray *
pw_queue_adopt (PwQueue    *self,
                const char *only_id,
                GError    **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GPtrArray) items =
    g_ptr_array_new_with_free_func ((GDestroyNotify) pw_queue_item_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) files = pw_queue_file_load_all (self->dir, self->id, error);

  if (files == NULL)
    return NULL;

  g_autoptr (GPtrArray) owned = pw_queue_file_own_all (self->dir, files, only_id);
  for (guint i = 0; i < owned->len; i++)
    collect_items (self, owned->pdata[i], seen, items);
  g_ptr_array_sort (items, pw_queue_item_compare);
  if (owned->len > 0 && !write_adopted (self, owned, items, error))
    return NULL;
  for (guint i = 0; i < owned->len; i++)
    clear_away (self, owned->pdata[i]);

  return g_steal_pointer (&items);
}

guint
pw_queue_add_destination (PwQueue    *self,
                          const char *json)
{
  g_return_val_if_fail (self != NULL && json != NULL, 0);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return add_destination (self, json);
}

const char *
pw_queue_get_destination (PwQueue *self,
                          guint    index)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  g_return_val_if_fail (index < self->destinations->len, NULL);

  return self->destinations->pdata[index];
}

void
pw_queue_put (PwQueue           *self,
              const PwQueueItem *item)
{
  g_return_if_fail (self != NULL && item != NULL);
  g_return_if_fail (pw_record_is_id (item->id) && item->state < PW_N_ITEM_STATES);
  g_return_if_fail (item->path != NULL && item->key != NULL);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  g_return_if_fail (item->destination < self->destinations->len);

  PwQueueItem *known = g_hash_table_lookup (self->items, item->id);
  if (known == NULL && item->state == PW_ITEM_REMOVED)
    return;

  gsize length = self->pending->len;
  pw_queue_item_write (item, known, self->pending);
  if (self->pending->len == length)
    return;
  if (item->state == PW_ITEM_REMOVED) {
    g_hash_table_remove (self->items, item->id);
  } else if (known != NULL) {
    pw_queue_item_set (known, item);
  } else {
    known = pw_queue_item_copy (item);
    g_hash_table_insert (self->items, known->id, known);
  }
  wake_writer (self);
}

gboolean
pw_queue_flush (PwQueue *self,
                GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->io);

  return write_lines (self, NULL, TRUE, error);
}

char *
pw_queue_dup_message (PwQueue *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return g_strdup (self->message);
}
