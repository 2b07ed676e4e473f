/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-send.h"

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-body.h"
#include "engine/pw-error.h"

/* One PutObject and what goes with it. */
typedef struct {
  PwJob *job;
  PwBench *bench;
  PwExchange exchange;
  PwBody body;
  S3ChecksumKind kind;
  S3Checksum checksum;
  S3Checksum sha256;
  gboolean is_trial;            /* the store is not known to check this kind */
} PwPut;

static const char *
describe_proof (S3ChecksumKind kind)
{
  switch (kind) {
  case S3_CHECKSUM_CRC64NVME:
    return _("CRC64NVME of the whole object");
  case S3_CHECKSUM_CRC32C:
    return _("CRC32C of the whole object");
  case S3_CHECKSUM_MD5:
  case S3_CHECKSUM_NONE:
  case S3_CHECKSUM_SHA256:
  case S3_CHECKSUM_CRC32:
  case S3_CHECKSUM_SHA1:
  case S3_N_CHECKSUMS:
  default:
    return _("MD5 of the whole object");
  }
}

/* Sums the bytes; makes sure that what was read is one version of the file. */
static gboolean
read_file (PwPut   *put,
           GError **error)
{
  PwOrder *order = put->job->order;
  gboolean needs_sha256 = pw_authority_needs_sha256 (order->authority);

  put->sha256.kind = S3_CHECKSUM_NONE;
  return pw_body_prepare (&put->body, put->job, put->bench, 0, order->plan.size, put->kind,
                          &put->checksum, needs_sha256 ? &put->sha256 : NULL, error)
         && pw_source_check (order->source, NULL, error);
}

/* A backend may put the object somewhere else than was asked. */
static const char *
get_key (PwPut *put)
{
  return put->exchange.told_key ? put->exchange.told_key : put->job->order->key;
}

static HttpResponse *
send_once (PwPut   *put,
           GError **error)
{
  PwOrder *order = put->job->order;
  S3ObjectOptions options = pw_order_get_options (order);
  g_autofree char *hex = NULL;

  if (put->sha256.kind != S3_CHECKSUM_NONE)
    hex = s3_checksum_dup_hex (&put->sha256);
  return pw_authority_ask (order->authority, &put->exchange, &(PwAsk) {
    .op = PW_OP_PUT, .key = order->key, .options = &options, .size = order->plan.size,
    .body_func = pw_body_read, .body_data = &put->body, .checksum = &put->checksum, .sha256 = hex,
    .if_none_match = order->if_exists != PW_IF_EXISTS_REPLACE,
  }, error);
}

/* The first PUT to an unknown store finds out whether it minds a checksum of the newer kind. */
static HttpResponse *
send_object (PwPut   *put,
             GError **error)
{
  g_autoptr (GError) refusal = NULL;
  g_autofree char *request_id = NULL;
  HttpResponse *response = send_once (put, &refusal);

  if (!response && put->is_trial && put->exchange.verdict == PW_VERDICT_STOP
      && (put->exchange.status == 400 || put->exchange.status == 501)) {
    request_id = g_strdup (put->exchange.request_id);
    put->kind = S3_CHECKSUM_MD5;
    if (read_file (put, error))
      response = send_once (put, NULL);
    if (response)
      pw_authority_set_checksum (put->job->order->authority, S3_CHECKSUM_MD5);
  }
  if (!response && (!error || !*error)) {
    /* That of the refusal that is told. */
    if (request_id) {
      g_free (put->exchange.request_id);
      put->exchange.request_id = g_steal_pointer (&request_id);
    }
    g_propagate_error (error, g_steal_pointer (&refusal));
  }
  return response;
}

/* The store may say one thing and keep another: what it has is looked at, whatever it answered. */
static gboolean
confirm_object (PwPut               *put,
                const S3ObjectReply *reply,
                gboolean             is_proved,
                GError             **error)
{
  PwOrder *order = put->job->order;
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3ObjectReply) head = NULL;

  if (!pw_authority_can (order->authority, PW_CAN_HEAD))
    return TRUE;
  head = pw_authority_head (order->authority, &put->exchange, get_key (put), &problem);
  /* Credentials that may write need not be allowed to read. */
  if (!head && !(is_proved && put->exchange.status == 403)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  put->exchange.verdict = PW_VERDICT_STOP;
  if (!head || (head->size == order->plan.size
                && (!*reply->etag || g_str_equal (reply->etag, head->etag))))
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_WRONG_OBJECT,
                       pw_error_get_title (PW_ERROR_WRONG_OBJECT));
  return FALSE;
}

/* Holds the answer against the file; @kind: by what. */
static gboolean
check_answer (PwPut               *put,
              const S3ObjectReply *reply,
              S3ChecksumKind      *kind,
              gboolean            *is_proved,
              GError             **error)
{
  S3Checksum md5 = put->checksum;

  *kind = put->kind;
  if (!pw_check_answer (reply, &put->checksum, NULL, is_proved, error))
    return FALSE;
  if (*is_proved)
    return TRUE;
  *kind = S3_CHECKSUM_MD5;
  if (put->kind != S3_CHECKSUM_MD5
      && !pw_body_sum (&put->body, put->job, put->bench, S3_CHECKSUM_MD5, &md5, error))
    return FALSE;
  return pw_check_answer (reply, &put->checksum, &md5, is_proved, error);
}

