/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload-run.h"

#include "engine/pw-authority-keys.h"
#include "engine/pw-error.h"
#include "engine/pw-upload-files.h"
#include "store-fixture.h"

/* An upload with outcomes of the test's own: no worker, no store, no file. */

typedef struct {
  PwDestination *destination;
  PwUpload *upload;
} Fixture;

#define N_PARTS 3

static void
set_order (Fixture *fixture)
{
  g_autoptr (PwCredentials) credentials = pw_credentials_new (fixture->destination);
  g_autoptr (PwAuthority) authority = pw_authority_keys_new (fixture->destination, credentials,
                                                             NULL);

  pw_upload_set_order (fixture->upload, authority, "/nowhere");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->destination = pw_destination_new_from_uri ("s3://bucket", "http://127.0.0.1:1", NULL,
                                                      NULL);
  fixture->upload = pw_upload_new ("0123456789abcdef", "/nowhere/a", "a", 25,
                                   fixture->destination);
  set_order (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->upload);
  g_assert_finalize_object (fixture->destination);
}

static PwJob *
next (Fixture *fixture)
{
  return pw_upload_next_job (fixture->upload, g_get_monotonic_time ());
}

/* Gives the job back with that outcome. @code: of its error; < 0 = none. */
static void
give (Fixture   *fixture,
      PwJob     *job,
      PwOutcome  outcome,
      gint       code)
{
  g_assert_nonnull (job);
  job->outcome = outcome;
  if (code >= 0)
    job->error = g_error_new_literal (PW_ERROR, code, "as the test wants it");
  pw_upload_take_job (fixture->upload, job);
}

static void
begin (Fixture *fixture)
{
  S3Plan plan = { .size = 25, .part_size = 10, .n_parts = N_PARTS };
  PwJob *job = next (fixture);

  g_assert_cmpint (job->kind, ==, PW_JOB_BEGIN);
  g_assert_cmpint (fixture->upload->state, ==, PW_UPLOAD_PREPARING);
  g_assert_null (next (fixture));
  pw_order_set_plan (fixture->upload->order, &plan);
  give (fixture, job, PW_OUTCOME_OK, -1);
  g_assert_cmpint (fixture->upload->state, ==, PW_UPLOAD_SENDING);
}

static void
test_to_the_end (Fixture       *fixture,
                 gconstpointer  data)
{
  PwUpload *upload = fixture->upload;
  PwJob *jobs[N_PARTS];
  g_autoptr (GArray) flights = NULL;

  begin (fixture);
  for (guint i = 0; i < N_PARTS; i++) {
    jobs[i] = next (fixture);
    g_assert_cmpuint (jobs[i]->part_number, ==, i + 1);
  }
  g_assert_null (next (fixture));
  jobs[1]->transfer.n_sent = 4;
  jobs[1]->connection = 2;
  g_assert_cmpuint (pw_upload_get_in_flight (upload), ==, 4);
  flights = pw_upload_get_flights (upload);
  g_assert_cmpuint (flights->len, ==, 1);
  g_assert_cmpuint (g_array_index (flights, PwFlight, 0).part_number, ==, 2);
  g_assert_cmpuint (g_array_index (flights, PwFlight, 0).size, ==, 10);
  g_assert_cmpuint (g_array_index (flights, PwFlight, 0).sent, ==, 4);
  g_assert_cmpuint (g_array_index (flights, PwFlight, 0).attempt, ==, 1);
  g_assert_cmpuint (g_array_index (flights, PwFlight, 0).connection, ==, 2);
  jobs[0]->request_id = g_strdup ("id");
  jobs[0]->peer = g_strdup ("127.0.0.1");
  for (guint i = 0; i < N_PARTS; i++)
    give (fixture, jobs[i], PW_OUTCOME_OK, -1);
  g_assert_cmpstr (upload->request_id, ==, "id");
  g_assert_cmpstr (upload->peer, ==, "127.0.0.1");
  g_assert_cmpuint (upload->schedule.safe, ==, 25);

  jobs[0] = next (fixture);
  g_assert_cmpint (jobs[0]->kind, ==, PW_JOB_FINISH);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FINISHING);
  upload->order->etag = g_strdup ("etag");
  give (fixture, jobs[0], PW_OUTCOME_DONE, -1);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpstr (upload->etag, ==, "etag");
  /* A long list of finished uploads does not keep the ETags of all their parts. */
  g_assert_null (upload->order->parts);
  g_assert_true (pw_upload_is_over (upload));
  g_assert_false (pw_upload_is_active (upload));
  g_assert_null (next (fixture));
}

