/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#define SIZE (3 * STORE_PART + 100)

/* All parts are at the store. */
static StepFixture *
send_all (const char *rules,
          PwIfExists  if_exists,
          const char *faults)
{
  StepFixture *fixture = step_fixture_new (rules, NULL, SIZE);

  fixture->order->if_exists = if_exists;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  step_fixture_send_parts (fixture);
  if (faults)
    store_fixture_set_faults (fixture->store, faults);
  return fixture;
}

typedef struct {
  const char *name;
  const char *rules;
  const char *faults;
  PwOutcome outcome;            /* tried again as long as it is LATER */
  const char *proof;            /* how the verification begins */
} Case;

static const Case cases[] = {
  { "checksum", NULL, NULL, PW_OUTCOME_DONE, "CRC64NVME of the whole object" },
  { "ceph", "ceph", NULL, PW_OUTCOME_DONE, "MD5 of every part, and the ETag" },
  { "b2", "b2", NULL, PW_OUTCOME_DONE, "MD5 of every part, and the ETag" },
  { "r2", "r2", NULL, PW_OUTCOME_DONE, "CRC64NVME" },
  { "may-not-look", NULL, "head: status 403 AccessDenied\n", PW_OUTCOME_DONE, "CRC64NVME" },
  { "may-not-look-ceph", "ceph", "head: status 403 AccessDenied\n", PW_OUTCOME_DONE,
    "every part" },
  { "500", NULL, "complete times 2: status 500 InternalError\n", PW_OUTCOME_DONE, "CRC64NVME" },
  { "error-in-200", NULL, "complete times 2: error-in-200 InternalError\n", PW_OUTCOME_DONE,
    "CRC64NVME" },
  { "error-in-200-though-done", NULL, "complete times 1: error-in-200 InternalError done\n",
    PW_OUTCOME_DONE, "CRC64NVME" },
  { "error-for-good", NULL, "complete: error-in-200 AccessDenied\n", PW_OUTCOME_FAILED, NULL },
  { "answer-lost", NULL, "complete times 1: lose-answer\n", PW_OUTCOME_DONE, "CRC64NVME" },
  { "answers-lost", NULL, "complete times 3: lose-answer\n", PW_OUTCOME_DONE, "CRC64NVME" },
  { "answer-cut", NULL, "complete times 1: cut-answer\n", PW_OUTCOME_DONE, "CRC64NVME" },
  { "head-fails", NULL, "head times 2: status 503\n", PW_OUTCOME_DONE, "CRC64NVME" },
  { "whitespace", NULL, "complete: whitespace 100ms\n", PW_OUTCOME_DONE, "CRC64NVME" },
  { "forgotten", NULL, "complete times 1: forget-upload\n", PW_OUTCOME_ANEW, NULL },
  { "conflict", NULL, "complete times 1: status 409 ConditionalRequestConflict\n",
    PW_OUTCOME_ANEW, NULL },
  { "parts-missing", NULL, "complete times 1: status 400 InvalidPart\n", PW_OUTCOME_ANEW, NULL },
  { "wrong-size", NULL, "head: wrong-size\n", PW_OUTCOME_FAILED, NULL },
  { "wrong-object", NULL, "complete: swap-bytes\n", PW_OUTCOME_FAILED, NULL },
};

static void
test_finish (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = send_all (c->rules, PW_IF_EXISTS_REPLACE, c->faults);
  PwOrder *order = fixture->order;
  PwOutcome outcome = step_fixture_run (fixture, PW_JOB_FINISH, 0);

  /* A store that forgot the upload may have finished it. */
  if (outcome == PW_OUTCOME_ANEW && c->outcome == PW_OUTCOME_DONE)
    outcome = step_fixture_run (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (outcome, ==, c->outcome);
  if (c->outcome != PW_OUTCOME_DONE) {
    g_assert_null (pw_journal_get_done (order->journal, NULL));
    return;
  }
  g_assert_cmpstr (order->verification, !=, NULL);
  if (!g_str_has_prefix (order->verification, c->proof))
    g_test_message ("%s", order->verification);
  g_assert_true (g_str_has_prefix (order->verification, c->proof));
  g_assert_cmpstr (pw_journal_get_done (order->journal, NULL), ==, order->etag);
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "repeated_parts"), ==, 0);
}

/* What is ANEW goes on from what the store has, and ends well. */
static void
test_anew (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = send_all (c->rules, PW_IF_EXISTS_REPLACE, c->faults);

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_ANEW);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  step_fixture_send_parts (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

/* Somebody made an object of that name while the parts were sent. */

typedef struct {
  const char *name;
  PwIfExists if_exists;
  PwOutcome outcome;
  const char *key;
} TakenCase;

static const TakenCase taken_cases[] = {
  { "ask", PW_IF_EXISTS_ASK, PW_OUTCOME_FAILED, "file.bin" },
  { "replace", PW_IF_EXISTS_REPLACE, PW_OUTCOME_DONE, "file.bin" },
  { "rename", PW_IF_EXISTS_RENAME, PW_OUTCOME_ANEW, "file (2).bin" },
  { "skip", PW_IF_EXISTS_SKIP, PW_OUTCOME_SKIPPED, "file.bin" },
};

static void
put_other (StepFixture *fixture)
{
  g_autofree char *path = store_fixture_make_file (fixture->store, "other", 10, 7);
  g_autoptr (PwOrder) order = pw_order_new ("00000000000000aa", path, "file.bin",
                                            fixture->destination, fixture->authority,
                                            fixture->store->journals);
  g_autoptr (PwJob) job = pw_job_new (PW_JOB_BEGIN, order, 0);

  pw_begin (job, fixture->bench);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_DONE);
}

