/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-address.h"
#include "s3/s3-sign.h"

/* What signs: address, credentials, and the key of the day made from them. Never changed once it is
 * made, and reference-counted (atomically), so any number of threads sign with one. */
typedef struct {
  S3Address *address;
  S3Credentials *credentials;
  gint64 expires;               /* of the credentials, Unix seconds; 0 = never */
  S3SigningKey key;
} PresignSigner;

/* Copies what it is given. @now: the day that the key is for. */
PresignSigner *presign_signer_new   (const S3Address     *address,
                                     const S3Credentials *credentials,
                                     gint64               expires,
                                     gint64               now);
PresignSigner *presign_signer_ref   (PresignSigner       *self);
void           presign_signer_unref (PresignSigner       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignSigner, presign_signer_unref)
