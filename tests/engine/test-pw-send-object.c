/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-send.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#define SIZE ((gsize) 5000)

typedef struct {
  const char *name;
  const char *rules;
  const char *faults;
  PwOutcome outcome;            /* tried again as long as it is LATER */
  const char *proof;            /* how the verification begins */
  gint learned;                 /* S3ChecksumKind, or PW_CHECKSUM_UNKNOWN */
  guint64 n_puts;               /* 0 = does not matter */
} Case;

static const Case cases[] = {
  { "checksum", NULL, NULL, PW_OUTCOME_DONE, "CRC64NVME of the whole object",
    S3_CHECKSUM_CRC64NVME, 1 },
  { "ignores-checksums", "ceph", NULL, PW_OUTCOME_DONE, "MD5 of the whole object",
    S3_CHECKSUM_MD5, 1 },
  { "refuses-checksums", "b2", NULL, PW_OUTCOME_DONE, "MD5 of the whole object", S3_CHECKSUM_MD5,
    2 },
  { "etag-without-rule", "ceph", "put: wrong-etag\n", PW_OUTCOME_FAILED, NULL,
    PW_CHECKSUM_UNKNOWN, 3 },
  { "damaged-once", NULL, "put times 1: flip-bit\n", PW_OUTCOME_DONE, "CRC64NVME",
    S3_CHECKSUM_CRC64NVME, 2 },
  { "damaged-for-good", NULL, "put: flip-bit\n", PW_OUTCOME_FAILED, NULL, PW_CHECKSUM_UNKNOWN, 0 },
  { "no-etag-once", NULL, "put times 1: no-etag\n", PW_OUTCOME_DONE, "CRC64NVME",
    S3_CHECKSUM_CRC64NVME, 2 },
  { "portal-once", NULL, "put times 1: html\n", PW_OUTCOME_DONE, "CRC64NVME",
    S3_CHECKSUM_CRC64NVME, 0 },
  { "answer-lost", NULL, "put times 1: lose-answer\n", PW_OUTCOME_DONE, "CRC64NVME",
    S3_CHECKSUM_CRC64NVME, 2 },
  { "500", NULL, "put times 2: status 500 InternalError\n", PW_OUTCOME_DONE, "CRC64NVME",
    S3_CHECKSUM_CRC64NVME, 3 },
  { "quota", NULL, "put: status 403 QuotaExceeded\n", PW_OUTCOME_FAILED, NULL,
    PW_CHECKSUM_UNKNOWN, 1 },
  { "bad-request", NULL, "put: status 400 InvalidRequest\n", PW_OUTCOME_FAILED, NULL,
    PW_CHECKSUM_UNKNOWN, 2 },
  { "keeps-another-size", NULL, "head: wrong-size\n", PW_OUTCOME_FAILED, NULL,
    S3_CHECKSUM_CRC64NVME, 1 },
  { "may-not-look", NULL, "head: status 403 AccessDenied\n", PW_OUTCOME_DONE, "CRC64NVME",
    S3_CHECKSUM_CRC64NVME, 1 },
  { "cannot-look-at-once", NULL, "head times 1: status 503\n", PW_OUTCOME_DONE, "CRC64NVME",
    S3_CHECKSUM_CRC64NVME, 0 },
};

static void
test_put (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (c->rules, c->faults, SIZE);
  PwOrder *order = fixture->order;

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, c->outcome);
  g_assert_cmpint (pw_authority_get_checksum (fixture->authority), ==, c->learned);
  if (c->n_puts > 0)
    g_assert_cmpuint (store_fixture_get_stat (fixture->store, "put"), ==, c->n_puts);
  if (c->outcome != PW_OUTCOME_DONE) {
    g_assert_null (order->verification);
    return;
  }
  g_assert_true (g_str_has_prefix (order->verification, c->proof));
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
}

