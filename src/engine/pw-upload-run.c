/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload-run.h"

#include "engine/pw-error.h"
#include "engine/pw-upload-files.h"

/* A file that changes faster than it can be followed, or a store that loses every upload, is told
 * instead of tried for ever. */
#define MAX_FOLLOWED 8
#define MAX_ANEW 5

static void
stop_jobs (PwUpload *self)
{
  for (guint i = 0; i < self->out->len; i++) {
    PwJob *job = g_ptr_array_index (self->out, i);

    g_atomic_int_set (&job->transfer.stop, 1);
  }
}

/* Pauses where time, or another secret, may heal it; else fails. Either can be taken up again. */
static void
stop_for (PwUpload     *self,
          const GError *error)
{
  gboolean heals = pw_error_is_transient (error)
                   || g_error_matches (error, PW_ERROR, PW_ERROR_CREDENTIALS_EXPIRED);

  stop_jobs (self);
  pw_upload_set_error (self, error);
  self->due_us = 0;
  pw_upload_set_state (self, heals ? PW_UPLOAD_PAUSED : PW_UPLOAD_FAILED);
}

/* Everything at the store is asked for again, once no job is out any more. */
static void
prepare_again (PwUpload *self)
{
  stop_jobs (self);
  self->is_begun = FALSE;
  self->due_us = 0;
  if (self->state == PW_UPLOAD_SENDING || self->state == PW_UPLOAD_FINISHING)
    pw_upload_set_state (self, PW_UPLOAD_PREPARING);
}

static void
follow_change (PwUpload     *self,
               const GError *error)
{
  if (self->follow && g_error_matches (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED)
      && self->n_followed++ < MAX_FOLLOWED) {
    prepare_again (self);
    return;
  }
  stop_for (self, error);
  self->is_begun = FALSE;
}

static void
begin_anew (PwUpload     *self,
            const GError *error)
{
  if (self->n_anew++ < MAX_ANEW)
    prepare_again (self);
  else
    stop_for (self, error);
}

/* What the begin job found out. */
static void
take_plan (PwUpload *self)
{
  PwOrder *order = self->order;

  if (g_strcmp0 (self->key, order->key) != 0) {
    g_free (self->key);
    self->key = g_strdup (order->key);
  }
  self->size = order->plan.size;
  self->resumed = order->resumed_bytes;
  self->known_safe = 0;
  pw_schedule_begin (&self->schedule, order);
}

static void
finish (PwUpload *self)
{
  PwOrder *order = self->order;

  take_plan (self);
  self->schedule.safe = self->size;
  g_free (self->verification);
  self->verification = g_strdup (order->verification);
  g_free (self->etag);
  self->etag = g_strdup (order->etag);
  g_clear_pointer (&order->parts, g_free);
  g_clear_error (&self->error);
  self->finished = g_get_real_time () / G_USEC_PER_SEC;
  pw_upload_set_state (self, PW_UPLOAD_DONE);
}

static void
try_later (PwUpload *self,
           PwJob    *job)
{
  self->attempts = job->attempts;
  self->due_us = g_get_monotonic_time () + job->wait_ms * G_TIME_SPAN_MILLISECOND;
  pw_upload_set_error (self, job->error);
}

/* Begin and finish end alike, but for OK. */
static void
take_step (PwUpload *self,
           PwJob    *job)
{
  self->attempts = (PwAttempts) { 0 };
  switch (job->outcome) {
  case PW_OUTCOME_OK:
    take_plan (self);
    self->is_begun = TRUE;
    g_clear_error (&self->error);
    if (self->state == PW_UPLOAD_PREPARING)
      pw_upload_set_state (self, PW_UPLOAD_SENDING);
    break;
  case PW_OUTCOME_DONE:
    finish (self);
    break;
  case PW_OUTCOME_SKIPPED:
    g_clear_error (&self->error);
    self->finished = g_get_real_time () / G_USEC_PER_SEC;
    pw_upload_set_state (self, PW_UPLOAD_SKIPPED);
    break;
  case PW_OUTCOME_LATER:
    try_later (self, job);
    break;
  case PW_OUTCOME_ANEW:
    begin_anew (self, job->error);
    break;
  case PW_OUTCOME_CHANGED:
    follow_change (self, job->error);
    break;
  case PW_OUTCOME_FAILED:
    stop_for (self, job->error);
    break;
  case PW_OUTCOME_STOPPED:
  default:
    break;
  }
}

