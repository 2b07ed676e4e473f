/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include "engine/pw-error.h"
#include "engine/pw-line.h"
#include "step-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_PARTS 4
#define SIZE (3 * STORE_PART + 100)

/* An upload of four parts with the first @n_sent at the store, left by a crash. */
static StepFixture *
leave (const char *rules,
       guint       n_sent)
{
  StepFixture *fixture = step_fixture_new (rules, NULL, SIZE);

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  for (guint n = 1; n <= n_sent; n++)
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_PART, n), ==, PW_OUTCOME_OK);
  step_fixture_crash (fixture);
  return fixture;
}

/* Sends the rest, and holds the object against the file. */
static void
finish (StepFixture *fixture)
{
  step_fixture_send_parts (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

typedef struct {
  const char *name;
  const char *rules;
  const char *faults;           /* while it is taken up */
  guint n_sent;
  guint n_resumed;              /* parts that need not be sent */
} Case;

static const Case cases[] = {
  { "nothing-sent", NULL, NULL, 0, 0 },
  { "some-sent", NULL, NULL, 2, 2 },
  { "all-sent", NULL, NULL, 4, 4 },
  { "ceph", "ceph", NULL, 3, 3 },
  { "b2", "b2", NULL, 3, 3 },
  { "list-empty", NULL, "list-parts: empty\n", 3, 0 },
  { "list-lies", NULL, "list-parts: omit-part 2\nlist-parts: wrong-part-size 3\n", 4, 2 },
  { "list-other-etag", NULL, "list-parts: wrong-part-etag 1\n", 4, 3 },
  { "list-fails-once", NULL, "list-parts times 1: status 500 InternalError\n", 2, 2 },
  { "list-cut", NULL, "list-parts times 1: cut-answer\n", 2, 2 },
  { "forgotten", NULL, "list-parts times 1: forget-upload\n", 3, 0 },
  { "forgotten-by-ceph", "ceph", "list-parts times 1: forget-upload\n", 3, 0 },
};

static void
test_resume (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = leave (c->rules, c->n_sent);

  if (c->faults)
    store_fixture_set_faults (fixture->store, c->faults);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, c->n_resumed);
  g_assert_cmpuint (fixture->order->n_resumed, >=, 1);
  finish (fixture);
}

/* Parts that may not be listed count because the store confirmed them; the user is told. */
static void
test_denied (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 2);

  store_fixture_set_faults (fixture->store, "list-parts: status 403 AccessDenied\n");
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, 2);
  g_assert_nonnull (strstr (fixture->order->note, "2 parts"));
  finish (fixture);
}

/* The journal was wrong, as Complete shows: another upload takes its place. */
static void
test_denied_and_lost (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 2);
  g_autoptr (PwJob) job = NULL;

  store_fixture_set_faults (fixture->store, "list-parts: status 403 AccessDenied\n"
                            "complete times 1: status 400 InvalidPart\n");
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  step_fixture_send_parts (fixture);
  job = step_fixture_try (fixture, PW_JOB_FINISH, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_ANEW);
  fixture->order->may_have_journal = TRUE;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 1);
  finish (fixture);
}

/* The file has other marks and the same bytes: every part is read, and all count. */
static void
test_touched (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);
  g_autofree char *copy = g_strconcat (fixture->path, ".copy", NULL);
  struct stat info;

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  {
    struct timespec times[2] = { info.st_atim, info.st_mtim };
    g_autofree char *bytes = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
    g_assert_true (g_file_set_contents (copy, bytes, (gssize) size, NULL));
    g_assert_cmpint (g_rename (copy, fixture->path), ==, 0);
    g_assert_cmpint (utimensat (AT_FDCWD, fixture->path, times, 0), ==, 0);
  }
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (fixture->order->states[i], ==, PW_PART_PROVED);
  finish (fixture);
}

/* The same marks, other bytes: said, not sent. */
static void
test_forged (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);
  struct stat info;

  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  step_fixture_change_file (fixture, 10, 0);
  {
    struct timespec times[2] = { info.st_atim, info.st_mtim };

    g_assert_cmpint (utimensat (AT_FDCWD, fixture->path, times, 0), ==, 0);
  }
  /* The second time, too: nothing was given up for a file that may be the wrong one. */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (PwJob) job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);

    g_assert_cmpint (job->outcome, ==, PW_OUTCOME_CHANGED);
    g_assert_error (job->error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);
    step_fixture_crash (fixture);
  }
}

