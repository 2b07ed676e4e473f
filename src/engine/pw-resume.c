/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include <string.h>

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-compare.h"
#include "engine/pw-error.h"

/* What is needed while one upload is taken up again. */
typedef struct {
  PwJob *job;
  PwExchange *exchange;
  PwOrder *order;
  PwCompare compare;
} PwResume;

/* An upload that was found at the store: no file was ever proved to be the one. */
static gboolean
is_unknown (const PwJournalIntent *intent)
{
  return intent->identity.inode == 0 && intent->identity.mtime_ns == 0;
}

/* How the file compares with the one that the upload began with. */
static gboolean
prove_source (PwResume *self,
              GError  **error)
{
  PwOrder *order = self->order;
  const PwJournalIntent *intent = pw_journal_get_intent (order->journal);
  const PwIdentity *now;

  g_clear_pointer (&order->source, pw_source_unref);
  order->source = pw_source_open (order->path, error);
  if (!order->source)
    return FALSE;
  now = pw_source_get_identity (order->source);
  self->compare.must_prove = !pw_identity_equal (now, &intent->identity);
  if (!self->compare.must_prove || order->follow
      || (now->size == intent->identity.size
          && (now->mtime_ns == intent->identity.mtime_ns || is_unknown (intent))))
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED,
                       pw_error_get_title (PW_ERROR_SOURCE_CHANGED));
  return FALSE;
}

/* A followed file may have grown: the part size stays, the number of parts follows. */
static gboolean
plan_again (PwResume *self,
            GError  **error)
{
  PwOrder *order = self->order;
  S3Plan plan = pw_journal_get_intent (order->journal)->plan;
  guint64 size = pw_source_get_identity (order->source)->size;
  guint64 n_parts = MAX (1, (size + plan.part_size - 1) / plan.part_size);

  if (size != plan.size && n_parts > order->authority->limits->max_parts) {
    g_set_error (error, PW_ERROR, PW_ERROR_PLAN,
                 _("The file has grown so much that its parts are too many for this store. "
                   "Remove this upload and add the file again."));
    return FALSE;
  }
  plan.size = size;
  plan.n_parts = (guint) n_parts;
  pw_order_set_plan (order, &plan);
  return TRUE;
}

/* The parts are not at the store to be compared with: their sums in the journal are. */
static gboolean
is_file_changed (PwResume *self,
                 gboolean *is_changed,
                 GError  **error)
{
  PwOrder *order = self->order;
  guint n_known;
  const PwJournalPart *known = pw_journal_get_parts (order->journal, &n_known);

  *is_changed = order->plan.size != pw_journal_get_intent (order->journal)->plan.size;
  for (guint n = 1; !*is_changed && n <= n_known; n++) {
    S3Checksum checksum;

    if (!pw_compare_sum_part (&self->compare, n, known[n - 1].checksum.kind, &checksum, error))
      return FALSE;
    *is_changed = checksum.kind == S3_CHECKSUM_NONE
                  || !s3_checksum_equal (&checksum, &known[n - 1].checksum);
  }
  return TRUE;
}

/* The store knows no such upload. A Complete that won is the end of it, but for a file that is
 * followed and has changed since: then its object is what the new version replaces. */
static gboolean
settle_gone (PwResume *self,
             gboolean *is_finished,
             GError  **error)
{
  PwOrder *order = self->order;
  gboolean is_changed = FALSE;

  if (!order->follow || !self->compare.must_prove
      || !pw_journal_is_completing (order->journal, NULL))
    return pw_find_finished (self->job, self->exchange, is_finished, error);
  if (!is_file_changed (self, &is_changed, error))
    return FALSE;
  if (!is_changed)
    return pw_find_finished (self->job, self->exchange, is_finished, error);
  if (order->if_exists == PW_IF_EXISTS_REPLACE)
    return TRUE;
  pw_order_set_plan (order, &pw_journal_get_intent (order->journal)->plan);
  return pw_find_superseded (self->job, self->exchange, error) && plan_again (self, error);
}

/* What the store cannot end well goes before another is created. */
static gboolean
drop_spoiled (PwResume *self,
              gboolean *is_gone,
              GError  **error)
{
  PwOrder *order = self->order;
  g_autoptr (GError) problem = NULL;

  *is_gone = pw_authority_abort (order->authority, self->exchange, order->key, order->upload_id,
                                 &problem)
             || self->exchange->verdict == PW_VERDICT_UPLOAD_GONE;
  if (!*is_gone)
    g_propagate_error (error, g_steal_pointer (&problem));
  return *is_gone;
}

/* The upload is not at the store (any more): create it (again). The journal keeps the sums. */
static gboolean
create_again (PwResume *self,
              GError  **error)
{
  pw_listed_clear (&self->compare.listed);
  self->order->resumed_bytes = 0;
  memset (self->order->states, PW_PART_WAITING, self->order->plan.n_parts);
  return pw_create (self->job, self->exchange, error);
}