static void
test_taken (gconstpointer data)
{
  const TakenCase *c = data;
  g_autoptr (StepFixture) fixture = send_all (NULL, c->if_exists, NULL);
  g_autoptr (PwJob) job = NULL;

  put_other (fixture);
  job = step_fixture_try (fixture, PW_JOB_FINISH, 0);
  g_assert_cmpint (job->outcome, ==, c->outcome);
  g_assert_cmpstr (fixture->order->key, ==, c->key);
  if (c->outcome == PW_OUTCOME_FAILED)
    g_assert_error (job->error, PW_ERROR, PW_ERROR_EXISTS);
  if (c->outcome == PW_OUTCOME_SKIPPED) {
    g_assert_false (step_fixture_has_journal (fixture));
    g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  }
  if (c->outcome != PW_OUTCOME_ANEW)
    return;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  step_fixture_send_parts (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
  store_fixture_assert_object (fixture->store, c->key, fixture->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

/* The look saw nothing; it is Complete that is refused. What is unfinished goes, in the end. */
static void
test_taken_in_between (gconstpointer data)
{
  const TakenCase *c = data;
  g_autoptr (StepFixture) fixture = send_all (NULL, c->if_exists,
                                              "complete times 1: status 412 PreconditionFailed\n"
                                              "abort times 2: status 500 InternalError\n");
  PwOutcome outcome = step_fixture_run (fixture, PW_JOB_FINISH, 0);

  if (c->if_exists == PW_IF_EXISTS_ASK || c->if_exists == PW_IF_EXISTS_REPLACE)
    g_assert_cmpint (outcome, ==, PW_OUTCOME_FAILED);
  else
    g_assert_cmpint (outcome, <, PW_OUTCOME_FAILED);
}

/* The first Complete won, its answer was lost, and the second is told of what the first made. */
static void
test_taken_by_itself (gconstpointer data)
{
  const TakenCase *c = data;
  g_autoptr (StepFixture) fixture = send_all (NULL, c->if_exists,
                                              "complete times 1: lose-answer\n"
                                              "complete after 1 times 1: status 412 "
                                              "PreconditionFailed\n");

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "complete"), ==, 2);
  g_assert_cmpstr (fixture->order->key, ==, "file.bin");
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
}

/* A file that changes between its last part and Complete. */
static void
test_changed (void)
{
  g_autoptr (StepFixture) fixture = send_all (NULL, PW_IF_EXISTS_REPLACE, NULL);
  g_autoptr (PwJob) job = NULL;

  step_fixture_change_file (fixture, 1, 0);
  job = step_fixture_try (fixture, PW_JOB_FINISH, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_CHANGED);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "complete"), ==, 0);
}

/* An older object of that name is never taken for this upload's. */
static void
test_older_object (gconstpointer rules)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (rules, NULL, SIZE);
  g_autoptr (PwJob) job = NULL;
  gboolean is_finished = TRUE;
  g_auto (PwExchange) exchange = { .client = pw_bench_get_client (fixture->bench,
                                                                  fixture->destination) };

  put_other (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  step_fixture_send_parts (fixture);
  g_assert_true (pw_journal_add_completing (fixture->order->journal, NULL, NULL));
  job = pw_job_new (PW_JOB_FINISH, fixture->order, 0);
  g_assert_true (pw_find_finished (job, &exchange, &is_finished, NULL));
  g_assert_false (is_finished);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/finish/", cases[i].name, NULL);
    g_autofree char *anew = g_strconcat ("/finish/anew/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_finish);
    if (cases[i].outcome == PW_OUTCOME_ANEW)
      g_test_add_data_func (anew, &cases[i], test_anew);
  }
  for (guint i = 0; i < G_N_ELEMENTS (taken_cases); i++) {
    g_autofree char *path = g_strconcat ("/finish/taken/", taken_cases[i].name, NULL);
    g_autofree char *between = g_strconcat ("/finish/taken-in-between/", taken_cases[i].name,
                                            NULL);
    g_autofree char *itself = g_strconcat ("/finish/taken-by-itself/", taken_cases[i].name, NULL);

    g_test_add_data_func (path, &taken_cases[i], test_taken);
    g_test_add_data_func (itself, &taken_cases[i], test_taken_by_itself);
    g_test_add_data_func (between, &taken_cases[i], test_taken_in_between);
  }
  g_test_add_func ("/finish/changed", test_changed);
  g_test_add_data_func ("/finish/older-object/generic", "generic", test_older_object);
  g_test_add_data_func ("/finish/older-object/ceph", "ceph", test_older_object);

  return g_test_run ();
}
