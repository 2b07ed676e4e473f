/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "step-fixture.h"

#include <glib/gstdio.h>
#include <stdio.h>

#include "engine/pw-authority-keys.h"
#include "engine/pw-send.h"
#include "engine/pw-steps.h"

void
step_fixture_renew_order (StepFixture *self)
{
  self->order = pw_order_new (STEP_ID, self->path, "file.bin", self->destination, self->authority,
                              self->store->journals);
}

StepFixture *
step_fixture_new (const char *rules,
                  const char *faults,
                  gsize       size)
{
  StepFixture *self = g_new0 (StepFixture, 1);
  g_autoptr (GError) error = NULL;

  self->store = store_fixture_new (rules, faults);
  self->destination = store_fixture_new_destination (self->store);
  self->credentials = pw_credentials_new (self->destination);
  store_fixture_set_keys (self->credentials);
  self->authority = pw_authority_keys_new (self->destination, self->credentials, &error);
  g_assert_no_error (error);
  self->throttle = pw_throttle_new ();
  self->budget.left = 4 * 1024 * 1024;
  self->bench = pw_bench_new (&self->budget, self->throttle, 2000);
  self->path = store_fixture_make_file (self->store, "file.bin", size, 1);
  step_fixture_renew_order (self);
  return self;
}

void
step_fixture_free (StepFixture *self)
{
  pw_order_unref (self->order);
  pw_bench_free (self->bench);
  g_assert_cmpint (self->budget.left, ==, 4 * 1024 * 1024);
  pw_throttle_free (self->throttle);
  pw_authority_unref (self->authority);
  pw_credentials_unref (self->credentials);
  g_object_unref (self->destination);
  store_fixture_free (self->store);
  g_free (self->path);
  g_free (self);
}

void
step_fixture_crash (StepFixture *self)
{
  pw_order_unref (self->order);
  step_fixture_renew_order (self);
  self->order->may_have_journal = TRUE;
}

static void
do_job (PwJob   *job,
        PwBench *bench)
{
  job->outcome = PW_OUTCOME_OK;
  switch (job->kind) {
  case PW_JOB_BEGIN:
    pw_begin (job, bench);
    break;
  case PW_JOB_PART:
    pw_send_part (job, bench);
    break;
  case PW_JOB_FINISH:
    pw_finish (job, bench);
    break;
  case PW_JOB_ABORT:
    pw_abort (job, bench);
    break;
  default:
    g_assert_not_reached ();
  }
  if (job->error)
    g_test_message ("%s", job->error->message);
  g_assert_true ((job->outcome > PW_OUTCOME_SKIPPED) == (job->error != NULL)
                 || job->outcome == PW_OUTCOME_STOPPED);
}

PwJob *
step_fixture_try (StepFixture *self,
                  PwJobKind    kind,
                  guint        part_number)
{
  PwJob *job = pw_job_new (kind, self->order, part_number);

  do_job (job, self->bench);
  return job;
}

PwOutcome
step_fixture_run (StepFixture *self,
                  PwJobKind    kind,
                  guint        part_number)
{
  PwAttempts attempts = { 0 };

  for (;;) {
    g_autoptr (PwJob) job = pw_job_new (kind, self->order, part_number);

    job->attempts = attempts;
    do_job (job, self->bench);
    if (job->outcome != PW_OUTCOME_LATER)
      return job->outcome;
    attempts = job->attempts;
  }
}

void
step_fixture_send_parts (StepFixture *self)
{
  for (guint n = 1; n <= self->order->plan.n_parts; n++) {
    if (pw_part_state_is_safe (self->order->states[n - 1]))
      continue;
    g_assert_cmpint (step_fixture_run (self, PW_JOB_PART, n), ==, PW_OUTCOME_OK);
    self->order->states[n - 1] = PW_PART_SAFE;
  }
}

guint
step_fixture_count_safe (StepFixture *self)
{
  guint n_safe = 0;

  for (guint i = 0; i < self->order->plan.n_parts; i++)
    n_safe += pw_part_state_is_safe (self->order->states[i]);
  return n_safe;
}

gboolean
step_fixture_has_journal (StepFixture *self)
{
  g_autofree char *path = g_build_filename (self->store->journals, STEP_ID ".journal", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
step_fixture_change_file (StepFixture *self,
                          gsize        offset,
                          gsize        grow)
{
  FILE *file = g_fopen (self->path, "r+");
  int byte;

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (long) offset, SEEK_SET), ==, 0);
  byte = fgetc (file);
  g_assert_cmpint (fseek (file, (long) offset, SEEK_SET), ==, 0);
  g_assert_cmpint (fputc (byte ^ 1, file), !=, EOF);
  g_assert_cmpint (fseek (file, 0, SEEK_END), ==, 0);
  for (gsize i = 0; i < grow; i++)
    g_assert_cmpint (fputc ('+', file), !=, EOF);
  g_assert_cmpint (fclose (file), ==, 0);
}
