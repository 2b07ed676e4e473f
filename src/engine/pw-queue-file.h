/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-queue-item.h"
#include "engine/pw-record.h"

/* What one queue file, and all of a folder, say. Does file I/O; one thread at a time.
 *
 * The line types, all of which may come again and again, the last one telling how it is:
 *
 *   queue        the version "v" of the format; the first line
 *   destination  the JSON text of destination "i"
 *   item         what changed of an item; the first of an id has all of it
 *   adopted      all that the queue file "file" held stands before this line: that file is of no
 *                further use, and only a crash kept it from being deleted
 */

#define PW_QUEUE_VERSION 1
#define PW_QUEUE_SUFFIX ".queue"

typedef struct {
  char *id;                     /* of the file */
  PwRecord *record;             /* NULL: read without owning it */
  gboolean is_running;          /* somebody else owns it */
  GPtrArray *items;             /* PwQueueItem, in the order they came; none that is REMOVED */
  GPtrArray *destinations;      /* JSON texts by index; NULL where the line was damaged */
  GHashTable *adopted;          /* ids of files: a set */
  guint n_damaged;              /* lines, and items that make no sense without them */
  gboolean is_newer;            /* of a later version: nothing else was read */
  gboolean is_superseded;       /* another file adopted it */
} PwQueueFile;

char        *pw_queue_file_get_path (const char   *dir,
                                     const char   *id);

/* @own: lock it as well; PW_ERROR_LOCKED if somebody else does. */
PwQueueFile *pw_queue_file_load     (const char   *dir,
                                     const char   *id,
                                     gboolean      own,
                                     GError      **error);
void         pw_queue_file_free     (PwQueueFile  *self);

/* All files of @dir but @except (an id, or NULL), read without owning them; a file that adopted
 * others comes before those. Files that cannot be read are left out. */
GPtrArray   *pw_queue_file_load_all (const char   *dir,
                                     const char   *except,
                                     GError      **error);

/* Those of @files that no living process owns, or only the one that holds item @only_id: owned now,
 * and read again, since their owner may have written to them until they were locked. */
GPtrArray   *pw_queue_file_own_all  (const char   *dir,
                                     GPtrArray    *files,
                                     const char   *only_id);

const PwQueueItem *pw_queue_file_find (PwQueueFile *self, const char *item_id);

void pw_queue_file_write_header      (GString *text);
void pw_queue_file_write_destination (GString *text, guint index, const char *json);
void pw_queue_file_write_adopted     (GString *text, const char *file_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwQueueFile, pw_queue_file_free)
