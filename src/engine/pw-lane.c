/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-lane.h"

#include "engine/pw-authority-keys.h"
#include "engine/pw-authority-presign.h"
#include "engine/pw-error.h"

typedef struct {
  PwLane *lane;
  void (*ready) (gpointer user_data);
  gpointer user_data;
} PwLaneCall;

PwLane *
pw_lane_new (PwDestination *destination,
             const char    *json)
{
  PwLane *self = g_rc_box_new0 (PwLane);

  self->json = g_strdup (json);
  self->destination = g_object_ref (destination);
  self->credentials = pw_credentials_new (destination);
  return self;
}

static void
lane_clear (gpointer data)
{
  PwLane *self = data;

  g_free (self->json);
  g_object_unref (self->destination);
  pw_credentials_unref (self->credentials);
  g_clear_pointer (&self->authority, pw_authority_unref);
  g_clear_error (&self->error);
}

void
pw_lane_unref (PwLane *self)
{
  g_rc_box_release_full (self, lane_clear);
}

PwAuthority *
pw_lane_make_authority (PwDestination *destination,
                        PwCredentials *credentials,
                        GError       **error)
{
  return destination->kind == PW_DESTINATION_PRESIGN
         ? pw_authority_presign_new (destination, credentials, error)
         : pw_authority_keys_new (destination, credentials, error);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  PwLaneCall *call = data;
  PwLane *self = call->lane;

  self->is_preparing = FALSE;
  g_clear_error (&self->error);
  pw_credentials_prepare_finish (self->credentials, result, &self->error);
  call->ready (call->user_data);
  g_object_unref (call->user_data);
  pw_lane_unref (self);
  g_free (call);
}

static void
prepare (PwLane   *self,
         gboolean  allow_prompt,
         void    (*ready) (gpointer user_data),
         gpointer  user_data)
{
  PwLaneCall *call = g_new0 (PwLaneCall, 1);

  call->lane = g_rc_box_acquire (self);
  call->ready = ready;
  call->user_data = g_object_ref (user_data);
  self->is_preparing = TRUE;
  pw_credentials_prepare_async (self->credentials, allow_prompt, NULL, prepared_cb, call);
}

gboolean
pw_lane_open (PwLane   *self,
              gboolean  allow_prompt,
              void    (*ready) (gpointer user_data),
              gpointer  user_data)
{
  if (self->is_preparing || self->error)
    return FALSE;
  if (pw_credentials_needs_prepare (self->credentials)) {
    prepare (self, allow_prompt, ready, user_data);
    return FALSE;
  }
  if (!self->authority)
    self->authority = pw_lane_make_authority (self->destination, self->credentials, &self->error);
  return self->authority != NULL;
}

void
pw_lane_retry (PwLane *self)
{
  g_clear_error (&self->error);
}

gboolean
pw_lane_is_to_blame (const GError *error)
{
  if (!error || error->domain != PW_ERROR)
    return FALSE;
  switch (error->code) {
  case PW_ERROR_OFFLINE:
  case PW_ERROR_NETWORK:
  case PW_ERROR_RESOLVE:
  case PW_ERROR_CERTIFICATE:
  case PW_ERROR_CA_FILE:
  case PW_ERROR_PROXY:
  case PW_ERROR_INSECURE:
  case PW_ERROR_CREDENTIALS_MISSING:
  case PW_ERROR_CREDENTIALS_EXPIRED:
  case PW_ERROR_CREDENTIALS_WRONG:
  case PW_ERROR_KEYRING_LOCKED:
  case PW_ERROR_KEYRING_ABSENT:
  case PW_ERROR_KEYRING_REFUSED:
  case PW_ERROR_NO_SUCH_BUCKET:
  case PW_ERROR_DESTINATION:
  case PW_ERROR_PRESIGN:
    return TRUE;
  default:
    return FALSE;
  }
}

static PwDestination *
dup_learned_dialect (PwLane *self)
{
  PwDialectKind found = pw_authority_presign_get_dialect (self->authority);
  PwDestination *learned;

  if (found == self->destination->dialect || found == PW_DIALECT_AUTO)
    return NULL;
  learned = pw_destination_copy (self->destination);
  learned->dialect = found;
  return learned;
}

PwDestination *
pw_lane_dup_learned (PwLane *self)
{
  gint checksum, rule;
  g_autofree char *region = NULL;
  PwDestination *learned;

  if (!self->authority)
    return NULL;
  if (self->destination->kind == PW_DESTINATION_PRESIGN)
    return dup_learned_dialect (self);
  checksum = pw_authority_get_checksum (self->authority);
  rule = g_atomic_int_get (&self->authority->etag_rule);
  region = pw_authority_keys_dup_region (self->authority);
  if (!region && (self->destination->is_probed || checksum == PW_CHECKSUM_UNKNOWN
                  || rule == PW_ETAG_UNKNOWN))
    return NULL;

  learned = pw_destination_copy (self->destination);
  if (region) {
    g_free (learned->region);
    learned->region = g_steal_pointer (&region);
  }
  if (checksum != PW_CHECKSUM_UNKNOWN && rule != PW_ETAG_UNKNOWN) {
    learned->is_probed = TRUE;
    learned->checksum = (S3ChecksumKind) checksum;
    learned->etag_is_md5 = rule == PW_ETAG_IS_MD5;
  }
  return learned;
}
