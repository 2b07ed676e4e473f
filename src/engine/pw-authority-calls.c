/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-authority.h"

#include "engine/pw-error.h"

void
pw_authority_judge_broken (PwExchange *exchange,
                           GError     *problem,
                           GError    **error)
{
  exchange->verdict = pw_retry_judge_http (&exchange->attempts, problem);
  exchange->wait_ms = pw_retry_get_wait_ms (&exchange->attempts, exchange->verdict, 0,
                                            g_random_double ());
  if (exchange->verdict == PW_VERDICT_RETRY)
    http_client_renew (exchange->client);
  g_propagate_error (error, pw_error_from_http (problem));
}

/* What does not concern an authority that lacks the means. */
static gboolean
check_ability (PwAuthority *self,
               PwExchange  *exchange,
               PwAbility    ability,
               GError     **error)
{
  if (pw_authority_can (self, ability))
    return TRUE;
  exchange->verdict = PW_VERDICT_STOP;
  exchange->status = 0;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_UNSUPPORTED,
                       pw_error_get_title (PW_ERROR_UNSUPPORTED));
  return FALSE;
}

static PwBegun *
read_begun (PwAuthority        *self,
            PwExchange         *exchange,
            const PwAsk        *ask,
            const HttpResponse *response,
            GError            **error)
{
  g_autoptr (S3CreateReply) reply = NULL;
  PwBegun *begun;

  if (self->klass->read_begun)
    return self->klass->read_begun (self, exchange, ask, response, error);
  reply = s3_create_reply_parse (response, error);
  if (!reply)
    return NULL;
  begun = g_new0 (PwBegun, 1);
  begun->upload_id = g_steal_pointer (&reply->upload_id);
  begun->key = g_strdup (ask->key);
  begun->abort_date = g_steal_pointer (&reply->abort_date);
  /* A store that does not repeat the algorithm would not check it either. */
  begun->kind = reply->checksum == ask->kind ? ask->kind : S3_CHECKSUM_MD5;
  return begun;
}

static PwBegun *
create_once (PwAuthority *self,
             PwExchange  *exchange,
             const PwAsk *ask,
             GError     **error)
{
  g_autoptr (HttpResponse) response = pw_authority_ask (self, exchange, ask, error);
  g_autoptr (GError) problem = NULL;
  PwBegun *begun;

  if (!response)
    return NULL;
  begun = read_begun (self, exchange, ask, response, &problem);
  if (!begun)
    pw_authority_judge_broken (exchange, problem, error);
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
  g_autofree char *request_id = NULL;
  g_autoptr (PwBegun) begun = NULL;
  PwAsk with = *ask;

  with.kind = known == PW_CHECKSUM_UNKNOWN ? S3_CHECKSUM_CRC64NVME : (S3ChecksumKind) known;
  begun = create_once (self, exchange, &with, &refusal);
  if (!begun && known == PW_CHECKSUM_UNKNOWN && may_dislike_checksums (exchange)) {
    request_id = g_strdup (exchange->request_id);
    with.kind = S3_CHECKSUM_MD5;
    begun = create_once (self, exchange, &with, NULL);
  }
  if (!begun) {
    /* That of the refusal that is told. */
    if (request_id) {
      g_free (exchange->request_id);
      exchange->request_id = g_steal_pointer (&request_id);
    }
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

  response = pw_authority_ask (self, exchange, &ask, error);
  if (!response)
    return NULL;
  page = self->klass->read_parts ? self->klass->read_parts (self, response, &problem)
                                 : s3_parts_page_parse (response, &problem);
  if (!page)
    pw_authority_judge_broken (exchange, problem, error);
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

  response = pw_authority_ask (self, exchange, ask, error);
  if (!response)
    return NULL;
  reply = self->klass->read_object
          ? self->klass->read_object (self, exchange, ask, response, &problem)
          : s3_complete_reply_parse (response, &problem);
  if (!reply)
    pw_authority_judge_broken (exchange, problem, error);
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

  if (!pw_authority_can (self, PW_CAN_ABORT))
    return TRUE;
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
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) problem = NULL;
  S3ObjectReply *reply;

  if (!check_ability (self, exchange, PW_CAN_HEAD, error))
    return NULL;
  response = pw_authority_ask (self, exchange, &ask, error);
  if (!response)
    return NULL;
  reply = self->klass->read_object
          ? self->klass->read_object (self, exchange, &ask, response, &problem)
          : s3_object_reply_parse (response, &problem);
  if (!reply)
    pw_authority_judge_broken (exchange, problem, error);
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
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) problem = NULL;
  S3UploadsPage *page;

  if (!check_ability (self, exchange, PW_CAN_LIST_UPLOADS, error))
    return NULL;
  response = pw_authority_ask (self, exchange, &ask, error);
  if (!response)
    return NULL;
  page = self->klass->read_uploads ? self->klass->read_uploads (self, response, &problem)
                                   : s3_uploads_page_parse (response, &problem);
  if (!page)
    pw_authority_judge_broken (exchange, problem, error);
  return page;
}
