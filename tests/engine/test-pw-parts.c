/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-parts.h"

#include "engine/pw-authority-keys.h"
#include "journal-fixture.h"
#include "store-fixture.h"

#define N_PARTS 7

static PwUpload *
new_upload (void)
{
  g_autoptr (PwDestination) destination = pw_destination_new_from_uri ("s3://bucket",
                                                                       "http://127.0.0.1:1",
                                                                       NULL, NULL);
  g_autoptr (PwCredentials) credentials = pw_credentials_new (destination);
  g_autoptr (PwAuthority) authority = pw_authority_keys_new (destination, credentials, NULL);
  PwUpload *upload = pw_upload_new ("0123456789abcdef", "/nowhere/a", "a", 65, destination);

  pw_upload_set_order (upload, authority, "/nowhere");
  return upload;
}

static void
lay_out (PwUpload *upload)
{
  static const guint8 states[N_PARTS] = {
    PW_PART_RESUMED, PW_PART_PROVED, PW_PART_SAFE, PW_PART_SENDING, PW_PART_SENDING,
    PW_PART_RETRYING, PW_PART_SENDING,
  };
  S3Plan plan = { .size = 65, .part_size = 10, .n_parts = N_PARTS };

  pw_order_set_plan (upload->order, &plan);
  for (guint i = 0; i < N_PARTS; i++)
    upload->order->states[i] = states[i];
  upload->order->upload_id = g_strdup ("id at the store");
  upload->order->n_resumed = 2;
}

static PwJob *
take (PwUpload  *upload,
      PwJobKind  kind,
      guint      part_number)
{
  PwJob *job = pw_job_new (kind, upload->order, part_number);

  g_ptr_array_add (upload->out, job);
  return job;
}

static void
end (PwUpload *upload,
     PwJob    *job)
{
  g_ptr_array_remove (upload->out, job);
  pw_job_free (job);
}

/* One part of each sort; the last is with no worker yet. */
static void
test_looks (void)
{
  static const PwLook expected[N_PARTS] = {
    PW_LOOK_RESUMED, PW_LOOK_PROVED, PW_LOOK_SAFE, PW_LOOK_SENDING, PW_LOOK_SIGNING,
    PW_LOOK_RETRYING, PW_LOOK_WAITING,
  };
  g_autoptr (PwUpload) upload = new_upload ();
  g_auto (PwParts) parts = { 0 };
  PwJob *sending, *signing, *queued;

  lay_out (upload);
  sending = take (upload, PW_JOB_PART, 4);
  sending->transfer.n_sent = 3;
  sending->connection = 1;
  signing = take (upload, PW_JOB_PART, 5);
  signing->connection = 2;
  queued = take (upload, PW_JOB_PART, 7);
  for (guint round = 0; round < 2; round++) {
    g_assert_true (pw_parts_look (&parts, upload));
    g_assert_cmpuint (parts.plan.n_parts, ==, N_PARTS);
    for (guint i = 0; i < N_PARTS; i++)
      g_assert_cmpint (parts.looks[i], ==, expected[i]);
    for (guint look = 0; look < PW_N_LOOKS; look++)
      g_assert_cmpuint (parts.counts[look], ==, 1);
    g_assert_cmpstr (parts.upload_id, ==, "id at the store");
    g_assert_cmpuint (parts.n_resumed, ==, 2);
  }
  end (upload, sending);
  end (upload, signing);
  end (upload, queued);
}

/* A job that has the upload to itself may write all of it: nobody looks. */
static void
test_nobody_looks (void)
{
  static const PwJobKind kinds[] = { PW_JOB_BEGIN, PW_JOB_FINISH, PW_JOB_ABORT };
  g_autoptr (PwUpload) upload = new_upload ();
  g_auto (PwParts) parts = { 0 };

  g_assert_false (pw_parts_look (&parts, upload));
  lay_out (upload);
  g_assert_true (pw_parts_look (&parts, upload));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    PwJob *job = take (upload, kinds[i], 0);

    upload->order->states[0] = PW_PART_WAITING;
    g_assert_false (pw_parts_look (&parts, upload));
    g_assert_cmpint (parts.looks[0], ==, PW_LOOK_RESUMED);
    end (upload, job);
  }
  g_assert_true (pw_parts_look (&parts, upload));
  g_assert_cmpint (parts.looks[0], ==, PW_LOOK_WAITING);
}

/* A file that is followed may grow, and have more parts. */
static void
test_another_plan (void)
{
  g_autoptr (PwUpload) upload = new_upload ();
  g_auto (PwParts) parts = { 0 };
  S3Plan plan = { .size = 200, .part_size = 10, .n_parts = 20 };

  lay_out (upload);
  g_assert_true (pw_parts_look (&parts, upload));
  pw_order_set_plan (upload->order, &plan);
  g_assert_true (pw_parts_look (&parts, upload));
  g_assert_cmpuint (parts.counts[PW_LOOK_WAITING], ==, 20);
  g_assert_cmpuint (parts.counts[PW_LOOK_SAFE], ==, 0);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  GAsyncResult **told = data;

  *told = g_object_ref (result);
}

static gboolean
look_up (JournalFixture *fixture,
         PwParts        *parts,
         guint64        *safe)
{
  g_autoptr (PwUpload) upload = new_upload ();
  g_autoptr (GAsyncResult) result = NULL;

  pw_parts_read_async (fixture->folder, upload, NULL, read_cb, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return pw_parts_read_finish (parts, safe, result);
}

/* Of an upload that was not taken up yet, also while somebody has its journal. */
static void
test_journal (JournalFixture *fixture,
              gconstpointer   data)
{
  g_auto (PwParts) parts = { 0 };
  g_autoptr (PwJournal) journal = NULL;
  guint64 safe = 7;

  g_assert_false (look_up (fixture, &parts, &safe));
  g_assert_null (parts.looks);
  g_assert_cmpuint (safe, ==, 7);

  journal = journal_fixture_create (fixture);
  g_assert_true (look_up (fixture, &parts, &safe));
  g_assert_cmpuint (parts.counts[PW_LOOK_WAITING], ==, 4);
  g_assert_cmpuint (safe, ==, 0);

  g_assert_true (pw_journal_add_upload_id (journal, "id at the store", "a", S3_CHECKSUM_CRC64NVME,
                                           NULL, NULL));
  for (guint n = 2; n <= 4; n++)
    g_assert_true (pw_journal_add_part (journal, n, "etag", &journal_fixture_sum, NULL));
  g_assert_true (pw_journal_add_lost_part (journal, 3, NULL));
  g_assert_true (look_up (fixture, &parts, &safe));
  g_assert_cmpuint (parts.counts[PW_LOOK_WAITING], ==, 2);
  g_assert_cmpuint (parts.counts[PW_LOOK_RESUMED], ==, 2);
  g_assert_cmpint (parts.looks[1], ==, PW_LOOK_RESUMED);
  g_assert_cmpstr (parts.upload_id, ==, "id at the store");
  g_assert_cmpuint (safe, ==, 8 * MIB + 5);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pw-parts/looks", test_looks);
  g_test_add_func ("/pw-parts/nobody-looks", test_nobody_looks);
  g_test_add_func ("/pw-parts/another-plan", test_another_plan);

  g_test_add ("/pw-parts/journal", JournalFixture, NULL, journal_fixture_set_up, test_journal,
              journal_fixture_tear_down);

  return g_test_run ();
}
