/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-journal-state.h"

void
pw_journal_intent_copy (PwJournalIntent       *to,
                        const PwJournalIntent *from)
{
  g_return_if_fail (to != NULL && from != NULL);

  PwJournalIntent copy = *from;
  copy.id = g_strdup (from->id);
  copy.path = g_strdup (from->path);
  copy.key = g_strdup (from->key);
  copy.destination = g_strdup (from->destination);
  copy.options = g_strdup (from->options);
  *to = copy;
}

void
pw_journal_intent_clear (PwJournalIntent *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->id);
  g_free (self->path);
  g_free (self->key);
  g_free (self->destination);
  g_free (self->options);
  *self = (PwJournalIntent) { 0 };
}

void
pw_journal_state_clear (PwJournalState *self)
{
  pw_journal_intent_clear (&self->intent);
  g_free (self->upload_id);
  g_free (self->abort_date);
  g_free (self->parts);
  g_free (self->done_etag);
  g_free (self->done_verification);
  *self = (PwJournalState) { 0 };
}

void
pw_journal_state_set_intent (PwJournalState        *self,
                             const PwJournalIntent *intent)
{
  pw_journal_intent_copy (&self->intent, intent);
  self->parts = g_new0 (PwJournalPart, intent->plan.n_parts);
  self->has_intent = TRUE;
}

void
pw_journal_state_set_upload_id (PwJournalState *self,
                                const char     *upload_id,
                                const char     *key,
                                S3ChecksumKind  checksum,
                                const char     *abort_date)
{
  if (key != NULL && g_strcmp0 (key, self->intent.key) != 0) {
    g_free (self->intent.key);
    self->intent.key = g_strdup (key);
  }
  self->intent.checksum = checksum;
  g_free (self->upload_id);
  self->upload_id = g_strdup (upload_id);
  g_free (self->abort_date);
  self->abort_date = g_strdup (abort_date);
  for (guint i = 0; i < self->intent.plan.n_parts; i++)
    self->parts[i].is_safe = FALSE;
  self->is_completing = FALSE;
}

/* The part size stays; the number of parts follows the size. */
void
pw_journal_state_set_identity (PwJournalState   *self,
                               const PwIdentity *identity)
{
  S3Plan *plan = &self->intent.plan;

  self->intent.identity = *identity;
  if (identity->size != plan->size && plan->part_size > 0) {
    guint n_parts = (guint) MAX (1, (identity->size + plan->part_size - 1) / plan->part_size);

    self->parts = g_renew (PwJournalPart, self->parts, n_parts);
    for (guint i = plan->n_parts; i < n_parts; i++)
      self->parts[i] = (PwJournalPart) { 0 };
    plan->size = identity->size;
    plan->n_parts = n_parts;
  }
  self->is_completing = FALSE;
}

void
pw_journal_state_set_part (PwJournalState   *self,
                           guint             part_number,
                           const char       *etag,
                           const S3Checksum *checksum)
{
  PwJournalPart *part = &self->parts[part_number - 1];

  g_strlcpy (part->etag, etag, sizeof part->etag);
  part->checksum = checksum != NULL ? *checksum : (S3Checksum) { 0 };
  part->is_safe = TRUE;
  self->is_completing = FALSE;
}

void
pw_journal_state_set_lost (PwJournalState *self,
                           guint           part_number)
{
  self->parts[part_number - 1].is_safe = FALSE;
  self->is_completing = FALSE;
}

void
pw_journal_state_set_completing (PwJournalState   *self,
                                 const S3Checksum *whole)
{
  self->whole = whole != NULL ? *whole : (S3Checksum) { 0 };
  self->is_completing = TRUE;
}

void
pw_journal_state_set_done (PwJournalState *self,
                           const char     *etag,
                           const char     *verification)
{
  g_free (self->done_etag);
  self->done_etag = g_strdup (etag);
  g_free (self->done_verification);
  self->done_verification = g_strdup (verification);
}
