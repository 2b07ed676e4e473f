/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

/* Uploads in their order: by position, by id, and which of them waits for its turn. A plain value,
 * quick with 10,000; who holds it tells the world what changed. Main thread only. */

typedef struct {
  GPtrArray *items;             /* PwUpload, references; read it, move within it */
  GHashTable *by_id;            /* id → PwUpload, borrowed */
  guint first_waiting;          /* no item before this index waits for its turn */
} PwUploadList;

void      pw_upload_list_init         (PwUploadList *self);
void      pw_upload_list_clear        (PwUploadList *self);

/* Numbers it as the last one. */
void      pw_upload_list_append       (PwUploadList *self,
                                       PwUpload     *upload);
/* FALSE: it is not there. *position: where it was. */
gboolean  pw_upload_list_remove       (PwUploadList *self,
                                       PwUpload     *upload,
                                       guint        *position);

/* Something waits that did not before, or the order is another one. */
void      pw_upload_list_look_again   (PwUploadList *self);
/* The first at or after *position that waits (borrowed), and takes no turns yet; or NULL. Moves
 * *position behind it. */
PwUpload *pw_upload_list_next_waiting (PwUploadList *self,
                                       guint        *position);
