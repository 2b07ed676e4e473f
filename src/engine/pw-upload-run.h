/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

/* How an upload moves: what the user may do with it, which job comes next, and what a job's outcome
 * means. Main thread only. */

/* What the user may do. Each is ignored in a state where it makes no sense. */
void          pw_upload_pause          (PwUpload      *self);  /* also what is troubled */
void          pw_upload_resume         (PwUpload      *self);      /* also: try again */
void          pw_upload_remove         (PwUpload      *self);  /* leaves nothing behind */
void          pw_upload_set_follow     (PwUpload      *self,
                                        gboolean       follow);
/* The answer to PW_ERROR_EXISTS; then it goes on. */
void          pw_upload_answer_exists  (PwUpload      *self,
                                        PwIfExists     answer);
/* The file is at another place now; what is safe is proved against it. */
void          pw_upload_set_path       (PwUpload      *self,
                                        const char    *path);

/* For pw-uploads. */
PwJob        *pw_upload_next_job       (PwUpload      *self,
                                        gint64         now_us);
void          pw_upload_take_job       (PwUpload      *self,
                                        PwJob         *job);       /* takes the job */
void          pw_upload_stop_with      (PwUpload      *self,
                                        const GError  *error);     /* and says why */
