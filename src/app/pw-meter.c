/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-meter.h"

#define WINDOW_US (3 * G_USEC_PER_SEC)
#define YOUNG_US (G_USEC_PER_SEC / 3)

static guint
index_of (const PwMeter *self,
          guint          i)
{
  return (self->first + i) % PW_METER_POINTS;
}

static void
drop_first (PwMeter *self)
{
  self->first = (self->first + 1) % PW_METER_POINTS;
  self->n_points--;
}

void
pw_meter_feed (PwMeter *self,
               gint64   now_us,
               guint64  bytes)
{
  if (self->n_points > 0 && bytes < self->points[index_of (self, self->n_points - 1)].bytes)
    *self = (PwMeter) { 0 };
  while (self->n_points > 0
         && (self->n_points == PW_METER_POINTS
             || now_us - self->points[self->first].at_us > WINDOW_US))
    drop_first (self);
  self->points[index_of (self, self->n_points)].at_us = now_us;
  self->points[index_of (self, self->n_points)].bytes = bytes;
  self->n_points++;
}

guint64
pw_meter_get_speed (const PwMeter *self)
{
  guint last = index_of (self, MAX (self->n_points, 1) - 1);
  gint64 passed_us = self->points[last].at_us - self->points[self->first].at_us;
  guint64 moved = self->points[last].bytes - self->points[self->first].bytes;

  if (self->n_points < 2 || passed_us < YOUNG_US)
    return 0;
  return (guint64) ((double) moved * G_USEC_PER_SEC / (double) passed_us);
}
