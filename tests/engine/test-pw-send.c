/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-send.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#include <unistd.h>

#define SIZE (3 * STORE_PART + 100)

static StepFixture *
begin (const char *rules,
       const char *faults)
{
  StepFixture *fixture = step_fixture_new (rules, NULL, SIZE);

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  if (faults)
    store_fixture_set_faults (fixture->store, faults);
  return fixture;
}

static void
test_parts (gconstpointer rules)
{
  g_autoptr (StepFixture) fixture = begin (rules, NULL);
  guint n_known;
  const PwJournalPart *known;

  step_fixture_send_parts (fixture);
  known = pw_journal_get_parts (fixture->order->journal, &n_known);
  g_assert_cmpuint (n_known, ==, 4);
  for (guint i = 0; i < n_known; i++) {
    g_assert_true (known[i].is_safe);
    g_assert_cmpstr (known[i].etag, ==, fixture->order->parts[i].etag);
    g_assert_true (s3_checksum_equal (&known[i].checksum, &fixture->order->parts[i].checksum));
  }
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "part_bytes"), ==, SIZE);
}

/* A budget that is spent: the part is read twice, and is as whole. */
static void
test_without_memory (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, NULL);
  gssize left = fixture->budget.left;

  fixture->budget.left = 0;
  step_fixture_send_parts (fixture);
  fixture->budget.left += left;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
}

typedef struct {
  const char *name;
  const char *faults;
  PwOutcome first;
  PwError code;
  PwOutcome last;               /* tried again as long as it is LATER */
  gboolean was_throttled;
} Case;

static const Case cases[] = {
  { "500", "part 2 times 1: status 500 InternalError\n", PW_OUTCOME_LATER, PW_ERROR_SERVER,
    PW_OUTCOME_OK, FALSE },
  { "slow-down", "part 2 times 1: status 503 SlowDown\n", PW_OUTCOME_LATER, PW_ERROR_THROTTLED,
    PW_OUTCOME_OK, TRUE },
  { "denied", "part 2: status 403 AccessDenied\n", PW_OUTCOME_FAILED, PW_ERROR_ACCESS_DENIED,
    PW_OUTCOME_FAILED, FALSE },
  { "quota", "part 2: status 403 QuotaExceeded\n", PW_OUTCOME_FAILED, PW_ERROR_QUOTA,
    PW_OUTCOME_FAILED, FALSE },
  { "gone", "part 2 times 1: forget-upload\n", PW_OUTCOME_ANEW, PW_ERROR_UPLOAD_GONE,
    PW_OUTCOME_ANEW, FALSE },
  { "no-etag", "part 2 times 1: no-etag\n", PW_OUTCOME_LATER, PW_ERROR_ANSWER, PW_OUTCOME_OK,
    FALSE },
  { "portal", "part 2 times 1: html\n", PW_OUTCOME_LATER, PW_ERROR_ANSWER, PW_OUTCOME_OK, FALSE },
  { "damaged-once", "part 2 times 1: flip-bit at 1000\n", PW_OUTCOME_LATER, PW_ERROR_DAMAGED,
    PW_OUTCOME_OK, FALSE },
  { "damaged-for-good", "part 2: flip-bit at 1000\n", PW_OUTCOME_LATER, PW_ERROR_DAMAGED,
    PW_OUTCOME_FAILED, FALSE },
  { "lost-answers", "part 2 times 3: lose-answer\n", PW_OUTCOME_LATER, PW_ERROR_NETWORK,
    PW_OUTCOME_OK, FALSE },
  { "token", "part 2: status 400 ExpiredToken\n", PW_OUTCOME_FAILED, PW_ERROR_CREDENTIALS_EXPIRED,
    PW_OUTCOME_FAILED, FALSE },
};

static void
test_trouble (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = begin (NULL, c->faults);
  g_autoptr (PwJob) job = step_fixture_try (fixture, PW_JOB_PART, 2);

  g_assert_cmpint (job->outcome, ==, c->first);
  g_assert_error (job->error, PW_ERROR, (gint) c->code);
  g_assert_cmpint (job->was_throttled, ==, c->was_throttled);
  g_assert_cmpstr (fixture->order->parts[1].etag, ==, "");
  if (c->first != PW_OUTCOME_LATER)
    return;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_PART, 2), ==, c->last);
  g_assert_cmpint (*fixture->order->parts[1].etag != '\0', ==, c->last == PW_OUTCOME_OK);
}

/* One reset costs nothing: the part goes again at once, over a new connection. */
static void
test_free_retry (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, "part 2 times 1: reset after 1KiB\n");
  g_autoptr (PwJob) job = step_fixture_try (fixture, PW_JOB_PART, 2);

  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_OK);
  g_assert_cmpuint (job->n_sent, >=, STORE_PART);
}

