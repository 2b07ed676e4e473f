/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-pool.h"

#include <gio/gio.h>

/* One listening thread: a main context, a SoupServer and its connections. Requests that are quick
 * are answered in place, those that ask the store by the pool; the message waits meanwhile.
 *
 * Threads: the functions may be called from any.
 */

typedef struct _PresignWorker PresignWorker;

/* All must outlive it. @certificate: NULL = plain HTTP. */
PresignWorker *presign_worker_new   (PresignService  *service,
                                     PresignPool     *pool,
                                     GTlsCertificate *certificate,
                                     GError         **error);
/* Ends all connections, and the thread. The pool must be idle. */
void           presign_worker_free  (PresignWorker   *self);

/* A connection for this worker. Takes @fd, which must not block. */
void           presign_worker_take  (PresignWorker   *self,
                                     int              fd,
                                     GSocketAddress  *local,
                                     GSocketAddress  *peer);
/* Ends connections that lie idle, and the others after their answer. */
void           presign_worker_drain (PresignWorker   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignWorker, presign_worker_free)
