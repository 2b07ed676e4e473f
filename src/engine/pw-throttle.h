/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* A bandwidth limit that all workers share: a token bucket. The clock is an argument; there is no
 * sleeping in here.
 *
 * Threads: every function but new and free may be called from any thread. While there is no limit,
 * pw_throttle_take() reads one atomic number and takes no lock. While there is one, a mutex of the
 * throttle's own guards the bucket for the few instructions of a take; a lock, because the level
 * and the time it was computed for must change together.
 */

typedef struct _PwThrottle PwThrottle;

PwThrottle *pw_throttle_new      (void);
void        pw_throttle_free     (PwThrottle *self);

/* 0 = no limit. Holds from the next take on; who waits already learns of it within 0.25 s. */
void        pw_throttle_set_rate (PwThrottle *self,
                                  guint64     bytes_per_second);
guint64     pw_throttle_get_rate (PwThrottle *self);

/* How many of the @wanted (> 0) bytes may be sent now. 0: none; ask again in *wait_ms (1 to 250).
 *
 * The bucket holds 0.1 s worth, so idleness is never made up for by more. Grants are at least 20 ms
 * worth and at least 4 KiB (or all that is wanted), so that no time goes into tiny writes; at very
 * low rates the bucket therefore holds 8 KiB. Those turned away are told times one after another,
 * so that many takers come by in turn instead of all at once. @now_us: a monotonic clock; two
 * threads' readings may differ a little. */
gsize       pw_throttle_take     (PwThrottle *self,
                                  gsize       wanted,
                                  gint64      now_us,
                                  guint      *wait_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwThrottle, pw_throttle_free)
