/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* How many connections: goodput samples in, a number out. Pure; the clock is an argument. Belongs
 * to the thread that samples.
 *
 * It seeks the plateau. Start small; double while that gives 5 % more; then see whether fewer do
 * as well; then hold, and ask again every 10 to 30 s, a quarter more or a quarter less. After each
 * change it waits until the new number is at work and a first stretch has passed; then it measures
 * as long as the noise demands: 0.3 s on a fast clean line, up to 10 s on a slow or jumpy one. A
 * probe that was never really exercised (too few jobs) is not judged. Where the processors limit,
 * more connections only contend for them, and none is added.
 */

typedef struct _PwTuner PwTuner;

#define PW_TUNER_MIN   1u
#define PW_TUNER_MAX   32u
#define PW_TUNER_START 4u

/* 1 ≤ @min ≤ @max; @start is brought between them. */
PwTuner *pw_tuner_new        (guint    min,
                              guint    max,
                              guint    start);
void     pw_tuner_free       (PwTuner *self);

/* A wanted number outside is brought inside at once, and what was being tried is dropped. */
void     pw_tuner_set_bounds (PwTuner *self,
                              guint    min,
                              guint    max);

/* Call about every 100 ms while there is work, also while nothing moves.
 * @now_us: a monotonic clock. @total_bytes: body bytes sent so far, over all connections; sent
 * rather than acknowledged, because it moves more smoothly, but either will do. It may go back when
 * a part starts again: what was sent in vain is no goodput. @n_completed: parts acknowledged so
 * far; a measurement that counts whole parts is also long enough when each connection ended two.
 * @n_busy: connections that hold a job now. Returns the wanted number. */
guint    pw_tuner_sample     (PwTuner *self,
                              gint64   now_us,
                              guint64  total_bytes,
                              guint    n_completed,
                              guint    n_busy);

/* Call before pw_tuner_sample(). @load: how much of the time of all processors the program used
 * since the last call, from 0 to 1. */
void     pw_tuner_set_load   (PwTuner *self,
                              double   load);

/* The service said slow down: half as many at once; then none more for 10 s. Further calls within
 * one second speak of the same event. */
void     pw_tuner_throttled  (PwTuner *self,
                              gint64   now_us);

guint    pw_tuner_get_wanted (const PwTuner *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwTuner, pw_tuner_free)
