/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-goodput.h"

#include <math.h>

#define SLICE_US 80000
#define SLICES_MIN 3u
#define SHORTEST_US 200000
#define LONG_US 4000000
#define LONGEST_US 10000000

#define BYTES_EACH ((gint64) 512 * 1024)
#define PARTS_EACH 2u
#define ERROR_FINE 0.015
#define ERROR_FAIR 0.05

void
pw_goodput_begin (PwGoodput *self, gint64 now_us, guint64 total_bytes, guint n_completed)
{
  self->begin_us = self->slice_us = now_us;
  self->begin_bytes = self->slice_bytes = total_bytes;
  self->begin_completed = n_completed;
  self->n_completed = 0;
  self->n_slices = 0;
  self->n_idle = 0;
}

void
pw_goodput_add (PwGoodput *self,
                gint64     now_us,
                guint64    total_bytes,
                guint      n_completed,
                gboolean   is_exercised)
{
  gint64 length_us = now_us - self->slice_us;

  if (length_us < SLICE_US || pw_goodput_is_full (self))
    return;
  self->rates[self->n_slices++] =
    (double) (gint64) (total_bytes - self->slice_bytes) * G_USEC_PER_SEC / (double) length_us;
  self->n_idle += !is_exercised;
  self->n_completed = n_completed - self->begin_completed;
  self->slice_us = now_us;
  self->slice_bytes = total_bytes;
}

gboolean
pw_goodput_is_enough (const PwGoodput *self, guint n)
{
  gint64 length_us = self->slice_us - self->begin_us;
  gint64 bytes = (gint64) (self->slice_bytes - self->begin_bytes);
  double error = pw_goodput_get_error (self);

  if (self->n_slices < SLICES_MIN || length_us < SHORTEST_US || bytes <= 0)
    return FALSE;
  if (error <= ERROR_FINE && (bytes >= n * BYTES_EACH || self->n_completed >= n * PARTS_EACH))
    return TRUE;
  return length_us >= LONGEST_US || (length_us >= LONG_US && error <= ERROR_FAIR);
}

gboolean
pw_goodput_is_full (const PwGoodput *self)
{
  return self->n_slices == PW_GOODPUT_SLICES;
}

gboolean
pw_goodput_is_valid (const PwGoodput *self)
{
  return self->n_idle * 4 <= self->n_slices;
}

double
pw_goodput_get_mean (const PwGoodput *self)
{
  double sum = 0;

  for (guint i = 0; i < self->n_slices; i++)
    sum += self->rates[i];
  return self->n_slices > 0 ? sum / self->n_slices : 0;
}

double
pw_goodput_get_error (const PwGoodput *self)
{
  double mean = pw_goodput_get_mean (self);
  double squares = 0;

  if (self->n_slices < 2 || mean <= 0)
    return 1;
  for (guint i = 0; i < self->n_slices; i++)
    squares += (self->rates[i] - mean) * (self->rates[i] - mean);
  return sqrt (squares / (self->n_slices - 1) / self->n_slices) / mean;
}