/* A store that tells no checksum: its ETag has to be the MD5, whichever sum was sent. */
static void
test_etag (void)
{
  static const struct { S3ChecksumKind kind; const char *encryption, *faults; PwOutcome outcome; }
  rows[] = {
    { S3_CHECKSUM_CRC64NVME, NULL, "", PW_OUTCOME_OK },
    { S3_CHECKSUM_MD5, NULL, "", PW_OUTCOME_OK },
    { S3_CHECKSUM_CRC64NVME, NULL, "part: wrong-etag\n", PW_OUTCOME_FAILED },
    { S3_CHECKSUM_MD5, NULL, "part: wrong-etag\n", PW_OUTCOME_FAILED },
    { S3_CHECKSUM_MD5, NULL, "part times 1: wrong-etag\n", PW_OUTCOME_OK },
    { S3_CHECKSUM_CRC64NVME, "aws:kms", "part: wrong-etag\n", PW_OUTCOME_OK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (StepFixture) fixture = step_fixture_new ("ceph", NULL, SIZE);

    fixture->destination->encryption = g_strdup (rows[i].encryption);
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
    fixture->order->kind = rows[i].kind;
    store_fixture_set_faults (fixture->store, rows[i].faults);
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_PART, 2), ==, rows[i].outcome);
  }
}

static void
test_changed (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, NULL);
  g_autoptr (PwJob) job = NULL;

  step_fixture_change_file (fixture, 10, 0);
  job = step_fixture_try (fixture, PW_JOB_PART, 1);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_CHANGED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);
  g_assert_false (pw_journal_get_parts (fixture->order->journal, &(guint) { 0 })[0].is_safe);
}

static void
test_cut (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, NULL);
  g_autoptr (PwJob) job = NULL;

  g_assert_cmpint (truncate (fixture->path, STORE_PART), ==, 0);
  job = step_fixture_try (fixture, PW_JOB_PART, 2);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_CHANGED);
}

static void
test_stopped (void)
{
  g_autoptr (StepFixture) fixture = begin (NULL, NULL);
  g_autoptr (PwJob) job = pw_job_new (PW_JOB_PART, fixture->order, 1);

  job->transfer.stop = 1;
  pw_send_part (job, fixture->bench);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_STOPPED);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "part"), ==, 0);
}

/* What an answer is worth. */

typedef struct {
  const char *name;
  S3ChecksumKind kind;          /* sent */
  const char *etag;
  gboolean tells_checksum;
  gboolean checksum_is_right;
  gboolean is_encrypted;
  gboolean ok;
  gboolean is_proved;
} AnswerCase;

static const AnswerCase answer_cases[] = {
  { "checksum", S3_CHECKSUM_CRC64NVME, "x", TRUE, TRUE, FALSE, TRUE, TRUE },
  { "wrong-checksum", S3_CHECKSUM_CRC64NVME, "x", TRUE, FALSE, FALSE, FALSE, FALSE },
  { "md5", S3_CHECKSUM_MD5, "900150983cd24fb0d6963f7d28e17f72", FALSE, FALSE, FALSE, TRUE, TRUE },
  { "upper-case", S3_CHECKSUM_MD5, "900150983CD24FB0D6963F7D28E17F72", FALSE, FALSE, FALSE, TRUE,
    TRUE },
  { "wrong-md5", S3_CHECKSUM_MD5, "000150983cd24fb0d6963f7d28e17f72", FALSE, FALSE, FALSE, FALSE,
    FALSE },
  { "kms", S3_CHECKSUM_MD5, "000150983cd24fb0d6963f7d28e17f72", FALSE, FALSE, TRUE, TRUE, FALSE },
  { "no-md5", S3_CHECKSUM_MD5, "not-an-md5", FALSE, FALSE, FALSE, TRUE, FALSE },
};

static void
test_answer (gconstpointer data)
{
  const AnswerCase *c = data;
  S3ObjectReply reply = { .encrypted_by_kms = c->is_encrypted };
  S3Checksum sent, md5;
  gboolean is_proved = !c->is_proved;
  g_autoptr (GError) error = NULL;

  s3_checksum_compute (&sent, c->kind, "abc", 3);
  s3_checksum_compute (&md5, S3_CHECKSUM_MD5, "abc", 3);
  g_strlcpy (reply.etag, c->etag, sizeof reply.etag);
  if (c->tells_checksum)
    s3_checksum_compute (&reply.checksums[0], c->kind, c->checksum_is_right ? "abc" : "abd", 3);
  g_assert_cmpint (pw_check_answer (&reply, &sent, &md5, &is_proved, &error), ==, c->ok);
  g_assert_cmpint (is_proved, ==, c->is_proved);
  if (!c->ok)
    g_assert_error (error, PW_ERROR, PW_ERROR_DAMAGED);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/send/parts/generic", "generic", test_parts);
  g_test_add_data_func ("/send/parts/ceph", "ceph", test_parts);
  g_test_add_data_func ("/send/parts/b2", "b2", test_parts);
  g_test_add_func ("/send/without-memory", test_without_memory);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/send/trouble/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_trouble);
  }
  g_test_add_func ("/send/free-retry", test_free_retry);
  g_test_add_func ("/send/etag", test_etag);
  g_test_add_func ("/send/changed", test_changed);
  g_test_add_func ("/send/cut", test_cut);
  g_test_add_func ("/send/stopped", test_stopped);
  for (guint i = 0; i < G_N_ELEMENTS (answer_cases); i++) {
    g_autofree char *path = g_strconcat ("/send/answer/", answer_cases[i].name, NULL);

    g_test_add_data_func (path, &answer_cases[i], test_answer);
  }

  return g_test_run ();
}
