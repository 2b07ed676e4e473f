/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"
#include "s3/s3-sign.h"

#include <gio/gio.h>

/* The credentials for one destination, for all threads that sign for it. Reference-counted,
 * atomically; secrets are wiped when they go, and never part of a message.
 *
 * Of a backend that signs, `secret_key` is the token (or the value of the named header), "" where
 * it asks for none, and `access_key` is "".
 *
 * One mutex of its own guards what it holds, because workers sign while the main thread brings
 * new keys. It is never held while a file is read or a command runs: one thread then reads, and
 * the others that need the result wait for it; the main thread's calls never wait. */

typedef struct _PwCredentials PwCredentials;

PwCredentials *pw_credentials_new            (PwDestination        *destination);
PwCredentials *pw_credentials_ref            (PwCredentials        *self);
void           pw_credentials_unref          (PwCredentials        *self);

/* Keys for this session: typed in, or just stored in the keyring. They count before any other
 * source until they expire. @expires: Unix seconds, 0 = never. Any thread. */
void           pw_credentials_set            (PwCredentials        *self,
                                              const S3Credentials  *credentials,
                                              gint64                expires);

/* What it holds at this moment, without asking anywhere; NULL = nothing. Any thread. */
S3Credentials *pw_credentials_dup_held       (PwCredentials        *self);

/* TRUE where only pw_credentials_prepare_async() can bring the keys, and has not. Any thread. */
gboolean       pw_credentials_needs_prepare  (PwCredentials        *self);

/* Main thread: looks the keys up in the keyring; other sources succeed at once, and fail, if they
 * do, in pw_credentials_dup(). Errors of pw-keyring.h; CREDENTIALS_EXPIRED if the keyring still has
 * the keys that the server said are expired. */
void           pw_credentials_prepare_async  (PwCredentials        *self,
                                              gboolean              allow_prompt,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean       pw_credentials_prepare_finish (PwCredentials        *self,
                                              GAsyncResult         *result,
                                              GError              **error);

/* Any thread but the main one: environment and profile are read here, and again from five minutes
 * before they expire; a credential_process may take a minute. @now: Unix seconds.
 * Errors: PW_ERROR_CREDENTIALS_MISSING, PW_ERROR_CREDENTIALS_EXPIRED. */
S3Credentials *pw_credentials_dup            (PwCredentials        *self,
                                              gint64                now,
                                              GError              **error);

/* The same, and when they end: Unix seconds; 0 = never, or nobody said. */
S3Credentials *pw_credentials_dup_until      (PwCredentials        *self,
                                              gint64                now,
                                              gint64               *expires,
                                              GError              **error);

/* The server said that @used are expired: they are not given out again. Any thread.
 * TRUE: the next pw_credentials_dup() may give others; FALSE: only the user can (keys typed in, in
 * the environment, or in the keyring, which the next prepare looks into again). */
gboolean       pw_credentials_expire         (PwCredentials        *self,
                                              const S3Credentials  *used);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwCredentials, pw_credentials_unref)
