/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-adding.h"
#include "engine/pw-queue.h"

#include <gio/gio.h>

/* What survives a restart: the queue with its history, and the journals beside it. Knows how
 * uploads and folders are written there and read back.
 *
 * open and restore block, and may be called on any one thread; everything else is for the main
 * thread and does no I/O there.
 */

typedef struct {
  char *state_dir;
  char *journals;               /* folder of the journals */
  PwQueue *queue;               /* NULL until it was opened */
  guint n_tidying;              /* journals of finished uploads that are being deleted */
} PwArchive;

/* @state_dir: NULL = $XDG_STATE_HOME/partway. */
PwArchive *pw_archive_new     (const char    *state_dir);
void       pw_archive_free    (PwArchive     *self);      /* writes what is not written yet */
gboolean   pw_archive_open    (PwArchive     *self,
                               GError       **error);

/* Puts down how the upload stands. @json: of its destination. */
void       pw_archive_put     (PwArchive     *self,
                               PwUpload      *upload,
                               const char    *json);
/* @is_walking: FALSE = it was walked to its end, and is forgotten. */
void       pw_archive_put_adding (PwArchive  *self,
                                  PwAdding   *adding,
                                  const char *json,
                                  gboolean    is_walking);

/* Deletes and closes the journal of a finished upload once the queue says so on the disk. @done
 * runs on the main thread; or, where there is no journal, not at all. */
void       pw_archive_tidy    (PwArchive     *self,
                               PwUpload      *upload,
                               void         (*done) (gpointer user_data),
                               gpointer       user_data);      /* a GObject; kept alive */

/* What processes that ended left behind: all of it, or the queue that holds @only_id. */
typedef struct {
  GPtrArray *uploads;           /* PwUpload */
  GPtrArray *addings;           /* PwAdding: folders that were not walked to their end */
  char *message;                /* about damage; or NULL */
} PwRestored;

PwRestored *pw_archive_restore (PwArchive    *self,
                                const char   *only_id,
                                GError      **error);
void        pw_restored_free   (PwRestored   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwRestored, pw_restored_free)
