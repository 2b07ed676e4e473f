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

PwPulse *pw_pulse_new   (const PwPulseCallbacks *callbacks,
                         gpointer                user_data);
void     pw_pulse_free  (PwPulse                *self);

/* There is something to do. */
void     pw_pulse_start (PwPulse                *self);
/* There may be nothing any more: `idle` runs if that is so, and still is when the main loop has
 * time for it. */
void     pw_pulse_check (PwPulse                *self);
