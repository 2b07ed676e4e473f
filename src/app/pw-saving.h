/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations.h"
#include "engine/pw-mend.h"

#include <gtk/gtk.h>

/* Saves a destination as the window does: the keys into the keyring, the rest into the list and its
 * file; then uploads that stopped for it go on. Main thread.
 *
 * Where the keyring does not take the keys, the user is told why, and may use them for this session
 * only; saying no is G_IO_ERROR_CANCELLED, and nothing is changed. */

/* @destination: not shared yet; with its id in the list it takes that one's place.
 * @keys: NULL = those that there are.
 * @is_saved: FALSE: only keys are new, of a destination that need not be in the list. */
void     pw_saving_run    (PwDestinations       *destinations,
                           PwUploads            *uploads,
                           PwDestination        *destination,
                           const S3Credentials  *keys,
                           gboolean              is_saved,
                           GtkWidget            *parent,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data);
gboolean pw_saving_finish (GAsyncResult         *result,
                           GError              **error);