/* What an outcome of the first job makes of the upload. */

typedef struct {
  const char *name;
  PwOutcome outcome;
  gint code;
  PwUploadState state;
} Case;

static const Case cases[] = {
  { "done", PW_OUTCOME_DONE, -1, PW_UPLOAD_DONE },
  { "skipped", PW_OUTCOME_SKIPPED, -1, PW_UPLOAD_SKIPPED },
  { "later", PW_OUTCOME_LATER, PW_ERROR_SERVER, PW_UPLOAD_PREPARING },
  { "anew", PW_OUTCOME_ANEW, PW_ERROR_UPLOAD_GONE, PW_UPLOAD_PREPARING },
  { "changed", PW_OUTCOME_CHANGED, PW_ERROR_SOURCE_CHANGED, PW_UPLOAD_FAILED },
  { "vanished", PW_OUTCOME_CHANGED, PW_ERROR_SOURCE_VANISHED, PW_UPLOAD_FAILED },
  { "failed", PW_OUTCOME_FAILED, PW_ERROR_ACCESS_DENIED, PW_UPLOAD_FAILED },
  { "network", PW_OUTCOME_FAILED, PW_ERROR_NETWORK, PW_UPLOAD_PAUSED },
  { "expired", PW_OUTCOME_FAILED, PW_ERROR_CREDENTIALS_EXPIRED, PW_UPLOAD_PAUSED },
};

static void
test_begin (Fixture       *fixture,
            gconstpointer  data)
{
  const Case *c = data;
  PwUpload *upload = fixture->upload;

  give (fixture, next (fixture), c->outcome, c->code);
  g_assert_cmpint (upload->state, ==, c->state);
  if (c->state == PW_UPLOAD_FAILED || c->state == PW_UPLOAD_PAUSED) {
    g_assert_error (upload->error, PW_ERROR, c->code);
    pw_upload_resume (upload);
    g_assert_cmpint (upload->state, ==, PW_UPLOAD_WAITING);
    g_assert_no_error (upload->error);
  }
}

/* The same, for an upload that was paused, resumed, blocked or removed while the job was out. */
static void
test_late (Fixture       *fixture,
           gconstpointer  data)
{
  const Case *c = data;
  g_autoptr (GError) blame = g_error_new_literal (PW_ERROR, PW_ERROR_NETWORK, "x");
  g_autoptr (GError) wrong = g_error_new_literal (PW_ERROR, PW_ERROR_CREDENTIALS_WRONG, "x");

  for (guint how = 0; how < 5; how++) {
    PwJob *job;
    gboolean is_over = c->outcome == PW_OUTCOME_DONE || c->outcome == PW_OUTCOME_SKIPPED;

    if (how > 0)
      set_up (fixture, NULL);
    job = next (fixture);
    pw_upload_pause (fixture->upload);
    g_assert_true (pw_job_is_stopped (job));
    if (how > 0)
      pw_upload_resume (fixture->upload);
    if (how == 2)
      pw_upload_stop_with (fixture->upload, blame);
    if (how == 3)
      pw_upload_stop_with (fixture->upload, wrong);
    if (how == 4)
      pw_upload_remove (fixture->upload);
    g_assert_null (next (fixture));
    give (fixture, job, c->outcome, c->code);
    if (how == 4)
      g_assert_cmpint (fixture->upload->state, ==, PW_UPLOAD_ABORTING);
    else if (is_over)
      g_assert_cmpint (fixture->upload->state, ==, c->state);
    if (how < 4)
      tear_down (fixture, NULL);
  }
}

