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
               PwOp         op)
{
  PwCall call = self->is_presigned ? PW_CALL_PRESIGNED : PW_CALL_PLAIN;

  switch ((int) op) {
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
      const S3Failure *failure)
{
  switch ((int) exchange->verdict) {
  case PW_VERDICT_FREE_RETRY:
    http_client_renew (exchange->client);
    return TRUE;
  case PW_VERDICT_FIX_CLOCK:
  case PW_VERDICT_FIX_REGION:
  case PW_VERDICT_FIX_CREDENTIALS:
    if (self->klass->repair (self, exchange, failure))
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
  if (mend (self, exchange, NULL))
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
               const HttpResponse *response,
               GError            **error)
{
  g_autoptr (S3Failure) failure = s3_failure_new (response);

  g_free (exchange->request_id);
  exchange->request_id = g_strdup (failure->request_id);
  exchange->verdict = pw_retry_judge_failure (&exchange->attempts, describe_call (self, ask->op),
                                              failure);
  g_debug ("%s refused: %u %s", ask->key ? ask->key : "bucket", failure->status, failure->code);
  if (drop_condition (self, request, failure) || mend (self, exchange, failure))
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

HttpResponse *
pw_authority_ask (PwAuthority *self,
                  PwExchange  *exchange,
                  const PwAsk *ask,
                  GError     **error)
{
  for (;;) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (HttpResponse) response = NULL;
    g_autoptr (HttpRequest) request = NULL;

    exchange->verdict = PW_VERDICT_STOP;
    exchange->wait_ms = 0;
    exchange->status = 0;
    request = self->klass->request (self, exchange, ask, error);
    if (!request)
      return NULL;

    response = http_client_send (exchange->client, request, exchange->transfer, &problem);
    if (!response) {
      if (judge_silence (self, exchange, ask, problem, error))
        continue;
      return NULL;
    }

    exchange->status = response->status;
    exchange->n_sent += response->n_sent;
    g_free (exchange->peer);
    exchange->peer = g_strdup (response->peer);
    if (s3_reply_check (response, &problem))
      return g_steal_pointer (&response);

    if (g_error_matches (problem, S3_REPLY_ERROR, S3_REPLY_ERROR_REFUSED)
        ? judge_refusal (self, exchange, ask, request, response, error)
        : judge_silence (self, exchange, ask, problem, error))
      continue;
    return NULL;
  }
}

/* A 200 that cannot be read is trouble on the way: judged like a broken connection. */
static void
judge_broken (PwExchange *exchange,
              GError     *problem,
              GError    **error)
{
  exchange->verdict = pw_retry_judge_http (&exchange->attempts, problem);
  set_wait (exchange, 0);
  g_propagate_error (error, pw_error_from_http (problem));
}

static PwBegun *
create_at_s3 (PwAuthority *self,
              PwExchange  *exchange,
              const PwAsk *ask,
              GError     **error)
{
  g_autoptr (HttpResponse) response = pw_authority_ask (self, exchange, ask, error);
  g_autoptr (S3CreateReply) reply = NULL;
  g_autoptr (GError) problem = NULL;
  PwBegun *begun;

  if (!response)
    return NULL;
  reply = s3_create_reply_parse (response, &problem);
  if (!reply) {
    judge_broken (exchange, problem, error);
    return NULL;
  }

  begun = g_new0 (PwBegun, 1);
  begun->upload_id = g_steal_pointer (&reply->upload_id);
  begun->key = g_strdup (ask->key);
  begun->abort_date = g_steal_pointer (&reply->abort_date);
  /* A store that does not repeat the algorithm would not check it either. */
  begun->kind = reply->checksum == ask->kind ? ask->kind : S3_CHECKSUM_MD5;
  return begun;
}

/* What an unknown x-amz-checksum-algorithm can cause; every other refusal keeps its meaning. */
static gboolean
may_dislike_checksums (const PwExchange *exchange)
{
  return exchange->verdict == PW_VERDICT_STOP
         && (exchange->status == 400 || exchange->status == 501);
}

PwBegun *
pw_authority_create (PwAuthority *self,
                     PwExchange  *exchange,
                     const PwAsk *ask,
                     GError     **error)
{
  gint known = pw_authority_get_checksum (self);
  g_autoptr (GError) refusal = NULL;
  g_autoptr (PwBegun) begun = NULL;
  PwAsk with = *ask;

  if (self->klass->create)
    return self->klass->create (self, exchange, ask, error);

  with.kind = known == PW_CHECKSUM_UNKNOWN ? S3_CHECKSUM_CRC64NVME : (S3ChecksumKind) known;
  begun = create_at_s3 (self, exchange, &with, &refusal);
  if (!begun && known == PW_CHECKSUM_UNKNOWN && may_dislike_checksums (exchange)) {
    with.kind = S3_CHECKSUM_MD5;
    begun = create_at_s3 (self, exchange, &with, NULL);
  }
  if (!begun) {
    g_propagate_error (error, g_steal_pointer (&refusal));
    return NULL;
  }
  if (known == PW_CHECKSUM_UNKNOWN)
    pw_authority_set_checksum (self, begun->kind);
  return g_steal_pointer (&begun);
}

S3PartsPage *
pw_authority_list_parts (PwAuthority *self,
                         PwExchange  *exchange,
                         const char  *key,
                         const char  *upload_id,
                         guint        marker,
                         GError     **error)
{
  PwAsk ask = { .op = PW_OP_LIST_PARTS, .key = key, .upload_id = upload_id, .marker = marker };
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) problem = NULL;
  S3PartsPage *page;

  if (self->klass->list_parts)
    return self->klass->list_parts (self, exchange, &ask, error);
  response = pw_authority_ask (self, exchange, &ask, error);
  if (!response)
    return NULL;
  page = s3_parts_page_parse (response, &problem);
  if (!page)
    judge_broken (exchange, problem, error);
  return page;
}

S3ObjectReply *
pw_authority_complete (PwAuthority *self,
                       PwExchange  *exchange,
                       const PwAsk *ask,
                       GError     **error)
{
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) problem = NULL;
  S3ObjectReply *reply;

  if (self->klass->complete)
    return self->klass->complete (self, exchange, ask, error);
  response = pw_authority_ask (self, exchange, ask, error);
  if (!response)
    return NULL;
  reply = s3_complete_reply_parse (response, &problem);
  if (!reply)
    judge_broken (exchange, problem, error);
  return reply;
}

