/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include <string.h>

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-error.h"
#include "engine/pw-send.h"

/* So many names are tried: "film (2).mov", "film (3).mov", … */
#define MAX_NAMES 1000

/* The store's, but for the part size that the user prefers; it still grows with the file. */
static S3Limits
get_limits (PwOrder *order)
{
  S3Limits limits = *order->authority->limits;

  if (order->usual_part_size > 0)
    limits.usual_part_size = CLAMP (order->usual_part_size, limits.min_part_size,
                                    limits.max_part_size);
  return limits;
}

/* Where nothing can be sent in one piece, a small file is an upload of one part; so is an empty
 * one. */
static void
plan_one_part (PwOrder        *order,
               const S3Limits *limits,
               S3Plan         *plan)
{
  guint64 part_size = order->destination->part_size;

  plan->n_parts = 1;
  plan->part_size = part_size > 0 ? part_size : limits->usual_part_size;
}

static gboolean
plan_parts (PwOrder  *order,
            GError  **error)
{
  g_autoptr (GError) problem = NULL;
  S3Limits limits = get_limits (order);
  S3Plan plan;

  if (!s3_plan_make (&plan, pw_source_get_identity (order->source)->size,
                     order->destination->part_size, order->destination->allow_tiny_parts,
                     &limits, &problem)) {
    g_set_error_literal (error, PW_ERROR,
                         g_error_matches (problem, S3_PLAN_ERROR, S3_PLAN_ERROR_TOO_LARGE)
                         ? PW_ERROR_TOO_LARGE : PW_ERROR_PLAN, problem->message);
    return FALSE;
  }
  if (plan.n_parts == 0 && !pw_authority_can (order->authority, PW_CAN_PUT))
    plan_one_part (order, &limits, &plan);
  pw_order_set_plan (order, &plan);
  return TRUE;
}

static gboolean
open_source (PwOrder  *order,
             GError  **error)
{
  g_autoptr (GError) problem = NULL;

  g_clear_pointer (&order->source, pw_source_unref);
  order->source = pw_source_open (order->path, error);
  if (!order->source)
    return FALSE;
  if (!s3_key_check (order->key, &problem)) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_KEY, problem->message);
    return FALSE;
  }
  g_free (order->content_type);
  order->content_type = pw_source_guess_content_type (order->source);
  return plan_parts (order, error);
}

/* "film.mov" → "film (2).mov"; a leading dot begins no ending. */
static char *
make_name (const char *key,
           guint       n)
{
  const char *slash = strrchr (key, '/');
  const char *name = slash ? slash + 1 : key;
  const char *dot = strrchr (name, '.');

  if (!dot || dot == name)
    return g_strdup_printf ("%s (%u)", key, n);
  return g_strdup_printf ("%.*s (%u)%s", (int) (dot - key), key, n, dot);
}

/* TRUE with *exists; FALSE: the store could not be asked. Who may not list a bucket is answered 403
 * for what is not there; If-None-Match then still protects what is. */
static gboolean
look_at (PwOrder     *order,
         PwExchange  *exchange,
         const char  *key,
         gboolean    *exists,
         GError     **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3ObjectReply) head = pw_authority_head (order->authority, exchange, key, &problem);

  *exists = head != NULL;
  if (head || exchange->status == 404 || exchange->status == 403)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
pw_look (PwOrder     *order,
         PwExchange  *exchange,
         gboolean    *exists,
         GError     **error)
{
  return look_at (order, exchange, order->key, exists, error);
}

gboolean
pw_rename_key (PwOrder     *order,
               PwExchange  *exchange,
               GError     **error)
{
  gboolean exists = TRUE;

  for (guint n = 2; n < MAX_NAMES; n++) {
    g_autofree char *key = make_name (order->key, n);

    if (!look_at (order, exchange, key, &exists, error))
      return FALSE;
    if (!exists) {
      g_clear_pointer (&order->asked_key, g_free);
      g_free (order->key);
      order->key = g_steal_pointer (&key);
      g_clear_pointer (&order->own_etag, g_free);
      return TRUE;
    }
  }
  exchange->verdict = PW_VERDICT_STOP;
  g_set_error (error, PW_ERROR, PW_ERROR_EXISTS, _("“%s” and %d names like it are taken."),
               order->key, MAX_NAMES);
  return FALSE;
}

/* Something is at the key already. FALSE: this ends the job, with its outcome set. */
static gboolean
settle_existing (PwJob       *job,
                 PwExchange  *exchange)
{
  GError *error = NULL;

  switch (job->order->if_exists) {
  case PW_IF_EXISTS_SKIP:
    job->outcome = PW_OUTCOME_SKIPPED;
    return FALSE;
  case PW_IF_EXISTS_RENAME:
    if (pw_rename_key (job->order, exchange, &error))
      return TRUE;
    pw_job_fail (job, exchange, error);
    return FALSE;
  case PW_IF_EXISTS_REPLACE:
    return TRUE;
  case PW_IF_EXISTS_ASK:
  default:
    exchange->verdict = PW_VERDICT_STOP;
    pw_job_fail (job, exchange, g_error_new (PW_ERROR, PW_ERROR_EXISTS,
                                             _("“%s” exists already. Replace it, keep both, or "
                                               "skip it."), job->order->key));
    return FALSE;
  }
}

