/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Tells that the computer woke up. Main thread.
 *
 * logind says it (org.freedesktop.login1.Manager.PrepareForSleep); where that cannot be heard, as
 * in a sandbox, two clocks that went apart do. */

typedef struct _PwSleep PwSleep;

/* @woke may be called twice for one sleep. */
PwSleep *pw_sleep_new          (void   (*woke) (gpointer user_data),
                                gpointer user_data);
void     pw_sleep_free         (PwSleep *self);

/* The clocks are looked at only while it matters. */
void     pw_sleep_set_watching (PwSleep *self,
                                gboolean is_watching);
