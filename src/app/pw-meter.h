/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* How fast one part travels: the mean of its last few seconds. A plain value; pure, the clock is an
 * argument (monotonic). Zero it for a new part. */

#define PW_METER_POINTS 16u

typedef struct {
  struct {
    gint64 at_us;
    guint64 bytes;
  } points[PW_METER_POINTS];    /* ring */
  guint first;
  guint n_points;
} PwMeter;

/* A few times a second. Bytes that go back mean that the part begins again. */
void    pw_meter_feed      (PwMeter       *self,
                            gint64         now_us,
                            guint64        bytes);
/* Bytes/s; 0 = not known yet, or nothing moves. */
guint64 pw_meter_get_speed (const PwMeter *self);
