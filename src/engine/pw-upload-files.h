/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

/* The files that an upload holds open: what it sends, and its journal with the lock. Main thread
 * only.
 *
 * Workers open them, and workers close them. What is over was closed by the job that ended it (but
 * for the journal of what is done, see pw-archive.h); what stopped for another reason asks for a
 * job of its own, before anything else is done with it. What the user paused stays open.
 */

/* All its jobs are back, and it goes on from its journal or not at all, so that nothing need be
 * open: there may be thousands of such. What the user paused needs no questions to go on. */
gboolean  pw_upload_has_stopped (PwUpload *self);

/* It stopped, and is open yet. */
gboolean  pw_upload_is_closing  (PwUpload *self);

/* The job that closes what is to be closed before the next one; NULL: nothing, or it is out. */
PwJob    *pw_upload_next_close  (PwUpload *self);
void      pw_upload_take_close  (PwUpload *self,
                                 PwJob    *job);        /* takes the job */

/* At the end, when the workers are gone: closes whatever is open yet, in a thread that is waited
 * for. @uploads: PwUpload. */
void      pw_upload_close_all   (GPtrArray *uploads);
