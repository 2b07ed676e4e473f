/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-pool.h"

#include "engine/pw-tuner.h"
#include "engine/pw-worker.h"

/* Part buffers of all workers together. With libcurl's own buffers (2 MiB a connection) this stays
 * within 32 MiB for the usual number of connections. Who gets none reads a part twice, which costs
 * no more where it stays in the page cache. */
#define BUFFER_BUDGET ((gssize) 16 * 1024 * 1024)

/* So many jobs wait beyond those in hand, so that no worker ever waits for the main loop. */
#define AHEAD 16

/* Parts take long, so fewer need to be ready: one for each worker beside the one in hand. */
#define PARTS_AHEAD 2

/* Jobs that wait take some milliseconds together: of small files; of parts, 5 MiB and more. */
#define PLENTY 8
#define PLENTY_OF_PARTS 2

struct _PwPool {
  PwFloor floor;
  PwFeedFunc feed;
  PwDoneFunc done;
  gpointer user_data;
  GPtrArray *threads;           /* GThread */
  guint n_parked;               /* of the threads, counting those on their way there */
  guint n_wanted;
  GHashTable *out;              /* PwJob → itself: with the workers now */
  PwTuner *tuner;
  gboolean is_fixed;            /* the number is the user's, not the tuner's */
  gint64 ticked_us;             /* 0 = never */
  gint64 processor_us;          /* time that the program had used by then */
  guint n_parts;                /* PART jobs that are out */
  guint n_completed;            /* jobs that ended well */
};

/* Threads are started when there is work for them. */
static void
fit_workers (PwPool *self)
{
  guint n_active = self->threads->len - self->n_parked;

  for (; n_active > self->n_wanted; n_active--, self->n_parked++)
    g_async_queue_push_front (self->floor.jobs, PW_WORKER_PARK);

  for (; n_active < MIN (self->n_wanted, g_hash_table_size (self->out)); n_active++) {
    if (self->n_parked > 0) {
      self->n_parked--;
      g_async_queue_push (self->floor.parked, PW_WORKER_BACK);
    } else {
      g_ptr_array_add (self->threads, pw_worker_start (&self->floor));
    }
  }
}

static gboolean
drain (gpointer data)
{
  PwPool *self = data;
  PwJob *job;

  while ((job = pw_floor_take_result (&self->floor))) {
    g_hash_table_remove (self->out, job);
    self->n_parts -= job->kind == PW_JOB_PART;
    self->n_completed += job->outcome <= PW_OUTCOME_DONE && job->kind != PW_JOB_CLOSE;
    if (job->was_throttled)
      pw_tuner_throttled (self->tuner, g_get_monotonic_time ());
    self->done (job, self->user_data);
  }
  pw_pool_feed (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     data)
{
  return callback (data);
}

static GSourceFuncs wake_funcs = { .dispatch = dispatch };

PwPool *
pw_pool_new (PwFeedFunc feed,
             PwDoneFunc done,
             gpointer   user_data)
{
  PwPool *self = g_new0 (PwPool, 1);

  self->feed = feed;
  self->done = done;
  self->user_data = user_data;
  self->threads = g_ptr_array_new ();
  self->out = g_hash_table_new (NULL, NULL);
  self->tuner = pw_tuner_new (PW_TUNER_MIN, PW_TUNER_MAX, PW_TUNER_START);
  self->n_wanted = PW_TUNER_START;
  self->floor.jobs = g_async_queue_new ();
  self->floor.parked = g_async_queue_new ();
  self->floor.results = g_async_queue_new ();
  self->floor.throttle = pw_throttle_new ();
  self->floor.budget.left = BUFFER_BUDGET;
  self->floor.wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_callback (self->floor.wake, drain, self, NULL);
  g_source_attach (self->floor.wake, g_main_context_get_thread_default ());
  return self;
}

static void
drop_jobs (GAsyncQueue *queue)
{
  gpointer job;

  while ((job = g_async_queue_try_pop (queue))) {
    if (job != PW_WORKER_PARK && job != PW_WORKER_BACK && job != PW_WORKER_QUIT)
      pw_job_free (job);
  }
}

void
pw_pool_free (PwPool *self)
{
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, self->out);
  while (g_hash_table_iter_next (&iter, &job, NULL))
    g_atomic_int_set (&((PwJob *) job)->transfer.stop, 1);
  for (guint i = 0; i < self->threads->len; i++)
    g_async_queue_push (i < self->n_parked ? self->floor.parked : self->floor.jobs,
                        PW_WORKER_QUIT);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));

  drop_jobs (self->floor.jobs);
  drop_jobs (self->floor.results);
  g_source_destroy (self->floor.wake);
  g_source_unref (self->floor.wake);
  g_async_queue_unref (self->floor.jobs);
  g_async_queue_unref (self->floor.parked);
  g_async_queue_unref (self->floor.results);
  pw_throttle_free (self->floor.throttle);
  pw_tuner_free (self->tuner);
  g_hash_table_unref (self->out);
  g_ptr_array_unref (self->threads);
  g_free (self);
}

