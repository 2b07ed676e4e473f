/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-keyset.h"

/* Bearer tokens: JWTs (RFC 7519) in compact form, signed with HS256, RS256 or ES256. Pure; any
 * thread. The signature is libcjose's to check; which key and algorithm may, and the claims, are
 * checked here. */

typedef enum {
  PRESIGN_JWT_OK,
  PRESIGN_JWT_BROKEN,           /* no such token, an algorithm that is not taken, a bad signature */
  PRESIGN_JWT_UNKNOWN_KEY,      /* its key is not (yet) in the set */
  PRESIGN_JWT_EXPIRED,
  PRESIGN_JWT_TOO_EARLY,        /* "nbf" is to come */
  PRESIGN_JWT_OTHER_AUDIENCE,
  PRESIGN_JWT_OTHER_ISSUER,
  PRESIGN_JWT_NO_USER,          /* the claim that names the user is missing */
} PresignJwtVerdict;

typedef struct {
  const PresignKeyset *keys;
  const char *audience;         /* NULL = any */
  const char *issuer;           /* NULL = any */
  const char *user_claim;       /* "sub" */
  gint64 now;                   /* Unix seconds; clocks may differ by PRESIGN_JWT_LEEWAY */
} PresignJwtRules;

#define PRESIGN_JWT_LEEWAY 30

/* "exp" must be there. @user (to free) and @expires: only if OK. */
PresignJwtVerdict presign_jwt_check       (const char             *token,
                                           const PresignJwtRules  *rules,
                                           char                  **user,
                                           gint64                 *expires);

/* A sentence for the caller. */
const char       *presign_jwt_get_message (PresignJwtVerdict       verdict);
