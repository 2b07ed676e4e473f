/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "engine/pw-journal-lines.h"

#include <string.h>

/* A journal's text. Its lines carry checksums that no chance finds: lines without one get theirs
 * here, so that what stands in them is tried, too; the raw text is tried as it is besides. */

static GString *
add_sums (const char *text,
          gsize       length)
{
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  GString *summed = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++) {
    const gsize n = strlen (lines[i]);
    const gsize start = summed->len;

    if (n < 2 || lines[i][0] != '{' || lines[i][n - 1] != '}' ||
        strstr (lines[i], "\"crc\"") != NULL) {
      g_string_append (summed, lines[i]);
      if (lines[i + 1] != NULL)
        g_string_append_c (summed, '\n');
      continue;
    }
    g_string_append_len (summed, lines[i], (gssize) n - 1);
    pw_line_end (summed, start);
  }
  return summed;
}

static void
read_journal (const char *text,
              gsize       length)
{
  g_autofree char *copy = g_malloc (length + 1);
  PwJournalState state = { 0 };
  PwLineReader reader = { 0 };
  PwLineResult result = PW_LINE_END;
  PwLine line = { 0 };

  memcpy (copy, text, length);
  copy[length] = '\0';
  pw_line_reader_init (&reader, copy, length);
  while ((result = pw_line_reader_next (&reader, &line)) != PW_LINE_END) {
    gboolean is_newer = FALSE;

    if (result == PW_LINE_TORN)
      break;
    if (result != PW_LINE_OK)
      continue;
    if (!pw_journal_apply_line (&state, &line, &is_newer, NULL))
      break;
    if (state.has_intent)
      g_assert_cmpuint (state.intent.plan.n_parts, <=, 10000);
  }
  pw_journal_state_clear (&state);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GString) summed = add_sums ((const char *) data, size);

  read_journal ((const char *) data, size);
  read_journal (summed->str, summed->len);
  return 0;
}
