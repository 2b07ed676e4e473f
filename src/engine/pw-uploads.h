/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-archive.h"
#include "engine/pw-credentials.h"
#include "engine/pw-dispatch.h"
#include "engine/pw-upload-run.h"

#include <gio/gio.h>

/* All uploads, a GListModel of PwUpload: takes files and folders, sends many at once and fairly,
 * remembers the queue and its history, and brings it back after a crash. Main thread only.
 *
 * Signals:
 *   "changed" (PwUpload)       its state is another one, or why it is paused
 *   "note" (const char *)      something was passed over, or is as nobody expects; a sentence
 *   "idle"                     nothing is left to do, and all that was to be written is written
 */

#define PW_TYPE_UPLOADS (pw_uploads_get_type ())
G_DECLARE_FINAL_TYPE (PwUploads, pw_uploads, PW, UPLOADS, GObject)

/* @state_dir: NULL = $XDG_STATE_HOME/partway. No I/O: what was there before comes with
 * pw-uploads-open.h, and nothing is added before that. */
PwUploads     *pw_uploads_new             (const char           *state_dir);

/* A file, or a folder with all that is in it. @path: absolute. What is found appears in the list in
 * time; sending begins with the first. @follow: a file that changes meanwhile is followed. */
void           pw_uploads_add             (PwUploads            *self,
                                           const char           *path,
                                           PwDestination        *destination,
                                           gboolean              follow);
gboolean       pw_uploads_is_adding       (PwUploads            *self);
/* What is still being looked for is left to the next pw_uploads_restore(). */
void           pw_uploads_stop_adding     (PwUploads            *self);

/* The source of keys for a destination: for a door that has some of its own, or wants to ask. */
PwCredentials *pw_uploads_get_credentials (PwUploads            *self,
                                           PwDestination        *destination);
/* May the keyring ask the user to unlock it? FALSE at first. */
void           pw_uploads_set_allow_prompt (PwUploads           *self,
                                            gboolean             allow);
/* A copy of the destination with what was learned of its store; NULL: nothing new. To unref. */
PwDestination *pw_uploads_dup_learned     (PwUploads            *self,
                                           PwDestination        *destination);

/* The folder of the journals. Borrowed. */
const char    *pw_uploads_get_journals    (PwUploads            *self);
/* For pw-adopt alone: one whose journal is there already. */
void           pw_uploads_append          (PwUploads            *self,
                                           PwUpload             *upload);

/* For pw-uploads-open and pw-uploads-control alone. Borrowed. */
PwArchive     *pw_uploads_get_archive     (PwUploads            *self);
PwDispatch    *pw_uploads_get_dispatch    (PwUploads            *self);
GPtrArray     *pw_uploads_get_items       (PwUploads            *self);
/* PwUpload that are new to the list, with whatever there is of them already. */
void           pw_uploads_append_all      (PwUploads            *self,
                                           GPtrArray            *uploads);
void           pw_uploads_push_adding     (PwUploads            *self,
                                           PwAdding             *adding);   /* takes it */
/* Has the queue know how it stands. */
void           pw_uploads_remember        (PwUploads            *self,
                                           PwUpload             *upload);

PwUpload      *pw_uploads_lookup          (PwUploads            *self,
                                           const char           *id);
void           pw_uploads_pause_all       (PwUploads            *self);
void           pw_uploads_resume_all      (PwUploads            *self);
/* To @position, as it is counted afterwards; ignored beyond the list's end. */
void           pw_uploads_move            (PwUploads            *self,
                                           PwUpload             *upload,
                                           guint                 position);

/* 0 = no limit. */
void           pw_uploads_set_rate        (PwUploads            *self,
                                           guint64               bytes_per_second);
/* Of uploads begun from now on whose destination leaves it open: what a plan starts from; it grows
 * with the file where it must. 0 = the store's usual one. */
void           pw_uploads_set_part_size   (PwUploads            *self,
                                           guint64               bytes);
/* How long a connection may stand still before it counts as dead; half of how long an answer may
 * take. 0 = 30. Before the first upload. */
void           pw_uploads_set_stall_timeout (PwUploads          *self,
                                             guint               seconds);
/* So much nicer than the rest of the program are the threads that read, hash and send; see nice(2).
 * Before the first upload. 0 at first. */
void           pw_uploads_set_nice        (PwUploads            *self,
                                           gint                  increment);
/* @n: 0 = as many as serve, from @min to @max. */
void           pw_uploads_set_connections (PwUploads            *self,
                                           guint                 n,
                                           guint                 min,
                                           guint                 max);
guint          pw_uploads_get_connections (PwUploads            *self);
/* TRUE: as many as serve. */
gboolean       pw_uploads_is_tuned        (PwUploads            *self);
/* After sleep, or on another network. */
void           pw_uploads_renew_connections (PwUploads          *self);

/* All uploads together, but for those that were over before this process began. */
typedef struct {
  guint n_uploads;
  guint n_done;                 /* skipped ones too */
  guint n_failed;
  guint n_paused;
  guint n_troubled;             /* those of the paused that go on by themselves */
  guint n_active;
  guint64 size;                 /* bytes */
  guint64 safe;
  guint64 sent;
  guint64 resumed;
} PwTotals;

void           pw_uploads_get_totals      (PwUploads            *self,
                                           PwTotals             *totals);
PwProgress    *pw_uploads_get_progress    (PwUploads            *self);     /* borrowed */

/* TRUE: nothing is being sent, added, aborted or written. */
gboolean       pw_uploads_is_idle         (PwUploads            *self);
/* Writes what is not written yet. Blocking: at the end of a program. */
gboolean       pw_uploads_flush           (PwUploads            *self,
                                           GError              **error);