gboolean
pw_authority_abort (PwAuthority *self,
                    PwExchange  *exchange,
                    const char  *key,
                    const char  *upload_id,
                    GError     **error)
{
  PwAsk ask = { .op = PW_OP_ABORT, .key = key, .upload_id = upload_id };
  g_autoptr (HttpResponse) response = NULL;

  if (self->klass->abort)
    return self->klass->abort (self, exchange, &ask, error);
  response = pw_authority_ask (self, exchange, &ask, error);
  return response != NULL;
}

S3ObjectReply *
pw_authority_head (PwAuthority *self,
                   PwExchange  *exchange,
                   const char  *key,
                   GError     **error)
{
  PwAsk ask = { .op = PW_OP_HEAD, .key = key };
  g_autoptr (HttpResponse) response = pw_authority_ask (self, exchange, &ask, error);
  g_autoptr (GError) problem = NULL;
  S3ObjectReply *reply;

  if (!response)
    return NULL;
  reply = s3_object_reply_parse (response, &problem);
  if (!reply)
    judge_broken (exchange, problem, error);
  return reply;
}

S3UploadsPage *
pw_authority_list_uploads (PwAuthority *self,
                           PwExchange  *exchange,
                           const char  *prefix,
                           const char  *key_marker,
                           const char  *upload_id_marker,
                           GError     **error)
{
  PwAsk ask = { .op = PW_OP_LIST_UPLOADS, .prefix = prefix, .key_marker = key_marker,
                .upload_id_marker = upload_id_marker };
  g_autoptr (HttpResponse) response = pw_authority_ask (self, exchange, &ask, error);
  g_autoptr (GError) problem = NULL;
  S3UploadsPage *page;

  if (!response)
    return NULL;
  page = s3_uploads_page_parse (response, &problem);
  if (!page)
    judge_broken (exchange, problem, error);
  return page;
}
