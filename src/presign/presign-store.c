/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-store.h"

#include "http/http-error.h"
#include "presign/presign-keys.h"
#include "s3/s3-sign.h"

#define MAX_TRIES 4
#define FIRST_WAIT_US (100 * 1000)

/* Credentials are renewed this long before they end, and not more often. */
#define RENEW_BEFORE_S (5 * 60)
#define RENEW_INTERVAL_S 10

struct _PresignStore {
  const PresignConfig *config;
  char **envp;
  const S3Limits *limits;
  gint clock_offset_s;          /* atomic: the store's clock less ours */
  GMutex mutex;                 /* guards what follows; never held while something is read */
  PresignSigner *signer;        /* replaced, never changed */
  gint64 renewed_at;            /* last try */
};

const char *
presign_op_get_name (PresignOp op)
{
  static const char *const names[PRESIGN_N_OPS] = {
    "CreateMultipartUpload", "UploadPart", "PutObject", "ListParts", "CompleteMultipartUpload",
    "AbortMultipartUpload", "HeadObject", "ListMultipartUploads", "DeleteObject",
  };

  return names[op];
}

static S3Address *
address_new (PresignStore  *self,
             const char    *region,
             GError       **error)
{
  return s3_address_new (self->config->endpoint, region, self->config->bucket,
                         self->config->addressing, error);
}

PresignStore *
presign_store_new (const PresignConfig  *config,
                   char                **envp,
                   gint64                now,
                   GError              **error)
{
  g_autoptr (PresignStore) self = g_new0 (PresignStore, 1);
  g_autoptr (S3Address) address = NULL;
  g_autoptr (S3Credentials) credentials = NULL;
  gint64 expires = 0;

  g_mutex_init (&self->mutex);
  self->config = config;
  self->envp = g_strdupv (envp);
  address = address_new (self, config->region, error);
  if (!address || !(credentials = presign_keys_read (config, envp, &expires, error))) {
    return NULL;
  }
  self->limits = s3_limits_for_host (config->endpoint ? address->host : NULL);
  self->signer = presign_signer_new (address, credentials, expires, now);
  self->renewed_at = now;
  return g_steal_pointer (&self);
}

void
presign_store_free (PresignStore *self)
{
  if (!self) {
    return;
  }
  g_clear_pointer (&self->signer, presign_signer_unref);
  g_strfreev (self->envp);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

const S3Limits *
presign_store_get_limits (PresignStore *self)
{
  return self->limits;
}

static gint64
get_time (PresignStore *self,
          gint64        now)
{
  return now + g_atomic_int_get (&self->clock_offset_s);
}

static void
take_signer (PresignStore  *self,
             PresignSigner *signer)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->signer, presign_signer_unref);
  self->signer = signer;
  g_mutex_unlock (&self->mutex);
}

/* With the mutex. */
static gboolean
is_due (PresignStore *self,
        gint64        now)
{
  gint64 expires = self->signer->expires;

  return expires > 0 && now >= expires - RENEW_BEFORE_S &&
         now >= self->renewed_at + RENEW_INTERVAL_S;
}

gboolean
presign_store_is_due (PresignStore *self,
                      gint64        now)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return is_due (self, now);
}

static void
read_keys (PresignStore *self,
           gint64        now)
{
  g_autoptr (GError) error = NULL;
  gint64 expires = 0;
  g_autoptr (S3Credentials) credentials = presign_keys_read (self->config, self->envp, &expires,
                                                             &error);
  g_autoptr (PresignSigner) old = NULL;

  if (!credentials) {
    g_warning ("The store's keys could not be renewed: %s", error->message);
    return;
  }
  g_mutex_lock (&self->mutex);
  old = presign_signer_ref (self->signer);
  g_mutex_unlock (&self->mutex);
  take_signer (self, presign_signer_new (old->address, credentials, expires,
                                         get_time (self, now)));
}

void
presign_store_renew (PresignStore *self,
                     gint64        now)
{
  gboolean due;

  g_mutex_lock (&self->mutex);
  due = is_due (self, now);
  if (due) {
    self->renewed_at = now;
  }
  g_mutex_unlock (&self->mutex);
  if (due) {
    read_keys (self, now);
  }
}

