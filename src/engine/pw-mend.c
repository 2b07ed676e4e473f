/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-mend.h"

#include "engine/pw-error.h"
#include "engine/pw-lane.h"

gboolean
pw_mend_may_help (const GError *error)
{
  if (!error || error->domain != PW_ERROR)
    return FALSE;
  switch (error->code) {
  case PW_ERROR_ACCESS_DENIED:
  case PW_ERROR_REGION:
  case PW_ERROR_STORAGE_CLASS:
  case PW_ERROR_KMS:
  case PW_ERROR_PLAN:
  case PW_ERROR_KEY:
  case PW_ERROR_UNSUPPORTED:
  case PW_ERROR_REFUSED:
    return TRUE;
  default:
    return pw_lane_is_to_blame (error);
  }
}

/* Copies, because what is done to an upload may change the list. */
static GPtrArray *
collect (PwUploads     *uploads,
         PwDestination *destination)
{
  GListModel *model = G_LIST_MODEL (uploads);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    if (!pw_upload_is_over (upload) && g_str_equal (upload->destination->id, destination->id))
      g_ptr_array_add (found, g_steal_pointer (&upload));
  }
  return found;
}

static void
give_keys (PwUploads           *uploads,
           PwUpload            *upload,
           PwDestination       *destination,
           const S3Credentials *keys)
{
  PwCredentials *credentials;

  if (!keys || !pw_destination_is_same_place (upload->destination, destination))
    return;
  credentials = pw_uploads_get_credentials (uploads, upload->destination);
  pw_credentials_set (credentials, keys, 0);
}

/* Keys of this session would be lost with the settings before. */
static void
carry_keys (PwUploads     *uploads,
            PwUpload      *upload,
            PwDestination *destination)
{
  PwCredentials *before = pw_uploads_get_credentials (uploads, upload->destination);
  PwCredentials *now = pw_uploads_get_credentials (uploads, destination);
  g_autoptr (S3Credentials) held = NULL, has = NULL;

  if (before == now || upload->destination->secrets != destination->secrets
      || destination->secrets != PW_SECRETS_SESSION
      || !pw_destination_is_same_place (upload->destination, destination))
    return;
  has = pw_credentials_dup_held (now);
  held = has ? NULL : pw_credentials_dup_held (before);
  if (held)
    pw_credentials_set (now, held, 0);
}

void
pw_uploads_mend (PwUploads           *uploads,
                 PwDestination       *destination,
                 const S3Credentials *keys)
{
  g_autoptr (GPtrArray) found = collect (uploads, destination);

  if (keys)
    pw_credentials_set (pw_uploads_get_credentials (uploads, destination), keys, 0);
  for (guint i = 0; i < found->len; i++) {
    PwUpload *upload = g_ptr_array_index (found, i);

    give_keys (uploads, upload, destination, keys);
    carry_keys (uploads, upload, destination);
  }
  for (guint i = 0; i < found->len; i++) {
    PwUpload *upload = g_ptr_array_index (found, i);

    pw_upload_set_destination (upload, destination);
    if (pw_mend_may_help (upload->error))
      pw_upload_resume (upload);
  }
}
