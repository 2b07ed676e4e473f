/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-queue.h"
#include "engine/pw-upload.h"

/* An upload as the queue remembers it, and back. Pure. */

/* @destination: the index in the queue. To free. */
PwQueueItem *pw_upload_to_item   (PwUpload          *upload,
                                  guint              destination);
/* One that was under way comes back paused; one being removed goes on being removed. */
PwUpload    *pw_upload_from_item (const PwQueueItem *item,
                                  PwDestination     *destination);

/* TRUE: the queue would remember nothing else of them. */
gboolean     pw_upload_states_look_alike (PwUploadState a,
                                          PwUploadState b);
