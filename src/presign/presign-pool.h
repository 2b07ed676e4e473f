/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-work.h"

/* A bounded number of threads that ask the store, each over a connection of its own.
 *
 * Threads: any may push. A work belongs to the pool until @done is called.
 */

typedef struct _PresignPool PresignPool;

/* Called in the main context that was current (g_main_context_get_thread_default()) when the work
 * was pushed. @response is the callee's. */
typedef void (*PresignDoneFunc) (PresignWork  *work,
                                 HttpResponse *response,
                                 gpointer      user_data);

PresignPool *presign_pool_new  (const PresignConfig *config);
/* Waits for what is in work. */
void         presign_pool_free (PresignPool         *self);
void         presign_pool_push (PresignPool         *self,
                                PresignWork         *work,
                                PresignDoneFunc      done,
                                gpointer             user_data);

/* A connection to the store, as the settings want it. */
HttpClient  *presign_pool_new_client (const PresignConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignPool, presign_pool_free)
