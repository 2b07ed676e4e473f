/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

#define LARGE (3 * STORE_PART + 100)
#define SMALL ((gsize) 1000)

static void
put_at_key (StepFixture *fixture)
{
  g_autofree char *path = store_fixture_dup_object_path (fixture->store, "file.bin");
  PwIfExists wanted = fixture->order->if_exists;

  fixture->order->if_exists = PW_IF_EXISTS_REPLACE;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  fixture->order->if_exists = wanted;
}

static void
test_parts (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, LARGE);
  PwOrder *order = fixture->order;

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (order->plan.n_parts, ==, 4);
  g_assert_nonnull (order->upload_id);
  g_assert_nonnull (order->source);
  g_assert_cmpstr (pw_journal_get_upload_id (order->journal), ==, order->upload_id);
  g_assert_cmpint (order->kind, ==, S3_CHECKSUM_CRC64NVME);
  g_assert_cmpint (pw_authority_get_checksum (fixture->authority), ==, S3_CHECKSUM_CRC64NVME);
  g_assert_true (order->may_have_journal);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 1);
}

/* A store that does not know x-amz-checksum-algorithm is asked again without. */
static void
test_old_store (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new ("b2", NULL, LARGE);

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpint (fixture->order->kind, ==, S3_CHECKSUM_MD5);
}

/* What the user prefers counts where the destination leaves it open, within the store's bounds. */
static void
test_preferred (void)
{
  static const struct {
    guint64 preferred;
    guint64 of_destination;
    guint64 part_size;
  } cases[] = {
    { 0, 0, 8 * S3_MIB },
    { 6 * S3_MIB, 0, 6 * S3_MIB },
    { 1, 0, 5 * S3_MIB },
    { 6 * S3_MIB, 7 * S3_MIB, 7 * S3_MIB },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, 12 * S3_MIB);

    fixture->destination->part_size = cases[i].of_destination;
    fixture->order->usual_part_size = cases[i].preferred;
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
    g_assert_cmpuint (fixture->order->plan.part_size, ==, cases[i].part_size);
  }
}

static void
test_small (void)
{
  static const gsize sizes[] = { 0, 1, SMALL, STORE_PART };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, sizes[i]);

    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
    g_assert_nonnull (fixture->order->etag);
    g_assert_nonnull (fixture->order->verification);
    g_assert_false (step_fixture_has_journal (fixture));
    store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
  }
}

typedef struct {
  const char *name;
  PwIfExists if_exists;
  PwOutcome outcome;
  const char *key;
  guint64 n_objects;
} ExistsCase;

static const ExistsCase exists_cases[] = {
  { "ask", PW_IF_EXISTS_ASK, PW_OUTCOME_FAILED, "file.bin", 1 },
  { "replace", PW_IF_EXISTS_REPLACE, PW_OUTCOME_DONE, "file.bin", 1 },
  { "rename", PW_IF_EXISTS_RENAME, PW_OUTCOME_DONE, "file (2).bin", 2 },
  { "skip", PW_IF_EXISTS_SKIP, PW_OUTCOME_SKIPPED, "file.bin", 1 },
};

static void
test_exists (gconstpointer data)
{
  const ExistsCase *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);
  g_autoptr (PwJob) job = NULL;

  put_at_key (fixture);
  fixture->order->if_exists = c->if_exists;
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, c->outcome);
  g_assert_cmpstr (fixture->order->key, ==, c->key);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "objects"), ==, c->n_objects);
  if (c->outcome == PW_OUTCOME_FAILED)
    g_assert_error (job->error, PW_ERROR, PW_ERROR_EXISTS);
}

/* Killed between the store's 200 and the queue's line: what is there was sent by the process
 * before, and is neither asked about nor sent again. */
static void
test_was_put (gconstpointer data)
{
  const ExistsCase *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);

  put_at_key (fixture);
  step_fixture_crash (fixture);
  fixture->order->if_exists = c->if_exists;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
  g_assert_cmpstr (fixture->order->key, ==, "file.bin");
  g_assert_nonnull (fixture->order->verification);
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
}

/* And what is there and differs was not, whatever the store makes of If-None-Match. */
static void
test_was_not_put (gconstpointer data)
{
  const ExistsCase *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);

  put_at_key (fixture);
  step_fixture_change_file (fixture, 1, 0);
  step_fixture_crash (fixture);
  g_atomic_int_set (&fixture->authority->refuses_conditions, TRUE);
  fixture->order->if_exists = c->if_exists;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, c->outcome);
  g_assert_cmpstr (fixture->order->key, ==, c->key);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "objects"), ==, c->n_objects);
}

/* Nor does an answer that was lost in this process allow to overwrite what came since. */
static void
test_was_lost (gconstpointer data)
{
  const ExistsCase *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);

  put_at_key (fixture);
  step_fixture_change_file (fixture, 1, 0);
  g_atomic_int_set (&fixture->authority->refuses_conditions, TRUE);
  fixture->order->may_be_put = TRUE;
  fixture->order->if_exists = c->if_exists;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, c->outcome);
  g_assert_cmpstr (fixture->order->key, ==, c->key);
}