/* As a worker does it. */
static void
close_files (Fixture *fixture)
{
  PwJob *job = next (fixture);

  g_assert_nonnull (job);
  g_assert_cmpint (job->kind, ==, PW_JOB_CLOSE);
  g_assert_true (pw_upload_is_closing (fixture->upload));
  /* Nothing else is done meanwhile. */
  g_assert_null (next (fixture));
  pw_order_release (job->order);
  give (fixture, job, PW_OUTCOME_OK, -1);
  g_assert_false (pw_upload_is_closing (fixture->upload));
}

/* What waits for better days holds no file open: there may be thousands of them. What the user
 * paused does, and goes on at once. */
static void
test_lets_go (Fixture       *fixture,
              gconstpointer  data)
{
  PwUpload *upload = fixture->upload;
  PwJob *jobs[2];

  begin (fixture);
  upload->order->source = pw_source_open ("/proc/self/exe", NULL);
  g_assert_nonnull (upload->order->source);
  jobs[0] = next (fixture);
  pw_upload_pause (upload);
  give (fixture, jobs[0], PW_OUTCOME_STOPPED, -1);
  g_assert_nonnull (upload->order->source);
  pw_upload_resume (upload);

  jobs[0] = next (fixture);
  jobs[1] = next (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_SENDING);
  give (fixture, jobs[0], PW_OUTCOME_FAILED, PW_ERROR_SERVER);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_PAUSED);
  g_assert_false (pw_upload_is_closing (upload));
  give (fixture, jobs[1], PW_OUTCOME_OK, -1);
  g_assert_true (pw_upload_is_closing (upload));
  close_files (fixture);
  g_assert_null (upload->order->source);
  g_assert_null (next (fixture));

  pw_upload_resume (upload);
  jobs[0] = next (fixture);
  g_assert_cmpint (jobs[0]->kind, ==, PW_JOB_BEGIN);
  give (fixture, jobs[0], PW_OUTCOME_OK, -1);
}

/* Resumed, given other settings, removed while a worker closes its files: each waits for that. */
static void
test_closing (Fixture       *fixture,
              gconstpointer  data)
{
  PwUpload *upload = fixture->upload;
  PwJob *job, *closing;

  begin (fixture);
  upload->order->source = pw_source_open ("/proc/self/exe", NULL);
  give (fixture, next (fixture), PW_OUTCOME_FAILED, PW_ERROR_SERVER);
  closing = next (fixture);
  g_assert_cmpint (closing->kind, ==, PW_JOB_CLOSE);
  g_assert_true (pw_upload_set_destination (upload, fixture->destination));
  g_assert_null (upload->order);
  pw_upload_resume (upload);
  g_assert_null (next (fixture));
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_WAITING);
  pw_order_release (closing->order);
  give (fixture, closing, PW_OUTCOME_OK, -1);

  set_order (fixture);
  begin (fixture);
  upload->order->source = pw_source_open ("/proc/self/exe", NULL);
  give (fixture, next (fixture), PW_OUTCOME_FAILED, PW_ERROR_SERVER);
  closing = next (fixture);
  pw_upload_remove (upload);
  g_assert_null (next (fixture));
  pw_order_release (closing->order);
  give (fixture, closing, PW_OUTCOME_OK, -1);
  job = next (fixture);
  g_assert_cmpint (job->kind, ==, PW_JOB_ABORT);
  give (fixture, job, PW_OUTCOME_OK, -1);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_REMOVED);
}

