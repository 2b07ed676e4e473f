/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"

/* A thread that takes a job, does it, and gives it back with its outcome. Every worker can do every
 * job; what it keeps between two of them is its connection and its buffer (PwBench).
 *
 * Workers are alike: one that pops PW_WORKER_PARK from the jobs lets go of what it keeps and waits
 * at the second queue until it is called back.
 */

/* What the main thread was told of results that wait for it. */
typedef enum {
  PW_TOLD_NOT,
  PW_TOLD_LATER,                /* to look within some milliseconds */
  PW_TOLD_NOW
} PwTold;

typedef struct {
  GAsyncQueue *jobs;            /* PwJob down, or a token */
  GAsyncQueue *parked;          /* tokens for parked workers */
  GAsyncQueue *results;         /* PwJob up */
  PwTold told;                  /* guarded by the lock of @results */
  GSource *wake;                /* runs on the main thread when a result was put up: at once, or a
                                   little later where many jobs wait, for several together */
  gint plenty;                  /* atomic: so many jobs that wait are many */
  gint n_started;               /* atomic: workers so far; the last one's number */
  gint n_busy;                  /* atomic: workers with a job in hand */
  gint epoch;                   /* atomic: moves on when connections are to be made anew */
  gint stall_timeout_ms;        /* atomic: for the connections to come; 0 = HttpClient's own */
  gint nice;                    /* atomic: so much nicer are workers to come; see nice(2) */
  PwBudget budget;
  PwThrottle *throttle;
} PwFloor;

#define PW_WORKER_PARK ((gpointer) 1)   /* to the jobs: one worker parks */
#define PW_WORKER_BACK ((gpointer) 2)   /* to the parked: one comes back */
#define PW_WORKER_QUIT ((gpointer) 3)   /* to either: one ends */

/* A job that is back, or NULL, which makes @self->wake wait for the next. Main thread. */
PwJob   *pw_floor_take_result (PwFloor *self);

/* @floor is borrowed and must outlive the thread, which is to be joined. */
GThread *pw_worker_start      (PwFloor *floor);
