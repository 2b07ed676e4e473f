/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-credentials.h"

#include "aws/aws-config.h"
#include "engine/pw-error.h"
#include "engine/pw-keyring.h"

#include <glib/gi18n-lib.h>

/* Keys that run out while a request is on its way are useless, and a new set takes a while. */
#define RENEW_BEFORE_S (5 * 60)
/* While the old ones still serve, a source that fails is not asked again at every request. */
#define RETRY_AFTER_S 30

struct _PwCredentials {
  gatomicrefcount ref_count;
  PwDestination *destination;
  char **envp;                  /* as the program was started; with these read-only */

  GMutex mutex;                 /* guards all that follows */
  GCond read_ended;
  gboolean is_reading;          /* by one thread, without the mutex */
  guint n_reads;
  GError *read_error;           /* of the last reading */
  S3Credentials *current;
  gint64 expires;               /* of @current; 0 = never */
  gint64 retry_at;              /* not read again before, unless @current is gone */
  guint n_sets;
  gboolean is_fixed;            /* @current was given, or its source never gives others */
  S3Credentials *rejected;      /* the server said: expired */
};

static gboolean
is_same (const S3Credentials *a, const S3Credentials *b)
{
  return a && b && g_strcmp0 (a->access_key, b->access_key) == 0 &&
         g_strcmp0 (a->secret_key, b->secret_key) == 0 &&
         g_strcmp0 (a->session_token, b->session_token) == 0;
}

static void
drop_current (PwCredentials *self)
{
  g_clear_pointer (&self->current, s3_credentials_free);
  self->expires = 0;
}

static void
install (PwCredentials *self, S3Credentials *credentials, gint64 expires)
{
  drop_current (self);
  self->current = credentials;
  self->expires = expires;
}

static gboolean
is_read_here (PwCredentials *self)
{
  PwSecrets secrets = self->destination->secrets;

  return secrets == PW_SECRETS_ENVIRONMENT || secrets == PW_SECRETS_PROFILE;
}

static gboolean
is_expired (PwCredentials *self, gint64 now)
{
  return self->expires != 0 && now >= self->expires;
}

/* Also before they expire, so that no request goes out with keys in their last minutes. */
static gboolean
is_worth_reading (PwCredentials *self, gint64 now)
{
  if (!is_read_here (self) || (self->is_fixed && self->rejected)) {
    return FALSE;
  }
  if (!self->current || is_expired (self, now) || is_same (self->current, self->rejected)) {
    return TRUE;
  }
  return self->expires != 0 && now >= self->expires - RENEW_BEFORE_S && now >= self->retry_at &&
         !self->is_fixed;
}

/* A backend's token, or "" where it needs none. */
static S3Credentials *
read_token (PwCredentials *self)
{
  const char *token = g_environ_getenv (self->envp, "PARTWAY_PRESIGN_TOKEN");

  return s3_credentials_new ("", token ? token : "", NULL);
}

static S3Credentials *
read_source (PwCredentials *self, gint64 *expires, gboolean *is_fixed, GError **error)
{
  gboolean is_profile = self->destination->secrets == PW_SECRETS_PROFILE;
  g_autoptr (GError) problem = NULL;
  g_autoptr (AwsConfig) config =
    aws_config_load (self->envp, is_profile ? self->destination->profile : NULL, &problem);
  S3Credentials *found = config
                         ? aws_config_dup_credentials (config, self->envp, expires, &problem)
                         : NULL;

  if (!found) {
    g_propagate_error (error, pw_error_from_aws (problem));
    return NULL;
  }
  *is_fixed = !config->may_change;
  return found;
}

/* With the mutex, which is let go while the source is read. */
static void
read_unlocked (PwCredentials *self, gint64 now)
{
  g_autoptr (S3Credentials) found = NULL;
  GError *local = NULL;
  gboolean is_fixed = FALSE;
  gint64 expires = 0;
  guint n_sets = self->n_sets;

  self->is_reading = TRUE;
  g_mutex_unlock (&self->mutex);
  if (self->destination->kind == PW_DESTINATION_PRESIGN) {
    found = read_token (self);
    is_fixed = TRUE;
  } else {
    found = read_source (self, &expires, &is_fixed, &local);
  }
  g_mutex_lock (&self->mutex);

  self->is_reading = FALSE;
  self->n_reads++;
  self->retry_at = now + RETRY_AFTER_S;
  g_clear_error (&self->read_error);
  self->read_error = local;
  g_cond_broadcast (&self->read_ended);
  if (found && self->n_sets == n_sets) {
    install (self, g_steal_pointer (&found), expires);
    self->is_fixed = is_fixed;
  }
}

/* The thread that comes while another reads shares what that finds, be it a failure. */
static void
renew (PwCredentials *self, gint64 now)
{
  guint n_reads = self->n_reads;

  if (!self->is_reading) {
    read_unlocked (self, now);
    return;
  }
  while (self->is_reading && self->n_reads == n_reads) {
    g_cond_wait (&self->read_ended, &self->mutex);
  }
}

static void
set_expired (GError **error)
{
  g_set_error_literal (error, PW_ERROR, PW_ERROR_CREDENTIALS_EXPIRED,
                       pw_error_get_title (PW_ERROR_CREDENTIALS_EXPIRED));
}

