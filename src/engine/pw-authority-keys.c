/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-authority-keys.h"

#include "engine/pw-error.h"
#include "s3/s3-sign.h"

/* S3 allows 15 minutes; half of that also covers an answer that was long on its way. */
#define CLOCK_TOLERANCE_S 450

typedef struct {
  PwAuthority base;
  PwDestination *destination;
  PwCredentials *credentials;
  gint clock_offset_s;          /* atomic: the store's clock less ours */
  GMutex mutex;                 /* guards what follows: replaced when the region is learned */
  S3Address *address;
  char *region;                 /* learned; NULL = the destination's */
  S3Credentials *signer;        /* whose key of the day the next is; NULL = nobody's */
  S3SigningKey signing_key;
} PwAuthorityKeys;

static void
authority_keys_free (PwAuthority *base)
{
  PwAuthorityKeys *self = (PwAuthorityKeys *) base;

  g_object_unref (self->destination);
  pw_credentials_unref (self->credentials);
  s3_address_free (self->address);
  s3_credentials_free (self->signer);
  s3_signing_key_clear (&self->signing_key);
  g_free (self->region);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* A store that refuses x-amz-checksum-… refuses the wish to be told of them, too. */
static gboolean
knows_checksums (PwAuthority *base)
{
  gint kind = pw_authority_get_checksum (base);

  return kind != PW_CHECKSUM_UNKNOWN && kind != S3_CHECKSUM_MD5 && kind != S3_CHECKSUM_NONE;
}

static HttpRequest *
build (PwAuthorityKeys *self,
       const PwAsk     *ask)
{
  const S3Address *address = self->address;
  gboolean if_none_match = ask->if_none_match
                           && !g_atomic_int_get (&self->base.refuses_conditions);

  switch (ask->op) {
  case PW_OP_CREATE:
    return s3_request_create (address, ask->key, ask->options, ask->kind);
  case PW_OP_PART:
    return s3_request_upload_part (address, ask->key, ask->upload_id, ask->part_number,
                                   ask->checksum);
  case PW_OP_PUT:
    return s3_request_put_object (address, ask->key, ask->options, ask->checksum,
                                  if_none_match);
  case PW_OP_LIST_PARTS:
    return s3_request_list_parts (address, ask->key, ask->upload_id, ask->marker);
  case PW_OP_COMPLETE:
    return s3_request_complete (address, ask->key, ask->upload_id, ask->parts, ask->n_parts,
                                ask->checksum, ask->size, if_none_match);
  case PW_OP_ABORT:
    return s3_request_abort (address, ask->key, ask->upload_id);
  case PW_OP_HEAD:
    return s3_request_head_object (address, ask->key, knows_checksums (&self->base));
  case PW_OP_HEAD_BUCKET:
    return s3_request_head_bucket (address);
  case PW_OP_LIST_UPLOADS:
    return s3_request_list_uploads (address, ask->prefix, ask->key_marker, ask->upload_id_marker);
  case PW_OP_DELETE:
    return s3_request_delete_object (address, ask->key);
  default:
    g_assert_not_reached ();
  }
}

/* Signed where plain http could change it on the way; https and loopback protect it otherwise. */
static char *
dup_payload (PwAuthorityKeys *self,
             const PwAsk     *ask,
             HttpRequest     *request)
{
  S3Checksum sum;
  gsize size = 0;
  const void *data;

  if (ask->sha256)
    return g_strdup (ask->sha256);
  if (ask->body_func)
    return g_strdup (S3_UNSIGNED_PAYLOAD);
  if (!request->bytes)
    return g_strdup (S3_EMPTY_SHA256);
  data = g_bytes_get_data (request->bytes, &size);
  s3_checksum_compute (&sum, S3_CHECKSUM_SHA256, data, size);
  return s3_checksum_dup_hex (&sum);
}

/* Making one takes as long as signing with it, and it is good for all day. With the mutex held. */
static const S3SigningKey *
get_signing_key (PwAuthorityKeys     *self,
                 const S3Credentials *credentials,
                 gint64               now)
{
  S3SigningKey *key = &self->signing_key;
  const char *region = self->address->region;

  if (self->signer && g_str_equal (self->signer->secret_key, credentials->secret_key)
      && s3_signing_key_is_of (key, now) && g_str_equal (key->region, region))
    return key;

  s3_credentials_free (self->signer);
  self->signer = s3_credentials_copy (credentials);
  s3_signing_key_init (key, credentials, region, now);
  return key;
}

static HttpRequest *
authority_keys_request (PwAuthority *base,
                        PwExchange  *exchange,
                        const PwAsk *ask,
                        GError     **error)
{
  PwAuthorityKeys *self = (PwAuthorityKeys *) base;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (S3Credentials) credentials = pw_credentials_dup (self->credentials, now, error);
  g_autofree char *payload = NULL;
  HttpRequest *request;
  gint64 stamp;

  if (!credentials)
    return NULL;

  g_mutex_lock (&self->mutex);
  request = build (self, ask);
  if (ask->body_func)
    http_request_set_body (request, ask->size, ask->body_func, ask->body_data);
  payload = dup_payload (self, ask, request);
  stamp = now + g_atomic_int_get (&self->clock_offset_s);
  s3_sign_request_with_key (request, credentials, get_signing_key (self, credentials, stamp),
                            payload, stamp);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&exchange->used, s3_credentials_free);
  exchange->used = g_steal_pointer (&credentials);

  /* S3 may take minutes to put 10,000 parts together. */
  if (ask->op == PW_OP_COMPLETE)
    request->response_timeout_ms = 15 * 60 * 1000;
  return request;
}

/* A refusal without words may be about anything: it is the clock's fault only if that is far off,
 * or was when others, who have set it right by now, began too. */
