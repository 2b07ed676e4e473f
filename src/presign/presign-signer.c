/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-signer.h"

PresignSigner *
presign_signer_new (const S3Address     *address,
                    const S3Credentials *credentials,
                    gint64               expires,
                    gint64               now)
{
  PresignSigner *self = g_atomic_rc_box_new0 (PresignSigner);

  self->address = s3_address_copy (address);
  self->credentials = s3_credentials_copy (credentials);
  self->expires = expires;
  s3_signing_key_init (&self->key, credentials, address->region, now);
  return self;
}

PresignSigner *
presign_signer_ref (PresignSigner *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_cb (gpointer data)
{
  PresignSigner *self = data;

  s3_address_free (self->address);
  s3_credentials_free (self->credentials);
  s3_signing_key_clear (&self->key);
}

void
presign_signer_unref (PresignSigner *self)
{
  g_atomic_rc_box_release_full (self, clear_cb);
}
