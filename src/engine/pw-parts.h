/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

#include <gio/gio.h>

/* The parts of one upload as somebody looks at them: a copy, so that it may be read while a job
 * writes what it was made of. Main thread; no I/O there. */

typedef enum {
  PW_LOOK_WAITING,
  PW_LOOK_SIGNING,              /* being read, summed and signed, or waiting for its URL */
  PW_LOOK_SENDING,
  PW_LOOK_RETRYING,             /* failed, waits for its next try */
  PW_LOOK_SAFE,
  PW_LOOK_RESUMED,              /* was safe from before */
  PW_LOOK_PROVED,               /* likewise, and read from the file again to prove it */
  PW_N_LOOKS
} PwLook;

typedef struct {
  S3Plan plan;                  /* n_parts 0: nothing is known, or it goes in one piece */
  guint8 *looks;                /* PwLook of each; index = part number − 1 */
  guint counts[PW_N_LOOKS];
  char *upload_id;              /* NULL: not known */
  guint n_resumed;              /* how often the upload was taken up again */
} PwParts;

void     pw_parts_clear (PwParts  *self);

/* FALSE: there is nothing to see, or a job has it all to itself just now; what was seen before
 * stays. */
gboolean pw_parts_look  (PwParts  *self,
                         PwUpload *upload);

/* The same of an upload that this process did not take up yet, from its journal, which a thread
 * reads. @journals: their folder. */
void     pw_parts_read_async  (const char           *journals,
                               PwUpload             *upload,
                               GCancellable         *cancellable,
                               GAsyncReadyCallback   callback,
                               gpointer              user_data);
/* Replaces what @self saw before. @safe: bytes. FALSE: cancelled, or nothing is known; then both
 * are left alone. */
gboolean pw_parts_read_finish (PwParts              *self,
                               guint64              *safe,
                               GAsyncResult         *result);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PwParts, pw_parts_clear)