/* What is there may be this file, sent before. */
static gboolean
settle_own (PwJob      *job,
            PwBench    *bench,
            PwExchange *exchange)
{
  gboolean was_put = FALSE;

  if (job->order->may_be_put && job->order->plan.n_parts == 0) {
    job->attempts = exchange->attempts;
    was_put = pw_was_put (job, bench);
    exchange->attempts = job->attempts;
  }
  if (was_put)
    job->outcome = PW_OUTCOME_DONE;
  return was_put;
}

static gboolean
settle_key (PwJob      *job,
            PwBench    *bench,
            PwExchange *exchange)
{
  GError *error = NULL;
  gboolean exists;

  if (job->order->if_exists == PW_IF_EXISTS_REPLACE)
    return TRUE;
  if (!pw_authority_can (job->order->authority, PW_CAN_HEAD)) {
    pw_job_fail (job, NULL, g_error_new (PW_ERROR, PW_ERROR_UNSUPPORTED,
                                         _("This backend cannot tell whether “%s” exists already. "
                                           "Say that it may be replaced."), job->order->key));
    return FALSE;
  }
  if (!pw_look (job->order, exchange, &exists, &error)) {
    pw_job_fail (job, exchange, error);
    return FALSE;
  }
  return !exists || (!settle_own (job, bench, exchange) && settle_existing (job, exchange));
}

/* 412: somebody was faster than our look. */
static void
send_small (PwJob      *job,
            PwBench    *bench,
            PwExchange *exchange)
{
  for (guint i = 0;; i++) {
    /* Or what was asked before would have the last word on the request that failed. */
    pw_job_close_exchange (job, exchange);
    pw_send_object (job, bench);
    exchange->attempts = job->attempts;
    if (job->outcome != PW_OUTCOME_FAILED || i == 2
        || !g_error_matches (job->error, PW_ERROR, PW_ERROR_EXISTS)
        || job->order->if_exists == PW_IF_EXISTS_REPLACE)
      return;
    g_clear_error (&job->error);
    if (!settle_existing (job, exchange))
      return;
    job->outcome = PW_OUTCOME_OK;
  }
}

static gboolean
write_intent (PwOrder  *order,
              GError  **error)
{
  g_autofree char *destination = pw_destination_to_json (order->destination);
  g_autofree char *options = order->authority->is_presigned
                             ? g_strconcat (PW_ASKED_KEY, order->key, NULL) : NULL;
  PwJournalIntent intent = {
    .id = order->id, .path = order->path, .identity = *pw_source_get_identity (order->source),
    .key = order->key, .destination = destination, .plan = order->plan,
    .checksum = S3_CHECKSUM_NONE, .created = g_get_real_time () / G_USEC_PER_SEC,
    .options = options,
  };

  if (order->authority->is_presigned) {
    g_free (order->asked_key);
    order->asked_key = g_strdup (order->key);
  }
  if (!order->journal)
    order->journal = pw_journal_create (order->journals, &intent, error);
  order->may_have_journal = order->journal != NULL;
  return order->journal != NULL;
}

gboolean
pw_create (PwJob       *job,
           PwExchange  *exchange,
           GError     **error)
{
  PwOrder *order = job->order;
  S3ObjectOptions options = pw_order_get_options (order);
  const char *asked_key = order->asked_key ? order->asked_key : order->key;
  PwAsk ask = { .op = PW_OP_CREATE, .key = asked_key, .options = &options,
                .size = order->plan.size, .part_size = order->plan.part_size,
                .token = order->id };
  g_autoptr (PwBegun) begun = pw_authority_create (order->authority, exchange, &ask, error);

  if (!begun)
    return FALSE;
  if (!pw_journal_add_upload_id (order->journal, begun->upload_id, begun->key, begun->kind,
                                 begun->abort_date, error)) {
    /* Nobody would remember it. */
    pw_authority_abort (order->authority, exchange, begun->key, begun->upload_id, NULL);
    exchange->verdict = PW_VERDICT_STOP;
    return FALSE;
  }
  exchange->verdict = PW_VERDICT_STOP;
  g_free (order->key);
  order->key = g_steal_pointer (&begun->key);
  if (order->upload_id)
    pw_authority_forget (order->authority, order->upload_id);
  g_free (order->upload_id);
  order->upload_id = g_steal_pointer (&begun->upload_id);
  order->kind = begun->kind;
  pw_order_announce (order);
  return TRUE;
}

static void
begin_anew (PwJob      *job,
            PwBench    *bench,
            PwExchange *exchange)
{
  PwOrder *order = job->order;
  GError *error = NULL;

  if (!pw_authority_prepare (order->authority, exchange, &error)) {
    pw_job_fail (job, exchange, error);
    return;
  }
  if (!open_source (order, &error)) {
    pw_job_fail (job, NULL, error);
    return;
  }
  if (!settle_key (job, bench, exchange))
    return;
  if (order->plan.n_parts == 0) {
    send_small (job, bench, exchange);
    return;
  }
  if (!write_intent (order, &error)) {
    pw_job_fail (job, NULL, error);
    return;
  }
  if (!pw_create (job, exchange, &error))
    pw_job_fail (job, exchange, error);
}

void
pw_begin (PwJob   *job,
          PwBench *bench)
{
  g_auto (PwExchange) exchange = { 0 };

  if (job->order->may_have_journal) {
    pw_resume (job, bench);
    return;
  }
  pw_job_open_exchange (job, bench, &exchange);
  begin_anew (job, bench, &exchange);
  pw_job_close_exchange (job, &exchange);
}