static S3Credentials *
dup_locked (PwCredentials *self, gint64 now, GError **error)
{
  gboolean is_read = is_worth_reading (self, now);

  if (is_read) {
    renew (self, now);
  }
  if (self->current && !is_expired (self, now) && !is_same (self->current, self->rejected)) {
    return s3_credentials_copy (self->current);
  }
  if (is_read && self->read_error) {
    g_propagate_error (error, g_error_copy (self->read_error));
  } else if (self->current || self->rejected) {
    set_expired (error);
  } else {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING,
                         pw_error_get_title (PW_ERROR_CREDENTIALS_MISSING));
  }
  return NULL;
}

static void
on_looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PwCredentials *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (S3Credentials) found = pw_keyring_lookup_finish (result, &error);
  gboolean is_rejected;

  if (!found) {
    g_task_return_error (task, error);
    return;
  }
  g_mutex_lock (&self->mutex);
  is_rejected = is_same (found, self->rejected);
  /* Keys that were typed in while the keyring was asked are the newer ones. */
  if (!self->current || is_same (self->current, self->rejected)) {
    install (self, g_steal_pointer (&found), 0);
    self->is_fixed = TRUE;
  }
  g_mutex_unlock (&self->mutex);
  if (is_rejected) {
    set_expired (&error);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_boolean (task, TRUE);
}

PwCredentials *
pw_credentials_new (PwDestination *destination)
{
  PwCredentials *self;

  g_return_val_if_fail (PW_IS_DESTINATION (destination), NULL);

  self = g_new0 (PwCredentials, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->destination = g_object_ref (destination);
  self->envp = g_get_environ ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->read_ended);
  return self;
}

PwCredentials *
pw_credentials_ref (PwCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pw_credentials_unref (PwCredentials *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->ref_count)) {
    return;
  }
  drop_current (self);
  g_clear_pointer (&self->rejected, s3_credentials_free);
  g_clear_error (&self->read_error);
  g_strfreev (self->envp);
  g_object_unref (self->destination);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->read_ended);
  g_free (self);
}

void
pw_credentials_set (PwCredentials       *self,
                    const S3Credentials *credentials,
                    gint64               expires)
{
  g_return_if_fail (self != NULL && credentials != NULL);

  g_mutex_lock (&self->mutex);
  install (self, s3_credentials_copy (credentials), expires);
  self->n_sets++;
  self->is_fixed = TRUE;
  g_clear_pointer (&self->rejected, s3_credentials_free);
  g_mutex_unlock (&self->mutex);
}

S3Credentials *
pw_credentials_dup_held (PwCredentials *self)
{
  S3Credentials *copy = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  if (self->current) {
    copy = s3_credentials_copy (self->current);
  }
  g_mutex_unlock (&self->mutex);
  return copy;
}

gboolean
pw_credentials_needs_prepare (PwCredentials *self)
{
  gboolean has_none;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->destination->secrets != PW_SECRETS_KEYRING) {
    return FALSE;
  }
  g_mutex_lock (&self->mutex);
  has_none = !self->current || is_same (self->current, self->rejected);
  g_mutex_unlock (&self->mutex);
  return has_none;
}

void
pw_credentials_prepare_async (PwCredentials       *self,
                              gboolean             allow_prompt,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (self != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, pw_credentials_prepare_async);
  g_task_set_task_data (task, pw_credentials_ref (self), (GDestroyNotify) pw_credentials_unref);
  if (!pw_credentials_needs_prepare (self)) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  pw_keyring_lookup (self->destination->id, allow_prompt, 0, cancellable, on_looked_up_cb,
                     g_steal_pointer (&task));
}

gboolean
pw_credentials_prepare_finish (PwCredentials  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

S3Credentials *
pw_credentials_dup (PwCredentials  *self,
                    gint64          now,
                    GError        **error)
{
  gint64 expires;

  return pw_credentials_dup_until (self, now, &expires, error);
}

S3Credentials *
pw_credentials_dup_until (PwCredentials  *self,
                          gint64          now,
                          gint64         *expires,
                          GError        **error)
{
  S3Credentials *copy;

  g_return_val_if_fail (self != NULL && expires != NULL, NULL);

  g_mutex_lock (&self->mutex);
  copy = dup_locked (self, now, error);
  if (copy)
    *expires = self->expires;
  g_mutex_unlock (&self->mutex);
  return copy;
}

gboolean
pw_credentials_expire (PwCredentials       *self,
                       const S3Credentials *used)
{
  gboolean may_change;

  g_return_val_if_fail (self != NULL && used != NULL, FALSE);

  g_mutex_lock (&self->mutex);
  may_change = is_read_here (self) && !self->is_fixed;
  if (self->current && !is_same (self->current, used)) {
    /* Others are there already: the request was signed before they came. */
    may_change = TRUE;
  } else {
    g_clear_pointer (&self->rejected, s3_credentials_free);
    self->rejected = s3_credentials_copy (used);
    drop_current (self);
  }
  g_mutex_unlock (&self->mutex);
  return may_change;
}
