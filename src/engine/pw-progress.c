/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-progress.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define SECOND ((gint64) G_USEC_PER_SEC)
#define WINDOW_US (10 * SECOND)
#define POINT_US (WINDOW_US / 110)
#define YOUNG_US (SECOND / 2)
#define STALL_US (5 * SECOND)
#define GAP_US (3 * SECOND)
#define STEADY_S 4.0
#define MAX_SECONDS (100 * 24 * 3600)    /* of what is told to be left */

static PwProgressPoint *
get_point (PwProgress *self, guint index)
{
  return &self->recent[(self->recent_first + index) % PW_PROGRESS_RECENT];
}

static void
add_point (PwProgress *self, gint64 now_us)
{
  while (self->n_recent > 0 && now_us - get_point (self, 0)->at_us > WINDOW_US) {
    self->recent_first = (self->recent_first + 1) % PW_PROGRESS_RECENT;
    self->n_recent--;
  }
  /* The newest point moves along until it is far enough from the one before, so that the window
   * keeps its length however often it is fed. */
  if (self->n_recent < 2 ||
      get_point (self, self->n_recent - 1)->at_us - get_point (self, self->n_recent - 2)->at_us >=
      POINT_US)
    self->n_recent++;
  *get_point (self, self->n_recent - 1) = (PwProgressPoint) { now_us, self->moved };
}

/* Least squares: a lump at either end of the window sways it less than it would a quotient. */
static double
get_slope (PwProgress *self)
{
  gint64 origin_us = get_point (self, 0)->at_us;
  guint64 origin = get_point (self, 0)->bytes;
  double sum_t = 0, sum_b = 0, sum_tt = 0, sum_tb = 0;
  double n = self->n_recent;
  double spread;

  for (guint i = 0; i < self->n_recent; i++) {
    double t = (double) (get_point (self, i)->at_us - origin_us) / (double) SECOND;
    double b = (double) (get_point (self, i)->bytes - origin);

    sum_t += t;
    sum_b += b;
    sum_tt += t * t;
    sum_tb += t * b;
  }
  spread = n * sum_tt - sum_t * sum_t;
  return spread > 0 ? MAX ((n * sum_tb - sum_t * sum_b) / spread, 0) : 0;
}

static void
add_second (PwProgress *self, guint64 bytes)
{
  self->history[(self->history_first + self->n_history) % PW_PROGRESS_HISTORY] = bytes;
  if (self->n_history < PW_PROGRESS_HISTORY)
    self->n_history++;
  else
    self->history_first = (self->history_first + 1) % PW_PROGRESS_HISTORY;
}

static void
count_second (PwProgress *self, gint64 now_us, guint64 moved)
{
  gint64 n_seconds = (now_us - self->second_us) / SECOND;

  if (n_seconds > 0)
    add_second (self, self->second_bytes);
  for (gint64 i = 1; i < MIN (n_seconds, (gint64) PW_PROGRESS_HISTORY + 1); i++)
    add_second (self, 0);
  if (n_seconds > 0) {
    self->second_us += n_seconds * SECOND;
    self->second_bytes = 0;
  }
  self->second_bytes += moved;
}

static void
begin (PwProgress *self, gint64 now_us)
{
  self->first_us = self->moved_us = now_us;
  self->n_recent = 0;
  self->speed = self->steady_speed = 0;
}

static void
update_speed (PwProgress *self, gint64 passed_us)
{
  double weight = 1 - exp (-(double) passed_us / (double) SECOND / STEADY_S);

  if (self->now_us - self->first_us < YOUNG_US)
    return;
  self->speed = pw_progress_is_stalled (self) ? 0 : get_slope (self);
  if (self->steady_speed <= 0)
    self->steady_speed = self->speed;
  else
    self->steady_speed += weight * (self->speed - self->steady_speed);
}

void
pw_progress_init (PwProgress *self)
{
  g_return_if_fail (self != NULL);

  *self = (PwProgress) { 0 };
}

void
pw_progress_feed (PwProgress *self,
                  gint64      now_us,
                  guint64     safe_bytes,
                  guint64     sent_bytes,
                  guint64     total)
{
  gboolean is_first;
  gint64 passed_us;
  guint64 moved;

  g_return_if_fail (self != NULL && now_us > 0);

  is_first = self->now_us == 0;
  passed_us = is_first ? 0 : MAX (now_us - self->now_us, 0);
  moved = !is_first && sent_bytes > self->sent ? sent_bytes - self->sent : 0;
  if (is_first)
    self->second_us = now_us;
  if (is_first || passed_us > GAP_US || (moved > 0 && pw_progress_is_stalled (self)))
    begin (self, now_us);

  self->now_us += is_first ? now_us : passed_us;
  self->safe = safe_bytes;
  self->sent = sent_bytes;
  self->total = total;
  self->moved += moved;
  if (moved > 0)
    self->moved_us = self->now_us;
  count_second (self, self->now_us, moved);
  add_point (self, self->now_us);
  update_speed (self, passed_us);
}

guint64
pw_progress_get_speed (const PwProgress *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint64) (self->speed + 0.5);
}

gboolean
pw_progress_is_stalled (const PwProgress *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->sent < self->total && self->now_us - self->moved_us >= STALL_US;
}

gint64
pw_progress_get_seconds_left (const PwProgress *self)
{
  double left;

  g_return_val_if_fail (self != NULL, -1);

  if (self->now_us == 0)
    return -1;
  if (self->sent >= self->total)
    return 0;
  if (pw_progress_is_stalled (self) || self->steady_speed < 1)
    return -1;
  left = round ((double) (self->total - self->sent) / self->steady_speed);
  return left > MAX_SECONDS ? -1 : (gint64) MAX (left, 1);
}

guint
pw_progress_get_history (const PwProgress *self, guint64 *speeds, guint n_max)
{
  guint n;

  g_return_val_if_fail (self != NULL && (speeds != NULL || n_max == 0), 0);

  n = MIN (self->n_history, n_max);
  for (guint i = 0; i < n; i++) {
    guint index = self->history_first + self->n_history - n + i;

    speeds[i] = self->history[index % PW_PROGRESS_HISTORY];
  }
  return n;
}

char *
pw_progress_dup_sentence (const PwProgress *self)
{
  g_autofree char *part = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *left = NULL;
  gint64 seconds_left;

  g_return_val_if_fail (self != NULL, NULL);

  whole = pw_format_size (self->total);
  if (self->now_us != 0 && self->safe >= self->total)
    /* Translators: "10 GB — done" */
    return g_strdup_printf (_("%s — done"), whole);
  if (self->sent >= self->total)
    /* Translators: "10 GB sent — waiting for the server" */
    return g_strdup_printf (_("%s sent — waiting for the server"), whole);

  part = pw_format_size_of (self->sent, self->total);
  if (pw_progress_is_stalled (self))
    /* Translators: "3.2 of 10 GB — waiting for the network" */
    return g_strdup_printf (_("%s — waiting for the network"), part);
  seconds_left = pw_progress_get_seconds_left (self);
  if (seconds_left < 0)
    return g_steal_pointer (&part);
  left = pw_format_duration (seconds_left);
  /* Translators: "3.2 of 10 GB — 2 minutes left" */
  return g_strdup_printf (_("%s — %s left"), part, left);
}