void
pw_pool_feed (PwPool *self)
{
  gboolean are_parts;

  while (g_hash_table_size (self->out) < self->n_wanted + AHEAD) {
    gboolean no_parts = self->n_parts >= PARTS_AHEAD * self->n_wanted;
    PwJob *job = self->feed (no_parts, self->user_data);

    if (!job)
      break;
    g_hash_table_add (self->out, job);
    self->n_parts += job->kind == PW_JOB_PART;
    /* What ends an upload goes before all that waits. */
    if (job->kind == PW_JOB_FINISH || job->kind == PW_JOB_ABORT || job->kind == PW_JOB_CLOSE)
      g_async_queue_push_front (self->floor.jobs, job);
    else
      g_async_queue_push (self->floor.jobs, job);
  }
  are_parts = self->n_parts >= self->n_wanted + PLENTY_OF_PARTS;
  g_atomic_int_set (&self->floor.plenty, are_parts ? PLENTY_OF_PARTS : PLENTY);
  fit_workers (self);
}

void
pw_pool_set_connections (PwPool *self,
                         guint   n,
                         guint   min,
                         guint   max)
{
  self->is_fixed = n > 0;
  pw_tuner_set_bounds (self->tuner, min, max);
  self->n_wanted = n > 0 ? n : pw_tuner_get_wanted (self->tuner);
  pw_pool_feed (self);
}

guint
pw_pool_get_connections (PwPool *self)
{
  return self->n_wanted;
}

gboolean
pw_pool_is_tuned (PwPool *self)
{
  return !self->is_fixed;
}

void
pw_pool_set_rate (PwPool  *self,
                  guint64  bytes_per_second)
{
  pw_throttle_set_rate (self->floor.throttle, bytes_per_second);
}

guint64
pw_pool_get_rate (PwPool *self)
{
  return pw_throttle_get_rate (self->floor.throttle);
}

void
pw_pool_set_stall_timeout (PwPool *self,
                           guint   seconds)
{
  g_atomic_int_set (&self->floor.stall_timeout_ms, (gint) (seconds * 1000));
}

void
pw_pool_set_nice (PwPool *self,
                  gint    increment)
{
  g_atomic_int_set (&self->floor.nice, increment);
}

void
pw_pool_renew (PwPool *self)
{
  g_atomic_int_inc (&self->floor.epoch);
}

guint
pw_pool_get_n_out (PwPool *self)
{
  return g_hash_table_size (self->out);
}

static void
measure_load (PwPool *self,
              gint64  now_us)
{
  struct timespec used = { 0 };
  gint64 used_us;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  used_us = (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
  if (self->ticked_us != 0 && now_us > self->ticked_us)
    pw_tuner_set_load (self->tuner, (double) (used_us - self->processor_us) /
                       (double) (now_us - self->ticked_us) / g_get_num_processors ());
  self->ticked_us = now_us;
  self->processor_us = used_us;
}

void
pw_pool_tick (PwPool  *self,
              guint64  total_bytes)
{
  gint64 now_us = g_get_monotonic_time ();
  guint n;

  if (self->is_fixed)
    return;
  measure_load (self, now_us);
  n = pw_tuner_sample (self->tuner, now_us, total_bytes, self->n_completed,
                       (guint) g_atomic_int_get (&self->floor.n_busy));
  if (n == self->n_wanted)
    return;
  self->n_wanted = n;
  pw_pool_feed (self);
}
