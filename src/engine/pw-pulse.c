/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-pulse.h"

#define BEAT_MS 100

struct _PwPulse {
  PwPulseCallbacks callbacks;
  gpointer user_data;
  guint beat_id;
  guint idle_id;
};

static gboolean
idle_cb (gpointer data)
{
  PwPulse *self = data;

  self->idle_id = 0;
  if (!self->callbacks.is_idle (self->user_data))
    return G_SOURCE_REMOVE;
  g_clear_handle_id (&self->beat_id, g_source_remove);
  self->callbacks.idle (self->user_data);
  return G_SOURCE_REMOVE;
}

void
pw_pulse_check (PwPulse *self)
{
  if (self->idle_id == 0 && self->callbacks.is_idle (self->user_data))
    self->idle_id = g_idle_add (idle_cb, self);
}

guint
pw_pulse_wait (guint       period_ms,
               gint64      from_us,
               GSourceFunc func,
               gpointer    user_data)
{
  g_autoptr (GSource) source = g_timeout_source_new (period_ms);
  gint64 period_us = period_ms * G_TIME_SPAN_MILLISECOND;
  gint64 after_us = MAX (from_us - 1, g_get_monotonic_time ());

  g_source_set_callback (source, func, user_data, NULL);
  g_source_set_ready_time (source, (after_us / period_us + 1) * period_us);
  return g_source_attach (source, NULL);
}

static gboolean
beat_cb (gpointer data)
{
  PwPulse *self = data;

  self->beat_id = pw_pulse_wait (BEAT_MS, 0, beat_cb, self);
  self->callbacks.beat (g_get_monotonic_time (), self->user_data);
  pw_pulse_check (self);
  return G_SOURCE_REMOVE;
}

void
pw_pulse_start (PwPulse *self)
{
  if (self->beat_id == 0)
    self->beat_id = pw_pulse_wait (BEAT_MS, 0, beat_cb, self);
}

PwPulse *
pw_pulse_new (const PwPulseCallbacks *callbacks,
              gpointer                user_data)
{
  PwPulse *self = g_new0 (PwPulse, 1);

  self->callbacks = *callbacks;
  self->user_data = user_data;
  return self;
}

void
pw_pulse_free (PwPulse *self)
{
  g_clear_handle_id (&self->beat_id, g_source_remove);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_free (self);
}