static void
take_part (PwUpload *self,
           PwJob    *job)
{
  if (job->outcome == PW_OUTCOME_OK) {
    pw_schedule_take_safe (&self->schedule, self->order, job->part_number);
    if (self->state == PW_UPLOAD_SENDING && self->schedule.retries->len == 0)
      g_clear_error (&self->error);
    return;
  }
  if (job->outcome == PW_OUTCOME_LATER && self->state == PW_UPLOAD_SENDING) {
    self->n_again++;
    pw_upload_set_error (self, job->error);
    pw_schedule_take_retry (&self->schedule, self->order, job->part_number,
                            g_get_monotonic_time () + job->wait_ms * G_TIME_SPAN_MILLISECOND,
                            &job->attempts);
    return;
  }

  pw_schedule_take_back (&self->schedule, self->order, job->part_number);
  if (self->state != PW_UPLOAD_SENDING)
    return;
  if (job->outcome == PW_OUTCOME_ANEW)
    begin_anew (self, job->error);
  else if (job->outcome == PW_OUTCOME_CHANGED)
    follow_change (self, job->error);
  else if (job->outcome == PW_OUTCOME_FAILED)
    stop_for (self, job->error);
}

static void
take_abort (PwUpload *self,
            PwJob    *job)
{
  if (job->outcome == PW_OUTCOME_OK) {
    pw_upload_set_state (self, PW_UPLOAD_REMOVED);
    return;
  }
  try_later (self, job);
  self->is_resting = job->outcome != PW_OUTCOME_LATER;
}

static guint
count_tries (const PwAttempts *attempts)
{
  return 1 + attempts->n_transient + attempts->n_throttled + attempts->n_damaged;
}

static PwJob *
make_job (PwUpload         *self,
          PwJobKind         kind,
          guint             part_number,
          const PwAttempts *attempts)
{
  PwJob *job = pw_job_new (kind, self->order, part_number);

  job->owner = g_object_ref (G_OBJECT (self));
  job->attempts = *attempts;
  job->attempt = count_tries (attempts);
  g_ptr_array_add (self->out, job);
  return job;
}

/* The jobs that have an upload to themselves. */
static PwJob *
next_step (PwUpload  *self,
           PwJobKind  kind,
           gint64     now_us)
{
  if (self->out->len > 0 || now_us < self->due_us)
    return NULL;
  self->order->if_exists = self->if_exists;
  self->order->follow = self->follow;
  if (!g_str_equal (self->order->path, self->path)) {
    g_free (self->order->path);
    self->order->path = g_strdup (self->path);
  }
  return make_job (self, kind, 0, &self->attempts);
}

static PwJob *
next_part (PwUpload *self,
           gint64    now_us)
{
  PwAttempts attempts;
  guint n = pw_schedule_next (&self->schedule, self->order, now_us, &attempts);

  return n > 0 ? make_job (self, PW_JOB_PART, n, &attempts) : NULL;
}

PwJob *
pw_upload_next_job (PwUpload *self,
                    gint64    now_us)
{
  PwJob *closing = pw_upload_next_close (self);

  if (closing || self->closing)
    return closing;
  g_return_val_if_fail (self->order != NULL, NULL);

  if (self->state == PW_UPLOAD_WAITING && self->out->len == 0)
    pw_upload_set_state (self, self->is_begun ? PW_UPLOAD_SENDING : PW_UPLOAD_PREPARING);
  if (self->state == PW_UPLOAD_SENDING && self->schedule.n_left == 0 && self->out->len == 0)
    pw_upload_set_state (self, PW_UPLOAD_FINISHING);

  switch (self->state) {
  case PW_UPLOAD_PREPARING:
    return next_step (self, PW_JOB_BEGIN, now_us);
  case PW_UPLOAD_SENDING:
    return next_part (self, now_us);
  case PW_UPLOAD_FINISHING:
    return next_step (self, PW_JOB_FINISH, now_us);
  case PW_UPLOAD_ABORTING:
    return next_step (self, PW_JOB_ABORT, now_us);
  case PW_UPLOAD_WAITING:
  case PW_UPLOAD_PAUSED:
  case PW_UPLOAD_FAILED:
  case PW_UPLOAD_DONE:
  case PW_UPLOAD_SKIPPED:
  case PW_UPLOAD_REMOVED:
  case PW_N_UPLOAD_STATES:
  default:
    return NULL;
  }
}

