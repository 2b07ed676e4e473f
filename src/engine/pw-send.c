/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-send.h"

#include <string.h>

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-body.h"
#include "engine/pw-error.h"

static gboolean
is_md5_shaped (const char *etag)
{
  return strlen (etag) == 32 && strspn (etag, "0123456789abcdefABCDEF") == 32;
}

static gboolean
fail_damaged (GError **error)
{
  g_set_error_literal (error, PW_ERROR, PW_ERROR_DAMAGED, pw_error_get_title (PW_ERROR_DAMAGED));
  return FALSE;
}

S3ObjectReply *
pw_read_answer (PwExchange          *exchange,
                const HttpResponse  *response,
                GError             **error)
{
  g_autoptr (S3ObjectReply) reply = s3_object_reply_parse (response, NULL);

  if (reply && *reply->etag != '\0')
    return g_steal_pointer (&reply);
  exchange->verdict = exchange->attempts.n_transient++ < 10 ? PW_VERDICT_RETRY : PW_VERDICT_STOP;
  exchange->wait_ms = pw_retry_get_wait_ms (&exchange->attempts, exchange->verdict, 0,
                                            g_random_double ());
  g_set_error_literal (error, PW_ERROR, PW_ERROR_ANSWER, pw_error_get_title (PW_ERROR_ANSWER));
  return NULL;
}

gboolean
pw_check_answer (const S3ObjectReply *reply,
                 const S3Checksum    *checksum,
                 const S3Checksum    *md5,
                 gboolean            *is_proved,
                 GError             **error)
{
  const S3Checksum *told = NULL;

  *is_proved = FALSE;
  if (checksum->kind != S3_CHECKSUM_NONE)
    told = s3_object_reply_get_checksum (reply, checksum->kind);
  if (told) {
    if (!s3_checksum_equal (told, checksum))
      return fail_damaged (error);
    *is_proved = TRUE;
    return TRUE;
  }

  if (md5 && is_md5_shaped (reply->etag) && !reply->encrypted_by_kms) {
    g_autofree char *hex = s3_checksum_dup_hex (md5);

    if (g_ascii_strcasecmp (hex, reply->etag) != 0)
      return fail_damaged (error);
    *is_proved = TRUE;
  }
  return TRUE;
}

/* The store's answer says too little for the sum that was sent: its ETag may say enough. */
static gboolean
check_part (PwJob               *job,
            PwBench             *bench,
            const PwBody        *body,
            const S3Checksum    *checksum,
            const S3ObjectReply *reply,
            GError             **error)
{
  gboolean is_proved;
  S3Checksum md5;

  if (checksum->kind == S3_CHECKSUM_MD5)
    return pw_check_answer (reply, checksum, checksum, &is_proved, error);
  if (!pw_check_answer (reply, checksum, NULL, &is_proved, error))
    return FALSE;
  if (is_proved || !is_md5_shaped (reply->etag) || reply->encrypted_by_kms)
    return TRUE;
  return pw_body_sum (body, job, bench, S3_CHECKSUM_MD5, &md5, error)
         && pw_check_answer (reply, checksum, &md5, &is_proved, error);
}

/* An answer that contradicts our sum is handled like BadDigest: read and send again, twice at
 * most. */
static void
set_damaged (PwExchange *exchange)
{
  exchange->verdict = exchange->attempts.n_damaged++ < 2 ? PW_VERDICT_READ_AGAIN : PW_VERDICT_STOP;
}

static gboolean
take_part (PwJob               *job,
           PwBench             *bench,
           PwExchange          *exchange,
           const PwBody        *body,
           const S3Checksum    *checksum,
           const HttpResponse  *response,
           GError             **error)
{
  PwOrder *order = job->order;
  S3CompletedPart *slot = &order->parts[job->part_number - 1];
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3ObjectReply) reply = pw_read_answer (exchange, response, error);

  if (!reply)
    return FALSE;
  if (!check_part (job, bench, body, checksum, reply, &problem)) {
    if (g_error_matches (problem, PW_ERROR, PW_ERROR_DAMAGED))
      set_damaged (exchange);
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }

  exchange->verdict = PW_VERDICT_STOP;
  if (!pw_source_check (order->source, NULL, error)
      || !pw_journal_add_part (order->journal, job->part_number, reply->etag, checksum, error))
    return FALSE;
  g_strlcpy (slot->etag, reply->etag, sizeof slot->etag);
  slot->checksum = *checksum;
  return TRUE;
}

void
pw_send_part (PwJob   *job,
              PwBench *bench)
{
  PwOrder *order = job->order;
  guint64 length = s3_plan_get_length (&order->plan, job->part_number);
  g_auto (PwExchange) exchange = { 0 };
  g_autoptr (HttpResponse) response = NULL;
  g_autofree char *hex = NULL;
  S3Checksum checksum, sha256;
  gboolean needs_sha256 = pw_authority_needs_sha256 (order->authority);
  GError *error = NULL;
  PwBody body;
  gboolean ok;

  pw_job_open_exchange (job, bench, &exchange);
  if (!pw_body_prepare (&body, job, bench, s3_plan_get_offset (&order->plan, job->part_number),
                        length, order->kind, &checksum, needs_sha256 ? &sha256 : NULL, &error)) {
    pw_job_fail (job, NULL, error);
    return;
  }
  if (needs_sha256)
    hex = s3_checksum_dup_hex (&sha256);

  response = pw_authority_ask (order->authority, &exchange, &(PwAsk) {
    .op = PW_OP_PART, .key = order->key, .upload_id = order->upload_id,
    .part_number = job->part_number, .size = length, .body_func = pw_body_read, .body_data = &body,
    .checksum = &checksum, .sha256 = hex,
  }, &error);
  ok = response && take_part (job, bench, &exchange, &body, &checksum, response, &error);
  pw_job_close_exchange (job, &exchange);
  if (ok)
    return;
  /* Bytes that arrived other than they were summed may have been changed on the disk in between. */
  if (g_error_matches (error, PW_ERROR, PW_ERROR_DAMAGED)
      && !pw_source_check (order->source, NULL, NULL)) {
    g_clear_error (&error);
    pw_source_check (order->source, NULL, &error);
  }
  pw_job_fail (job, &exchange, error);
}
