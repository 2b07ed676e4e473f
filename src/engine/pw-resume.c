/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include <string.h>

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-body.h"
#include "engine/pw-error.h"

/* What is needed while one upload is taken up again. */
typedef struct {
  PwJob *job;
  PwBench *bench;
  PwExchange *exchange;
  PwOrder *order;
  gboolean must_prove;          /* the file's marks differ: every part is read and compared */
  S3ListedPart *listed;         /* the store's; slot n−1 of part n; part_number 0 = it has none */
  guint n_read;                 /* parts that were read from the file */
  guint n_told;                 /* the list says all there is of parts 1 to this one */
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
  self->must_prove = !pw_identity_equal (now, &intent->identity);
  if (!self->must_prove || order->follow
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

/* No page came. TRUE: that is no obstacle. */
static gboolean
judge_no_page (PwResume *self,
               gboolean *is_gone,
               GError   *problem,
               GError  **error)
{
  *is_gone = self->exchange->verdict == PW_VERDICT_UPLOAD_GONE;
  if (*is_gone)
    return TRUE;
  /* Credentials that may send need not be allowed to list: the journal knows what arrived. If
   * Complete was refused for that already, the upload is of no use to them. */
  if (g_error_matches (problem, PW_ERROR, PW_ERROR_ACCESS_DENIED)) {
    *is_gone = self->order->is_doubted || self->order->is_lost;
    if (self->order->is_doubted)
      pw_authority_abort (self->order->authority, self->exchange, self->order->key,
                          self->order->upload_id, NULL);
    return TRUE;
  }
  g_propagate_error (error, g_error_copy (problem));
  return FALSE;
}

static void
take_page (PwResume          *self,
           const S3PartsPage *page)
{
  PwOrder *order = self->order;

  self->n_told = 0;
  for (guint i = 0; i < page->parts->len; i++) {
    const S3ListedPart *part = &g_array_index (page->parts, S3ListedPart, i);

    if (part->part_number < 1 || part->part_number > order->plan.n_parts)
      continue;
    self->listed[part->part_number - 1] = *part;
    self->n_told = MAX (self->n_told, part->part_number);
  }
}

/* *is_gone: the store knows no such upload. */
static gboolean
list_parts (PwResume *self,
            gboolean *is_gone,
            GError  **error)
{
  PwOrder *order = self->order;
  guint marker = 0;

  *is_gone = FALSE;
  self->listed = g_new0 (S3ListedPart, order->plan.n_parts);
  for (;;) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (S3PartsPage) page = pw_authority_list_parts (order->authority, self->exchange,
                                                            order->key, order->upload_id, marker,
                                                            &problem);

    if (!page)
      return judge_no_page (self, is_gone, problem, error);
    take_page (self, page);
    if (!page->is_truncated) {
      self->n_told = order->plan.n_parts;
      return TRUE;
    }
    /* A marker that does not move would go round for ever. */
    if (page->next_marker <= marker)
      return TRUE;
    marker = page->next_marker;
  }
}

static gboolean
sum_part (PwResume       *self,
          guint           n,
          S3ChecksumKind  kind,
          S3Checksum     *checksum,
          GError        **error)
{
  PwOrder *order = self->order;
  PwBody body;

  self->n_read++;
  return pw_body_prepare (&body, self->job, self->bench, s3_plan_get_offset (&order->plan, n),
                          s3_plan_get_length (&order->plan, n), kind, checksum, NULL, error);
}

static gboolean
etag_is_sum (const char       *etag,
             const S3Checksum *md5)
{
  g_autofree char *hex = s3_checksum_dup_hex (md5);

  return g_ascii_strcasecmp (etag, hex) == 0;
}

/* Reads the part from the file: does the store hold just these bytes? */
static gboolean
compare_with_file (PwResume            *self,
                   guint                n,
                   const PwJournalPart *known,
                   gboolean            *is_same,
                   S3Checksum          *checksum,
                   GError             **error)
{
  const S3ListedPart *listed = &self->listed[n - 1];
  S3Checksum md5;

  *is_same = FALSE;
  if (!sum_part (self, n, self->order->kind, checksum, error))
    return FALSE;
  /* What the store says it holds counts for more than what it said when it took it. */
  if (listed->checksum.kind != S3_CHECKSUM_NONE && listed->checksum.kind == checksum->kind) {
    *is_same = s3_checksum_equal (&listed->checksum, checksum);
    return TRUE;
  }
  if (known && known->is_safe && g_str_equal (known->etag, listed->etag)
      && known->checksum.kind != S3_CHECKSUM_NONE) {
    *is_same = s3_checksum_equal (&known->checksum, checksum);
    return TRUE;
  }
  if (checksum->kind == S3_CHECKSUM_MD5)
    md5 = *checksum;
  else if (!sum_part (self, n, S3_CHECKSUM_MD5, &md5, error))
    return FALSE;
  *is_same = etag_is_sum (listed->etag, &md5);
  return TRUE;
}

/* The store's list and the journal agree on this part. */
static gboolean
agrees (const PwJournalPart *known,
        const S3ListedPart  *listed)
{
  return known && known->is_safe && g_str_equal (known->etag, listed->etag)
         && (listed->checksum.kind == S3_CHECKSUM_NONE
             || listed->checksum.kind != known->checksum.kind
             || s3_checksum_equal (&listed->checksum, &known->checksum));
}

static gboolean
has_size (const S3ListedPart *listed,
          guint64             size)
{
  return listed->size == size || listed->size == PW_SIZE_UNKNOWN;
}

/* The store's list ends before this part, but the store once said that it has it. */
static gboolean
compare_with_journal (PwResume            *self,
                      guint                n,
                      const PwJournalPart *known,
                      gboolean            *is_same,
                      S3Checksum          *checksum,
                      GError             **error)
{
  S3ListedPart *listed = &self->listed[n - 1];

  *checksum = known->checksum;
  *is_same = !self->must_prove;
  if (self->must_prove) {
    if (!sum_part (self, n, self->order->kind, checksum, error))
      return FALSE;
    *is_same = s3_checksum_equal (&known->checksum, checksum);
  }
  g_strlcpy (listed->etag, known->etag, sizeof listed->etag);
  return TRUE;
}

/* Whether the part need not be sent, and its sum then. */
static gboolean
compare_part (PwResume            *self,
              guint                n,
              const PwJournalPart *known,
              gboolean            *is_same,
              S3Checksum          *checksum,
              GError             **error)
{
  PwOrder *order = self->order;
  const S3ListedPart *listed = &self->listed[n - 1];

  *is_same = FALSE;
  if (!known)
    return TRUE;
  if (n > self->n_told && known->is_safe && !order->is_doubted)
    return compare_with_journal (self, n, known, is_same, checksum, error);
  if (listed->part_number != n || !has_size (listed, s3_plan_get_length (&order->plan, n)))
    return TRUE;
  if (agrees (known, listed) && !self->must_prove) {
    *is_same = TRUE;
    *checksum = known->checksum;
    return TRUE;
  }
  return compare_with_file (self, n, known, is_same, checksum, error);
}

/* The store holds just what the journal says, and the file is to be proved against it. */
static gboolean
is_held (PwResume            *self,
         guint                n,
         const PwJournalPart *known)
{
  return known && known->is_safe && self->must_prove
         && g_str_equal (known->etag, self->listed[n - 1].etag);
}

static gboolean
settle_part (PwResume            *self,
             guint                n,
             const PwJournalPart *known,
             GError             **error)
{
  PwOrder *order = self->order;
  const S3ListedPart *listed = &self->listed[n - 1];
  S3CompletedPart *slot = &order->parts[n - 1];
  gboolean is_same, was_known;
  S3Checksum checksum = { 0 };
  guint n_read = self->n_read;

  if (!compare_part (self, n, known, &is_same, &checksum, error))
    return FALSE;
  was_known = agrees (known, listed) && known->checksum.kind == checksum.kind;
  if (!is_same) {
    order->states[n - 1] = PW_PART_WAITING;
    /* What the store holds is of another file than this, and stays so until the user says. */
    return !known || !known->is_safe || (is_held (self, n, known) && !order->follow)
           || pw_journal_add_lost_part (order->journal, n, error);
  }

  order->states[n - 1] = self->n_read > n_read ? PW_PART_PROVED : PW_PART_RESUMED;
  order->resumed_bytes += s3_plan_get_length (&order->plan, n);
  g_strlcpy (slot->etag, listed->etag, sizeof slot->etag);
  slot->checksum = checksum;
  return was_known || pw_journal_add_part (order->journal, n, listed->etag, &checksum, error);
}

/* What the list does not tell is the journal's word alone. */
static void
note_untold (PwResume *self)
{
  PwOrder *order = self->order;
  guint n_untold = 0;

  for (guint n = self->n_told + 1; n <= order->plan.n_parts; n++)
    n_untold += pw_part_state_is_safe (order->states[n - 1]);
  if (n_untold == 0)
    return;
  g_free (order->note);
  order->note = g_strdup_printf (ngettext ("%u part cannot be listed here, and counts because the "
                                           "store confirmed it when it was sent.",
                                           "%u parts cannot be listed here, and count because the "
                                           "store confirmed them when they were sent.", n_untold),
                                 n_untold);
}

static gboolean
settle_parts (PwResume *self,
              GError  **error)
{
  PwOrder *order = self->order;
  guint n_known, n_differ = 0;
  const PwJournalPart *known = pw_journal_get_parts (order->journal, &n_known);

  order->resumed_bytes = 0;
  for (guint n = 1; n <= order->plan.n_parts; n++) {
    const PwJournalPart *part = n <= n_known ? &known[n - 1] : NULL;
    /* A part that the store lost is sent anew, whatever the file is by now. */
    gboolean was_held = is_held (self, n, part);

    if (!settle_part (self, n, part, error))
      return FALSE;
    n_differ += was_held && order->states[n - 1] == PW_PART_WAITING;
  }
  note_untold (self);
  if (n_differ == 0 || order->follow)
    return TRUE;
  g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED, "%s",
               pw_error_get_title (PW_ERROR_SOURCE_CHANGED));
  return FALSE;
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

    if (!sum_part (self, n, known[n - 1].checksum.kind, &checksum, error))
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

  if (!order->follow || !self->must_prove || !pw_journal_is_completing (order->journal, NULL))
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
  g_clear_pointer (&self->listed, g_free);
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
                             : !list_parts (self, &is_gone, error))
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
  } else if (!settle_parts (self, error)) {
    return FALSE;
  } else {
    pw_order_announce (order);
  }
  order->is_doubted = FALSE;
  order->is_lost = FALSE;
  self->exchange->verdict = PW_VERDICT_STOP;
  return pw_source_check (order->source, NULL, error)
         && (!self->must_prove
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
  PwResume self = { .job = job, .bench = bench, .exchange = &exchange, .order = order };
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
  g_free (self.listed);
}
