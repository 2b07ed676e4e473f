/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-job.h"

#include <sys/mman.h>

#include "config.h"
#include "engine/pw-error.h"

/* Rounded so that a worker that meets files of slowly growing size does not map anew each time. */
#define BUFFER_STEP ((gsize) 256 * 1024)

PwJob *
pw_job_new (PwJobKind  kind,
            PwOrder   *order,
            guint      part_number)
{
  PwJob *self = g_new0 (PwJob, 1);

  self->kind = kind;
  self->order = pw_order_ref (order);
  self->part_number = part_number;
  return self;
}

void
pw_job_free (PwJob *self)
{
  g_clear_object (&self->owner);
  pw_order_unref (self->order);
  g_clear_error (&self->error);
  g_free (self->request_id);
  g_free (self->peer);
  g_free (self);
}

PwBench *
pw_bench_new (PwBudget   *budget,
              PwThrottle *throttle,
              guint       stall_timeout_ms)
{
  PwBench *self = g_new0 (PwBench, 1);

  self->clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) http_client_free);
  self->budget = budget;
  self->throttle = throttle;
  self->stall_timeout_ms = stall_timeout_ms;
  return self;
}

static void
drop_buffer (PwBench *self)
{
  if (!self->buffer)
    return;
  munmap (self->buffer, self->buffer_size);
  g_atomic_pointer_add (&self->budget->left, (gssize) self->buffer_size);
  self->buffer = NULL;
  self->buffer_size = 0;
}

void
pw_bench_free (PwBench *self)
{
  drop_buffer (self);
  g_hash_table_unref (self->clients);
  g_free (self->scratch);
  g_free (self);
}

static gboolean
take_from_budget (PwBudget *budget,
                  gsize     size)
{
  gssize before = g_atomic_pointer_add (&budget->left, -(gssize) size);

  if (before >= (gssize) size)
    return TRUE;
  g_atomic_pointer_add (&budget->left, (gssize) size);
  return FALSE;
}

guint8 *
pw_bench_get_buffer (PwBench *self,
                     gsize    size)
{
  gsize rounded = (size + BUFFER_STEP - 1) / BUFFER_STEP * BUFFER_STEP;
  void *map;

  rounded = MAX (rounded, BUFFER_STEP);
  if (self->buffer_size >= rounded)
    return self->buffer;
  drop_buffer (self);
  if (!take_from_budget (self->budget, rounded))
    return NULL;
  map = mmap (NULL, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) {
    g_atomic_pointer_add (&self->budget->left, (gssize) rounded);
    return NULL;
  }
  /* Only advice: it saves the processor some thousand page faults and look-ups a part. */
  (void) madvise (map, rounded, MADV_HUGEPAGE);
  self->buffer = map;
  self->buffer_size = rounded;
  return self->buffer;
}

HttpClient *
pw_bench_get_client (PwBench       *self,
                     PwDestination *destination)
{
  const char *ca_file = destination->ca_file ? destination->ca_file : "";
  HttpClient *client = g_hash_table_lookup (self->clients, ca_file);

  if (!client) {
    HttpClientOptions options = {
      .stall_timeout_ms = self->stall_timeout_ms,
      .response_timeout_ms = self->stall_timeout_ms * 2,
      .ca_file = *ca_file ? ca_file : NULL,
      .user_agent = "Partway/" PW_VERSION,
    };

    client = http_client_new (&options);
    g_hash_table_insert (self->clients, g_strdup (ca_file), client);
  }
  return client;
}

void
pw_job_open_exchange (PwJob      *self,
                      PwBench    *bench,
                      PwExchange *exchange)
{
  *exchange = (PwExchange) {
    .client = pw_bench_get_client (bench, self->order->destination),
    .transfer = &self->transfer,
    .attempts = self->attempts,
  };
}

void
pw_job_close_exchange (PwJob      *self,
                       PwExchange *exchange)
{
  self->attempts = exchange->attempts;
  self->n_sent += exchange->n_sent;
  exchange->n_sent = 0;
  if (exchange->request_id) {
    g_free (self->request_id);
    self->request_id = g_steal_pointer (&exchange->request_id);
  }
  if (exchange->peer) {
    g_free (self->peer);
    self->peer = g_steal_pointer (&exchange->peer);
  }
}

static PwOutcome
judge (PwJob            *self,
       const PwExchange *exchange,
       const GError     *error)
{
  if (pw_job_is_stopped (self))
    return PW_OUTCOME_STOPPED;
  if (g_error_matches (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED)
      || g_error_matches (error, PW_ERROR, PW_ERROR_SOURCE_VANISHED))
    return PW_OUTCOME_CHANGED;
  if (!exchange)
    return PW_OUTCOME_FAILED;

  switch ((int) exchange->verdict) {
  case PW_VERDICT_RETRY:
  case PW_VERDICT_SLOW_DOWN:
  case PW_VERDICT_READ_AGAIN:
    return PW_OUTCOME_LATER;
  case PW_VERDICT_UPLOAD_GONE:
  case PW_VERDICT_RESTART:
    return PW_OUTCOME_ANEW;
  default:
    return PW_OUTCOME_FAILED;
  }
}

void
pw_job_fail (PwJob      *self,
             PwExchange *exchange,
             GError     *error)
{
  self->outcome = judge (self, exchange, error);
  self->wait_ms = exchange ? exchange->wait_ms : 0;
  self->was_throttled = exchange && exchange->verdict == PW_VERDICT_SLOW_DOWN;
  g_clear_error (&self->error);
  self->error = error;
}

gboolean
pw_job_is_stopped (PwJob *self)
{
  return g_atomic_int_get (&self->transfer.stop) != 0;
}