/* Part jobs, of which many may be out, write none. */
static void
take_note (PwUpload *self,
           PwOrder  *order)
{
  if (!order->note)
    return;
  g_free (self->note);
  self->note = g_steal_pointer (&order->note);
}

void
pw_upload_take_job (PwUpload *self,
                    PwJob    *job)
{
  if (job->kind == PW_JOB_CLOSE) {
    pw_upload_take_close (self, job);
    return;
  }
  if (job->kind != PW_JOB_PART)
    take_note (self, job->order);
  g_ptr_array_remove_fast (self->out, job);
  if (job->request_id) {
    g_free (self->request_id);
    self->request_id = g_steal_pointer (&job->request_id);
  }
  if (job->peer) {
    g_free (self->peer);
    self->peer = g_steal_pointer (&job->peer);
  }
  if (job->kind == PW_JOB_ABORT)
    take_abort (self, job);
  else if (self->state == PW_UPLOAD_ABORTING)
    g_debug ("upload %s: a job ended after it was removed", self->id);
  else if (job->kind == PW_JOB_PART)
    take_part (self, job);
  else
    take_step (self, job);
  pw_job_free (job);
  if (pw_upload_has_stopped (self))
    self->is_begun = FALSE;
}

/* What the user says. */

void
pw_upload_pause (PwUpload *self)
{
  if (pw_upload_is_troubled (self)) {
    pw_upload_set_error (self, NULL);
    g_object_notify (G_OBJECT (self), "state");
    return;
  }
  if (self->state > PW_UPLOAD_FINISHING)
    return;
  stop_jobs (self);
  pw_upload_set_error (self, NULL);
  pw_upload_set_state (self, PW_UPLOAD_PAUSED);
}

void
pw_upload_stop_with (PwUpload     *self,
                     const GError *error)
{
  if (self->state <= PW_UPLOAD_FINISHING) {
    stop_for (self, error);
  } else if (self->state == PW_UPLOAD_ABORTING) {
    pw_upload_set_error (self, error);
    self->is_resting = TRUE;
  }
}

void
pw_upload_resume (PwUpload *self)
{
  if (self->state != PW_UPLOAD_PAUSED && self->state != PW_UPLOAD_FAILED)
    return;
  self->n_anew = 0;
  self->n_followed = 0;
  self->attempts = (PwAttempts) { 0 };
  self->due_us = 0;
  pw_upload_set_error (self, NULL);
  pw_upload_set_state (self, PW_UPLOAD_WAITING);
}

void
pw_upload_remove (PwUpload *self)
{
  if (self->state == PW_UPLOAD_ABORTING || self->state == PW_UPLOAD_REMOVED)
    return;
  stop_jobs (self);
  self->due_us = 0;
  self->attempts = (PwAttempts) { 0 };
  /* Of what was never begun nothing can be left. */
  if (pw_upload_is_over (self) || (!self->order && !self->leaving && !self->was_begun))
    pw_upload_set_state (self, PW_UPLOAD_REMOVED);
  else
    pw_upload_set_state (self, PW_UPLOAD_ABORTING);
}

void
pw_upload_answer_exists (PwUpload   *self,
                         PwIfExists  answer)
{
  self->if_exists = answer;
  pw_upload_resume (self);
}

void
pw_upload_set_follow (PwUpload *self,
                      gboolean  follow)
{
  self->follow = follow;
}

void
pw_upload_set_path (PwUpload   *self,
                    const char *path)
{
  g_return_if_fail (self->state == PW_UPLOAD_PAUSED || self->state == PW_UPLOAD_FAILED);

  g_free (self->path);
  self->path = g_strdup (path);
  g_free (self->name);
  self->name = g_filename_display_basename (path);
  self->is_begun = FALSE;
}
