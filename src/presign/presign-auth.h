/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"
#include "presign/presign-caller.h"
#include "presign/presign-config.h"
#include "presign/presign-problem.h"

/* Who asks: nobody in particular, the user of a bearer JWT, or the owner of an API key.
 *
 * Threads: one for all; a mutex of its own guards the keys, which are replaced, never changed, when
 * their file changes, or when presign_auth_renew() has fetched them. */

typedef enum {
  PRESIGN_AUTH_ADMITTED,
  PRESIGN_AUTH_REFUSED,         /* @problem: 401 */
  PRESIGN_AUTH_UNKNOWN_KEY,     /* @problem: 401, unless fetching the key set anew helps */
} PresignAuthVerdict;

typedef struct _PresignAuth PresignAuth;

/* Reads the files that the settings name, and fetches the key set: blocks. A set that cannot be
 * fetched now is tried again when it is needed. */
PresignAuth       *presign_auth_new    (const PresignConfig *config,
                                        gint64               now,
                                        GError             **error);
void               presign_auth_free   (PresignAuth         *self);

/* Sets the caller's user and expiry. No I/O but a look at files that may have changed. */
PresignAuthVerdict presign_auth_check  (PresignAuth         *self,
                                        const HttpRequest   *request,
                                        PresignCaller       *caller,
                                        gint64               now,
                                        PresignProblem      *problem);

/* TRUE: the key set is old, or one was asked for that is not in it, and presign_auth_renew() may
 * fetch it: not more often than once in 30 seconds, so that tokens with made-up keys cannot make
 * this server ask another all the time. @unknown_key: such a token is here. */
gboolean           presign_auth_is_due (PresignAuth         *self,
                                        gboolean             unknown_key,
                                        gint64               now);
/* Fetches where that is due, else nothing. Blocks for seconds; a failure keeps what there is. */
void               presign_auth_renew  (PresignAuth         *self,
                                        gboolean             unknown_key,
                                        gint64               now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignAuth, presign_auth_free)