static gboolean
take_up_journal (PwOrder  *order,
                 GError  **error)
{
  const PwJournalIntent *intent = pw_journal_get_intent (order->journal);
  const char *upload_id = pw_journal_get_upload_id (order->journal);

  g_free (order->key);
  order->key = g_strdup (intent->key);
  if (intent->options && g_str_has_prefix (intent->options, PW_ASKED_KEY)) {
    g_free (order->asked_key);
    order->asked_key = g_strdup (intent->options + strlen (PW_ASKED_KEY));
  }
  g_free (order->upload_id);
  order->upload_id = g_strdup (upload_id);
  order->kind = intent->checksum;
  if (upload_id && pw_authority_get_checksum (order->authority) == PW_CHECKSUM_UNKNOWN
      && g_strcmp0 (intent->options, PW_ADOPTED) != 0)
    pw_authority_set_checksum (order->authority, order->kind);
  pw_order_set_plan (order, &intent->plan);
  return !upload_id
         || pw_journal_add_resumed (order->journal, g_get_real_time () / G_USEC_PER_SEC, error);
}

static gboolean
resume (PwResume *self,
        GError  **error)
{
  PwOrder *order = self->order;
  gboolean is_gone = order->upload_id == NULL, is_finished = FALSE;

  if (!prove_source (self, error) || !plan_again (self, error))
    return FALSE;
  g_free (order->content_type);
  order->content_type = pw_source_guess_content_type (order->source);
  if (is_gone)
    pw_drop_orphan (self->job, self->exchange);
  else if (order->is_spoiled ? !drop_spoiled (self, &is_gone, error)
                             : !pw_listed_ask (&self->compare.listed, order,
                                               self->exchange, &is_gone, error))
    return FALSE;

  if (is_gone) {
    if (order->upload_id && !order->is_spoiled && !order->is_doubted
        && !settle_gone (self, &is_finished, error))
      return FALSE;
    if (is_finished) {
      self->job->outcome = PW_OUTCOME_DONE;
      return TRUE;
    }
    order->is_spoiled = FALSE;
    if (!create_again (self, error))
      return FALSE;
  } else if (!pw_compare_settle (&self->compare, error)) {
    return FALSE;
  } else {
    pw_order_announce (order);
  }
  order->is_doubted = order->is_lost = FALSE;
  self->exchange->verdict = PW_VERDICT_STOP;
  return pw_source_check (order->source, NULL, error)
         && (!self->compare.must_prove
             || pw_journal_add_identity (order->journal, pw_source_get_identity (order->source),
                                         error));
}

/* TRUE: the journal is open. FALSE without an error: there is none, begin from scratch. */
static gboolean
open_journal (PwJob   *job,
              GError **error)
{
  PwOrder *order = job->order;
  g_autoptr (GError) problem = NULL;

  if (!order->journal && !pw_journal_exists (order->journals, order->id))
    return FALSE;
  if (!order->journal)
    order->journal = pw_journal_open (order->journals, order->id, &problem);
  if (order->journal)
    return TRUE;
  /* What is damaged was set aside; what is still there is a newer Partway's. */
  if (g_error_matches (problem, PW_ERROR, PW_ERROR_JOURNAL_BROKEN)
      && !pw_journal_exists (order->journals, order->id)) {
    g_free (order->note);
    order->note = g_strdup (problem->message);
  } else {
    g_propagate_error (error, g_steal_pointer (&problem));
  }
  return FALSE;
}

void
pw_resume (PwJob   *job,
           PwBench *bench)
{
  PwOrder *order = job->order;
  g_auto (PwExchange) exchange = { 0 };
  PwResume self = { .job = job, .exchange = &exchange, .order = order,
                    .compare = { .job = job, .bench = bench } };
  const char *etag, *verification = NULL;
  GError *error = NULL;

  if (!open_journal (job, &error)) {
    if (error) {
      pw_job_fail (job, NULL, error);
      return;
    }
    order->may_have_journal = FALSE;
    order->may_be_put = TRUE;
    pw_begin (job, bench);
    return;
  }
  etag = pw_journal_get_done (order->journal, &verification);
  if (etag) {
    take_up_journal (order, NULL);
    g_free (order->etag);
    order->etag = g_strdup (etag);
    g_free (order->verification);
    order->verification = g_strdup (verification);
    job->outcome = PW_OUTCOME_DONE;
    return;
  }

  pw_job_open_exchange (job, bench, &exchange);
  if (!pw_authority_prepare (order->authority, &exchange, &error)
      || !take_up_journal (order, &error) || !resume (&self, &error))
    pw_job_fail (job, &exchange, error);
  order->n_resumed = pw_journal_get_n_resumed (order->journal);
  pw_job_close_exchange (job, &exchange);
  pw_listed_clear (&self.compare.listed);
}
