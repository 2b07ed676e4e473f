/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

/* How a list of uploads begins: with a queue of its own, and with what processes that ended left
 * behind. What blocks is for programs without a window. */

/* Opens a queue of its own in the state folder. Blocking. */
gboolean       pw_uploads_open            (PwUploads            *self,
                                           GError              **error);

/* Takes over what processes that ended left behind: everything, or the queue that holds @only_id.
 * Uploads that were under way then wait, paused, for pw_upload_resume(). Blocking. */
gboolean       pw_uploads_restore         (PwUploads            *self,
                                           const char           *only_id,
                                           GError              **error);

/* Opens, and takes over everything; in a thread. */
void           pw_uploads_open_async      (PwUploads            *self,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean       pw_uploads_open_finish     (PwUploads            *self,
                                           GAsyncResult         *result,
                                           GError              **error);