PresignSigner *
presign_store_ref_signer (PresignStore   *self,
                          gint64          now,
                          gint64         *time,
                          PresignProblem *problem)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  if (self->signer->expires > 0 && self->signer->expires <= now) {
    presign_problem_set (problem, 503, "ServiceUnavailable",
                         "The server's own keys for the store have expired.");
    return NULL;
  }
  *time = get_time (self, now);
  if (!s3_signing_key_is_of (&self->signer->key, *time)) {
    PresignSigner *old = self->signer;

    self->signer = presign_signer_new (old->address, old->credentials, old->expires, *time);
    presign_signer_unref (old);
  }
  return presign_signer_ref (self->signer);
}

static HttpRequest *
build (const S3Address  *address,
       const PresignAsk *ask)
{
  switch (ask->op) {
  case PRESIGN_OP_CREATE:
    return s3_request_create (address, ask->key, ask->options, ask->kind);
  case PRESIGN_OP_PART:
    return s3_request_upload_part (address, ask->key, ask->upload_id, ask->part_number,
                                   ask->checksum);
  case PRESIGN_OP_PUT:
    return s3_request_put_object (address, ask->key, ask->options, ask->checksum,
                                  ask->if_none_match);
  case PRESIGN_OP_LIST_PARTS:
    return s3_request_list_parts (address, ask->key, ask->upload_id, ask->marker);
  case PRESIGN_OP_COMPLETE:
    return s3_request_complete (address, ask->key, ask->upload_id, ask->parts, ask->n_parts,
                                ask->checksum, ask->size, ask->if_none_match);
  case PRESIGN_OP_ABORT:
    return s3_request_abort (address, ask->key, ask->upload_id);
  case PRESIGN_OP_HEAD:
    return s3_request_head_object (address, ask->key, TRUE);
  case PRESIGN_OP_LIST_UPLOADS:
    return s3_request_list_uploads (address, ask->prefix, ask->key_marker, ask->upload_id_marker);
  case PRESIGN_OP_DELETE:
    return s3_request_delete_object (address, ask->key);
  case PRESIGN_N_OPS:
  default:
    g_assert_not_reached ();
  }
}

/* A presigned Complete has no body yet: its URL is that of Abort. */
static HttpRequest *
build_for_url (const S3Address  *address,
               const PresignAsk *ask)
{
  HttpRequest *request;

  if (ask->op != PRESIGN_OP_COMPLETE) {
    return build (address, ask);
  }
  request = s3_request_abort (address, ask->key, ask->upload_id);
  g_free (request->method);
  request->method = g_strdup ("POST");
  http_request_set_header (request, "If-None-Match", ask->if_none_match ? "*" : NULL);
  return request;
}

static char *
dup_payload (const HttpRequest *request)
{
  S3Checksum sum;
  gsize size = 0;
  const void *data = request->bytes ? g_bytes_get_data (request->bytes, &size) : NULL;

  if (size == 0) {
    return g_strdup (S3_EMPTY_SHA256);
  }
  s3_checksum_compute (&sum, S3_CHECKSUM_SHA256, data, size);
  return s3_checksum_dup_hex (&sum);
}

static gboolean
learn_region (PresignStore        *self,
              const PresignSigner *signer,
              const S3Failure     *failure,
              gint64               now)
{
  g_autoptr (S3Address) address = NULL;

  if (*failure->region == '\0' || g_str_equal (failure->region, signer->address->region) ||
      !(address = address_new (self, failure->region, NULL))) {
    return FALSE;
  }
  take_signer (self, presign_signer_new (address, signer->credentials, signer->expires,
                                         get_time (self, now)));
  return TRUE;
}

/* Others may have brought newer ones meanwhile. */
static gboolean
learn_credentials (PresignStore        *self,
                   const PresignSigner *signer,
                   gint64               now)
{
  gboolean is_newer;

  read_keys (self, now);
  g_mutex_lock (&self->mutex);
  is_newer = g_strcmp0 (self->signer->credentials->access_key,
                        signer->credentials->access_key) != 0 ||
             g_strcmp0 (self->signer->credentials->session_token,
                        signer->credentials->session_token) != 0;
  g_mutex_unlock (&self->mutex);
  return is_newer;
}

