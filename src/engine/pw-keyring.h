/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-sign.h"

#include <gio/gio.h>

/* The user's keyring: one entry a destination, holding access key, secret key and session token.
 * The only place that speaks to libsecret: the Secret Service of the session, or inside Flatpak
 * the file that the Secret portal's key opens.
 *
 * Async only, on the caller's main context: a keyring may ask the user, and one that is asked and
 * left alone never answers. So every call ends after @timeout_ms at the latest (0 = 30000), or when
 * it is cancelled, whatever the keyring does.
 *
 * @destination_name: what keyring programs show.
 * @allow_prompt: whether the keyring may ask the user to unlock it; else a locked one is an error.
 *
 * Errors in PW_ERROR:
 *   CREDENTIALS_MISSING  nothing is stored for that destination
 *   KEYRING_LOCKED       it is locked, or was not unlocked in time
 *   KEYRING_ABSENT       there is none, or it does not answer
 *   KEYRING_REFUSED      the user dismissed its question, or it refused for a reason of its own
 *   CANCELLED            @cancellable */

void           pw_keyring_store         (const char           *destination_id,
                                         const char           *destination_name,
                                         const S3Credentials  *credentials,
                                         gboolean              allow_prompt,
                                         guint                 timeout_ms,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean       pw_keyring_store_finish  (GAsyncResult         *result,
                                         GError              **error);

void           pw_keyring_lookup        (const char           *destination_id,
                                         gboolean              allow_prompt,
                                         guint                 timeout_ms,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
S3Credentials *pw_keyring_lookup_finish (GAsyncResult         *result,
                                         GError              **error);

/* Succeeds too where there was nothing. */
void           pw_keyring_clear         (const char           *destination_id,
                                         gboolean              allow_prompt,
                                         guint                 timeout_ms,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean       pw_keyring_clear_finish  (GAsyncResult         *result,
                                         GError              **error);
