/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-tuner.h"

#include "engine/pw-goodput.h"

#include <math.h>

#define GAIN_MIN 0.05                   /* what more connections must bring */
#define LOSS_MAX 0.03                   /* what fewer may cost */
#define SHIFT_DOWN 0.7                  /* the line itself became another */
#define SHIFT_UP 1.4
#define SMOOTHING 0.3
#define LOAD_MAX 0.4                    /* of all processors; the kernel works for us besides */

#define SETTLE_SHORTEST_US (200 * 1000)
#define SETTLE_US G_USEC_PER_SEC
#define SETTLE_LONGEST_US (3 * G_USEC_PER_SEC)
#define SETTLE_BYTES_FAST ((gint64) 16 * 1024 * 1024)
#define SETTLE_BYTES_SLOW ((gint64) 512 * 1024)

#define HOLD_SHORTEST_US (10 * G_USEC_PER_SEC)
#define HOLD_LONGEST_US (30 * G_USEC_PER_SEC)
#define PATIENCE_UP_US (10 * G_USEC_PER_SEC)
#define PATIENCE_DOWN_US (120 * G_USEC_PER_SEC)
#define SAME_EVENT_US G_USEC_PER_SEC
#define GAP_US (2 * G_USEC_PER_SEC)

typedef enum {
  MODE_GROW,                            /* doubling */
  MODE_DOWN,                            /* do fewer do as well? */
  MODE_UP,                              /* would a few more help? */
  MODE_HOLD,
} Mode;

typedef enum {
  PHASE_SETTLE,                         /* after a change: nothing counts yet */
  PHASE_MEASURE,
} Phase;

struct _PwTuner {
  guint min;
  guint max;
  guint base;                           /* the best number known */
  guint wanted;                         /* differs from base while another is tried */
  double base_rate;                     /* bytes/s with base connections; 0 = not known */
  double base_error;                    /* as a part of it */
  double reference;                     /* base_rate when the present run of MODE_DOWN began */

  Mode mode;
  Phase phase;
  gboolean is_first_search;             /* since the start */
  guint n_accepted;                     /* probes since the last hold */
  guint n_shifts;                       /* windows in a row that do not fit base_rate */

  double load;                          /* smoothed */
  gint64 sampled_us;                    /* 0 = never */
  guint64 sampled_bytes;
  gint64 changed_us;                    /* of wanted */
  gint64 throttled_us;                  /* 0 = never */
  gint64 hold_us;                       /* how long to hold the next time */
  gint64 probe_us;                      /* when to try again */
  Mode next_probe;

  PwGoodput goodput;
};

static void
change (PwTuner *self, guint wanted, gint64 now_us)
{
  self->wanted = wanted;
  self->changed_us = now_us;
  self->phase = PHASE_SETTLE;
  pw_goodput_begin (&self->goodput, now_us, self->sampled_bytes, 0);
}

static void
hold (PwTuner *self, gint64 now_us)
{
  if (self->n_accepted > 0)
    self->hold_us = HOLD_SHORTEST_US;
  self->mode = MODE_HOLD;
  self->is_first_search = FALSE;
  self->n_accepted = 0;
  self->n_shifts = 0;
  self->probe_us = now_us + self->hold_us;
  self->hold_us = MIN (self->hold_us * 3 / 2, HOLD_LONGEST_US);
}

/* What to do when the present mode leads no further. */
static void
leave_mode (PwTuner *self, gint64 now_us)
{
  if (self->mode == MODE_GROW) {
    self->mode = MODE_DOWN;
    self->reference = 0;
    self->n_accepted = 0;
  } else if (self->mode == MODE_DOWN && self->is_first_search && self->n_accepted == 0) {
    self->mode = MODE_UP;
  } else {
    hold (self, now_us);
  }
}

static guint
get_target (const PwTuner *self)
{
  guint step = MAX (self->base / 4, 1u);
  guint target = self->base;

  if (self->mode == MODE_DOWN && self->base > step)
    target = self->base - step;
  else if (self->mode == MODE_GROW && self->load < LOAD_MAX)
    target = self->base * 2;
  else if (self->mode == MODE_UP && self->load < LOAD_MAX)
    target = self->base + step;
  return CLAMP (target, self->min, self->max);
}

