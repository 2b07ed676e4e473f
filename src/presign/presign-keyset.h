/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cjose/jwk.h>
#include <glib.h>

/* Keys that prove bearer tokens: one secret (HS256), or a JWK Set (RFC 7517) of public keys (RS256,
 * ES256). Never changed once it is made, and reference-counted (atomically). */

#define PRESIGN_KEYSET_ERROR (presign_keyset_error_quark ())

typedef enum {
  PRESIGN_KEYSET_ERROR_BROKEN,
} PresignKeysetError;

typedef struct _PresignKeyset PresignKeyset;

PresignKeyset *presign_keyset_new_secret (const char           *secret);
/* Keys for other ends (encryption, other algorithms, symmetric ones) are passed over, and RSA keys
 * of less than 2,048 bits; a set without any other is an error. */
PresignKeyset *presign_keyset_new_jwks   (const char           *text,
                                          gsize                 length,
                                          GError              **error);
PresignKeyset *presign_keyset_ref        (PresignKeyset        *self);
void           presign_keyset_unref      (PresignKeyset        *self);

/* The next key for @alg after place *@at, which begins at 0; NULL = no more. @kid: NULL = any. What
 * the key is decides which algorithm it may serve, never the token: a public key does not become a
 * secret. */
const cjose_jwk_t *presign_keyset_next   (const PresignKeyset  *self,
                                          const char           *alg,
                                          const char           *kid,
                                          guint                *at);

/* TRUE: base64url that can be decoded (RFC 7515, appendix C). libcjose ends the whole process over
 * a text that ends after one letter, so whatever comes from outside is looked at before. */
gboolean presign_base64url_is_fit (const char *text,
                                   gsize       length);

GQuark presign_keyset_error_quark (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignKeyset, presign_keyset_unref)
