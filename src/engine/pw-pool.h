/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"

/* The workers, and as many of them as serve: fed fairly, counted by the tuner. Main thread only.
 *
 * The pool pulls: it asks @feed for the next job whenever fewer than it wants are on their way, and
 * hands each finished one to @done. Both run on the main thread, from the main loop.
 */

typedef struct _PwPool PwPool;

/* The next job, or NULL when there is none now (then call pw_pool_feed() when there is). No part
 * where @no_parts: enough of them wait, and more would only come before those of other uploads. */
typedef PwJob *(*PwFeedFunc) (gboolean no_parts, gpointer user_data);
/* The job is the callee's from here on. */
typedef void   (*PwDoneFunc) (PwJob *job, gpointer user_data);

PwPool *pw_pool_new  (PwFeedFunc  feed,
                      PwDoneFunc  done,
                      gpointer    user_data);
/* Stops every job and waits for the workers; jobs still out are dropped without @done. A
 * PW_JOB_CLOSE is done first. */
void    pw_pool_free (PwPool     *self);

void    pw_pool_feed (PwPool     *self);

/* @n: 0 = as many as serve, between @min and @max; else just so many. */
void    pw_pool_set_connections (PwPool *self, guint n, guint min, guint max);
guint   pw_pool_get_connections (PwPool *self);
gboolean pw_pool_is_tuned (PwPool *self);      /* as many as serve */

void    pw_pool_set_rate (PwPool *self, guint64 bytes_per_second);     /* 0 = no limit */
guint64 pw_pool_get_rate (PwPool *self);

/* How long nothing may move before a connection counts as dead, and half of how long an answer may
 * take (that of Complete has longer); 0 = HttpClient's own. For connections of workers that start
 * from here on. */
void    pw_pool_set_stall_timeout (PwPool *self, guint seconds);

/* So much nicer are workers that start from here on: see nice(2). */
void    pw_pool_set_nice (PwPool *self, gint increment);

/* After sleep or a change of network: no connection from before is used again. */
void    pw_pool_renew (PwPool *self);

guint   pw_pool_get_n_out (PwPool *self);      /* jobs that are with the workers */

/* About 10 times a second while jobs are out. @total_bytes: all that was sent so far, only
 * growing. */
void    pw_pool_tick (PwPool *self, guint64 total_bytes);
