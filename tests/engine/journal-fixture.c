/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "journal-fixture.h"

#include "engine/pw-error.h"
#include "store-fixture.h"

#include <glib/gstdio.h>

const PwJournalIntent journal_fixture_usual = {
  .id = (char *) JOURNAL_FIXTURE_ID,
  .path = (char *) "/home/a b/\"film\"\n\xff\xfe.mkv",
  .identity = { 24 * MIB + 5, -1, G_MAXINT64, G_MAXUINT64, 7 },
  .key = (char *) "films/ü.mkv",
  .destination = (char *) "{\"bucket\":\"b\"}",
  .plan = { 24 * MIB + 5, 8 * MIB, 4 },
  .created = 1700000000,
  .options = (char *) "{\"class\":\"STANDARD\"}",
};
const PwIdentity journal_fixture_grown = { 40 * MIB, 1, 2, 3, 4 };
static const PwIdentity shrunk = { 9 * MIB, 5, 6, 7, 8 };
const S3Checksum journal_fixture_sum = {
  S3_CHECKSUM_CRC64NVME, 8, { 0, 1, 0xfe, 0xff, 5, 6, 7, 8 }
};
const S3Checksum journal_fixture_md5 = { S3_CHECKSUM_MD5, 16, { 9, 8, 7 } };

void
journal_fixture_set_up (JournalFixture       *fixture,
                        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("partway-journal-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, JOURNAL_FIXTURE_ID ".journal", NULL);
  fixture->bad = g_strconcat (fixture->path, ".bad", NULL);
}

void
journal_fixture_tear_down (JournalFixture       *fixture,
                           gconstpointer  data)
{
  store_fixture_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->bad);
}

gboolean
journal_fixture_is_file (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

char *
journal_fixture_get_file (JournalFixture *fixture,
                          gsize   *length)
{
  char *text;

  g_assert_true (g_file_get_contents (fixture->path, &text, length, NULL));

  return text;
}

void
journal_fixture_set_file (JournalFixture    *fixture,
                          const char *text,
                          gsize       length)
{
  g_unlink (fixture->path);
  g_assert_true (g_file_set_contents_full (fixture->path, text, (gssize) length,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

PwJournal *
journal_fixture_create (JournalFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  PwJournal *journal = pw_journal_create (fixture->folder, &journal_fixture_usual, &error);

  g_assert_no_error (error);
  g_assert_nonnull (journal);

  return journal;
}

PwJournal *
journal_fixture_open (JournalFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  PwJournal *journal = pw_journal_open (fixture->folder, JOURNAL_FIXTURE_ID, &error);

  g_assert_no_error (error);
  g_assert_nonnull (journal);

  return journal;
}

void
journal_fixture_assert_refused (JournalFixture *fixture,
                                int      code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (pw_journal_open (fixture->folder, JOURNAL_FIXTURE_ID, &error));
  g_assert_error (error, PW_ERROR, code);
}

static void
describe_checksum (GString          *text,
                   const S3Checksum *checksum)
{
  g_string_append_printf (text, "%d:", checksum->kind);
  for (guint i = 0; i < checksum->size; i++)
    g_string_append_printf (text, "%02x", checksum->bytes[i]);
}

/* All that the getters tell. */
char *
journal_fixture_describe (PwJournal *journal)
{
  const PwJournalIntent *intent = pw_journal_get_intent (journal);
  GString *text = g_string_new (NULL);
  const char *verification = NULL;
  const char *done = pw_journal_get_done (journal, &verification);
  const PwIdentity *identity = &intent->identity;
  S3Checksum whole = { 0 };
  guint n_parts;
  const PwJournalPart *parts = pw_journal_get_parts (journal, &n_parts);

  g_string_append_printf (text, "%s %s %s %s %s %" G_GINT64_FORMAT " %d\n", intent->id,
                          intent->path, intent->key, intent->destination, intent->options,
                          intent->created, intent->checksum);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                          " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", identity->size,
                          identity->mtime_ns, identity->ctime_ns, identity->inode,
                          identity->device);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "=%u %s %s %u %s %s\n",
                          intent->plan.size, intent->plan.part_size, intent->plan.n_parts,
                          pw_journal_get_upload_id (journal), pw_journal_get_abort_date (journal),
                          pw_journal_get_n_resumed (journal), done, verification);
  g_string_append_printf (text, "%d ", pw_journal_is_completing (journal, &whole));
  describe_checksum (text, &whole);
  for (guint i = 0; i < n_parts; i++) {
    g_string_append_printf (text, "\n%u %s %d ", i + 1, parts[i].etag, parts[i].is_safe);
    describe_checksum (text, &parts[i].checksum);
  }

  return g_string_free (text, FALSE);
}

/* What is told once it was closed and opened again is what was told before. */
PwJournal *
journal_fixture_reopen (JournalFixture   *fixture,
                        PwJournal *journal)
{
  g_autofree char *before = journal_fixture_describe (journal);

  pw_journal_unref (journal);
  journal = journal_fixture_open (fixture);
  g_autofree char *after = journal_fixture_describe (journal);
  g_assert_cmpstr (after, ==, before);

  return journal;
}

const PwJournalPart *
journal_fixture_get_part (PwJournal *journal,
                          guint      part_number)
{
  guint n_parts;
  const PwJournalPart *parts = pw_journal_get_parts (journal, &n_parts);

  g_assert_cmpuint (part_number, <=, n_parts);

  return &parts[part_number - 1];
}

/* The life of an upload, a line a step; @step from 0 on, FALSE after the last. */
gboolean
journal_fixture_add_step (PwJournal *journal,
                          guint      step,
                          GError   **error)
{
  switch (step) {
  case 0: return pw_journal_add_upload_id (journal, "up-1", "films/%C3%BC.mkv",
                                           S3_CHECKSUM_CRC64NVME, "Sat, 01 Jan", error);
  case 1: return pw_journal_add_part (journal, 2, "\"e 2\"", &journal_fixture_sum, error);
  case 2: return pw_journal_add_part (journal, 1, "e1", &journal_fixture_md5, error);
  case 3: return pw_journal_add_lost_part (journal, 2, error);
  case 4: return pw_journal_add_resumed (journal, 1700000100, error);
  case 5: return pw_journal_add_identity (journal, &journal_fixture_grown, error);
  case 6: return pw_journal_add_part (journal, 5, "e5", NULL, error);
  case 7: return pw_journal_add_completing (journal, &journal_fixture_sum, error);
  case 8: return pw_journal_add_lost_part (journal, 5, error);
  case 9: return pw_journal_add_identity (journal, &shrunk, error);
  case 10: return pw_journal_add_upload_id (journal, "up-2", "k", S3_CHECKSUM_MD5, NULL, error);
  case 11: return pw_journal_add_part (journal, 2, "f2", &journal_fixture_md5, error);
  case 12: return pw_journal_add_completing (journal, NULL, error);
  case 13: return pw_journal_add_done (journal, "f-2", "parts", error);
  default: return FALSE;
  }
}
