/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-order.h"
#include "engine/pw-throttle.h"

#include <glib-object.h>

/* A piece of work: goes down to a worker, comes back up with its outcome. Whoever holds it owns it;
 * only `transfer` and `connection` may be touched by others meanwhile, through g_atomic_…. */

typedef enum {
  PW_JOB_BEGIN,                 /* open, plan, create; a small file goes at once */
  PW_JOB_PART,
  PW_JOB_FINISH,                /* complete, and prove */
  PW_JOB_ABORT,                 /* leave nothing at the store, and no journal */
  PW_JOB_CLOSE,                 /* release the order's files; the stop flag does not stop it */
} PwJobKind;

typedef enum {
  PW_OUTCOME_OK,
  PW_OUTCOME_DONE,              /* the object is there, and was proved */
  PW_OUTCOME_SKIPPED,           /* an object was there, and was to be kept */
  PW_OUTCOME_LATER,             /* again after wait_ms; `error` says why */
  PW_OUTCOME_STOPPED,           /* the stop flag was up */
  PW_OUTCOME_ANEW,              /* the store forgot the upload (or cannot end it): begin again */
  PW_OUTCOME_CHANGED,           /* the file is another one now; `error` says how */
  PW_OUTCOME_FAILED,            /* `error` says why */
} PwOutcome;

typedef struct {
  PwJobKind kind;
  PwOrder *order;               /* a reference */
  guint part_number;            /* PART */
  GObject *owner;               /* a reference, of the main thread's; not looked at below */
  HttpTransfer transfer;
  guint attempt;                /* 1 = the first; constant */
  PwAttempts attempts;          /* of this part or step so far */
  gint connection;              /* atomic: the number of the worker that has it; 0 = none yet */
  gint64 started_us;            /* monotonic; set by the worker */
  /* the result */
  PwOutcome outcome;
  guint wait_ms;
  gboolean was_throttled;       /* the store asked to slow down */
  GError *error;
  char *request_id;             /* of S3's last error */
  char *peer;
  guint64 n_sent;               /* body bytes that left for this job */
} PwJob;

PwJob *pw_job_new  (PwJobKind  kind,
                    PwOrder   *order,
                    guint      part_number);
void   pw_job_free (PwJob     *self);

/* Memory that all workers' part buffers share: a number of bytes that may still be taken. */
typedef struct {
  gssize left;                  /* atomic */
} PwBudget;

/* What a worker thread works with; belongs to that thread. */
typedef struct {
  GHashTable *clients;          /* CA file → HttpClient: one set of connections each */
  HttpClient *current;          /* that of the job in hand */
  PwBudget *budget;             /* shared */
  PwThrottle *throttle;         /* shared */
  guint stall_timeout_ms;       /* 0 = HttpClient's own */
  guint8 *buffer;               /* mapped; page-aligned */
  gsize buffer_size;
  guint8 *scratch;              /* PW_SCRATCH_SIZE bytes, for second passes */
} PwBench;

#define PW_SCRATCH_SIZE ((gsize) 256 * 1024)

PwBench *pw_bench_new   (PwBudget   *budget,
                         PwThrottle *throttle,
                         guint       stall_timeout_ms);
void     pw_bench_free  (PwBench    *self);

/* At least @size bytes, kept from job to job; NULL when the budget does not allow it. */
guint8  *pw_bench_get_buffer (PwBench *self, gsize size);

/* The client for that destination's CA file. */
HttpClient *pw_bench_get_client (PwBench *self, PwDestination *destination);

/* Makes the exchange of a job ready, and takes its result back into the job. A failed call becomes
 * the outcome that its verdict asks for. */
void     pw_job_open_exchange  (PwJob *self, PwBench *bench, PwExchange *exchange);
void     pw_job_close_exchange (PwJob *self, PwExchange *exchange);
/* Takes the error. */
void     pw_job_fail           (PwJob *self, PwExchange *exchange, GError *error);

gboolean pw_job_is_stopped     (PwJob *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwJob, pw_job_free)
