/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* How long an upload that met trouble rests before it is taken up again by itself. Pure. */

/* Zero it for each upload. */
typedef struct {
  guint n_tries;                /* since something of it became safe */
  guint64 safe;                 /* bytes, when it last met trouble */
} PwPatience;

/* Call it each time that it meets trouble. In ms: 30 s, then twice as long each time, up to 10
 * minutes; from the beginning again once @safe has grown. */
gint64   pw_patience_next_wait_ms (PwPatience *self,
                                   guint64     safe);

/* The computer slept, or stood still, between two looks at both clocks: the one on the wall went
 * on, the monotonic one did not. All in µs. Clocks that are merely set right do not count. */
gboolean pw_patience_was_asleep   (gint64      wall_before_us,
                                   gint64      monotonic_before_us,
                                   gint64      wall_us,
                                   gint64      monotonic_us);