static void
test_changed (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);
  g_autoptr (PwJob) job = NULL;

  step_fixture_change_file (fixture, 10, 0);
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_CHANGED);
  /* What is safe stays so, for the day when the file is back. */
  g_assert_true (pw_journal_get_parts (fixture->order->journal, &(guint) { 0 })[0].is_safe);
}

static void
test_vanished (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);
  g_autoptr (PwJob) job = NULL;

  g_remove (fixture->path);
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_CHANGED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);
  g_assert_true (step_fixture_has_journal (fixture));
}

typedef struct {
  const char *name;
  gsize offset;                 /* of the byte that changes */
  gsize grow;
  guint n_parts;
  guint n_safe;
} FollowCase;

static const FollowCase follow_cases[] = {
  { "first-part", 10, 0, 4, 2 },
  { "part-not-sent", 3 * STORE_PART, 0, 4, 3 },
  { "longer", 3 * STORE_PART, 2 * STORE_PART, 6, 3 },
};

static void
test_followed (gconstpointer data)
{
  const FollowCase *c = data;
  g_autoptr (StepFixture) fixture = leave (NULL, 3);

  step_fixture_change_file (fixture, c->offset, c->grow);
  fixture->order->follow = TRUE;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (fixture->order->plan.n_parts, ==, c->n_parts);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, c->n_safe);
  /* And once more, from what the journal says now. */
  step_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, c->n_safe);
  finish (fixture);
}

static void
test_followed_to_nothing (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);

  g_assert_cmpint (truncate (fixture->path, STORE_PART), ==, 0);
  fixture->order->follow = TRUE;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (fixture->order->plan.n_parts, ==, 1);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, 1);
  finish (fixture);
}

/* A follower that outgrows the store's number of parts is told so. */
static void
test_outgrown (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 1);
  g_autoptr (PwJob) job = NULL;

  g_assert_cmpint (truncate (fixture->path, 10001 * (off_t) STORE_PART), ==, 0);
  fixture->order->follow = TRUE;
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_PLAN);
}

/* A crash between Create and its line: the orphan goes, another upload is created. */
static void
test_orphan (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, "create times 1: cut-answer\n", SIZE);
  g_autoptr (PwJob) job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);

  g_assert_cmpint (job->outcome, >, PW_OUTCOME_SKIPPED);
  g_assert_null (fixture->order->upload_id);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 1);
  g_clear_pointer (&job, pw_job_free);
  step_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 1);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "abort"), ==, 1);
  finish (fixture);
}

/* What the store cannot end well is aborted before another is created, however often that fails. */
static void
test_spoiled (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);

  fixture->order->is_spoiled = TRUE;
  store_fixture_set_faults (fixture->store, "abort times 2: status 500 InternalError\n");
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_false (fixture->order->is_spoiled);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 1);
  finish (fixture);
}

/* Complete won, and its answer never came. */
static StepFixture *
leave_complete (const char *rules)
{
  StepFixture *fixture = leave (rules, N_PARTS);
  g_autoptr (PwJob) job = NULL;

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  store_fixture_set_faults (fixture->store, "complete: lose-answer\nhead: status 500\n");
  job = step_fixture_try (fixture, PW_JOB_FINISH, 0);
  g_assert_cmpint (job->outcome, !=, PW_OUTCOME_DONE);
  step_fixture_crash (fixture);
  store_fixture_set_faults (fixture->store, "");
  return fixture;
}

/* Nothing is sent again. */
static void
test_was_complete (gconstpointer rules)
{
  g_autoptr (StepFixture) fixture = leave_complete (rules);

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
  g_assert_nonnull (fixture->order->etag);
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "repeated_parts"), ==, 0);

  /* And the journal says so from now on, without asking. */
  step_fixture_crash (fixture);
  store_fixture_set_faults (fixture->store, "any: status 500\n");
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
  g_assert_nonnull (fixture->order->verification);
}

/* Complete had won, its answer never came, and then the file was changed: who follows it gets what
 * the file holds now, at the same key, whatever is to happen to objects of others. */
static void
test_was_complete_and_followed (gconstpointer data)
{
  gsize grow = GPOINTER_TO_SIZE (data);

  for (PwIfExists if_exists = PW_IF_EXISTS_ASK; if_exists <= PW_IF_EXISTS_SKIP; if_exists++) {
    g_autoptr (StepFixture) fixture = leave_complete (NULL);

    step_fixture_change_file (fixture, 10, grow);
    fixture->order->follow = TRUE;
    fixture->order->if_exists = if_exists;
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
    g_assert_cmpuint (step_fixture_count_safe (fixture), ==, 0);
    g_assert_cmpstr (fixture->order->key, ==, "file.bin");
    finish (fixture);
    g_assert_cmpuint (store_fixture_get_stat (fixture->store, "objects"), ==, 1);
  }
}

