/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-fault.h"

static void
take_text (char       **place,
           const char  *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

/* With nothing in the fields that could be wrong. */
static PwDestination *
new_harmless (PwDestination *destination)
{
  PwDestination *self = pw_destination_copy (destination);

  take_text (&self->name, "x");
  take_text (&self->endpoint,
             self->kind == PW_DESTINATION_PRESIGN ? "https://backend.example" : NULL);
  take_text (&self->region, NULL);
  take_text (&self->bucket, "bucket");
  take_text (&self->prefix, NULL);
  take_text (&self->auth_header, NULL);
  take_text (&self->profile, NULL);
  take_text (&self->ca_file, NULL);
  take_text (&self->storage_class, NULL);
  take_text (&self->encryption, NULL);
  take_text (&self->kms_key_id, NULL);
  self->allow_http = TRUE;
  self->style = S3_STYLE_AUTO;
  self->secrets = PW_SECRETS_KEYRING;
  self->part_size = 0;
  return self;
}

static void
take (PwDestination *self,
      PwDestination *from,
      PwField        field)
{
  switch (field) {
  case PW_FIELD_NAME: take_text (&self->name, from->name); break;
  case PW_FIELD_ENDPOINT: take_text (&self->endpoint, from->endpoint); break;
  case PW_FIELD_ALLOW_HTTP: self->allow_http = from->allow_http; break;
  case PW_FIELD_REGION: take_text (&self->region, from->region); break;
  case PW_FIELD_STYLE: self->style = from->style; break;
  case PW_FIELD_BUCKET: take_text (&self->bucket, from->bucket); break;
  case PW_FIELD_PREFIX: take_text (&self->prefix, from->prefix); break;
  case PW_FIELD_HEADER: take_text (&self->auth_header, from->auth_header); break;
  case PW_FIELD_PROFILE:
    take_text (&self->profile, from->profile);
    self->secrets = from->secrets;
    break;
  case PW_FIELD_CA_FILE: take_text (&self->ca_file, from->ca_file); break;
  case PW_FIELD_PART_SIZE: self->part_size = from->part_size; break;
  case PW_FIELD_CLASS: take_text (&self->storage_class, from->storage_class); break;
  case PW_FIELD_ENCRYPTION: take_text (&self->encryption, from->encryption); break;
  case PW_FIELD_KMS_KEY: take_text (&self->kms_key_id, from->kms_key_id); break;
  case PW_FIELD_NONE:
  default: break;
  }
}

PwField
pw_fault_find (PwDestination  *destination,
               GError        **error)
{
  g_autoptr (PwDestination) probe = NULL;

  if (pw_destination_check (destination, error))
    return PW_FIELD_NONE;
  probe = new_harmless (destination);
  for (PwField field = 0; field < PW_FIELD_NONE; field++) {
    if (!pw_destination_check (probe, NULL))
      break;
    take (probe, destination, field);
    if (!pw_destination_check (probe, NULL)) {
      g_clear_error (error);
      pw_destination_check (probe, error);
      return field;
    }
  }
  return PW_FIELD_NONE;
}