/* TRUE: ask again, after *wait_us. */
static gboolean
mend (PresignStore        *self,
      const PresignSigner *signer,
      const S3Failure     *failure,
      guint                n_tries,
      gint64               now,
      gulong              *wait_us)
{
  static const char *const expired[] = { "ExpiredToken", "TokenRefreshRequired",
                                         "InvalidAccessKeyId", NULL };

  *wait_us = 0;
  if (n_tries >= MAX_TRIES) {
    return FALSE;
  }
  if (g_str_equal (failure->code, "RequestTimeTooSkewed")) {
    g_atomic_int_set (&self->clock_offset_s, failure->date ? (gint) (failure->date - now) : 0);
    return failure->date != 0;
  }
  if (g_strv_contains (expired, failure->code)) {
    return learn_credentials (self, signer, now);
  }
  if (failure->status == 301 || failure->status == 307 || failure->status == 400) {
    return learn_region (self, signer, failure, now);
  }
  *wait_us = (gulong) FIRST_WAIT_US << (n_tries - 1);
  return failure->status == 500 || failure->status == 502 || failure->status == 503 ||
         failure->status == 504 || failure->status == 429;
}

/* Asking twice for an upload would leave one behind, so only a connection that was never made may
 * be tried again. */
static gboolean
may_try_again (const PresignAsk *ask,
               const GError     *error,
               guint             n_tries)
{
  return n_tries < MAX_TRIES &&
         (g_error_matches (error, HTTP_ERROR, HTTP_ERROR_CONNECT) ||
          (g_error_matches (error, HTTP_ERROR, HTTP_ERROR_RESET) && ask->op != PRESIGN_OP_CREATE));
}

/* Sends once. TRUE: try again. */
static gboolean
try_once (PresignStore      *self,
          const PresignAsk  *ask,
          gint64             now,
          HttpClient        *client,
          guint              n_tries,
          HttpResponse     **answer,
          PresignProblem    *problem)
{
  gint64 time = 0;
  g_autoptr (PresignSigner) signer = presign_store_ref_signer (self, now, &time, problem);
  g_autoptr (HttpRequest) request = signer ? build (signer->address, ask) : NULL;
  g_autofree char *payload = request ? dup_payload (request) : NULL;
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (S3Failure) failure = NULL;
  g_autoptr (GError) error = NULL;
  gulong wait_us = FIRST_WAIT_US;

  if (!request) {
    return FALSE;
  }
  s3_sign_request (request, signer->credentials, signer->address->region, payload, time);
  response = http_client_send (client, request, NULL, &error);
  if (!response && !may_try_again (ask, error, n_tries)) {
    return presign_problem_set_error (problem, presign_op_get_name (ask->op), error);
  }
  if (response && s3_reply_check (response, NULL)) {
    *answer = g_steal_pointer (&response);
    return FALSE;
  }
  failure = response ? s3_failure_new (response) : NULL;
  if (failure && !mend (self, signer, failure, n_tries, now, &wait_us)) {
    return presign_problem_set_s3 (problem, presign_op_get_name (ask->op), failure);
  }
  g_usleep (wait_us);
  return TRUE;
}

HttpResponse *
presign_store_ask (PresignStore     *self,
                   const PresignAsk *ask,
                   gint64            now,
                   HttpClient       *client,
                   PresignProblem   *problem)
{
  HttpResponse *answer = NULL;
  guint n_tries = 1;

  g_return_val_if_fail (client != NULL, NULL);

  while (try_once (self, ask, now, client, n_tries, &answer, problem)) {
    n_tries++;
  }
  return answer;
}

char *
presign_store_presign (PresignStore      *self,
                       const PresignAsk  *ask,
                       gint64             now,
                       guint              lifetime,
                       gint64            *expires,
                       HttpRequest      **signed_request,
                       PresignProblem    *problem)
{
  gint64 time = 0;
  g_autoptr (PresignSigner) signer = presign_store_ref_signer (self, now, &time, problem);
  g_autoptr (HttpRequest) request = NULL;
  char *url;

  if (!signer) {
    return NULL;
  }
  if (signer->expires > 0) {
    lifetime = (guint) MIN ((gint64) lifetime, signer->expires - now);
  }
  request = build_for_url (signer->address, ask);
  url = s3_presign_url_with_key (request, signer->credentials, &signer->key, time,
                                 lifetime);
  if (expires) {
    *expires = now + lifetime;
  }
  if (signed_request) {
    *signed_request = g_steal_pointer (&request);
  }
  return url;
}

char *
presign_store_dup_url (PresignStore *self,
                       const char   *key)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return s3_address_dup_url (self->signer->address, key, NULL);
}
