/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-journal.h"

#include "engine/pw-error.h"
#include "journal-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_round_trip (JournalFixture       *fixture,
                 gconstpointer  data)
{
  PwJournal *journal = journal_fixture_create (fixture);

  g_assert_null (pw_journal_get_upload_id (journal));
  journal = journal_fixture_reopen (fixture, journal);
  const PwJournalIntent *intent = pw_journal_get_intent (journal);
  g_assert_cmpstr (intent->path, ==, journal_fixture_usual.path);
  g_assert_cmpstr (intent->key, ==, journal_fixture_usual.key);
  g_assert_cmpstr (intent->destination, ==, journal_fixture_usual.destination);
  g_assert_cmpstr (intent->options, ==, journal_fixture_usual.options);
  g_assert_cmpint (intent->created, ==, journal_fixture_usual.created);
  g_assert_true (pw_identity_equal (&intent->identity, &journal_fixture_usual.identity));
  for (guint i = 0; i < JOURNAL_FIXTURE_N_STEPS; i++) {
    g_assert_true (journal_fixture_add_step (journal, i, NULL));
    journal = journal_fixture_reopen (fixture, journal);
  }
  pw_journal_unref (journal);
}

static void
test_meaning (JournalFixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (PwJournal) journal = journal_fixture_create (fixture);
  const char *verification = NULL;
  S3Checksum whole = { 0 };
  guint step = 0;

  for (; step < 3; step++)
    g_assert_true (journal_fixture_add_step (journal, step, NULL));
  g_assert_cmpstr (pw_journal_get_upload_id (journal), ==, "up-1");
  g_assert_cmpstr (pw_journal_get_abort_date (journal), ==, "Sat, 01 Jan");
  g_assert_cmpstr (pw_journal_get_intent (journal)->key, ==, "films/%C3%BC.mkv");
  g_assert_cmpint (pw_journal_get_intent (journal)->checksum, ==, S3_CHECKSUM_CRC64NVME);
  g_assert_true (journal_fixture_get_part (journal, 2)->is_safe);
  g_assert_cmpmem (journal_fixture_get_part (journal, 2)->checksum.bytes, 8,
                   journal_fixture_sum.bytes, 8);
  g_assert_cmpint (journal_fixture_get_part (journal, 1)->checksum.kind, ==, S3_CHECKSUM_MD5);

  for (; step < 8; step++)
    g_assert_true (journal_fixture_add_step (journal, step, NULL));
  g_assert_false (journal_fixture_get_part (journal, 2)->is_safe);
  g_assert_cmpuint (pw_journal_get_n_resumed (journal), ==, 1);
  g_assert_cmpuint (pw_journal_get_intent (journal)->plan.n_parts, ==, 5);
  g_assert_cmpuint (pw_journal_get_intent (journal)->plan.size, ==, journal_fixture_grown.size);
  g_assert_true (journal_fixture_get_part (journal, 5)->is_safe);
  g_assert_cmpstr (journal_fixture_get_part (journal, 4)->etag, ==, "");
  g_assert_true (pw_journal_is_completing (journal, &whole));
  g_assert_cmpint (whole.kind, ==, S3_CHECKSUM_CRC64NVME);
  g_assert_cmpmem (whole.bytes, whole.size, journal_fixture_sum.bytes, journal_fixture_sum.size);

  g_assert_true (journal_fixture_add_step (journal, step++, NULL));
  g_assert_false (pw_journal_is_completing (journal, NULL));
  g_assert_true (journal_fixture_add_step (journal, step++, NULL));
  g_assert_cmpuint (pw_journal_get_intent (journal)->plan.n_parts, ==, 2);
  g_assert_true (journal_fixture_get_part (journal, 1)->is_safe);
  g_assert_true (journal_fixture_add_step (journal, step++, NULL));
  g_assert_false (journal_fixture_get_part (journal, 1)->is_safe);
  g_assert_cmpmem (journal_fixture_get_part (journal, 1)->checksum.bytes, 16,
                   journal_fixture_md5.bytes, 16);
  g_assert_null (pw_journal_get_abort_date (journal));
  g_assert_null (pw_journal_get_done (journal, NULL));
  for (; step < JOURNAL_FIXTURE_N_STEPS; step++)
    g_assert_true (journal_fixture_add_step (journal, step, NULL));
  g_assert_cmpstr (pw_journal_get_done (journal, &verification), ==, "f-2");
  g_assert_cmpstr (verification, ==, "parts");
}

