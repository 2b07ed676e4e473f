/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-unfinished.h"
#include "engine/pw-uploads.h"

/* Events for scripts: one JSON object a line on standard output. The form is stable: members are
 * only ever added. partway-cli(1) documents them. */

void cli_event_upload   (PwUpload   *upload);   /* {"event":"upload",…}: its state is another one */
void cli_event_progress (PwUploads  *uploads);  /* {"event":"progress",…}: about once a second */
void cli_event_note     (const char *note);     /* {"event":"note",…} */
void cli_event_end      (PwUploads  *uploads,
                         int         exit_status);    /* {"event":"end",…}: the last one */

/* {"event":"unfinished",…}: it is at the store, with parts of so much. */
void cli_event_unfinished (const S3ListedUpload *upload,
                           const PwHeld         *held);
/* {"event":"deleted",…}: it was at the store. */
void cli_event_deleted    (const S3ListedUpload *upload);

/* One member list of an upload, for `list --json` too. To free. */
char *cli_event_dup_upload (PwUpload *upload, const char *event);