/* What the user paused is open, and its order is given up: it is closed before anything else. */
static void
test_leaving (Fixture       *fixture,
              gconstpointer  data)
{
  PwUpload *upload = fixture->upload;
  PwOrder *before = upload->order;
  PwJob *job;

  begin (fixture);
  before->source = pw_source_open ("/proc/self/exe", NULL);
  pw_upload_pause (upload);
  g_assert_false (pw_upload_is_closing (upload));
  g_assert_true (pw_upload_set_destination (upload, fixture->destination));
  g_assert_null (upload->order);

  pw_upload_resume (upload);
  job = next (fixture);
  g_assert_cmpint (job->kind, ==, PW_JOB_CLOSE);
  g_assert_true (job->order == before);
  pw_order_release (job->order);
  give (fixture, job, PW_OUTCOME_OK, -1);
  g_assert_null (upload->leaving);
  set_order (fixture);
  begin (fixture);
}

static void
test_parts_again (Fixture       *fixture,
                  gconstpointer  data)
{
  PwUpload *upload = fixture->upload;
  PwJob *job;
  g_autoptr (GArray) flights = NULL;

  begin (fixture);
  job = next (fixture);
  job->attempts.n_transient = 1;
  job->wait_ms = 0;
  give (fixture, job, PW_OUTCOME_LATER, PW_ERROR_SERVER);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_SENDING);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_SERVER);
  g_assert_cmpuint (upload->n_again, ==, 1);

  job = next (fixture);
  g_assert_cmpuint (job->part_number, ==, 1);
  g_assert_cmpuint (job->attempts.n_transient, ==, 1);
  job->transfer.n_sent = 1;
  flights = pw_upload_get_flights (upload);
  g_assert_cmpuint (g_array_index (flights, PwFlight, 0).attempt, ==, 2);
  give (fixture, job, PW_OUTCOME_OK, -1);
  g_assert_no_error (upload->error);
}

static void
test_part_ends_it (Fixture       *fixture,
                   gconstpointer  data)
{
  static const struct { PwOutcome outcome; gint code; PwUploadState state; } ends[] = {
    { PW_OUTCOME_FAILED, PW_ERROR_ACCESS_DENIED, PW_UPLOAD_FAILED },
    { PW_OUTCOME_FAILED, PW_ERROR_NETWORK, PW_UPLOAD_PAUSED },
    { PW_OUTCOME_CHANGED, PW_ERROR_SOURCE_CHANGED, PW_UPLOAD_FAILED },
    { PW_OUTCOME_ANEW, PW_ERROR_UPLOAD_GONE, PW_UPLOAD_PREPARING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    PwJob *first, *second;

    if (i > 0)
      set_up (fixture, NULL);
    begin (fixture);
    first = next (fixture);
    second = next (fixture);
    give (fixture, first, ends[i].outcome, ends[i].code);
    g_assert_cmpint (fixture->upload->state, ==, ends[i].state);
    g_assert_true (pw_job_is_stopped (second));
    /* Nothing begins before all are back. */
    g_assert_null (next (fixture));
    give (fixture, second, PW_OUTCOME_OK, -1);
    if (ends[i].state != PW_UPLOAD_PREPARING)
      g_assert_error (fixture->upload->error, PW_ERROR, ends[i].code);
    if (i + 1 < G_N_ELEMENTS (ends))
      tear_down (fixture, NULL);
  }
}

/* A store that forgets every upload, a file that changes without end: told, in the end. */
static void
test_without_end (Fixture       *fixture,
                  gconstpointer  data)
{
  guint n;

  for (n = 0; fixture->upload->state != PW_UPLOAD_FAILED && n < 100; n++)
    give (fixture, next (fixture), PW_OUTCOME_ANEW, PW_ERROR_UPLOAD_GONE);
  g_assert_cmpuint (n, <, 20);

  pw_upload_set_follow (fixture->upload, TRUE);
  pw_upload_resume (fixture->upload);
  for (n = 0; fixture->upload->state != PW_UPLOAD_FAILED && n < 100; n++)
    give (fixture, next (fixture), PW_OUTCOME_CHANGED, PW_ERROR_SOURCE_CHANGED);
  g_assert_cmpuint (n, >, 1);
  g_assert_cmpuint (n, <, 20);
}

static void
test_removed (Fixture       *fixture,
              gconstpointer  data)
{
  PwUpload *upload = fixture->upload;
  PwJob *part, *job;

  begin (fixture);
  part = next (fixture);
  pw_upload_remove (upload);
  pw_upload_remove (upload);
  pw_upload_pause (upload);
  pw_upload_resume (upload);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_ABORTING);
  g_assert_null (next (fixture));
  give (fixture, part, PW_OUTCOME_STOPPED, -1);

  job = next (fixture);
  g_assert_cmpint (job->kind, ==, PW_JOB_ABORT);
  job->wait_ms = 0;
  give (fixture, job, PW_OUTCOME_LATER, PW_ERROR_SERVER);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_ABORTING);
  give (fixture, next (fixture), PW_OUTCOME_OK, -1);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_REMOVED);
  g_assert_true (pw_upload_is_over (upload));
}

