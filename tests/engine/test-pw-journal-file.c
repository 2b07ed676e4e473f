/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-journal-file.h"

#include "engine/pw-error.h"
#include "engine/pw-journal-lines.h"
#include "journal-fixture.h"

#include <glib/gstdio.h>

/* How the journal was when its file had this length. */
typedef struct {
  gsize length;
  char *text;
} Snapshot;

static void
clear_snapshot (gpointer data)
{
  g_free (((Snapshot *) data)->text);
}

static void
take_snapshot (JournalFixture   *fixture,
               PwJournal *journal,
               GArray    *snapshots)
{
  Snapshot snapshot = { 0 };
  g_autofree char *text G_GNUC_UNUSED = journal_fixture_get_file (fixture, &snapshot.length);

  snapshot.text = journal_fixture_describe (journal);
  g_array_append_val (snapshots, snapshot);
}

/* Leaves a whole journal, closed. */
static GArray *
write_life (JournalFixture *fixture)
{
  g_autoptr (PwJournal) journal = journal_fixture_create (fixture);
  GArray *snapshots = g_array_new (FALSE, FALSE, sizeof (Snapshot));

  g_array_set_clear_func (snapshots, clear_snapshot);
  take_snapshot (fixture, journal, snapshots);
  for (guint i = 0; i < JOURNAL_FIXTURE_N_STEPS; i++) {
    g_autoptr (GError) error = NULL;
    g_assert_true (journal_fixture_add_step (journal, i, &error));
    g_assert_no_error (error);
    take_snapshot (fixture, journal, snapshots);
  }

  return snapshots;
}

/* A crash may end the file anywhere. */
static void
test_prefixes (JournalFixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GArray) snapshots = write_life (fixture);
  gsize length;
  g_autofree char *text = journal_fixture_get_file (fixture, &length);
  guint n = 0;

  for (gsize cut = 0; cut <= length; cut++) {
    while (n < snapshots->len && g_array_index (snapshots, Snapshot, n).length <= cut)
      n++;
    journal_fixture_set_file (fixture, text, cut);
    if (n == 0) {
      journal_fixture_assert_refused (fixture, PW_ERROR_JOURNAL_BROKEN);
      g_assert_false (journal_fixture_is_file (fixture->path));
      g_assert_false (journal_fixture_is_file (fixture->bad));
      continue;
    }
    g_autoptr (PwJournal) journal = journal_fixture_open (fixture);
    g_autofree char *found = journal_fixture_describe (journal);
    g_assert_cmpstr (found, ==, g_array_index (snapshots, Snapshot, n - 1).text);
  }
  g_assert_cmpuint (n, ==, JOURNAL_FIXTURE_N_STEPS + 1);
}

static void
test_flipped_bits (JournalFixture       *fixture,
                   gconstpointer  data)
{
  static const guchar flips[] = { 0x01, 0x20, 0x80 };
  g_autoptr (GArray) snapshots = write_life (fixture);
  gsize length;
  g_autofree char *text = journal_fixture_get_file (fixture, &length);

  for (gsize i = 0; i < length * G_N_ELEMENTS (flips); i++) {
    gsize at = i / G_N_ELEMENTS (flips);
    char before = text[at];
    text[at] = (char) (before ^ flips[i % G_N_ELEMENTS (flips)]);
    journal_fixture_set_file (fixture, text, length);
    text[at] = before;
    if (at < length - 1) {
      journal_fixture_assert_refused (fixture, PW_ERROR_JOURNAL_BROKEN);
      g_assert_false (journal_fixture_is_file (fixture->path));
      g_assert_cmpint (g_unlink (fixture->bad), ==, 0);
      continue;
    }
    /* Without its newline, the last line is a torn one. */
    g_autoptr (PwJournal) journal = journal_fixture_open (fixture);
    g_autofree char *found = journal_fixture_describe (journal);
    g_assert_cmpstr (found, ==,
                     g_array_index (snapshots, Snapshot, JOURNAL_FIXTURE_N_STEPS - 1).text);
  }
}

static void
test_torn_line (JournalFixture       *fixture,
                gconstpointer  data)
{
  PwJournal *journal = journal_fixture_create (fixture);
  gsize torn_length;

  g_assert_true (journal_fixture_add_step (journal, 0, NULL));
  g_assert_true (journal_fixture_add_step (journal, 1, NULL));
  pw_journal_unref (journal);
  g_autofree char *torn = journal_fixture_get_file (fixture, &torn_length);
  journal_fixture_set_file (fixture, torn, torn_length - 3);

  journal = journal_fixture_open (fixture);
  g_assert_false (journal_fixture_get_part (journal, 2)->is_safe);
  g_assert_true (journal_fixture_add_step (journal, 2, NULL));
  journal = journal_fixture_reopen (fixture, journal);
  g_assert_true (journal_fixture_get_part (journal, 1)->is_safe);
  g_assert_false (journal_fixture_get_part (journal, 2)->is_safe);
  pw_journal_unref (journal);
}

