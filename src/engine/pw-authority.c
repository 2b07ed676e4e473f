/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-authority.h"

#include "engine/pw-error.h"

void
pw_exchange_clear (PwExchange *self)
{
  g_clear_pointer (&self->request_id, g_free);
  g_clear_pointer (&self->peer, g_free);
  g_clear_pointer (&self->used, s3_credentials_free);
  g_clear_pointer (&self->told_key, g_free);
}

void
pw_begun_free (PwBegun *self)
{
  g_free (self->upload_id);
  g_free (self->key);
  g_free (self->abort_date);
  g_free (self);
}

static PwCall
describe_call (PwAuthority *self,
               const PwAsk *ask)
{
  PwCall call = self->is_presigned ? PW_CALL_PRESIGNED : PW_CALL_PLAIN;

  switch ((int) ask->op) {
  case PW_OP_SIGN:
    return ask->subject->upload_id ? call | PW_CALL_UPLOAD : call;
  case PW_OP_COMPLETE:
    return call | PW_CALL_UPLOAD | PW_CALL_COMPLETE;
  case PW_OP_PART:
  case PW_OP_LIST_PARTS:
  case PW_OP_ABORT:
    return call | PW_CALL_UPLOAD;
  default:
    return call;
  }
}

/* TRUE: what went wrong was mended, or costs nothing; ask again at once. */
static gboolean
mend (PwAuthority     *self,
      PwExchange      *exchange,
      const PwAsk     *ask,
      const S3Failure *failure)
{
  switch ((int) exchange->verdict) {
  case PW_VERDICT_FREE_RETRY:
    http_client_renew (exchange->client);
    return TRUE;
  case PW_VERDICT_FIX_CLOCK:
  case PW_VERDICT_FIX_REGION:
  case PW_VERDICT_FIX_CREDENTIALS:
    if (self->klass->repair (self, exchange, ask, failure))
      return TRUE;
    exchange->verdict = PW_VERDICT_STOP;
    return FALSE;
  default:
    return FALSE;
  }
}

static void
set_wait (PwExchange *exchange,
          guint       retry_after_s)
{
  exchange->wait_ms = pw_retry_get_wait_ms (&exchange->attempts, exchange->verdict, retry_after_s,
                                            g_random_double ());
  if (exchange->verdict == PW_VERDICT_RETRY)
    http_client_renew (exchange->client);
}

/* No answer of S3's. TRUE: ask again at once. */
static gboolean
judge_silence (PwAuthority *self,
               PwExchange  *exchange,
               const PwAsk *ask,
               GError      *problem,
               GError     **error)
{
  exchange->verdict = pw_retry_judge_http (&exchange->attempts, problem);
  /* An upload may have been created: whoever asks again looks first for what was left behind. */
  if (exchange->verdict == PW_VERDICT_FREE_RETRY && ask->op == PW_OP_CREATE)
    exchange->verdict = PW_VERDICT_RETRY;
  if (mend (self, exchange, ask, NULL))
    return TRUE;
  set_wait (exchange, 0);
  g_propagate_error (error, pw_error_from_http (problem));
  return FALSE;
}

/* A store that does not know If-None-Match is asked without it: whether the object exists was
 * looked at before sending. */
static gboolean
drop_condition (PwAuthority       *self,
                const HttpRequest *request,
                const S3Failure   *failure)
{
  if (failure->status != 501 || !http_request_get_header (request, "If-None-Match"))
    return FALSE;
  g_atomic_int_set (&self->refuses_conditions, TRUE);
  return TRUE;
}

/* S3 said no. TRUE: ask again at once. */
static gboolean
judge_refusal (PwAuthority        *self,
               PwExchange         *exchange,
               const PwAsk        *ask,
               const HttpRequest  *request,
               const S3Failure    *failure,
               GError            **error)
{
  /* That there is nothing is what a look is to find out. */
  if (ask->op != PW_OP_HEAD || failure->status != 404) {
    g_free (exchange->request_id);
    exchange->request_id = g_strdup (failure->request_id);
  }
  exchange->verdict = pw_retry_judge_failure (&exchange->attempts, describe_call (self, ask),
                                              failure);
  g_debug ("%s refused: %u %s", ask->key ? ask->key : "bucket", failure->status, failure->code);
  if (drop_condition (self, request, failure) || mend (self, exchange, ask, failure))
    return TRUE;
  set_wait (exchange, failure->retry_after_s);
  g_propagate_error (error, pw_error_from_failure (failure));
  return FALSE;
}

