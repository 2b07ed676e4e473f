/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-store.h"

#include "s3/s3-sign.h"

#define MAX_TRIES 4
#define FIRST_WAIT_US (100 * 1000)

struct _PresignStore {
  const PresignConfig *config;
  const S3Limits *limits;
  gint clock_offset_s;          /* atomic: the store's clock less ours */
  GMutex mutex;                 /* guards what follows */
  S3Address *address;
  S3Credentials *credentials;
  gint64 expires;               /* of the credentials; 0 = never */
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

PresignStore *
presign_store_new (const PresignConfig  *config,
                   char                **envp,
                   GError              **error)
{
  g_autoptr (PresignStore) self = g_new0 (PresignStore, 1);
  const char *access_key = g_environ_getenv (envp, "AWS_ACCESS_KEY_ID");
  const char *secret_key = g_environ_getenv (envp, "AWS_SECRET_ACCESS_KEY");

  g_mutex_init (&self->mutex);
  self->config = config;
  self->address = s3_address_new (config->endpoint, config->region, config->bucket,
                                  config->addressing, error);
  if (!self->address) {
    return NULL;
  }
  self->limits = s3_limits_for_host (config->endpoint ? self->address->host : NULL);
  if (!access_key || !secret_key) {
    g_set_error_literal (error, PRESIGN_CONFIG_ERROR, PRESIGN_CONFIG_ERROR_VALUE,
                         "There are no keys for the store: set AWS_ACCESS_KEY_ID and "
                         "AWS_SECRET_ACCESS_KEY.");
    return NULL;
  }
  self->credentials = s3_credentials_new (access_key, secret_key,
                                          g_environ_getenv (envp, "AWS_SESSION_TOKEN"));
  return g_steal_pointer (&self);
}

void
presign_store_free (PresignStore *self)
{
  if (!self) {
    return;
  }
  s3_address_free (self->address);
  s3_credentials_free (self->credentials);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

const S3Limits *
presign_store_get_limits (PresignStore *self)
{
  return self->limits;
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

static HttpRequest *
build_signed (PresignStore     *self,
              const PresignAsk *ask,
              gint64            now)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  HttpRequest *request = build (self->address, ask);
  g_autofree char *payload = dup_payload (request);

  s3_sign_request (request, self->credentials, self->address->region, payload,
                   now + g_atomic_int_get (&self->clock_offset_s));
  return request;
}

static gboolean
learn_region (PresignStore    *self,
              const S3Failure *failure)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  S3Address *address;

  if (*failure->region == '\0' || g_str_equal (failure->region, self->address->region)) {
    return FALSE;
  }
  address = s3_address_new (self->config->endpoint, failure->region, self->config->bucket,
                            self->config->addressing, NULL);
  if (!address) {
    return FALSE;
  }
  s3_address_free (self->address);
  self->address = address;
  return TRUE;
}

/* TRUE: ask again, after *wait_us. */
static gboolean
mend (PresignStore    *self,
      const S3Failure *failure,
      guint            n_tries,
      gint64           now,
      gulong          *wait_us)
{
  if (n_tries >= MAX_TRIES) {
    return FALSE;
  }
  *wait_us = 0;
  if (g_str_equal (failure->code, "RequestTimeTooSkewed") && failure->date != 0) {
    g_atomic_int_set (&self->clock_offset_s, (gint) (failure->date - now));
    return TRUE;
  }
  if (failure->status == 301 || failure->status == 307 || failure->status == 400) {
    return learn_region (self, failure);
  }
  *wait_us = (gulong) FIRST_WAIT_US << (n_tries - 1);
  return failure->status == 500 || failure->status == 502 || failure->status == 503 ||
         failure->status == 504 || failure->status == 429;
}

HttpResponse *
presign_store_ask (PresignStore     *self,
                   const PresignAsk *ask,
                   gint64            now,
                   HttpClient       *client,
                   PresignProblem   *problem)
{
  g_return_val_if_fail (client != NULL, NULL);

  for (guint n_tries = 1;; n_tries++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HttpRequest) request = build_signed (self, ask, now);
    g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, &error);
    g_autoptr (S3Failure) failure = NULL;
    gulong wait_us = 0;

    if (!response) {
      presign_problem_set_error (problem, presign_op_get_name (ask->op), error);
      return NULL;
    }
    if (s3_reply_check (response, NULL)) {
      return g_steal_pointer (&response);
    }
    failure = s3_failure_new (response);
    if (!mend (self, failure, n_tries, now, &wait_us)) {
      presign_problem_set_s3 (problem, presign_op_get_name (ask->op), failure);
      return NULL;
    }
    g_usleep (wait_us);
  }
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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  g_autoptr (HttpRequest) request = NULL;
  gint64 left = self->expires > 0 ? self->expires - now : lifetime;
  char *url;

  if (left < 1) {
    presign_problem_set (problem, 503, "ExpiredToken", "The server's keys for the store have "
                         "expired.");
    return NULL;
  }
  request = build_for_url (self->address, ask);
  url = s3_presign_url (request, self->credentials, self->address->region,
                        now + g_atomic_int_get (&self->clock_offset_s),
                        (guint) MIN (left, (gint64) lifetime));
  if (expires) {
    *expires = now + MIN (left, (gint64) lifetime);
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

  return s3_address_dup_url (self->address, key, NULL);
}
