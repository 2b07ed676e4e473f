/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* How often somebody may ask: a token bucket for each name (a user, an address). Pure: the clock is
 * an argument (monotonic, µs). Remembers a bounded number of names, and forgets those first that
 * have not asked for the longest time.
 *
 * Threads: any; a mutex of its own guards the buckets, since all listening threads share them.
 */

typedef struct _PresignLimits PresignLimits;

/* @rate: requests a second. @burst: how many may come at once. Both at least 1. */
PresignLimits *presign_limits_new             (guint          rate,
                                               guint          burst,
                                               guint          max_names);
void           presign_limits_free            (PresignLimits *self);

/* 0: go on. Else nothing was taken, and it is worth asking again after so many ms. */
guint          presign_limits_take            (PresignLimits *self,
                                               const char    *name,
                                               gint64         now_us);
guint          presign_limits_get_n_names     (PresignLimits *self);

/* Who an address stands for: a household is given a /64 of IPv6 and changes addresses within it at
 * will (RFC 8981), so that its first half counts. The text itself where it is no IPv6 address. */
char          *presign_limits_dup_name        (const char    *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignLimits, presign_limits_free)
