/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-queue.h"

#include "engine/pw-queue-file.h"

static guint
find_or_add (GPtrArray  *texts,
             const char *text)
{
  guint index;

  if (g_ptr_array_find_with_equal_func (texts, text, g_str_equal, &index))
    return index;
  g_ptr_array_add (texts, g_strdup (text));

  return texts->len - 1;
}

GPtrArray *
pw_queue_list (const char *dir,
               GPtrArray **destinations,
               GError    **error)
{
  g_return_val_if_fail (dir != NULL, NULL);

  g_autoptr (GPtrArray) files = pw_queue_file_load_all (dir, NULL, error);
  if (files == NULL)
    return NULL;

  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_queue_item_free);
  for (guint i = 0; i < files->len; i++) {
    PwQueueFile *file = files->pdata[i];
    for (guint j = 0; !file->is_superseded && j < file->items->len; j++) {
      PwQueueItem *item = file->items->pdata[j];
      if (g_hash_table_contains (seen, item->id))
        continue;
      item = pw_queue_item_copy (item);
      item->destination = find_or_add (texts, file->destinations->pdata[item->destination]);
      item->is_running = file->is_running;
      g_hash_table_add (seen, item->id);
      g_ptr_array_add (items, item);
    }
  }
  g_ptr_array_sort (items, pw_queue_item_compare);
  if (destinations != NULL)
    *destinations = g_steal_pointer (&texts);

  return items;
}