void
pw_authority_init (PwAuthority            *self,
                   const PwAuthorityClass *klass,
                   PwDestination          *destination)
{
  self->klass = klass;
  g_atomic_ref_count_init (&self->ref_count);
  self->abilities = PW_CAN_EVERYTHING;
  self->limits = s3_limits_for_kind (destination->store);
  if (destination->store == S3_STORE_GENERIC)
    self->limits = s3_limits_for_host (destination->endpoint);
  if (self->limits->kind != S3_STORE_GENERIC)
    self->etag_rule = self->limits->etag_is_md5 ? PW_ETAG_IS_MD5 : PW_ETAG_FREE;
  if (destination->is_probed) {
    self->checksum = (gint) destination->checksum;
    self->etag_rule = destination->etag_is_md5 ? PW_ETAG_IS_MD5 : PW_ETAG_FREE;
  } else {
    self->checksum = self->limits->sends_checksums ? PW_CHECKSUM_UNKNOWN : S3_CHECKSUM_MD5;
  }
}

PwAuthority *
pw_authority_ref (PwAuthority *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pw_authority_unref (PwAuthority *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    self->klass->free (self);
}

gboolean
pw_authority_prepare (PwAuthority *self,
                      PwExchange  *exchange,
                      GError     **error)
{
  return !self->klass->prepare || self->klass->prepare (self, exchange, error);
}

gboolean
pw_authority_can (PwAuthority *self,
                  PwAbility    ability)
{
  return ((guint) g_atomic_int_get (&self->abilities) & ability) == ability;
}

void
pw_authority_expect (PwAuthority    *self,
                     const PwComing *coming)
{
  if (self->klass->expect)
    self->klass->expect (self, coming);
}

void
pw_authority_forget (PwAuthority *self,
                     const char  *upload_id)
{
  if (self->klass->forget)
    self->klass->forget (self, upload_id);
}

gboolean
pw_authority_needs_sha256 (PwAuthority *self)
{
  return self->klass->needs_sha256 != NULL && self->klass->needs_sha256 (self);
}

gint
pw_authority_get_checksum (PwAuthority *self)
{
  return g_atomic_int_get (&self->checksum);
}

void
pw_authority_set_checksum (PwAuthority    *self,
                           S3ChecksumKind  kind)
{
  g_atomic_int_set (&self->checksum, (gint) kind);
}

gboolean
pw_authority_check_s3 (const HttpResponse  *response,
                       S3Failure          **failure,
                       GError             **error)
{
  g_autoptr (GError) local = NULL;

  if (s3_reply_check (response, &local))
    return TRUE;
  if (g_error_matches (local, S3_REPLY_ERROR, S3_REPLY_ERROR_REFUSED))
    *failure = s3_failure_new (response);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* TRUE: it is an answer. FALSE with *again: ask again at once; else with @error. */
static gboolean
judge_answer (PwAuthority        *self,
              PwExchange         *exchange,
              const PwAsk        *ask,
              const HttpRequest  *request,
              const HttpResponse *response,
              gboolean           *again,
              GError            **error)
{
  g_autoptr (S3Failure) failure = NULL;
  g_autoptr (GError) problem = NULL;

  if (self->klass->check ? self->klass->check (self, exchange, ask, response, &failure, &problem)
                         : pw_authority_check_s3 (response, &failure, &problem))
    return TRUE;
  if (failure) {
    *again = judge_refusal (self, exchange, ask, request, failure, error);
  } else if (problem->domain == PW_ERROR) {
    g_propagate_error (error, g_steal_pointer (&problem));
    *again = FALSE;
  } else {
    *again = judge_silence (self, exchange, ask, problem, error);
  }
  return FALSE;
}

HttpResponse *
pw_authority_ask (PwAuthority *self,
                  PwExchange  *exchange,
                  const PwAsk *ask,
                  GError     **error)
{
  gboolean again = TRUE;

  while (again) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (HttpResponse) response = NULL;
    g_autoptr (HttpRequest) request = NULL;

    exchange->verdict = PW_VERDICT_STOP;
    exchange->wait_ms = 0;
    exchange->status = 0;
    /* May ask a backend, whose refusal is judged like this call's own. */
    request = self->klass->request (self, exchange, ask, error);
    if (!request)
      return NULL;

    exchange->verdict = PW_VERDICT_STOP;
    exchange->status = 0;
    response = http_client_send (exchange->client, request, exchange->transfer, &problem);
    if (!response) {
      again = judge_silence (self, exchange, ask, problem, error);
      continue;
    }
    exchange->status = response->status;
    if (request->body_func)
      exchange->n_sent += response->n_sent;
    g_free (exchange->peer);
    exchange->peer = g_strdup (response->peer);
    if (judge_answer (self, exchange, ask, request, response, &again, error))
      return g_steal_pointer (&response);
  }
  return NULL;
}