#define HEAD "{\"t\":\"intent\",\"v\":1,\"id\":\"" JOURNAL_FIXTURE_ID \
        "\",\"created\":5,\"path\":\"/f\",\"size\":9," \
        "\"mtime_ns\":1,\"ctime_ns\":1,\"inode\":1,\"device\":1,\"key\":\"k\"," \
        "\"destination\":\"{}\",\"plan_size\":9,\"part_size\":4,\"n_parts\":"
#define UPLOAD "{\"t\":\"upload\",\"upload\":\"u\",\"key\":\"k\",\"checksum\":\"CRC32C\""

/* Whole lines; the last cannot be, unless @is_fine. */
static const struct {
  const char *bodies[4];
  gboolean is_fine;
} line_cases[] = {
  { { HEAD "3", UPLOAD, "{\"t\":\"part\",\"n\":3,\"etag\":\"e\",\"sum\":\"00ff00ff\"" }, TRUE },
  { { HEAD "3", "{\"t\":\"of later\",\"n\":9" }, TRUE },
  { { HEAD "3", HEAD "3" }, FALSE },
  { { HEAD "2" }, FALSE },
  { { HEAD "4000000000" }, FALSE },
  { { HEAD "3,\"checksum\":\"CRC99\"" }, FALSE },
  { { "{\"t\":\"intent\",\"v\":1,\"id\":\"" JOURNAL_FIXTURE_ID "\"" }, FALSE },
  { { "{\"t\":\"intent\",\"v\":0" }, FALSE },
  { { UPLOAD }, FALSE },
  { { HEAD "3", "{\"t\":\"upload\",\"key\":\"k\"" }, FALSE },
  { { HEAD "3", "{\"t\":\"part\",\"n\":1,\"etag\":\"e\"" }, FALSE },
  { { HEAD "3", UPLOAD, "{\"t\":\"part\",\"n\":0,\"etag\":\"e\"" }, FALSE },
  { { HEAD "3", UPLOAD, "{\"t\":\"part\",\"n\":4,\"etag\":\"e\"" }, FALSE },
  { { HEAD "3", UPLOAD, "{\"t\":\"part\",\"n\":1" }, FALSE },
  { { HEAD "3", UPLOAD, "{\"t\":\"part\",\"n\":1,\"etag\":\"e\",\"sum\":\"0\"" }, FALSE },
  { { HEAD "3", UPLOAD, "{\"t\":\"part\",\"n\":1,\"etag\":\"e\",\"sum\":\"0x\"" }, FALSE },
  { { HEAD "3", "{\"t\":\"lost\",\"n\":4" }, FALSE },
  { { HEAD "3", "{\"t\":\"identity\",\"size\":5" }, FALSE },
  { { HEAD "3", "{\"t\":\"resumed\"" }, FALSE },
  { { HEAD "3", "{\"t\":\"done\"" }, FALSE },
};

static void
test_lines (JournalFixture       *fixture,
            gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (line_cases); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    for (guint j = 0; line_cases[i].bodies[j] != NULL; j++) {
      gsize start = text->len;
      g_string_append (text, line_cases[i].bodies[j]);
      pw_line_end (text, start);
    }
    journal_fixture_set_file (fixture, text->str, text->len);
    g_test_message ("case %u", i);
    if (line_cases[i].is_fine) {
      pw_journal_unref (journal_fixture_open (fixture));
      continue;
    }
    journal_fixture_assert_refused (fixture, PW_ERROR_JOURNAL_BROKEN);
    g_assert_cmpint (g_unlink (fixture->bad), ==, 0);
  }
}

static void
test_newer (JournalFixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new ("{\"t\":\"intent\",\"v\":2,\"new\":1");
  gsize length;

  pw_line_end (text, 0);
  journal_fixture_set_file (fixture, text->str, text->len);
  journal_fixture_assert_refused (fixture, PW_ERROR_JOURNAL_BROKEN);
  g_autofree char *after = journal_fixture_get_file (fixture, &length);
  g_assert_cmpmem (after, length, text->str, text->len);
  g_assert_false (journal_fixture_is_file (fixture->bad));
}

static const struct {
  const char *name;
  void (*test) (JournalFixture *fixture, gconstpointer data);
} tests[] = {
  { "prefixes", test_prefixes },
  { "flipped-bits", test_flipped_bits },
  { "torn-line", test_torn_line },
  { "lines", test_lines },
  { "newer", test_newer },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/journal-file/", tests[i].name, NULL);

    g_test_add (path, JournalFixture, NULL, journal_fixture_set_up, tests[i].test,
                journal_fixture_tear_down);
  }

  return g_test_run ();
}
