/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-alarm.h"

#define AGAIN_MS 50             /* a failed message may be tried again */

struct _PresignAlarm {
  HttpClient *client;
  GThread *thread;              /* started with the first alarm */

  GMutex mutex;                 /* guards what follows */
  GCond changed;
  gint64 due_us;                /* monotonic; 0 = not set */
  gboolean is_over;
};

static gpointer
thread_func (gpointer user_data)
{
  PresignAlarm *self = user_data;

  g_mutex_lock (&self->mutex);
  while (!self->is_over) {
    if (self->due_us == 0) {
      g_cond_wait (&self->changed, &self->mutex);
    } else if (!g_cond_wait_until (&self->changed, &self->mutex, self->due_us) &&
               self->due_us != 0) {
      http_client_interrupt (self->client);
      self->due_us = g_get_monotonic_time () + AGAIN_MS * 1000;
    }
  }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

PresignAlarm *
presign_alarm_new (HttpClient *client)
{
  PresignAlarm *self = g_new0 (PresignAlarm, 1);

  self->client = client;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  return self;
}

void
presign_alarm_free (PresignAlarm *self)
{
  if (!self) {
    return;
  }
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->thread, g_thread_join);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
presign_alarm_set (PresignAlarm *self,
                   gint64        wait_ms)
{
  g_mutex_lock (&self->mutex);
  self->due_us = wait_ms > 0 ? g_get_monotonic_time () + wait_ms * 1000 : 0;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  if (wait_ms > 0 && !self->thread) {
    self->thread = g_thread_new ("alarm", thread_func, self);
  }
}
