/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-work.h"

/* The listener: accepts connections, hands them round to its threads, serves the metrics, and ends
 * in an orderly way.
 *
 * Threads: all functions belong to the main thread and its default main context. Mind that
 * accepting is the only thing that this thread does, so that it is always at hand for signals.
 *
 * Connections beyond the limit get a 503 at once and are closed.
 */

typedef struct _PresignListen PresignListen;

/* Binds the ports and starts the threads. All must outlive it. */
PresignListen *presign_listen_new              (PresignService *service,
                                                GError        **error);
void           presign_listen_free             (PresignListen  *self);

/* The ports in use, also where the kernel chose them; 0 = none. */
guint          presign_listen_get_port         (PresignListen  *self);
guint          presign_listen_get_metrics_port (PresignListen  *self);

/* Until SIGTERM or SIGINT; then accepts no more, lets requests in flight end (for as long as the
 * settings say), and returns. TRUE: all of them ended. */
gboolean       presign_listen_run              (PresignListen  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignListen, presign_listen_free)