/* The same marks are of no importance: the bytes are those that Complete made the object of. */
static void
test_was_complete_and_touched (void)
{
  g_autoptr (StepFixture) fixture = leave_complete (NULL);

  step_fixture_change_file (fixture, 10, 0);
  step_fixture_change_file (fixture, 10, 0);
  fixture->order->follow = TRUE;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "create"), ==, 1);
}

static void
test_without_journal (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SIZE);

  step_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  finish (fixture);
}

static void
test_broken_journal (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);
  g_autofree char *path = g_build_filename (fixture->store->journals, STEP_ID ".journal", NULL);

  g_assert_true (g_file_set_contents (path, "no journal\nat all\n", -1, NULL));
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_nonnull (fixture->order->note);
  step_fixture_send_parts (fixture);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
}

/* A journal of a newer Partway: nothing is begun beside it, and nothing forgotten. */
static void
test_newer_journal (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);
  g_autofree char *path = g_build_filename (fixture->store->journals, STEP_ID ".journal", NULL);
  g_autoptr (GString) text = g_string_new ("{\"t\":\"intent\",\"v\":2,\"new\":1");
  static const PwJobKind kinds[] = { PW_JOB_BEGIN, PW_JOB_ABORT };

  pw_line_end (text, 0);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (PwJob) job = step_fixture_try (fixture, kinds[i], 0);

    g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
    g_assert_error (job->error, PW_ERROR, PW_ERROR_JOURNAL_BROKEN);
    g_assert_nonnull (strstr (job->error->message, "newer"));
    g_assert_true (step_fixture_has_journal (fixture));
  }
}

/* Another process runs it: told, and neither sent nor forgotten. */
static void
test_locked (void)
{
  g_autoptr (StepFixture) fixture = leave (NULL, 3);
  g_autoptr (PwJournal) other = pw_journal_open (fixture->store->journals, STEP_ID, NULL);
  g_autoptr (PwJob) job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_autoptr (PwJob) abort = NULL;

  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_LOCKED);
  abort = step_fixture_try (fixture, PW_JOB_ABORT, 0);
  g_assert_error (abort->error, PW_ERROR, PW_ERROR_LOCKED);
  g_assert_true (step_fixture_has_journal (fixture));

  g_clear_pointer (&other, pw_journal_unref);
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture), ==, 3);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/resume/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_resume);
  }
  g_test_add_func ("/resume/denied", test_denied);
  g_test_add_func ("/resume/denied-and-lost", test_denied_and_lost);
  g_test_add_func ("/resume/touched", test_touched);
  g_test_add_func ("/resume/forged", test_forged);
  g_test_add_func ("/resume/changed", test_changed);
  g_test_add_func ("/resume/vanished", test_vanished);
  for (guint i = 0; i < G_N_ELEMENTS (follow_cases); i++) {
    g_autofree char *path = g_strconcat ("/resume/followed/", follow_cases[i].name, NULL);

    g_test_add_data_func (path, &follow_cases[i], test_followed);
  }
  g_test_add_func ("/resume/followed/shorter", test_followed_to_nothing);
  g_test_add_func ("/resume/outgrown", test_outgrown);
  g_test_add_func ("/resume/orphan", test_orphan);
  g_test_add_func ("/resume/spoiled", test_spoiled);
  g_test_add_data_func ("/resume/was-complete/generic", "generic", test_was_complete);
  g_test_add_data_func ("/resume/was-complete/ceph", "ceph", test_was_complete);
  g_test_add_data_func ("/resume/was-complete/b2", "b2", test_was_complete);
  g_test_add_data_func ("/resume/was-complete/followed", NULL, test_was_complete_and_followed);
  g_test_add_data_func ("/resume/was-complete/grown", GSIZE_TO_POINTER (STORE_PART),
                        test_was_complete_and_followed);
  g_test_add_func ("/resume/was-complete/touched", test_was_complete_and_touched);
  g_test_add_func ("/resume/without-journal", test_without_journal);
  g_test_add_func ("/resume/broken-journal", test_broken_journal);
  g_test_add_func ("/resume/newer-journal", test_newer_journal);
  g_test_add_func ("/resume/locked", test_locked);

  return g_test_run ();
}