static void
test_known_kinds (void)
{
  static const struct { S3ChecksumKind kind; const char *proof; } kinds[] = {
    { S3_CHECKSUM_CRC64NVME, "CRC64NVME of the whole object" },
    { S3_CHECKSUM_CRC32C, "CRC32C of the whole object" },
    { S3_CHECKSUM_MD5, "MD5 of the whole object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SIZE);

    pw_authority_set_checksum (fixture->authority, kinds[i].kind);
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
    g_assert_cmpstr (fixture->order->verification, ==, kinds[i].proof);
  }
}

/* Encrypted by the store, an ETag says nothing; where no checksum is told either, the size has to
 * do. */
static void
test_encrypted (void)
{
  static const struct {
    S3ChecksumKind known;
    const char *faults;
    PwOutcome outcome;
    const char *proof;
  } rows[] = {
    { S3_CHECKSUM_CRC64NVME, "", PW_OUTCOME_DONE, "size only" },
    { S3_CHECKSUM_MD5, "", PW_OUTCOME_DONE, "MD5 checked by the store, and size" },
    { S3_CHECKSUM_MD5, "head: wrong-size\n", PW_OUTCOME_FAILED, NULL },
    { S3_CHECKSUM_MD5, "head times 1: status 503\n", PW_OUTCOME_DONE, "MD5 checked" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (StepFixture) fixture = step_fixture_new ("ceph", rows[i].faults, SIZE);

    fixture->destination->encryption = g_strdup ("aws:kms");
    pw_authority_set_checksum (fixture->authority, rows[i].known);
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, rows[i].outcome);
    if (rows[i].proof)
      g_assert_true (g_str_has_prefix (fixture->order->verification, rows[i].proof));
  }
}

/* An answer was lost, and what is in the way is the very object that was sent: nobody is asked, and
 * nothing is sent a second time under another name. */
static void
test_own_object (void)
{
  static const char *const rules[] = { NULL, "ceph", "b2" };
  static const char *const faults[] = {
    "put times 1: lose-answer\n", "put times 2: lose-answer\n", "put times 3: lose-answer\n",
    "put times 4: lose-answer\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules) * G_N_ELEMENTS (faults); i++) {
    g_autoptr (StepFixture) fixture = step_fixture_new (rules[i % G_N_ELEMENTS (rules)],
                                                        faults[i / G_N_ELEMENTS (rules)], SIZE);

    fixture->order->if_exists = (PwIfExists[]) {
      PW_IF_EXISTS_ASK, PW_IF_EXISTS_RENAME, PW_IF_EXISTS_SKIP
    }[(i + i / 3) % 3];
    g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
    g_assert_cmpstr (fixture->order->key, ==, "file.bin");
    g_assert_nonnull (fixture->order->verification);
    g_assert_nonnull (fixture->order->etag);
    g_assert_cmpuint (store_fixture_get_stat (fixture->store, "objects"), ==, 1);
  }
}

/* Somebody else's object of the same size in the way is never taken for it. */
static void
test_other_object (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SIZE);
  g_autoptr (PwJob) job = NULL;

  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
  step_fixture_change_file (fixture, 7, 0);
  fixture->order->if_exists = PW_IF_EXISTS_ASK;
  fixture->order->may_be_put = TRUE;
  job = step_fixture_try (fixture, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_EXISTS);
}

/* A budget that is spent: the file is read twice. */
static void
test_without_memory (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, SIZE);
  gssize left = fixture->budget.left;

  fixture->budget.left = 0;
  g_assert_cmpint (step_fixture_run (fixture, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_DONE);
  fixture->budget.left += left;
  store_fixture_assert_object (fixture->store, "file.bin", fixture->path);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/send-object/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_put);
  }
  g_test_add_func ("/send-object/known-kinds", test_known_kinds);
  g_test_add_func ("/send-object/encrypted", test_encrypted);
  g_test_add_func ("/send-object/own-object", test_own_object);
  g_test_add_func ("/send-object/other-object", test_other_object);
  g_test_add_func ("/send-object/without-memory", test_without_memory);

  return g_test_run ();
}
