/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-throttle.h"

#define SLOT_US 20000                   /* what a grant is worth at least */
#define BURST_US 100000                 /* what the bucket holds */
#define GRANT_MIN 4096.0
#define WAIT_MAX_US 250000

struct _PwThrottle {
  gsize rate;                           /* bytes/s; atomic; 0 = no limit */

  GMutex mutex;                         /* guards all below */
  double level;                         /* bytes in the bucket */
  gint64 level_us;                      /* when that was so; 0 = never yet */
  gint64 promised_us;                   /* the latest time that a taker was told to come at */
  guint32 n_deferred;                   /* takers whose turn is farther off than the longest wait */
};

static void
refill (PwThrottle *self, double rate, gint64 now_us)
{
  /* A bucket of but one grant would run over whenever a taker comes late. */
  double burst = MAX (rate * BURST_US / G_USEC_PER_SEC, 2 * GRANT_MIN);

  if (self->level_us == 0)
    self->level_us = now_us;
  if (now_us > self->level_us) {
    self->level += rate * (double) (now_us - self->level_us) / G_USEC_PER_SEC;
    self->level_us = now_us;
  }
  self->level = MIN (self->level, burst);
}

/* Those whose turn is too far off are spread without a pattern: in a fixed order the same few would
 * always find the bucket full, and the others' connections would starve. */
static gint64
defer (PwThrottle *self)
{
  guint32 scattered = ++self->n_deferred * 2654435769u;     /* Knuth's multiplicative hash */

  return WAIT_MAX_US / 2 + (gint64) (scattered >> 8) * (WAIT_MAX_US / 2) / (1 << 24);
}

/* Each of those turned away gets a time of its own, one slot after the other's. */
static guint
promise (PwThrottle *self, double rate, double grant, double missing, gint64 now_us)
{
  gint64 ready_us = now_us + (gint64) (missing / rate * G_USEC_PER_SEC);
  gint64 next_us = self->promised_us + (gint64) (grant / rate * G_USEC_PER_SEC);
  gint64 wait_us = MAX (MAX (ready_us, next_us) - now_us, 0);

  if (wait_us > WAIT_MAX_US)
    wait_us = defer (self);
  self->promised_us = now_us + wait_us;
  return (guint) MAX ((wait_us + 999) / 1000, 1);
}

PwThrottle *
pw_throttle_new (void)
{
  PwThrottle *self = g_new0 (PwThrottle, 1);

  g_mutex_init (&self->mutex);
  return self;
}

void
pw_throttle_free (PwThrottle *self)
{
  if (!self)
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
pw_throttle_set_rate (PwThrottle *self, guint64 bytes_per_second)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  self->promised_us = 0;
  g_atomic_pointer_set (&self->rate, (gsize) MIN (bytes_per_second, (guint64) G_MAXSIZE));
  g_mutex_unlock (&self->mutex);
}

guint64
pw_throttle_get_rate (PwThrottle *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint64) (gsize) g_atomic_pointer_get (&self->rate);
}

gsize
pw_throttle_take (PwThrottle *self, gsize wanted, gint64 now_us, guint *wait_ms)
{
  double rate, grant;
  gsize granted = 0;

  g_return_val_if_fail (self != NULL && wanted > 0 && wait_ms != NULL, 0);

  rate = (double) (gsize) g_atomic_pointer_get (&self->rate);
  if (rate <= 0)
    return wanted;
  grant = MAX (rate * SLOT_US / G_USEC_PER_SEC, GRANT_MIN);

  g_mutex_lock (&self->mutex);
  refill (self, rate, now_us);
  if (self->level >= MIN (grant, (double) wanted)) {
    granted = (gsize) MIN (self->level, (double) wanted);
    self->level -= (double) granted;
  } else {
    *wait_ms = promise (self, rate, grant, MIN (grant, (double) wanted) - self->level, now_us);
  }
  g_mutex_unlock (&self->mutex);
  return granted;
}