static gboolean
prove (PwPut               *put,
       const S3ObjectReply *reply,
       GError             **error)
{
  PwOrder *order = put->job->order;
  S3ChecksumKind kind;
  gboolean is_proved;

  if (!check_answer (put, reply, &kind, &is_proved, error))
    return FALSE;
  if (put->is_trial)
    pw_authority_set_checksum (order->authority, kind);
  if (!confirm_object (put, reply, is_proved, error))
    return FALSE;
  if (is_proved)
    order->verification = g_strdup (describe_proof (kind));
  else if (put->kind == S3_CHECKSUM_MD5)
    order->verification = g_strdup (_("MD5 checked by the store, and size"));
  else
    order->verification = g_strdup (_("size only: this store tells no checksum"));
  return TRUE;
}

/* An earlier try may have arrived although its answer was lost; libcurl, too, sends again by itself
 * over a connection that broke. Then the object that is in the way has the same bytes. */
static gboolean
is_own_object (PwPut *put)
{
  PwOrder *order = put->job->order;
  g_autoptr (S3ObjectReply) head = pw_authority_head (order->authority, &put->exchange,
                                                      get_key (put), NULL);
  S3Checksum md5;
  gboolean is_proved = FALSE;

  put->exchange.verdict = PW_VERDICT_STOP;
  if (!head || head->size != order->plan.size
      || !pw_body_sum (&put->body, put->job, put->bench, S3_CHECKSUM_MD5, &md5, NULL)
      || !pw_check_answer (head, &put->checksum, &md5, &is_proved, NULL) || !is_proved)
    return FALSE;
  g_free (order->etag);
  order->etag = g_strdup (head->etag);
  if (!s3_object_reply_get_checksum (head, put->kind))
    put->kind = S3_CHECKSUM_MD5;
  g_free (order->verification);
  order->verification = g_strdup (describe_proof (put->kind));
  return TRUE;
}

static gboolean
take_refusal (PwPut   *put,
              GError  *problem,
              GError **error)
{
  if (put->exchange.status == 0 || put->exchange.status >= 500)
    put->job->order->may_be_put = TRUE;
  else if (g_error_matches (problem, PW_ERROR, PW_ERROR_EXISTS) && is_own_object (put))
    return TRUE;
  g_propagate_error (error, g_error_copy (problem));
  return FALSE;
}

static gboolean
put_object (PwPut   *put,
            GError **error)
{
  PwOrder *order = put->job->order;
  g_autoptr (GError) problem = NULL;
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (S3ObjectReply) reply = NULL;

  if (!read_file (put, error))
    return FALSE;
  response = send_object (put, &problem);
  if (!response)
    return take_refusal (put, problem, error);
  reply = pw_read_answer (&put->exchange, response, error);
  if (!reply)
    return FALSE;
  if (!prove (put, reply, &problem)) {
    if (g_error_matches (problem, PW_ERROR, PW_ERROR_DAMAGED))
      put->exchange.verdict = put->exchange.attempts.n_damaged++ < 2 ? PW_VERDICT_READ_AGAIN
                                                                     : PW_VERDICT_STOP;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  /* Streamed in a second pass, the bytes could have changed under an ETag nobody can check. */
  if (!put->body.memory && !pw_source_check (order->source, NULL, error))
    return FALSE;
  order->etag = g_strdup (reply->etag);
  return TRUE;
}

static PwPut
put_new (PwJob   *job,
         PwBench *bench)
{
  gint known = pw_authority_get_checksum (job->order->authority);

  return (PwPut) {
    .job = job, .bench = bench,
    .kind = known == PW_CHECKSUM_UNKNOWN ? S3_CHECKSUM_CRC64NVME : (S3ChecksumKind) known,
    .is_trial = known == PW_CHECKSUM_UNKNOWN,
  };
}

gboolean
pw_was_put (PwJob   *job,
            PwBench *bench)
{
  PwPut put = put_new (job, bench);
  gboolean was_put;

  pw_job_open_exchange (job, bench, &put.exchange);
  was_put = read_file (&put, NULL) && is_own_object (&put);
  pw_job_close_exchange (job, &put.exchange);
  pw_exchange_clear (&put.exchange);
  return was_put;
}

void
pw_send_object (PwJob   *job,
                PwBench *bench)
{
  PwPut put = put_new (job, bench);
  GError *error = NULL;
  gboolean ok;

  pw_job_open_exchange (job, bench, &put.exchange);
  g_clear_pointer (&job->order->etag, g_free);
  g_clear_pointer (&job->order->verification, g_free);
  ok = put_object (&put, &error);
  pw_job_close_exchange (job, &put.exchange);
  if (ok) {
    g_autofree char *key = g_strdup (get_key (&put));

    g_free (job->order->key);
    job->order->key = g_steal_pointer (&key);
    job->outcome = PW_OUTCOME_DONE;
  } else {
    pw_job_fail (job, &put.exchange, error);
  }
  pw_exchange_clear (&put.exchange);
}