/* base_rate is known: try another number, or measure on. */
static void
proceed (PwTuner *self, gint64 now_us, guint n_completed)
{
  if (self->mode == MODE_HOLD && now_us >= self->probe_us && self->base_rate > 0) {
    self->mode = self->next_probe;
    self->next_probe = self->mode == MODE_UP ? MODE_DOWN : MODE_UP;
    self->reference = 0;
  }
  while (self->mode != MODE_HOLD && get_target (self) == self->base)
    leave_mode (self, now_us);
  if (self->mode == MODE_HOLD) {
    self->phase = PHASE_MEASURE;
    pw_goodput_begin (&self->goodput, now_us, self->sampled_bytes, n_completed);
    return;
  }
  if (self->mode == MODE_DOWN && self->reference <= 0)
    self->reference = self->base_rate;
  change (self, get_target (self), now_us);
}

static void
learn_base (PwTuner *self, gint64 now_us, double mean, double error)
{
  gboolean does_fit;

  if (self->mode != MODE_HOLD || self->base_rate <= 0) {
    self->base_rate = mean;
    self->base_error = error;
    return;
  }
  does_fit = mean > self->base_rate * SHIFT_DOWN && mean < self->base_rate * SHIFT_UP;
  self->n_shifts = does_fit ? 0 : self->n_shifts + 1;
  if (does_fit) {
    self->base_rate += SMOOTHING * (mean - self->base_rate);
    self->base_error = MIN (self->base_error, error);
  } else if (self->n_shifts == 2) {
    self->base_rate = mean;
    self->base_error = error;
    self->n_shifts = 0;
    self->hold_us = HOLD_SHORTEST_US;
    self->probe_us = MIN (self->probe_us, now_us);
    self->next_probe = MODE_UP;
  }
}

static gboolean
is_better (const PwTuner *self, double mean, double error)
{
  double doubt = 2 * hypot (error, self->base_error);

  if (self->mode == MODE_DOWN)
    return mean >= self->reference * (1 - LOSS_MAX);
  return mean >= self->base_rate * (1 + MAX (GAIN_MIN, doubt));
}

static void
judge (PwTuner *self, gint64 now_us, guint n_completed)
{
  double mean = pw_goodput_get_mean (&self->goodput);
  double error = pw_goodput_get_error (&self->goodput);

  if (self->wanted == self->base) {
    learn_base (self, now_us, mean, error);
  } else if (is_better (self, mean, error)) {
    self->base = self->wanted;
    self->base_rate = mean;
    self->base_error = error;
    self->n_accepted++;
  } else {
    /* Back, and measure again there: the line may have changed meanwhile. */
    leave_mode (self, now_us);
    change (self, self->base, now_us);
    return;
  }
  proceed (self, now_us, n_completed);
}

static gboolean
has_settled (const PwTuner *self, gint64 now_us, guint64 total_bytes)
{
  gint64 length_us = now_us - self->goodput.begin_us;
  gint64 bytes = (gint64) (total_bytes - self->goodput.begin_bytes);

  if (length_us < SETTLE_SHORTEST_US)
    return FALSE;
  return bytes >= self->wanted * SETTLE_BYTES_FAST || length_us >= SETTLE_LONGEST_US ||
         (length_us >= SETTLE_US && bytes >= self->wanted * SETTLE_BYTES_SLOW);
}

/* The number tried never came to work: it is neither better nor worse. */
static void
give_up (PwTuner *self, gint64 now_us)
{
  hold (self, now_us);
  change (self, self->base, now_us);
}

