/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-worker.h"

#include <unistd.h>

#include "engine/pw-error.h"
#include "engine/pw-send.h"
#include "engine/pw-steps.h"

/* How long a result may lie while jobs wait in plenty, which take longer than that together. */
#define TELL_WITHIN_US (5 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  PwFloor *floor;
  PwBench *bench;
  gint number;
  gint epoch;
} PwWorker;

static void
do_job (PwWorker *self,
        PwJob    *job)
{
  switch (job->kind) {
  case PW_JOB_BEGIN:
    pw_begin (job, self->bench);
    break;
  case PW_JOB_PART:
    pw_send_part (job, self->bench);
    break;
  case PW_JOB_FINISH:
    pw_finish (job, self->bench);
    break;
  case PW_JOB_ABORT:
    pw_abort (job, self->bench);
    break;
  case PW_JOB_CLOSE:
    pw_order_release (job->order);
    break;
  default:
    g_assert_not_reached ();
  }
}

/* What is over holds no file any more. A journal stays until the queue knows of its end. */
static void
let_go (PwJob *job)
{
  if (job->outcome == PW_OUTCOME_SKIPPED
      || (job->kind == PW_JOB_ABORT && job->outcome == PW_OUTCOME_OK))
    pw_order_release (job->order);
  else if (job->outcome == PW_OUTCOME_DONE)
    pw_order_release_source (job->order);
}

static void
renew_connections (PwWorker *self)
{
  gint epoch = g_atomic_int_get (&self->floor->epoch);
  GHashTableIter iter;
  gpointer client;

  if (epoch == self->epoch)
    return;
  self->epoch = epoch;
  g_hash_table_iter_init (&iter, self->bench->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    http_client_renew (client);
}

static void
run_job (PwWorker *self,
         PwJob    *job)
{
  job->outcome = PW_OUTCOME_OK;
  job->started_us = g_get_monotonic_time ();
  g_atomic_int_set (&job->connection, self->number);
  if (pw_job_is_stopped (job) && job->kind != PW_JOB_CLOSE) {
    job->outcome = PW_OUTCOME_STOPPED;
  } else {
    g_atomic_int_inc (&self->floor->n_busy);
    renew_connections (self);
    do_job (self, job);
    let_go (job);
    g_atomic_int_add (&self->floor->n_busy, -1);
  }
}

static gboolean
park (PwWorker *self)
{
  g_clear_pointer (&self->bench, pw_bench_free);
  return g_async_queue_pop (self->floor->parked) == PW_WORKER_BACK;
}

/* The main thread need not wake for each small file, or part, while there is work enough without
 * it. */
static void
give_result (PwFloor *floor,
             PwJob   *job)
{
  gboolean can_wait = g_async_queue_length (floor->jobs) >= g_atomic_int_get (&floor->plenty);
  PwTold told = can_wait ? PW_TOLD_LATER : PW_TOLD_NOW;

  g_async_queue_lock (floor->results);
  g_async_queue_push_unlocked (floor->results, job);
  if (told > floor->told) {
    floor->told = told;
    g_source_set_ready_time (floor->wake,
                             can_wait ? g_get_monotonic_time () + TELL_WITHIN_US : 0);
  }
  g_async_queue_unlock (floor->results);
}

static gpointer
worker_thread (gpointer data)
{
  PwWorker *self = data;
  PwFloor *floor = self->floor;
  gpointer job;

  /* Of this thread alone, on Linux; see BUGS in nice(2). */
  if (g_atomic_int_get (&floor->nice) > 0)
    nice (g_atomic_int_get (&floor->nice));
  self->epoch = g_atomic_int_get (&floor->epoch);
  while ((job = g_async_queue_pop (floor->jobs)) != PW_WORKER_QUIT) {
    if (job == PW_WORKER_PARK) {
      if (park (self))
        continue;
      break;
    }
    if (!self->bench)
      self->bench = pw_bench_new (&floor->budget, floor->throttle,
                                  (guint) g_atomic_int_get (&floor->stall_timeout_ms));
    run_job (self, job);
    give_result (floor, job);
  }
  g_clear_pointer (&self->bench, pw_bench_free);
  g_free (self);
  return NULL;
}

PwJob *
pw_floor_take_result (PwFloor *self)
{
  PwJob *job;

  g_async_queue_lock (self->results);
  job = g_async_queue_try_pop_unlocked (self->results);
  if (!job) {
    self->told = PW_TOLD_NOT;
    g_source_set_ready_time (self->wake, -1);
  }
  g_async_queue_unlock (self->results);
  return job;
}

GThread *
pw_worker_start (PwFloor *floor)
{
  PwWorker *self = g_new0 (PwWorker, 1);

  self->floor = floor;
  self->number = 1 + g_atomic_int_add (&floor->n_started, 1);
  return g_thread_new ("worker", worker_thread, self);
}