/* Somebody is faster than our look: the look says there is nothing, the store says there is. */
static void
test_race (gconstpointer data)
{
  const ExistsCase *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);
  g_autoptr (PwJob) job = NULL;

  put_at_key (fixture);
  step_fixture_change_file (fixture, 1, 0);
  /* Nobody looks before replacing. */
  if (c->if_exists != PW_IF_EXISTS_REPLACE)
    store_fixture_set_faults (fixture->store, "head times 1: status 404\n");
  fixture->order->if_exists = c->if_exists;
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, c->outcome);
  g_assert_cmpstr (fixture->order->key, ==, c->key);
}

static void
test_names (void)
{
  static const struct { const char *key, *free_name; } cases[] = {
    { "film", "film (2)" }, { "film.mov", "film (2).mov" }, { "a.b/film", "a.b/film (2)" },
    { ".profile", ".profile (2)" }, { "a/.profile", "a/.profile (2)" },
    { "a.tar.gz", "a.tar (2).gz" },
  };
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);
  PwOrder *order = fixture->order;
  g_auto (PwExchange) exchange = { .client = pw_bench_get_client (fixture->bench,
                                                                  fixture->destination) };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_free (order->key);
    order->key = g_strdup (cases[i].key);
    g_assert_true (pw_rename_key (order, &exchange, NULL));
    g_assert_cmpstr (order->key, ==, cases[i].free_name);
  }
}

/* When every name is taken it ends, with a sentence. */
static void
test_all_names_taken (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);
  g_autoptr (GError) error = NULL;
  g_auto (PwExchange) exchange = { .client = pw_bench_get_client (fixture->bench,
                                                                  fixture->destination) };

  put_at_key (fixture);
  store_fixture_set_faults (fixture->store, "head: status 200\n");
  g_assert_false (pw_rename_key (fixture->order, &exchange, &error));
  g_assert_nonnull (error);
}

typedef struct {
  const char *name;
  const char *faults;
  gsize size;
  PwOutcome outcome;            /* of the first try */
  PwError code;
} TroubleCase;

static const TroubleCase trouble_cases[] = {
  { "create-500", "create times 1: status 500 InternalError\n", LARGE, PW_OUTCOME_LATER,
    PW_ERROR_SERVER },
  { "create-denied", "create: status 403 AccessDenied\n", LARGE, PW_OUTCOME_FAILED,
    PW_ERROR_ACCESS_DENIED },
  { "no-bucket", "create: status 404 NoSuchBucket\n", LARGE, PW_OUTCOME_FAILED,
    PW_ERROR_NO_SUCH_BUCKET },
  { "create-portal", "create times 1: html\n", LARGE, PW_OUTCOME_LATER, PW_ERROR_ANSWER },
  { "head-503", "head times 1: status 503\n", LARGE, PW_OUTCOME_LATER, PW_ERROR_SERVER },
  { "put-500", "put times 1: status 500 InternalError\n", SMALL, PW_OUTCOME_LATER,
    PW_ERROR_SERVER },
};

static void
test_trouble (gconstpointer data)
{
  const TroubleCase *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, c->faults, c->size);
  g_autoptr (PwJob) job = NULL;

  fixture->order->if_exists = PW_IF_EXISTS_SKIP;
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, c->outcome);
  g_assert_error (job->error, PW_ERROR, (gint) c->code);
  if (c->outcome == PW_OUTCOME_LATER)
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), <=, PW_OUTCOME_DONE);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), <=, 1);
}

/* The last of them is the one that the error tells of. */
static void
test_request_id (void)
{
  g_autoptr (StepFixture) refused = step_fixture_new (NULL, "put: status 403 AccessDenied\n",
                                                      SMALL);
  g_autoptr (StepFixture) sent = step_fixture_new (NULL, NULL, SMALL);
  g_autoptr (PwJob) refusal = NULL, success = NULL;

  refused->order->if_exists = sent->order->if_exists = PW_IF_EXISTS_ASK;
  refusal = step_fixture_try (refused, PW_JOB_BEGIN, 0);
  g_assert_error (refusal->error, PW_ERROR, PW_ERROR_ACCESS_DENIED);
  g_assert_nonnull (refusal->request_id);
  g_assert_nonnull (strstr (refusal->error->message, refusal->request_id));
  success = step_fixture_try (sent, PW_JOB_BEGIN, 0);
  g_assert_cmpint (success->outcome, ==, PW_OUTCOME_DONE);
  g_assert_null (success->request_id);
}

/* Who may put and not list is answered 403 for what is not there. */
static void
test_no_right_to_look (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, "head: status 403 AccessDenied\n",
                                                      SMALL);

  fixture->order->if_exists = PW_IF_EXISTS_ASK;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
}

/* With a clock that is wrong even the look is refused, and a HEAD's refusal has no words: that must
 * not pass for having no right to look. */