/* The file's new place counts from the next job on, whatever is still out. */
static void
test_path (Fixture       *fixture,
           gconstpointer  data)
{
  PwJob *job = next (fixture);

  pw_upload_pause (fixture->upload);
  pw_upload_set_path (fixture->upload, "/elsewhere/b");
  g_assert_cmpstr (fixture->upload->name, ==, "b");
  g_assert_cmpstr (fixture->upload->order->path, ==, "/nowhere/a");
  give (fixture, job, PW_OUTCOME_STOPPED, -1);
  pw_upload_answer_exists (fixture->upload, PW_IF_EXISTS_SKIP);
  job = next (fixture);
  g_assert_cmpint (job->kind, ==, PW_JOB_BEGIN);
  g_assert_cmpstr (job->order->path, ==, "/elsewhere/b");
  g_assert_cmpint (job->order->if_exists, ==, PW_IF_EXISTS_SKIP);
  give (fixture, job, PW_OUTCOME_STOPPED, -1);
}

/* Another place is for what was never begun; other settings are for all that is not under way. */
static void
test_destination (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (PwDestination) elsewhere = pw_destination_new_from_uri (
    "s3://other/below", "http://127.0.0.1:1", NULL, NULL);
  g_autoptr (PwDestination) settings = pw_destination_copy (fixture->destination);
  PwUpload *upload = fixture->upload;
  PwJob *job;

  g_assert_false (pw_upload_set_destination (upload, elsewhere));
  pw_upload_pause (upload);
  g_assert_true (pw_upload_set_destination (upload, elsewhere));
  g_assert_cmpstr (upload->key, ==, "below/a");
  g_assert_null (upload->order);
  g_assert_true (pw_upload_set_destination (upload, fixture->destination));
  g_assert_cmpstr (upload->key, ==, "a");

  upload->was_begun = TRUE;
  g_assert_false (pw_upload_set_destination (upload, elsewhere));
  g_assert_true (pw_upload_set_destination (upload, settings));
  g_assert_true (upload->destination == settings);
  set_order (fixture);
  g_assert_true (upload->order->may_have_journal);

  pw_upload_resume (upload);
  job = next (fixture);
  pw_upload_pause (upload);
  g_assert_false (pw_upload_set_destination (upload, settings));
  give (fixture, job, PW_OUTCOME_FAILED, PW_ERROR_NO_SUCH_BUCKET);
  g_assert_true (pw_upload_set_destination (upload, elsewhere));
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) g_test_add ("/run/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("to-the-end", test_to_the_end);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/run/begin/", cases[i].name, NULL);
    g_autofree char *late = g_strconcat ("/run/late/", cases[i].name, NULL);

    g_test_add (path, Fixture, &cases[i], set_up, test_begin, tear_down);
    g_test_add (late, Fixture, &cases[i], set_up, test_late, tear_down);
  }
  ADD ("lets-go", test_lets_go);
  ADD ("closing", test_closing);
  ADD ("leaving", test_leaving);
  ADD ("parts-again", test_parts_again);
  ADD ("part-ends-it", test_part_ends_it);
  ADD ("without-end", test_without_end);
  ADD ("removed", test_removed);
  ADD ("path", test_path);
  ADD ("destination", test_destination);

  return g_test_run ();
}
