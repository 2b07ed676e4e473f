/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-journal.h"

#include "engine/pw-error.h"
#include "engine/pw-journal-file.h"
#include "engine/pw-journal-lines.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PwJournal {
  gatomicrefcount refs;
  GMutex mutex;                 /* guards all below */
  PwRecord *record;
  GString *line;                /* kept, so that a part costs no allocation */
  PwJournalState state;
};

static PwJournal *
journal_new (PwRecord *record)
{
  PwJournal *self = g_new0 (PwJournal, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  self->record = record;
  self->line = g_string_sized_new (512);

  return self;
}

/* Writes and empties self->line; with the mutex held. */
static gboolean
add_line (PwJournal *self,
          gboolean   sync,
          GError   **error)
{
  gboolean ok = pw_record_append (self->record, self->line->str, self->line->len, sync, error);

  g_string_truncate (self->line, 0);

  return ok;
}

PwJournal *
pw_journal_create (const char            *dir,
                   const PwJournalIntent *intent,
                   GError               **error)
{
  g_return_val_if_fail (dir != NULL && intent != NULL, NULL);
  g_return_val_if_fail (pw_record_is_id (intent->id), NULL);
  g_return_val_if_fail (intent->path != NULL && intent->key != NULL, NULL);
  g_return_val_if_fail (intent->destination != NULL, NULL);

  if (!pw_record_make_folder (dir, error))
    return NULL;
  g_autofree char *path = pw_journal_file_get_path (dir, intent->id);
  PwRecord *record = pw_record_create (path, error);
  if (record == NULL)
    return NULL;

  g_autoptr (PwJournal) self = journal_new (record);
  pw_journal_state_set_intent (&self->state, intent);
  pw_journal_write_intent (self->line, intent);
  if (!add_line (self, TRUE, error)) {
    pw_record_delete (record, NULL);
    return NULL;
  }

  return g_steal_pointer (&self);
}

PwJournal *
pw_journal_open (const char *dir,
                 const char *id,
                 GError    **error)
{
  g_return_val_if_fail (dir != NULL, NULL);
  g_return_val_if_fail (pw_record_is_id (id), NULL);

  PwJournalState state = { 0 };
  PwRecord *record = pw_journal_file_open (dir, id, &state, error);
  if (record == NULL)
    return NULL;

  PwJournal *self = journal_new (record);
  self->state = state;

  return self;
}

gboolean
pw_journal_exists (const char *dir,
                   const char *id)
{
  g_autofree char *path = pw_journal_file_get_path (dir, id);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

PwJournal *
pw_journal_ref (PwJournal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
pw_journal_unref (PwJournal *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  pw_record_close (self->record);
  pw_journal_state_clear (&self->state);
  g_string_free (self->line, TRUE);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

const PwJournalIntent *
pw_journal_get_intent (PwJournal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->state.intent;
}

const char *
pw_journal_get_upload_id (PwJournal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return self->state.upload_id;
}

const char *
pw_journal_get_abort_date (PwJournal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return self->state.abort_date;
}

const PwJournalPart *
pw_journal_get_parts (PwJournal *self,
                      guint     *n_parts)
{
  g_return_val_if_fail (self != NULL && n_parts != NULL, NULL);

  *n_parts = self->state.intent.plan.n_parts;

  return self->state.parts;
}

guint
pw_journal_get_n_resumed (PwJournal *self)
{
  g_return_val_if_fail (self != NULL, 0);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return self->state.n_resumed;
}

gboolean
pw_journal_is_completing (PwJournal  *self,
                          S3Checksum *whole)
{
  g_return_val_if_fail (self != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  if (self->state.is_completing && whole != NULL)
    *whole = self->state.whole;

  return self->state.is_completing;
}

const char *
pw_journal_get_done (PwJournal   *self,
                     const char **verification)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  if (self->state.done_etag != NULL && verification != NULL)
    *verification = self->state.done_verification;

  return self->state.done_etag;
}

gboolean
pw_journal_add_upload_id (PwJournal      *self,
                          const char     *upload_id,
                          const char     *key,
                          S3ChecksumKind  checksum,
                          const char     *abort_date,
                          GError        **error)
{
  g_return_val_if_fail (self != NULL && upload_id != NULL && key != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  pw_line_begin (self->line, "upload");
  pw_line_add_string (self->line, "upload", upload_id);
  pw_line_add_string (self->line, "key", key);
  if (checksum != S3_CHECKSUM_NONE)
    pw_line_add_string (self->line, "checksum", s3_checksum_get_name (checksum));
  if (abort_date != NULL)
    pw_line_add_string (self->line, "abort", abort_date);
  pw_line_end (self->line, 0);
  if (!add_line (self, TRUE, error))
    return FALSE;
  pw_journal_state_set_upload_id (&self->state, upload_id, key, checksum, abort_date);

  return TRUE;
}

gboolean
pw_journal_add_part (PwJournal        *self,
                     guint             part_number,
                     const char       *etag,
                     const S3Checksum *checksum,
                     GError          **error)
{
  g_return_val_if_fail (self != NULL && etag != NULL, FALSE);
  g_return_val_if_fail (part_number >= 1, FALSE);
  g_return_val_if_fail (part_number <= self->state.intent.plan.n_parts, FALSE);

  if (strlen (etag) >= PW_JOURNAL_ETAG_SIZE) {
    g_set_error (error, PW_ERROR, PW_ERROR_JOURNAL,
                 _("The server gave part %u an ETag of more than %d characters, which cannot be "
                   "saved."), part_number, PW_JOURNAL_ETAG_SIZE - 1);
    return FALSE;
  }

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  g_return_val_if_fail (self->state.upload_id != NULL, FALSE);
  pw_journal_write_part (self->line, self->state.intent.checksum, part_number, etag, checksum);
  if (!add_line (self, FALSE, error))
    return FALSE;
  pw_journal_state_set_part (&self->state, part_number, etag, checksum);

  return TRUE;
}

gboolean
pw_journal_add_lost_part (PwJournal *self,
                          guint      part_number,
                          GError   **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (part_number >= 1, FALSE);
  g_return_val_if_fail (part_number <= self->state.intent.plan.n_parts, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  pw_line_begin (self->line, "lost");
  pw_line_add_uint64 (self->line, "n", part_number);
  pw_line_end (self->line, 0);
  if (!add_line (self, FALSE, error))
    return FALSE;
  pw_journal_state_set_lost (&self->state, part_number);

  return TRUE;
}

gboolean
pw_journal_add_identity (PwJournal        *self,
                         const PwIdentity *identity,
                         GError          **error)
{
  g_return_val_if_fail (self != NULL && identity != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  pw_journal_write_identity (self->line, identity);
  if (!add_line (self, TRUE, error))
    return FALSE;
  pw_journal_state_set_identity (&self->state, identity);

  return TRUE;
}

gboolean
pw_journal_add_resumed (PwJournal *self,
                        gint64     when,
                        GError   **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  pw_line_begin (self->line, "resumed");
  pw_line_add_int64 (self->line, "at", when);
  pw_line_end (self->line, 0);
  if (!add_line (self, FALSE, error))
    return FALSE;
  self->state.last_resumed = when;
  self->state.n_resumed++;

  return TRUE;
}

gboolean
pw_journal_add_completing (PwJournal        *self,
                           const S3Checksum *whole,
                           GError          **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  pw_journal_write_completing (self->line, whole);
  if (!add_line (self, TRUE, error))
    return FALSE;
  pw_journal_state_set_completing (&self->state, whole);

  return TRUE;
}

gboolean
pw_journal_add_done (PwJournal  *self,
                     const char *etag,
                     const char *verification,
                     GError    **error)
{
  g_return_val_if_fail (self != NULL && etag != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  pw_line_begin (self->line, "done");
  pw_line_add_string (self->line, "etag", etag);
  if (verification != NULL)
    pw_line_add_string (self->line, "verification", verification);
  pw_line_end (self->line, 0);
  if (!add_line (self, TRUE, error))
    return FALSE;
  pw_journal_state_set_done (&self->state, etag, verification);

  return TRUE;
}

gboolean
pw_journal_delete (PwJournal *self,
                   GError   **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return pw_record_delete (self->record, error);
}

GPtrArray *
pw_journal_list (const char *dir,
                 GError    **error)
{
  g_return_val_if_fail (dir != NULL, NULL);

  return pw_journal_file_list (dir, error);
}

GHashTable *
pw_journal_list_upload_ids (const char *dir)
{
  g_return_val_if_fail (dir != NULL, NULL);

  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) journals = pw_journal_file_list (dir, NULL);
  for (guint i = 0; journals != NULL && i < journals->len; i++) {
    const char *id = g_ptr_array_index (journals, i);
    PwJournalState state = { 0 };

    if (!pw_journal_file_peek (dir, id, &state))
      continue;
    if (state.upload_id != NULL)
      g_hash_table_insert (ids, g_steal_pointer (&state.upload_id), g_strdup (id));
    pw_journal_state_clear (&state);
  }

  return ids;
}
