/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

/* Asks a store something that is no part of an upload, on a thread of its own. */

/* On that thread: asks, and puts the answer into @data. */
typedef gboolean (*PwAskingFunc) (gpointer     data,
                                  PwAuthority *authority,
                                  PwExchange  *exchange,
                                  GError     **error);

/* Main thread. Gets the keys of @destination, which may bring up the keyring's prompt, makes
 * authority and connection ready, and runs @func. @data goes down to the thread and comes back with
 * the answer; @data_free: any thread. @cancellable ends a question that is on its way. When
 * @callback runs, nothing here holds on to @uploads or @destination. */
void     pw_asking_async  (PwUploads            *uploads,
                           PwDestination        *destination,
                           PwAskingFunc          func,
                           gpointer              data,
                           GDestroyNotify        data_free,
                           GCancellable         *cancellable,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data);
/* @data, to free. NULL: errors in PW_ERROR, or G_IO_ERROR_CANCELLED. */
gpointer pw_asking_finish (GAsyncResult         *result,
                           GError              **error);
