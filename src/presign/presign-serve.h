/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-line.h"
#include "presign/presign-pool.h"

/* A SoupServer and its connections: hands each request to the service, and each answer back.
 * Requests that are quick are answered in place, those that ask the store by the pool; the message
 * waits meanwhile.
 *
 * Threads: belongs to one, whose main context is the default one while it is made.
 */

typedef struct _PresignServe PresignServe;

typedef gboolean (*PresignMatchFunc) (PresignLine *line,
                                      gpointer     user_data);

/* All must outlive it. @certificate: NULL = plain HTTP. */
PresignServe *presign_serve_new   (PresignService   *service,
                                   PresignPool      *pool,
                                   GTlsCertificate  *certificate,
                                   GError          **error);
/* Ends all connections. None of its messages may be in the pool. */
void          presign_serve_free  (PresignServe     *self);

/* See presign_line_open(). */
void          presign_serve_open  (PresignServe     *self,
                                   int               fd,
                                   GSocketAddress   *local,
                                   GSocketAddress   *peer);
/* Ends those that match, or all; how many there were. */
guint         presign_serve_drop  (PresignServe     *self,
                                   PresignMatchFunc  match,
                                   gpointer          user_data);
/* Ends those that lie idle, and the others after their answer. */
void          presign_serve_drain (PresignServe     *self);
/* Several times a second: ends those that took too long. @now_us: monotonic. */
void          presign_serve_tick  (PresignServe     *self,
                                   gint64            now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignServe, presign_serve_free)