static void
settle (PwTuner *self, gint64 now_us, guint n_completed, gboolean is_exercised)
{
  gint64 patience_us = self->wanted > self->base ? PATIENCE_UP_US : PATIENCE_DOWN_US;

  if (!is_exercised) {
    pw_goodput_begin (&self->goodput, now_us, self->sampled_bytes, n_completed);
    if (self->wanted != self->base && now_us - self->changed_us > patience_us)
      give_up (self, now_us);
  } else if (has_settled (self, now_us, self->sampled_bytes)) {
    self->phase = PHASE_MEASURE;
    pw_goodput_begin (&self->goodput, now_us, self->sampled_bytes, n_completed);
  }
}

static void
measure (PwTuner *self, gint64 now_us, guint n_completed, gboolean is_exercised)
{
  pw_goodput_add (&self->goodput, now_us, self->sampled_bytes, n_completed, is_exercised);
  if (!pw_goodput_is_enough (&self->goodput, self->wanted)) {
    if (pw_goodput_is_full (&self->goodput))
      pw_goodput_begin (&self->goodput, now_us, self->sampled_bytes, n_completed);
    return;
  }
  if (!pw_goodput_is_valid (&self->goodput)) {
    if (self->wanted != self->base)
      give_up (self, now_us);
    else
      pw_goodput_begin (&self->goodput, now_us, self->sampled_bytes, n_completed);
    return;
  }
  judge (self, now_us, n_completed);
}

PwTuner *
pw_tuner_new (guint min, guint max, guint start)
{
  PwTuner *self;

  g_return_val_if_fail (min >= 1 && min <= max && max <= G_MAXINT, NULL);

  self = g_new0 (PwTuner, 1);
  self->min = min;
  self->max = max;
  self->base = self->wanted = CLAMP (start, min, max);
  self->mode = MODE_GROW;
  self->is_first_search = TRUE;
  self->hold_us = HOLD_SHORTEST_US;
  self->next_probe = MODE_UP;
  return self;
}

void
pw_tuner_free (PwTuner *self)
{
  g_free (self);
}

void
pw_tuner_set_bounds (PwTuner *self, guint min, guint max)
{
  g_return_if_fail (self != NULL && min >= 1 && min <= max && max <= G_MAXINT);

  self->min = min;
  self->max = max;
  if (CLAMP (self->base, min, max) != self->base)
    self->base_rate = 0;
  self->base = CLAMP (self->base, min, max);
  if (self->base_rate <= 0 || CLAMP (self->wanted, min, max) != self->wanted)
    change (self, self->base, self->sampled_us);
}

guint
pw_tuner_sample (PwTuner *self,
                 gint64   now_us,
                 guint64  total_bytes,
                 guint    n_completed,
                 guint    n_busy)
{
  gboolean is_exercised;
  gboolean is_broken;

  g_return_val_if_fail (self != NULL, 1);

  is_exercised = n_busy == self->wanted;
  is_broken = self->sampled_us == 0 || now_us - self->sampled_us > GAP_US;
  if (is_broken) {
    pw_goodput_begin (&self->goodput, now_us, total_bytes, n_completed);
    self->phase = PHASE_SETTLE;
  }
  self->sampled_us = now_us;
  self->sampled_bytes = total_bytes;

  if (self->phase == PHASE_SETTLE)
    settle (self, now_us, n_completed, is_exercised);
  else
    measure (self, now_us, n_completed, is_exercised);
  return self->wanted;
}

void
pw_tuner_set_load (PwTuner *self, double load)
{
  g_return_if_fail (self != NULL && load >= 0);

  self->load += SMOOTHING * (load - self->load);
}

void
pw_tuner_throttled (PwTuner *self, gint64 now_us)
{
  g_return_if_fail (self != NULL);

  if (self->throttled_us != 0 && now_us - self->throttled_us < SAME_EVENT_US)
    return;
  self->throttled_us = now_us;
  self->base = MAX (self->wanted / 2, self->min);
  self->base_rate = 0;
  self->next_probe = MODE_UP;
  hold (self, now_us);
  change (self, self->base, now_us);
}

guint
pw_tuner_get_wanted (const PwTuner *self)
{
  g_return_val_if_fail (self != NULL, 1);

  return self->wanted;
}
