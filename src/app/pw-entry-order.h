/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-entry.h"

/* The order of the entries of one section, and how it becomes another one with as few changes as
 * can be. Under way and in trouble: in the order of the queue. Finished: the newest first. Values;
 * main thread. */

/* From @at_before of the old order on, @removed make room for @added of the new one. */
typedef struct {
  guint at_before;
  guint removed;
  guint at_now;
  guint added;
} PwRun;

/* Those of @before that are in @entries (PwUpload → PwEntry) still, with those of @fresh (PwEntry)
 * between them, where they belong; sorts @fresh. Appends to @runs (PwRun) what changes, in order;
 * what is near each other is one change. Borrows its elements. */
GPtrArray *pw_entry_order_merge  (GPtrArray  *before,
                                  GHashTable *entries,
                                  GPtrArray  *fresh,
                                  GArray     *runs);
/* Makes one change in @order, which owns its elements. That of the last run comes first, so that
 * what is before it stands where it stood. */
void       pw_entry_order_change (GPtrArray  *order,
                                  PwRun       run,
                                  GPtrArray  *now);
