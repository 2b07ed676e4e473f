/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-order.h"
#include "engine/pw-retry.h"

/* Which part is sent next. Pure: the clock is an argument. Main thread; looks at the order's plan
 * and states, and is the only one to write those states while parts are sent.
 *
 * Parts go in ascending order; one that failed goes again as soon as its wait is over. */

typedef struct {
  guint part_number;
  gint64 due_us;
  PwAttempts attempts;
} PwRetry;

typedef struct {
  guint next;                   /* where the search for a waiting part goes on */
  guint n_left;                 /* parts that are not safe yet */
  guint64 safe;                 /* bytes of those that are */
  GArray *retries;              /* PwRetry */
} PwSchedule;

void     pw_schedule_init  (PwSchedule       *self);
void     pw_schedule_clear (PwSchedule       *self);

/* Counts what is safe, and begins at the first part that is not. */
void     pw_schedule_begin (PwSchedule       *self,
                            PwOrder          *order);

/* The number of the part to send now, marked SENDING, and how often it was tried; 0: none now. */
guint    pw_schedule_next  (PwSchedule       *self,
                            PwOrder          *order,
                            gint64            now_us,
                            PwAttempts       *attempts);

void     pw_schedule_take_safe  (PwSchedule       *self,
                                 PwOrder          *order,
                                 guint             part_number);
/* Not sent, through no fault of its own. */
void     pw_schedule_take_back  (PwSchedule       *self,
                                 PwOrder          *order,
                                 guint             part_number);
void     pw_schedule_take_retry (PwSchedule       *self,
                                 PwOrder          *order,
                                 guint             part_number,
                                 gint64            due_us,
                                 const PwAttempts *attempts);
