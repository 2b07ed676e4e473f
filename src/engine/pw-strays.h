/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-queue-item.h"

/* Journals that no queue speaks of, or that are of no more use. A journal is on the disk before
 * anything is at the store, and the queue is not: after a power cut the queue's last lines may be
 * missing, and its first ones may be damaged. Does file I/O; any thread. */

/* The uploads whose journal is in @state_dir/uploads, is whole, belongs to no living process, and
 * is in no queue file of @state_dir/queue; only that of @only_id where that is not NULL. They are
 * told as WAITING items, with indexes into @destinations (JSON texts); free both with
 * g_ptr_array_unref(). @message (may be NULL) gets a sentence about a damaged journal, which is set
 * aside; untouched where there is none; free with g_free(). */
GPtrArray *pw_strays_list (const char  *state_dir,
                           const char  *only_id,
                           GPtrArray  **destinations,
                           char       **message);

/* Deletes the journals of those of @items (PwQueueItem, on the disk) that are DONE: the program
 * ended between the two. */
void       pw_strays_tidy (const char  *state_dir,
                           GPtrArray   *items);
