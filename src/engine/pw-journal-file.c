/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-journal-file.h"

#include "engine/pw-error.h"
#include "engine/pw-journal-lines.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SUFFIX ".journal"

typedef struct {
  char *id;
  gint64 created;
} ListEntry;

static void
set_broken (GError **error)
{
  g_set_error_literal (error, PW_ERROR, PW_ERROR_JOURNAL_BROKEN,
                       pw_error_get_title (PW_ERROR_JOURNAL_BROKEN));
}

/* The length of what counts, or -1. */
static gssize
replay (PwJournalState *state,
        char           *text,
        gsize           length,
        gboolean       *is_newer,
        GError        **error)
{
  PwLineReader reader;
  PwLine line;

  pw_line_reader_init (&reader, text, length);
  while (TRUE) {
    switch (pw_line_reader_next (&reader, &line)) {
    case PW_LINE_END:
    case PW_LINE_TORN:
      return reader.next - text;
    case PW_LINE_DAMAGED:
      set_broken (error);
      return -1;
    case PW_LINE_OK:
      if (!pw_journal_apply_line (state, &line, is_newer, error))
        return -1;
      break;
    }
  }
}

/* No line is whole: the program ended while it wrote the intent, before it asked the server for
 * anything. Nothing is lost with it. */
static void
delete_unbegun (PwRecord *record,
                GError  **error)
{
  pw_record_delete (record, NULL);
  g_set_error_literal (error, PW_ERROR, PW_ERROR_JOURNAL_BROKEN,
                       _("This upload was interrupted before it began. Upload the file anew."));
}

static gboolean
load (PwRecord       *record,
      const char     *id,
      PwJournalState *state,
      GError        **error)
{
  g_autoptr (GError) broken = NULL;
  gboolean is_newer = FALSE;
  gsize length;
  g_autofree char *text = pw_record_read (record, &length, error);

  if (text == NULL)
    return FALSE;

  gssize kept = replay (state, text, length, &is_newer, &broken);
  if (kept == 0) {
    delete_unbegun (record, error);
    return FALSE;
  }
  if (kept > 0 && !g_str_equal (state->intent.id, id)) {
    kept = -1;
    set_broken (&broken);
  }
  if (kept < 0) {
    if (!is_newer)
      pw_record_set_aside (record, NULL);
    g_propagate_error (error, g_steal_pointer (&broken));
    return FALSE;
  }
  pw_record_keep (record, (guint64) kept);

  return TRUE;
}

/* When the upload was created, from its first line; G_MAXINT64 if that cannot be read. */
static gint64
read_created (const char *path)
{
  gsize length;
  gboolean is_owned;
  gint64 created = G_MAXINT64;
  PwLineReader reader;
  PwLine line;
  g_autofree char *text = pw_record_peek (path, &length, &is_owned, NULL);

  if (text == NULL)
    return created;
  pw_line_reader_init (&reader, text, length);
  if (pw_line_reader_next (&reader, &line) == PW_LINE_OK)
    pw_line_get_int64 (&line, "created", &created);

  return created;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const ListEntry *x = a, *y = b;

  if (x->created != y->created)
    return x->created < y->created ? -1 : 1;

  return strcmp (x->id, y->id);
}

char *
pw_journal_file_get_path (const char *dir,
                          const char *id)
{
  g_autofree char *name = g_strconcat (id, SUFFIX, NULL);

  return g_build_filename (dir, name, NULL);
}

PwRecord *
pw_journal_file_open (const char     *dir,
                      const char     *id,
                      PwJournalState *state,
                      GError        **error)
{
  g_autofree char *path = pw_journal_file_get_path (dir, id);
  g_autoptr (PwRecord) record = pw_record_open (path, error);

  if (record == NULL)
    return NULL;
  if (!load (record, id, state, error)) {
    pw_journal_state_clear (state);
    return NULL;
  }

  return g_steal_pointer (&record);
}

GPtrArray *
pw_journal_file_list (const char *dir,
                      GError    **error)
{
  g_autoptr (GPtrArray) ids = pw_record_list (dir, SUFFIX, error);
  if (ids == NULL)
    return NULL;

  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (ListEntry));
  for (guint i = 0; i < ids->len; i++) {
    g_autofree char *path = pw_journal_file_get_path (dir, ids->pdata[i]);
    ListEntry entry = { ids->pdata[i], read_created (path) };
    g_array_append_val (entries, entry);
  }
  g_array_sort (entries, compare_entries);
  for (guint i = 0; i < ids->len; i++)
    ids->pdata[i] = g_array_index (entries, ListEntry, i).id;

  return g_steal_pointer (&ids);
}

gboolean
pw_journal_file_peek (const char     *dir,
                      const char     *id,
                      PwJournalState *state)
{
  g_autofree char *path = pw_journal_file_get_path (dir, id);
  gboolean is_owned, is_newer = FALSE;
  gsize length;
  g_autofree char *text = pw_record_peek (path, &length, &is_owned, NULL);

  if (text == NULL)
    return FALSE;
  replay (state, text, length, &is_newer, NULL);

  return TRUE;
}
