/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#include <glib/gstdio.h>

#define SIZE (2 * STORE_PART + 1)

static StepFixture *
begin (const char *rules,
       gboolean    is_crashed)
{
  StepFixture *fixture = step_fixture_new (rules, NULL, SIZE);

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_PART, 1), ==, PW_OUTCOME_OK);
  if (is_crashed)
    step_fixture_crash (fixture);
  return fixture;
}

typedef struct {
  const char *name;
  const char *rules;
  gboolean is_crashed;
  const char *faults;
} Case;

static const Case cases[] = {
  { "running", NULL, FALSE, "" },
  { "crashed", NULL, TRUE, "" },
  { "ceph", "ceph", TRUE, "" },
  { "fails-once", NULL, FALSE, "abort times 1: status 500 InternalError\n" },
  { "answer-lost", NULL, FALSE, "abort times 3: lose-answer\n" },
  { "gone-already", NULL, TRUE, "abort times 1: forget-upload\n" },
  { "list-fails-once", NULL, FALSE, "list-parts times 1: status 503\n" },
  { "may-not-list", NULL, FALSE, "list-parts: status 403 AccessDenied\n" },
};

static void
test_abort (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = begin (c->rules, c->is_crashed);

  store_fixture_set_faults (fixture->store, c->faults);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_ABORT, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  g_assert_false (step_fixture_has_journal (fixture));
}

/* The journal stays as long as something may be left. */
static void
test_kept (void)
{
  static const char *const faults[] = {
    "abort: status 500 InternalError\n", "abort: status 403 AccessDenied\n",
    "list-parts: status 500\n", "abort: error-in-200 InternalError\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (StepFixture) fixture = begin (NULL, TRUE);
    g_autoptr (PwJob) job = NULL;

    store_fixture_set_faults (fixture->store, faults[i]);
    job = step_fixture_try (fixture, PW_JOB_ABORT, 0);
    g_assert_cmpint (job->outcome, >, PW_OUTCOME_SKIPPED);
    g_assert_true (step_fixture_has_journal (fixture));
  }
}

static void
test_parts_that_stay (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, FALSE);
  g_autoptr (PwJob) job = NULL;

  /* The store says yes, and does nothing. */
  store_fixture_set_faults (fixture->store, "abort: status 204\n");
  job = step_fixture_try (fixture, PW_JOB_ABORT, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_LATER);
  g_assert_cmpuint (job->wait_ms, >, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "abort"), >, 1);
  g_assert_true (step_fixture_has_journal (fixture));
}

/* A journal that cannot be read now may name an upload all the same. */
static void
test_unreadable (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, TRUE);
  g_autofree char *path = g_build_filename (fixture->store->journals, STEP_ID ".journal", NULL);
  g_autoptr (PwJob) job = NULL;

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  job = step_fixture_try (fixture, PW_JOB_ABORT, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_JOURNAL);
}

static void
test_nothing_begun (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SIZE);

  step_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_ABORT, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "abort"), ==, 0);
}

/* The id of an upload that was created never came. */
static void
test_orphan (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, "create times 1: cut-answer\n", SIZE);
  g_autoptr (PwJob) job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);

  g_assert_cmpint (job->outcome, >, PW_OUTCOME_SKIPPED);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 1);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_ABORT, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  g_assert_false (step_fixture_has_journal (fixture));
}

/* Removing what is finished takes nothing from the store. */
static void
test_finished (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, FALSE);

  step_fixture_send_parts (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
  step_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_ABORT, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "abort"), ==, 0);
  g_assert_false (step_fixture_has_journal (fixture));
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/abort/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_abort);
  }
  g_test_add_func ("/abort/kept", test_kept);
  g_test_add_func ("/abort/parts-that-stay", test_parts_that_stay);
  g_test_add_func ("/abort/unreadable", test_unreadable);
  g_test_add_func ("/abort/nothing-begun", test_nothing_begun);
  g_test_add_func ("/abort/orphan", test_orphan);
  g_test_add_func ("/abort/finished", test_finished);

  return g_test_run ();
}
