/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* One measurement of goodput: a stretch of time cut into slices, their mean, and how far that mean
 * can be trusted. A plain value; pure; the clock is an argument. Used by the tuner. */

#define PW_GOODPUT_SLICES 128u

typedef struct {
  gint64 begin_us;
  guint64 begin_bytes;
  guint begin_completed;
  gint64 slice_us;              /* where the next slice begins */
  guint64 slice_bytes;
  guint n_completed;            /* since the beginning */
  guint n_slices;
  guint n_idle;                 /* slices in which not all connections were at work */
  double rates[PW_GOODPUT_SLICES];      /* bytes/s of each slice; negative: a part began again */
} PwGoodput;

void     pw_goodput_begin      (PwGoodput       *self,
                                gint64           now_us,
                                guint64          total_bytes,
                                guint            n_completed);

/* Call about every 100 ms; more often does no harm. Counts as pw_tuner_sample() gets them. */
void     pw_goodput_add        (PwGoodput       *self,
                                gint64           now_us,
                                guint64          total_bytes,
                                guint            n_completed,
                                gboolean         is_exercised);

/* Long enough to be judged for @n connections: 1.5 % sure of the mean with 512 KiB or two parts
 * each; or 4 s and 5 % sure; or 10 s. */
gboolean pw_goodput_is_enough  (const PwGoodput *self,
                                guint            n);
gboolean pw_goodput_is_full    (const PwGoodput *self);

/* At least three slices of four had all connections at work. */
gboolean pw_goodput_is_valid   (const PwGoodput *self);

/* In bytes/s; and its standard error as a part of it (1 while it is not known). */
double   pw_goodput_get_mean   (const PwGoodput *self);
double   pw_goodput_get_error  (const PwGoodput *self);
