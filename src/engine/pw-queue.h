/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-queue-item.h"

/* The queue and its history, which survive restarts: files DIR/ID.queue, lines as in
 * pw-queue-file.h. Each running process owns one file; a file whose process ended is nobody's, and
 * may be adopted. So several processes may each have a queue at the same time.
 *
 * pw_queue_put() costs the caller no I/O: a thread of the queue's own writes, as much at once as
 * has gathered, and does not wait for the disk. What is put in the last moments before a power cut
 * may be lost; what was sent in parts has its journal. Nothing in it may be secret. DIR is made
 * with mode 0700, files with 0600.
 *
 * When files are adopted, what they hold is written into the adopter's own file, each item as one
 * line, and only when that is on the disk are they deleted: that is how a queue is compacted, and
 * no file ever changes its name under its lock.
 *
 * Threads: any, the functions may be called at the same time (but pw_queue_free()). Two mutexes of
 * the queue's own: one guards the items in memory and is never held during I/O; one lets only one
 * thread write. Except put, the destination functions and dup_message, all do file I/O: never on
 * the main thread of an app. Errors are PW_ERROR_JOURNAL.
 */

typedef struct _PwQueue PwQueue;

/* With a fresh file, owned. */
PwQueue    *pw_queue_new    (const char  *dir,
                             GError     **error);

/* Writes what is not written yet; an empty queue leaves no file. NULL is harmless. */
void        pw_queue_free   (PwQueue     *self);

/* Takes over every file that no living process owns, or only the one that holds item @only_id (all
 * of it). Returns their items (free with g_ptr_array_unref()), in the order in which they are to be
 * uploaded; @destination is this queue's. Empty where there is nothing. A file with damaged lines
 * is kept as ID.queue.bad once the rest is adopted; one of a newer Partway is left alone. */
GPtrArray  *pw_queue_adopt  (PwQueue     *self,
                             const char  *only_id,
                             GError     **error);

/* All items of all files, for show: with is_running, and with indexes into @destinations (may be
 * NULL), an array of JSON texts. Free both with g_ptr_array_unref(). */
GPtrArray  *pw_queue_list   (const char  *dir,
                             GPtrArray  **destinations,
                             GError     **error);

/* The index of the destination with this JSON text; the same for the same text. */
guint       pw_queue_add_destination (PwQueue    *self,
                                      const char *json);
const char *pw_queue_get_destination (PwQueue    *self,
                                      guint       index);

/* Adds an item, or changes the one of that id; PW_ITEM_REMOVED forgets it. Its id must do for
 * pw_record_is_id(), its destination be one of this queue. */
void        pw_queue_put             (PwQueue           *self,
                                      const PwQueueItem *item);

/* Waits until all that was put is on the disk. On failure it is kept, and tried again with the next
 * put or flush. */
gboolean    pw_queue_flush           (PwQueue           *self,
                                      GError           **error);

/* A sentence for the user about damage that was found while adopting, or NULL. Free with
 * g_free(). */
char       *pw_queue_dup_message     (PwQueue           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwQueue, pw_queue_free)
