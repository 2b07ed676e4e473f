/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-entry-order.h"

#include <string.h>

/* Changes with fewer rows than that between them are told of as one. */
#define NEAR 16

static int
compare (const PwUpload *a,
         const PwUpload *b,
         PwSection       section)
{
  if (section == PW_SECTION_FINISHED && a->finished != b->finished)
    return a->finished > b->finished ? -1 : 1;
  if (section == PW_SECTION_FINISHED)
    return a->order_in_list > b->order_in_list ? -1 : a->order_in_list < b->order_in_list;
  return a->order_in_list < b->order_in_list ? -1 : a->order_in_list > b->order_in_list;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const PwEntry *left = *(PwEntry *const *) a, *right = *(PwEntry *const *) b;

  return compare (left->upload, right->upload, left->section);
}

static void
add_run (GArray *runs,
         PwRun   run)
{
  PwRun *last = runs->len > 0 ? &g_array_index (runs, PwRun, runs->len - 1) : NULL;
  guint end = last ? last->at_before + last->removed : 0;

  if (!last || run.at_before > end + NEAR) {
    g_array_append_val (runs, run);
    return;
  }
  last->removed = run.at_before + run.removed - last->at_before;
  last->added = run.at_now + run.added - last->at_now;
}

GPtrArray *
pw_entry_order_merge (GPtrArray  *before,
                      GHashTable *entries,
                      GPtrArray  *fresh,
                      GArray     *runs)
{
  GPtrArray *now = g_ptr_array_sized_new (before->len);
  guint i = 0, next = 0;

  g_ptr_array_sort (fresh, compare_entries);
  while (i < before->len || next < fresh->len) {
    PwEntry *old = i < before->len ? g_ptr_array_index (before, i) : NULL;
    PwEntry *new = next < fresh->len ? g_ptr_array_index (fresh, next) : NULL;

    if (old && g_hash_table_lookup (entries, old->upload) != old) {
      add_run (runs, (PwRun) { i++, 1, now->len, 0 });
    } else if (new && (!old || compare_entries (&new, &old) < 0)) {
      add_run (runs, (PwRun) { i, 0, now->len, 1 });
      g_ptr_array_add (now, g_ptr_array_index (fresh, next++));
    } else {
      g_ptr_array_add (now, g_ptr_array_index (before, i++));
    }
  }
  return now;
}

void
pw_entry_order_change (GPtrArray *order,
                       PwRun      run,
                       GPtrArray *now)
{
  guint n_before = order->len, rest = n_before - run.at_before - run.removed;

  for (guint i = 0; i < run.added; i++)
    g_object_ref (g_ptr_array_index (now, run.at_now + i));
  if (run.removed > 0)
    g_ptr_array_remove_range (order, run.at_before, run.removed);
  if (run.added == 0)
    return;
  g_ptr_array_set_size (order, (int) (n_before - run.removed + run.added));
  memmove (&order->pdata[run.at_before + run.added], &order->pdata[run.at_before],
           rest * sizeof (gpointer));
  memcpy (&order->pdata[run.at_before], &now->pdata[run.at_now], run.added * sizeof (gpointer));
}
