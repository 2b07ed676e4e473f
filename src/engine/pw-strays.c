/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-strays.h"

#include "engine/pw-error.h"
#include "engine/pw-journal.h"
#include "engine/pw-queue.h"

/* The ids of all items that some queue has; NULL if that cannot be known. */
static GHashTable *
list_known (const char *state_dir)
{
  g_autofree char *dir = g_build_filename (state_dir, "queue", NULL);
  g_autoptr (GPtrArray) items = pw_queue_list (dir, NULL, NULL);
  GHashTable *known;

  if (!items)
    return NULL;
  known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < items->len; i++) {
    const PwQueueItem *item = g_ptr_array_index (items, i);

    g_hash_table_add (known, g_strdup (item->id));
  }
  return known;
}

static PwQueueItem *
make_item (const PwJournalIntent *intent,
           GPtrArray             *destinations)
{
  PwQueueItem *item = pw_queue_item_new ();

  item->id = g_strdup (intent->id);
  item->path = g_strdup (intent->path);
  item->key = g_strdup (intent->key);
  item->size = intent->identity.size;
  item->added = intent->created;
  item->state = PW_ITEM_WAITING;
  if (!g_ptr_array_find_with_equal_func (destinations, intent->destination, g_str_equal,
                                         &item->destination)) {
    item->destination = destinations->len;
    g_ptr_array_add (destinations, g_strdup (intent->destination));
  }
  return item;
}

GPtrArray *
pw_strays_list (const char  *state_dir,
                const char  *only_id,
                GPtrArray  **destinations,
                char       **message)
{
  g_autofree char *journals = g_build_filename (state_dir, "uploads", NULL);
  g_autoptr (GPtrArray) ids = pw_journal_list (journals, NULL);
  g_autoptr (GHashTable) known = ids && ids->len > 0 ? list_known (state_dir) : NULL;
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_queue_item_free);

  *destinations = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; known && i < ids->len; i++) {
    const char *id = g_ptr_array_index (ids, i);
    g_autoptr (PwJournal) journal = NULL;
    g_autoptr (GError) problem = NULL;

    if (g_hash_table_contains (known, id) || (only_id && !g_str_equal (only_id, id)))
      continue;
    journal = pw_journal_open (journals, id, &problem);
    if (journal)
      g_ptr_array_add (items, make_item (pw_journal_get_intent (journal), *destinations));
    else if (message && g_error_matches (problem, PW_ERROR, PW_ERROR_JOURNAL_BROKEN)) {
      g_free (*message);
      *message = g_strdup (problem->message);
    }
  }
  return items;
}

void
pw_strays_tidy (const char *state_dir,
                GPtrArray  *items)
{
  g_autofree char *journals = g_build_filename (state_dir, "uploads", NULL);

  for (guint i = 0; i < items->len; i++) {
    const PwQueueItem *item = g_ptr_array_index (items, i);
    g_autoptr (PwJournal) journal = NULL;

    if (item->state != PW_ITEM_DONE || item->is_folder || !pw_journal_exists (journals, item->id))
      continue;
    journal = pw_journal_open (journals, item->id, NULL);
    if (journal)
      pw_journal_delete (journal, NULL);
  }
}
