/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Beats while there is something to do, and says once when there is nothing any more. Main thread
 * only; everything runs from the main loop. */

typedef struct _PwPulse PwPulse;

typedef struct {
  gboolean (*is_idle) (gpointer user_data);
  void     (*beat)    (gint64 now_us, gpointer user_data);      /* about 10 times a second */
  /* Nothing is left to do; it beats no more. May free it. */
  void     (*idle)    (gpointer user_data);
} PwPulseCallbacks;

/* Calls @func once, when the monotonic clock shows a whole multiple of @period_ms, soon but not
 * before @from_us (0: now). All who wait so, and pulses, are called one right after the other; what
 * they change is laid out and drawn once. To g_source_remove() before that; @func returns
 * G_SOURCE_REMOVE. */
guint    pw_pulse_wait  (guint                   period_ms,
                         gint64                  from_us,
                         GSourceFunc             func,
                         gpointer                user_data);

PwPulse *pw_pulse_new   (const PwPulseCallbacks *callbacks,
                         gpointer                user_data);
void     pw_pulse_free  (PwPulse                *self);

/* There is something to do. */
void     pw_pulse_start (PwPulse                *self);
/* There may be nothing any more: `idle` runs if that is so, and still is when the main loop has
 * time for it. */
void     pw_pulse_check (PwPulse                *self);