static gboolean
learn_clock (PwAuthorityKeys  *self,
             const PwExchange *exchange,
             const S3Failure  *failure)
{
  gint known = g_atomic_int_get (&self->clock_offset_s);
  gint offset = (gint) (failure->date - g_get_real_time () / G_USEC_PER_SEC);

  if (failure->date == 0)
    return FALSE;
  if (*failure->code == '\0' && ABS (offset - known) < CLOCK_TOLERANCE_S)
    return known != 0 && exchange->attempts.n_clock == 1;
  g_atomic_int_set (&self->clock_offset_s, offset);
  return TRUE;
}

/* AWS's hosts carry the region in their names; another store's endpoint stays what the user gave,
 * unless that names another one for now (307; S3 User Guide, "Request redirection"). With the
 * mutex. */
static S3Address *
make_learned_address (PwAuthorityKeys *self,
                      const S3Failure *failure)
{
  PwDestination *destination = self->destination;
  g_autofree char *endpoint = NULL;
  g_autoptr (S3Address) address = NULL;

  if (*failure->region != '\0')
    return s3_address_new (destination->endpoint, failure->region, destination->bucket,
                           destination->style, NULL);
  if (failure->status != 307 || *failure->endpoint == '\0')
    return NULL;
  endpoint = g_strdup_printf ("%s://%s", self->address->scheme, failure->endpoint);
  address = s3_address_new (endpoint, self->address->region, destination->bucket,
                            destination->style, NULL);
  /* What was allowed to go unprotected within this machine must not leave it so. */
  if (!address || (self->address->is_loopback && !address->is_loopback))
    return NULL;
  return g_steal_pointer (&address);
}

static gboolean
learn_region (PwAuthorityKeys *self,
              const S3Failure *failure)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  S3Address *address = make_learned_address (self, failure);

  if (!address)
    return FALSE;
  if (*failure->region != '\0') {
    g_free (self->region);
    self->region = g_strdup (failure->region);
  }
  s3_address_free (self->address);
  self->address = address;
  return TRUE;
}

static gboolean
authority_keys_repair (PwAuthority     *base,
                       PwExchange      *exchange,
                       const PwAsk     *ask,
                       const S3Failure *failure)
{
  PwAuthorityKeys *self = (PwAuthorityKeys *) base;

  switch ((int) exchange->verdict) {
  case PW_VERDICT_FIX_CLOCK:
    return learn_clock (self, exchange, failure);
  case PW_VERDICT_FIX_REGION:
    return learn_region (self, failure);
  case PW_VERDICT_FIX_CREDENTIALS:
    /* Those of this very request: others may have signed with newer ones meanwhile. */
    return exchange->used && pw_credentials_expire (self->credentials, exchange->used);
  default:
    return FALSE;
  }
}

static gboolean
authority_keys_needs_sha256 (PwAuthority *base)
{
  PwAuthorityKeys *self = (PwAuthorityKeys *) base;
  gboolean needs;

  g_mutex_lock (&self->mutex);
  needs = g_str_equal (self->address->scheme, "http") && !self->address->is_loopback;
  g_mutex_unlock (&self->mutex);
  return needs;
}

static const PwAuthorityClass authority_keys_class = {
  .free = authority_keys_free,
  .request = authority_keys_request,
  .repair = authority_keys_repair,
  .needs_sha256 = authority_keys_needs_sha256,
};

PwAuthority *
pw_authority_keys_new (PwDestination *destination,
                       PwCredentials *credentials,
                       GError       **error)
{
  S3Address *address = pw_destination_dup_address (destination, error);
  PwAuthorityKeys *self;

  if (!address)
    return NULL;
  self = g_new0 (PwAuthorityKeys, 1);
  pw_authority_init (&self->base, &authority_keys_class, destination);
  self->destination = g_object_ref (destination);
  self->credentials = pw_credentials_ref (credentials);
  self->address = address;
  g_mutex_init (&self->mutex);
  return &self->base;
}

char *
pw_authority_keys_dup_link (PwAuthority  *base,
                            const char   *key,
                            guint64       wanted_s,
                            gint64       *expires,
                            gboolean     *may_end_sooner,
                            GError      **error)
{
  PwAuthorityKeys *self = (PwAuthorityKeys *) base;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, keys_expire;
  g_autoptr (S3Credentials) credentials = NULL;
  g_autoptr (HttpRequest) request = NULL;
  char *url;
  guint life;

  g_return_val_if_fail (base->klass == &authority_keys_class, NULL);
  credentials = pw_credentials_dup_until (self->credentials, now, &keys_expire, error);
  if (!credentials)
    return NULL;
  life = s3_presign_get_life (wanted_s, now, keys_expire);
  if (life == 0) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_CREDENTIALS_EXPIRED,
                         pw_error_get_title (PW_ERROR_CREDENTIALS_EXPIRED));
    return NULL;
  }
  g_mutex_lock (&self->mutex);
  request = s3_request_get_object (self->address, key);
  url = s3_presign_url (request, credentials, self->address->region,
                        now + g_atomic_int_get (&self->clock_offset_s), life);
  g_mutex_unlock (&self->mutex);
  *expires = now + life;
  *may_end_sooner = credentials->session_token && keys_expire == 0;
  return url;
}

char *
pw_authority_keys_dup_region (PwAuthority *base)
{
  PwAuthorityKeys *self = (PwAuthorityKeys *) base;
  char *region;

  g_return_val_if_fail (base->klass == &authority_keys_class, NULL);
  g_mutex_lock (&self->mutex);
  region = g_strdup (self->region);
  g_mutex_unlock (&self->mutex);
  return region;
}
