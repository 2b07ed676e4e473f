/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"
#include "engine/pw-credentials.h"
#include "engine/pw-probe.h"

/* Tries a destination without keeping the window waiting: the probe runs in a thread of its own,
 * and what it finds comes back on the main thread. */

typedef struct {
  PwProbe *probe;
  guint abilities;              /* PwAbility, of a backend */
} PwConnectionTest;

/* Main thread. @sentence: NULL = the step works. */
typedef void (*PwConnectionStep) (PwProbeStep step, const char *sentence, gpointer user_data);

/* @destination: is not changed. @shown is called after each step, all of them before @callback;
 * @user_data is for both. What was cancelled shows no more steps, and ends when its request does.
 * Errors: of the keyring, or of what comes before the first step. */
void              pw_connection_test_run       (PwDestination        *destination,
                                                PwCredentials        *credentials,
                                                GCancellable         *cancellable,
                                                PwConnectionStep      shown,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
PwConnectionTest *pw_connection_test_finish    (GAsyncResult         *result,
                                                GError              **error);
void              pw_connection_test_free      (PwConnectionTest     *self);

/* What the store can, and what an upload there has to do without: sentences, one a line. */
char             *pw_connection_test_dup_words (const PwConnectionTest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwConnectionTest, pw_connection_test_free)
