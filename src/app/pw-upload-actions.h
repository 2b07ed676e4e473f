/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-list-page.h"

/* What the user does with uploads, as actions of the window: most take an upload's id.
 *
 * Removing takes the row away at once; the upload stops, and is aborted when its toast closes, or
 * when this goes. Main thread. */

typedef struct _PwUploadActions PwUploadActions;

/* @map: the window. Everything is borrowed, and must outlive what is returned. */
PwUploadActions *pw_upload_actions_new    (GActionMap      *map,
                                           PwUploads       *uploads,
                                           PwListPage      *page,
                                           AdwToastOverlay *overlay);
/* What was removed, and can still be brought back, is removed now. */
void             pw_upload_actions_free   (PwUploadActions *self);
/* Space on a row. */
void             pw_upload_actions_toggle (PwUpload        *upload);
/* Delete on a row. */
void             pw_upload_actions_remove (PwUploadActions *self,
                                           GPtrArray       *uploads);
