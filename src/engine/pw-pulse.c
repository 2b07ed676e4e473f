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

static gboolean
beat_cb (gpointer data)
{
  PwPulse *self = data;

  self->callbacks.beat (g_get_monotonic_time (), self->user_data);
  pw_pulse_check (self);
  return G_SOURCE_CONTINUE;
}

void
pw_pulse_start (PwPulse *self)
{
  if (self->beat_id == 0)
    self->beat_id = g_timeout_add (BEAT_MS, beat_cb, self);
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
