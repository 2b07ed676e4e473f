/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include <string.h>

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-error.h"
#include "engine/pw-prove.h"

/* The slots as the journal knows them, for an upload whose parts the store no longer lists. */
static gboolean
fill_from_journal (PwOrder *order)
{
  guint n_known;
  const PwJournalPart *known = pw_journal_get_parts (order->journal, &n_known);

  if (n_known < order->plan.n_parts)
    return FALSE;
  for (guint i = 0; i < order->plan.n_parts; i++) {
    if (*known[i].etag == '\0' || !known[i].is_safe)
      return FALSE;
    g_strlcpy (order->parts[i].etag, known[i].etag, sizeof order->parts[i].etag);
    order->parts[i].checksum = known[i].checksum;
  }
  return TRUE;
}

static gboolean
close_journal (PwOrder  *order,
               GError  **error)
{
  return pw_journal_add_done (order->journal, order->etag, order->verification, error);
}

/* The store no longer knows the upload, which is what it does after a Complete; and nobody can be
 * asked whether the object is there. */
static gboolean
assume_finished (PwOrder  *order,
                 GError  **error)
{
  g_free (order->etag);
  order->etag = g_strdup ("");
  g_free (order->verification);
  order->verification = g_strdup (_("very likely complete: the answer was lost, and the store no "
                                    "longer knows the upload; this backend cannot tell whether "
                                    "the object is there"));
  return close_journal (order, error);
}

/* What stands at the key, if it is this upload's; else NULL. */
static gboolean
find_own (PwJob          *job,
          PwExchange     *exchange,
          S3ObjectReply **own,
          GError        **error)
{
  PwOrder *order = job->order;
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3ObjectReply) head = NULL;

  *own = NULL;
  if (!pw_authority_can (order->authority, PW_CAN_HEAD)
      || !pw_journal_is_completing (order->journal, NULL) || !fill_from_journal (order))
    return TRUE;
  head = pw_authority_head (order->authority, exchange, order->key, &problem);
  if (!head && exchange->status != 404) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (head && pw_is_ours (order, head))
    *own = g_steal_pointer (&head);
  return TRUE;
}

gboolean
pw_find_finished (PwJob       *job,
                  PwExchange  *exchange,
                  gboolean    *is_finished,
                  GError     **error)
{
  PwOrder *order = job->order;
  g_autoptr (S3ObjectReply) own = NULL;

  *is_finished = FALSE;
  if (!pw_authority_can (order->authority, PW_CAN_HEAD)) {
    *is_finished = pw_journal_is_completing (order->journal, NULL) && fill_from_journal (order);
    return !*is_finished || assume_finished (order, error);
  }
  if (!find_own (job, exchange, &own, error))
    return FALSE;
  if (!own)
    return TRUE;
  exchange->verdict = PW_VERDICT_STOP;
  *is_finished = TRUE;
  return pw_prove_object (order, NULL, own, error) && close_journal (order, error);
}

gboolean
pw_find_superseded (PwJob       *job,
                    PwExchange  *exchange,
                    GError     **error)
{
  g_autoptr (S3ObjectReply) own = NULL;

  if (!find_own (job, exchange, &own, error))
    return FALSE;
  g_free (job->order->own_etag);
  job->order->own_etag = own ? g_strdup (own->etag) : NULL;
  return TRUE;
}

