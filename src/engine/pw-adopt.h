/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

/* Takes up an unfinished upload that the store has and this computer has forgotten, or never knew:
 * whoever has the file can finish it. Nothing is believed: a journal is written that calls every
 * listed part safe and the file unknown, so that the upload begins by reading each of those parts
 * and comparing it with what the store holds. Where one differs, it fails with
 * PW_ERROR_SOURCE_CHANGED, and leaves the store as it is. */

/* Main thread. @path: absolute. */
void      pw_adopt_async  (PwUploads            *uploads,
                           PwDestination        *destination,
                           const char           *key,
                           const char           *upload_id,
                           const char           *path,
                           GCancellable         *cancellable,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data);
/* The upload, which is in the list and waits for its turn. Borrowed. Errors: PW_ERROR_PLAN: the
 * file cannot be what those parts are of. PW_ERROR_UPLOAD_GONE, PW_ERROR_UNSUPPORTED, and those of
 * pw-source.h and pw-journal.h. */
PwUpload *pw_adopt_finish (PwUploads            *uploads,
                           GAsyncResult         *result,
                           GError              **error);