static void
test_locked (JournalFixture       *fixture,
             gconstpointer  data)
{
  PwJournal *journal = journal_fixture_create (fixture);
  g_autoptr (GError) error = NULL;
  int status;

  journal_fixture_assert_refused (fixture, PW_ERROR_LOCKED);
  g_assert_null (pw_journal_create (fixture->folder, &journal_fixture_usual, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);

  pid_t pid = fork ();
  if (pid == 0) {
    g_autoptr (GError) child_error = NULL;
    PwJournal *second = pw_journal_open (fixture->folder, JOURNAL_FIXTURE_ID, &child_error);
    _exit (second == NULL && g_error_matches (child_error, PW_ERROR, PW_ERROR_LOCKED) ? 0 : 1);
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  PwJournal *same = pw_journal_ref (journal);
  pw_journal_unref (journal);
  journal_fixture_assert_refused (fixture, PW_ERROR_LOCKED);
  pw_journal_unref (same);
  pw_journal_unref (journal_fixture_open (fixture));
}

/* Files cannot grow beyond @size bytes: as on a full disk. Nothing may be printed meanwhile. */
static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_full_disk (JournalFixture       *fixture,
                gconstpointer  data)
{
  static const gsize rooms[] = { 0, 1, 10 };
  void (*handler) (int) = signal (SIGXFSZ, SIG_IGN);
  PwJournal *journal = journal_fixture_create (fixture);

  for (guint i = 0; i < JOURNAL_FIXTURE_N_STEPS * G_N_ELEMENTS (rooms); i++) {
    guint step = i / G_N_ELEMENTS (rooms);
    gsize room = rooms[i % G_N_ELEMENTS (rooms)];
    g_autofree char *before = journal_fixture_describe (journal);
    gsize length, length_after;
    g_autofree char *file = journal_fixture_get_file (fixture, &length);
    g_autoptr (GError) error = NULL;

    limit_files (length + room);
    gboolean ok = journal_fixture_add_step (journal, step, &error);
    limit_files (RLIM_INFINITY);
    g_assert_false (ok);
    g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
    g_autofree char *after = journal_fixture_describe (journal);
    g_assert_cmpstr (after, ==, before);
    g_autofree char *file_after = journal_fixture_get_file (fixture, &length_after);
    g_assert_cmpmem (file_after, length_after, file, length);
    if (i % G_N_ELEMENTS (rooms) == G_N_ELEMENTS (rooms) - 1)
      g_assert_true (journal_fixture_add_step (journal, step, NULL));
  }
  pw_journal_unref (journal_fixture_reopen (fixture, journal));

  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  limit_files (20);
  journal = pw_journal_create (fixture->folder, &journal_fixture_usual, &error);
  limit_files (RLIM_INFINITY);
  g_assert_null (journal);
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
  g_assert_false (pw_journal_exists (fixture->folder, JOURNAL_FIXTURE_ID));
  signal (SIGXFSZ, handler);
}

static void
test_long_etag (JournalFixture       *fixture,
                gconstpointer  data)
{
  PwJournal *journal = journal_fixture_create (fixture);
  g_autofree char *longest = g_strnfill (PW_JOURNAL_ETAG_SIZE - 1, 'e');
  g_autofree char *longer = g_strnfill (PW_JOURNAL_ETAG_SIZE, 'e');
  g_autoptr (GError) error = NULL;

  g_assert_true (journal_fixture_add_step (journal, 0, NULL));
  g_assert_false (pw_journal_add_part (journal, 1, longer, NULL, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
  g_assert_true (pw_journal_add_part (journal, 2, longest, NULL, NULL));
  journal = journal_fixture_reopen (fixture, journal);
  g_assert_cmpstr (journal_fixture_get_part (journal, 2)->etag, ==, longest);
  g_assert_false (journal_fixture_get_part (journal, 1)->is_safe);
  pw_journal_unref (journal);
}

static void
test_delete (JournalFixture       *fixture,
             gconstpointer  data)
{
  g_assert_false (pw_journal_exists (fixture->folder, JOURNAL_FIXTURE_ID));
  journal_fixture_assert_refused (fixture, PW_ERROR_JOURNAL);
  PwJournal *journal = journal_fixture_create (fixture);
  g_assert_true (pw_journal_exists (fixture->folder, JOURNAL_FIXTURE_ID));
  g_assert_true (pw_journal_delete (journal, NULL));
  pw_journal_unref (journal);
  g_assert_false (pw_journal_exists (fixture->folder, JOURNAL_FIXTURE_ID));
  journal_fixture_assert_refused (fixture, PW_ERROR_JOURNAL);
}

static void
test_list (JournalFixture       *fixture,
           gconstpointer  data)
{
  static const struct { const char *id; gint64 created; } made[] = {
    { "c", 200 }, { "a", 300 }, { "b", 100 }, { "d", 100 },
  };
  static const char *const order[] = { "b", "d", "c", "a", JOURNAL_FIXTURE_ID };
  g_autofree char *none = g_build_filename (fixture->folder, "none", NULL);
  g_autoptr (GPtrArray) empty = pw_journal_list (none, NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "x.journal.bad", NULL);

  g_assert_cmpuint (empty->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++) {
    PwJournalIntent intent = journal_fixture_usual;
    intent.id = (char *) made[i].id;
    intent.created = made[i].created;
    pw_journal_unref (pw_journal_create (fixture->folder, &intent, NULL));
  }
  journal_fixture_set_file (fixture, "not a journal\n", 14);
  g_assert_true (g_file_set_contents (other, "", 0, NULL));
  g_autoptr (GPtrArray) ids = pw_journal_list (fixture->folder, NULL);
  g_assert_cmpuint (ids->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < ids->len; i++)
    g_assert_cmpstr (ids->pdata[i], ==, order[i]);

  /* A journal under another's name is not that upload's. */
  g_autofree char *a = g_build_filename (fixture->folder, "a.journal", NULL);
  g_assert_cmpint (g_rename (a, fixture->path), ==, 0);
  journal_fixture_assert_refused (fixture, PW_ERROR_JOURNAL_BROKEN);
  g_assert_true (journal_fixture_is_file (fixture->bad));
}

static void
test_many_parts (JournalFixture       *fixture,
                 gconstpointer  data)
{
  PwJournalIntent intent = journal_fixture_usual;
  const guint n = 10000;

  intent.plan = (S3Plan) { n * MIB, MIB, n };
  PwJournal *journal = pw_journal_create (fixture->folder, &intent, NULL);
  g_assert_true (journal_fixture_add_step (journal, 0, NULL));
  for (guint i = 0; i < n; i++) {
    guint part_number = i * 7919 % n + 1;
    g_autofree char *etag = g_strdup_printf ("\"%u\"", part_number);
    g_assert_true (pw_journal_add_part (journal, part_number, etag, &journal_fixture_sum, NULL));
  }
  journal = journal_fixture_reopen (fixture, journal);
  for (guint i = 1; i <= n; i++) {
    g_autofree char *etag = g_strdup_printf ("\"%u\"", i);
    g_assert_cmpstr (journal_fixture_get_part (journal, i)->etag, ==, etag);
    g_assert_true (journal_fixture_get_part (journal, i)->is_safe);
  }
  pw_journal_unref (journal);
}

#define N_WORKERS 4
#define N_PARTS 2000

typedef struct {
  PwJournal *journal;
  guint first;
} Worker;

static gpointer
add_parts (gpointer data)
{
  const Worker *worker = data;

  for (guint n = worker->first; n <= N_PARTS; n += N_WORKERS) {
    g_autofree char *etag = g_strdup_printf ("\"%u\"", n);
    g_assert_true (pw_journal_add_part (worker->journal, n, etag, &journal_fixture_sum, NULL));
  }

  return NULL;
}

/* Lines of several threads do not mix. */
static void
test_workers (JournalFixture *fixture,
              gconstpointer   data)
{
  PwJournalIntent intent = journal_fixture_usual;
  Worker workers[N_WORKERS];
  GThread *threads[N_WORKERS];

  intent.plan = (S3Plan) { N_PARTS * MIB, MIB, N_PARTS };
  PwJournal *journal = pw_journal_create (fixture->folder, &intent, NULL);
  g_assert_true (journal_fixture_add_step (journal, 0, NULL));
  for (guint i = 0; i < N_WORKERS; i++) {
    workers[i] = (Worker) { journal, i + 1 };
    threads[i] = g_thread_new ("worker", add_parts, &workers[i]);
  }
  for (guint i = 0; i < N_WORKERS; i++)
    g_thread_join (threads[i]);

  journal = journal_fixture_reopen (fixture, journal);
  for (guint n = 1; n <= N_PARTS; n++) {
    g_autofree char *etag = g_strdup_printf ("\"%u\"", n);
    g_assert_cmpstr (journal_fixture_get_part (journal, n)->etag, ==, etag);
    g_assert_true (journal_fixture_get_part (journal, n)->is_safe);
  }
  pw_journal_unref (journal);
}

static const struct {
  const char *name;
  void (*test) (JournalFixture *fixture, gconstpointer data);
} tests[] = {
  { "round-trip", test_round_trip },
  { "meaning", test_meaning },
  { "locked", test_locked },
  { "full-disk", test_full_disk },
  { "long-etag", test_long_etag },
  { "delete", test_delete },
  { "list", test_list },
  { "many-parts", test_many_parts },
  { "workers", test_workers },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/journal/", tests[i].name, NULL);

    g_test_add (path, JournalFixture, NULL, journal_fixture_set_up, tests[i].test,
                journal_fixture_tear_down);
  }

  return g_test_run ();
}
