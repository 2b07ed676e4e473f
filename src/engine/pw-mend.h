/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

/* A destination was mended: it has other settings, or other keys. Main thread. */

/* Uploads to the destination of that id that are paused or failed take the new settings as far as
 * pw_upload_set_destination() allows. Those whose trouble came from the destination are tried
 * again; what the user paused stays so.
 *
 * @keys: typed in now, or NULL: then what is held for the same place goes on to count. They never
 * go to another place than @destination's. */
void     pw_uploads_mend     (PwUploads            *uploads,
                              PwDestination        *destination,
                              const S3Credentials  *keys);

/* TRUE: other settings or keys of the destination may help. */
gboolean pw_mend_may_help    (const GError         *error);