static gboolean
complete (PwJob       *job,
          PwExchange  *exchange,
          GError     **error)
{
  PwOrder *order = job->order;
  S3Checksum whole_sum;
  const S3Checksum *whole = pw_combine_parts (order, &whole_sum);
  g_autoptr (S3ObjectReply) reply = NULL, head = NULL;
  g_autoptr (GError) problem = NULL;

  /* Waiting for the disk takes its time; what changed meanwhile is still in time. */
  if (!pw_journal_add_completing (order->journal, whole, error)
      || !pw_source_check (order->source, NULL, error))
    return FALSE;
  reply = pw_authority_complete (order->authority, exchange, &(PwAsk) {
    .op = PW_OP_COMPLETE, .key = order->key, .upload_id = order->upload_id,
    .parts = order->parts, .n_parts = order->plan.n_parts, .checksum = whole,
    .size = order->plan.size,
    .if_none_match = order->if_exists != PW_IF_EXISTS_REPLACE && !order->own_etag,
  }, error);
  if (!reply)
    return FALSE;
  if (pw_authority_can (order->authority, PW_CAN_HEAD)) {
    head = pw_authority_head (order->authority, exchange, order->key, &problem);
    /* Credentials that may write need not be allowed to read. */
    if (!head && exchange->status != 403) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
  exchange->verdict = PW_VERDICT_STOP;
  return pw_prove_object (order, reply, head, error) && close_journal (order, error);
}

gboolean
pw_ask_alive (PwJob       *job,
              PwExchange  *exchange,
              gboolean    *is_alive,
              GError     **error)
{
  PwOrder *order = job->order;
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3PartsPage) page = pw_authority_list_parts (order->authority, exchange, order->key,
                                                          order->upload_id, 0, &problem);

  *is_alive = page != NULL;
  if (page || exchange->verdict == PW_VERDICT_UPLOAD_GONE)
    return TRUE;
  /* Who may not list has to say Complete again to find out. */
  if (g_error_matches (problem, PW_ERROR, PW_ERROR_ACCESS_DENIED)) {
    *is_alive = TRUE;
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* An object that came to the key while the parts were sent. Not every store looks itself. */
static gboolean
check_vacant (PwOrder     *order,
              PwExchange  *exchange,
              GError     **error)
{
  g_autoptr (S3ObjectReply) head = NULL;
  g_autoptr (GError) problem = NULL;

  if (order->if_exists == PW_IF_EXISTS_REPLACE
      || !pw_authority_can (order->authority, PW_CAN_HEAD))
    return TRUE;
  head = pw_authority_head (order->authority, exchange, order->key, &problem);
  if (!head && exchange->status != 404 && exchange->status != 403) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  exchange->verdict = PW_VERDICT_STOP;
  if (!head || g_strcmp0 (head->etag, order->own_etag) == 0)
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_EXISTS, pw_error_get_title (PW_ERROR_EXISTS));
  return FALSE;
}

static gboolean
finish (PwJob       *job,
        PwExchange  *exchange,
        GError     **error)
{
  PwOrder *order = job->order;
  gboolean is_alive = TRUE, is_finished = FALSE;

  /* An earlier Complete may have won although its answer was lost: ask before saying it again. */
  if (pw_journal_is_completing (order->journal, NULL)
      && (!pw_ask_alive (job, exchange, &is_alive, error)
          || (!is_alive && !pw_find_finished (job, exchange, &is_finished, error))))
    return FALSE;
  if (is_finished)
    return TRUE;
  if (!is_alive) {
    exchange->verdict = PW_VERDICT_UPLOAD_GONE;
    g_set_error_literal (error, PW_ERROR, PW_ERROR_UPLOAD_GONE,
                         pw_error_get_title (PW_ERROR_UPLOAD_GONE));
    return FALSE;
  }
  exchange->verdict = PW_VERDICT_STOP;
  return pw_source_check (order->source, NULL, error) && check_vacant (order, exchange, error)
         && complete (job, exchange, error);
}

/* The key was taken meanwhile, and the user has said what is to be done then. TRUE: handled. */
static gboolean
settle_taken (PwJob      *job,
              PwExchange *exchange)
{
  PwOrder *order = job->order;
  PwExchange side = { .client = exchange->client, .transfer = exchange->transfer,
                      .attempts = exchange->attempts };
  GError *error = NULL;

  if (order->if_exists != PW_IF_EXISTS_SKIP && order->if_exists != PW_IF_EXISTS_RENAME)
    return FALSE;
  if (!pw_authority_abort (order->authority, &side, order->key, order->upload_id, &error)
      && side.verdict != PW_VERDICT_UPLOAD_GONE) {
    pw_job_fail (job, &side, error);
  } else if (order->if_exists == PW_IF_EXISTS_SKIP) {
    g_clear_error (&error);
    if (pw_journal_delete (order->journal, &error))
      job->outcome = PW_OUTCOME_SKIPPED;
    else
      pw_job_fail (job, NULL, error);
  } else {
    g_clear_error (&error);
    if (pw_rename_key (order, &side, &error) && pw_create (job, &side, &error)) {
      job->outcome = PW_OUTCOME_ANEW;
      job->error = g_error_new_literal (PW_ERROR, PW_ERROR_EXISTS,
                                        pw_error_get_title (PW_ERROR_EXISTS));
    } else {
      pw_job_fail (job, &side, error);
    }
  }
  exchange->attempts = side.attempts;
  pw_exchange_clear (&side);
  return TRUE;
}

/* What is at the key may be this upload's own object: an earlier Complete won, its answer was lost,
 * and the one that followed was told of what the first had made. TRUE: handled. */
static gboolean
settle_finished (PwJob      *job,
                 PwExchange *exchange)
{
  PwExchange side = { .client = exchange->client, .transfer = exchange->transfer,
                      .attempts = exchange->attempts };
  gboolean is_alive = TRUE, is_finished = FALSE, is_later;
  GError *error = NULL;

  if (!pw_journal_is_completing (job->order->journal, NULL))
    return FALSE;
  if (pw_ask_alive (job, &side, &is_alive, &error) && !is_alive)
    pw_find_finished (job, &side, &is_finished, &error);
  is_later = side.verdict == PW_VERDICT_RETRY || side.verdict == PW_VERDICT_SLOW_DOWN;
  if (error && (is_finished || is_later))
    pw_job_fail (job, &side, g_steal_pointer (&error));
  else if (is_finished)
    job->outcome = PW_OUTCOME_DONE;
  /* Who may not ask goes by what Complete was told. */
  g_clear_error (&error);
  exchange->attempts = side.attempts;
  pw_exchange_clear (&side);
  return is_finished || job->error != NULL;
}

/* What a failed Complete means for the upload as a whole. */
static void
judge_failure (PwJob      *job,
               PwExchange *exchange,
               GError     *error)
{
  PwOrder *order = job->order;

  if (g_error_matches (error, PW_ERROR, PW_ERROR_EXISTS)
      && (settle_finished (job, exchange) || settle_taken (job, exchange))) {
    g_error_free (error);
    return;
  }
  order->is_spoiled = exchange->verdict == PW_VERDICT_RESTART;
  order->is_lost = exchange->verdict == PW_VERDICT_UPLOAD_GONE;
  /* The store does not hold (all of) the parts that it confirmed: ask for its list, send the
   * rest. */
  if (g_error_matches (error, PW_ERROR, PW_ERROR_PARTS) && exchange->attempts.n_damaged++ < 2) {
    exchange->verdict = PW_VERDICT_UPLOAD_GONE;
    order->is_doubted = TRUE;
  }
  pw_job_fail (job, exchange, error);
}

void
pw_finish (PwJob   *job,
           PwBench *bench)
{
  g_auto (PwExchange) exchange = { 0 };
  GError *error = NULL;

  pw_job_open_exchange (job, bench, &exchange);
  if (pw_authority_prepare (job->order->authority, &exchange, &error)
      && finish (job, &exchange, &error))
    job->outcome = PW_OUTCOME_DONE;
  else
    judge_failure (job, &exchange, error);
  pw_job_close_exchange (job, &exchange);
}
