/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-body.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#include <string.h>
#include <unistd.h>

#define SIZE ((gsize) 700 * 1024)       /* more than two blocks */
#define OFFSET ((guint64) 1000)
#define LENGTH ((guint64) 600 * 1024)

typedef struct {
  StepFixture *step;
  PwJob *job;
  guint8 *bytes;                /* what the file holds */
  gssize budget;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gsize size;

  fixture->step = step_fixture_new (NULL, NULL, SIZE);
  fixture->step->order->source = pw_source_open (fixture->step->path, &error);
  g_assert_no_error (error);
  fixture->job = pw_job_new (PW_JOB_PART, fixture->step->order, 1);
  g_file_get_contents (fixture->step->path, (char **) &fixture->bytes, &size, &error);
  g_assert_no_error (error);
  if (data) {
    fixture->budget = fixture->step->budget.left;
    fixture->step->budget.left = 0;
  }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  fixture->step->budget.left += fixture->budget;
  pw_job_free (fixture->job);
  step_fixture_free (fixture->step);
  g_free (fixture->bytes);
}

static void
test_sums (Fixture       *fixture,
           gconstpointer  without_memory)
{
  static const S3ChecksumKind kinds[] = {
    S3_CHECKSUM_CRC64NVME, S3_CHECKSUM_CRC32C, S3_CHECKSUM_MD5,
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    PwBody body;
    S3Checksum sum, sha256, again, expected;
    g_autoptr (GError) error = NULL;

    g_assert_true (pw_body_prepare (&body, fixture->job, fixture->step->bench, OFFSET, LENGTH,
                                    kinds[i], &sum, &sha256, &error));
    g_assert_cmpint (body.memory == NULL, ==, without_memory != NULL);
    s3_checksum_compute (&expected, kinds[i], fixture->bytes + OFFSET, LENGTH);
    g_assert_true (s3_checksum_equal (&sum, &expected));
    g_assert_true (pw_body_sum (&body, fixture->job, fixture->step->bench, kinds[i], &again,
                                &error));
    g_assert_true (s3_checksum_equal (&again, &expected));
    s3_checksum_compute (&expected, S3_CHECKSUM_SHA256, fixture->bytes + OFFSET, LENGTH);
    g_assert_true (s3_checksum_equal (&sha256, &expected));
  }
}

static void
test_no_sum (Fixture       *fixture,
             gconstpointer  data)
{
  PwBody body;
  S3Checksum sum;

  g_assert_true (pw_body_prepare (&body, fixture->job, fixture->step->bench, OFFSET, LENGTH,
                                  S3_CHECKSUM_NONE, &sum, NULL, NULL));
  g_assert_cmpint (sum.kind, ==, S3_CHECKSUM_NONE);
}

static void
test_read (Fixture       *fixture,
           gconstpointer  data)
{
  PwBody body;
  S3Checksum sum;
  g_autofree guint8 *got = g_malloc (LENGTH);
  guint wait_ms = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (pw_body_prepare (&body, fixture->job, fixture->step->bench, OFFSET, LENGTH,
                                  S3_CHECKSUM_CRC64NVME, &sum, NULL, NULL));
  for (guint64 done = 0; done < LENGTH;) {
    gssize n = pw_body_read (&body, done, got + done, 100000, &wait_ms, &error);

    g_assert_no_error (error);
    g_assert_cmpint (n, >, 0);
    done += (guint64) n;
  }
  g_assert_cmpmem (got, LENGTH, fixture->bytes + OFFSET, LENGTH);

  /* A limit that is used up: wait. */
  pw_throttle_set_rate (fixture->step->throttle, 1000);
  for (guint i = 0; i < 100 && wait_ms == 0; i++)
    pw_body_read (&body, 0, got, LENGTH, &wait_ms, &error);
  g_assert_cmpint (pw_body_read (&body, 0, got, LENGTH, &wait_ms, &error), ==, HTTP_BODY_WAIT);
  g_assert_cmpuint (wait_ms, >, 0);
}

/* The file is cut while it is read. */
static void
test_cut (Fixture       *fixture,
          gconstpointer  without_memory)
{
  PwBody body;
  S3Checksum sum;
  guint8 byte;
  guint wait_ms;
  g_autoptr (GError) error = NULL, read_error = NULL;

  g_assert_true (pw_body_prepare (&body, fixture->job, fixture->step->bench, OFFSET, LENGTH,
                                  S3_CHECKSUM_CRC64NVME, &sum, NULL, NULL));
  g_assert_cmpint (truncate (fixture->step->path, (off_t) OFFSET), ==, 0);
  if (without_memory) {
    g_assert_cmpint (pw_body_read (&body, 10, &byte, 1, &wait_ms, &read_error), ==,
                     HTTP_BODY_FAILED);
    g_assert_error (read_error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);
    g_assert_false (pw_body_sum (&body, fixture->job, fixture->step->bench, S3_CHECKSUM_MD5, &sum,
                                 NULL));
  }
  g_assert_false (pw_body_prepare (&body, fixture->job, fixture->step->bench, OFFSET, LENGTH,
                                   S3_CHECKSUM_CRC64NVME, &sum, NULL, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED);
}

static void
test_stopped (Fixture       *fixture,
              gconstpointer  data)
{
  PwBody body;
  S3Checksum sum;
  g_autoptr (GError) error = NULL;

  fixture->job->transfer.stop = 1;
  g_assert_false (pw_body_prepare (&body, fixture->job, fixture->step->bench, OFFSET, LENGTH,
                                   S3_CHECKSUM_CRC64NVME, &sum, NULL, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_CANCELLED);
}

static const struct {
  const char *name;
  void (*test) (Fixture *fixture, gconstpointer data);
} tests[] = {
  { "sums", test_sums }, { "no-sum", test_no_sum }, { "read", test_read }, { "cut", test_cut },
  { "stopped", test_stopped },
};

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *with = g_strconcat ("/body/memory/", tests[i].name, NULL);
    g_autofree char *without = g_strconcat ("/body/without-memory/", tests[i].name, NULL);

    g_test_add (with, Fixture, NULL, set_up, tests[i].test, tear_down);
    g_test_add (without, Fixture, "", set_up, tests[i].test, tear_down);
  }

  return g_test_run ();
}
