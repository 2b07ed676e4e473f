/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-schedule.h"

void
pw_schedule_init (PwSchedule *self)
{
  *self = (PwSchedule) { .next = 1, .retries = g_array_new (FALSE, FALSE, sizeof (PwRetry)) };
}

void
pw_schedule_clear (PwSchedule *self)
{
  g_clear_pointer (&self->retries, g_array_unref);
}

void
pw_schedule_begin (PwSchedule *self,
                   PwOrder    *order)
{
  self->next = 1;
  self->n_left = 0;
  self->safe = 0;
  g_array_set_size (self->retries, 0);
  for (guint n = 1; n <= order->plan.n_parts; n++) {
    if (pw_part_state_is_safe (order->states[n - 1])) {
      self->safe += s3_plan_get_length (&order->plan, n);
    } else {
      order->states[n - 1] = PW_PART_WAITING;
      self->n_left++;
    }
  }
}

static guint
next_retry (PwSchedule *self,
            gint64      now_us,
            PwAttempts *attempts)
{
  for (guint i = 0; i < self->retries->len; i++) {
    PwRetry retry = g_array_index (self->retries, PwRetry, i);

    if (retry.due_us <= now_us) {
      g_array_remove_index (self->retries, i);
      *attempts = retry.attempts;
      return retry.part_number;
    }
  }
  return 0;
}

guint
pw_schedule_next (PwSchedule *self,
                  PwOrder    *order,
                  gint64      now_us,
                  PwAttempts *attempts)
{
  guint n = next_retry (self, now_us, attempts);

  if (n == 0) {
    *attempts = (PwAttempts) { 0 };
    while (self->next <= order->plan.n_parts
           && order->states[self->next - 1] != PW_PART_WAITING)
      self->next++;
    if (self->next > order->plan.n_parts)
      return 0;
    n = self->next++;
  }
  order->states[n - 1] = PW_PART_SENDING;
  return n;
}

void
pw_schedule_take_safe (PwSchedule *self,
                       PwOrder    *order,
                       guint       part_number)
{
  order->states[part_number - 1] = PW_PART_SAFE;
  self->n_left--;
  self->safe += s3_plan_get_length (&order->plan, part_number);
}

void
pw_schedule_take_back (PwSchedule *self,
                       PwOrder    *order,
                       guint       part_number)
{
  order->states[part_number - 1] = PW_PART_WAITING;
  self->next = MIN (self->next, part_number);
}

void
pw_schedule_take_retry (PwSchedule       *self,
                        PwOrder          *order,
                        guint             part_number,
                        gint64            due_us,
                        const PwAttempts *attempts)
{
  PwRetry retry = { .part_number = part_number, .due_us = due_us, .attempts = *attempts };

  order->states[part_number - 1] = PW_PART_RETRYING;
  g_array_append_val (self->retries, retry);
}