static void
test_wrong_clock (gconstpointer grow)
{
  static const char *const scripts[] = { "any: clock +7200\n", "any: clock -7200\n" };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);

    put_at_key (fixture);
    step_fixture_change_file (fixture, 1, GPOINTER_TO_SIZE (grow));
    store_fixture_set_faults (fixture->store, scripts[i]);
    fixture->order->if_exists = PW_IF_EXISTS_SKIP;
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_SKIPPED);
    g_assert_cmpuint (store_fixture_get_stat (fixture->store, "create"), ==, 0);
    g_assert_cmpuint (store_fixture_get_stat (fixture->store, "put"), ==, 1);
  }
}

static void
test_bad_file (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, LARGE);
  g_autoptr (PwJob) vanished = NULL, folder = NULL, key = NULL, plan = NULL;

  g_free (fixture->order->key);
  fixture->order->key = g_strnfill (2000, 'k');
  key = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_error (key->error, PW_ERROR, PW_ERROR_KEY);

  g_free (fixture->order->key);
  fixture->order->key = g_strdup ("k");
  fixture->destination->allow_tiny_parts = FALSE;
  plan = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_error (plan->error, PW_ERROR, PW_ERROR_PLAN);

  g_remove (fixture->path);
  vanished = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (vanished->outcome, ==, PW_OUTCOME_CHANGED);
  g_assert_error (vanished->error, PW_ERROR, PW_ERROR_SOURCE_VANISHED);

  g_mkdir (fixture->path, 0700);
  folder = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (folder->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (folder->error, PW_ERROR, PW_ERROR_SOURCE_NOT_A_FILE);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

static void
test_no_journal (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, LARGE);
  g_autoptr (PwJob) job = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->store->state, "in the way", -1, &error);
  g_assert_no_error (error);
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_JOURNAL);
  /* Nothing was begun at the store that no journal would know of. */
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "create"), ==, 0);
}

/* The disk is full when the upload's id is to be written: what nobody would remember goes at once,
 * however often it is tried. */
static void
test_no_room (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL,
                                                      "create times 1: status 500 InternalError\n",
                                                      LARGE);
  g_autofree char *path = g_build_filename (fixture->store->journals, STEP_ID ".journal", NULL);
  g_autoptr (PwJob) first = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  struct rlimit before, full;
  GStatBuf info;

  g_assert_cmpint (first->outcome, ==, PW_OUTCOME_LATER);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  full = before;
  full.rlim_cur = (rlim_t) info.st_size;
  signal (SIGXFSZ, SIG_IGN);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (PwJob) job = NULL;

    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &full), ==, 0);
    job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
    g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
    g_assert_error (job->error, PW_ERROR, PW_ERROR_JOURNAL);
    g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  }
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
}

static void
test_stopped (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SMALL);
  g_autoptr (PwJob) job = pw_job_new (PW_JOB_BEGIN, fixture->order, 0);

  job->transfer.stop = 1;
  pw_begin (job, fixture->bench);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_STOPPED);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "put"), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/begin/parts", test_parts);
  g_test_add_func ("/begin/preferred", test_preferred);
  g_test_add_func ("/begin/old-store", test_old_store);
  g_test_add_func ("/begin/small", test_small);
  for (guint i = 0; i < G_N_ELEMENTS (exists_cases); i++) {
    g_autofree char *exists = g_strconcat ("/begin/exists/", exists_cases[i].name, NULL);
    g_autofree char *race = g_strconcat ("/begin/race/", exists_cases[i].name, NULL);

    g_autofree char *put = g_strconcat ("/begin/was-put/", exists_cases[i].name, NULL);
    g_autofree char *not_put = g_strconcat ("/begin/was-not-put/", exists_cases[i].name, NULL);
    g_autofree char *lost = g_strconcat ("/begin/was-lost/", exists_cases[i].name, NULL);

    g_test_add_data_func (put, &exists_cases[i], test_was_put);
    g_test_add_data_func (not_put, &exists_cases[i], test_was_not_put);
    g_test_add_data_func (lost, &exists_cases[i], test_was_lost);
    g_test_add_data_func (exists, &exists_cases[i], test_exists);
    g_test_add_data_func (race, &exists_cases[i], test_race);
  }
  g_test_add_func ("/begin/names", test_names);
  g_test_add_func ("/begin/all-names-taken", test_all_names_taken);
  for (guint i = 0; i < G_N_ELEMENTS (trouble_cases); i++) {
    g_autofree char *path = g_strconcat ("/begin/trouble/", trouble_cases[i].name, NULL);

    g_test_add_data_func (path, &trouble_cases[i], test_trouble);
  }
  g_test_add_func ("/begin/request-id", test_request_id);
  g_test_add_func ("/begin/no-right-to-look", test_no_right_to_look);
  g_test_add_data_func ("/begin/wrong-clock/small", NULL, test_wrong_clock);
  g_test_add_data_func ("/begin/wrong-clock/large", GSIZE_TO_POINTER (LARGE), test_wrong_clock);
  g_test_add_func ("/begin/bad-file", test_bad_file);
  g_test_add_func ("/begin/no-journal", test_no_journal);
  g_test_add_func ("/begin/no-room", test_no_room);
  g_test_add_func ("/begin/stopped", test_stopped);

  return g_test_run ();
}
