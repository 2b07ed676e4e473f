/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"
#include "engine/pw-credentials.h"

/* The authority that holds no keys: a backend gives it presigned URLs, one a part, and the bytes go
 * straight to S3. What the backend is asked, and how, is the dialect's matter (pw-dialect.h).
 *
 * The destination's secret goes to the backend's own address and nowhere else: no redirect is
 * followed, and what goes to S3 has no header but those that its URL allows. URLs are in no
 * message. URLs of coming parts are asked for ahead of the workers (pw-signer.h).
 *
 * A 401 is PW_ERROR_CREDENTIALS_EXPIRED, after which the upload pauses; without a secret it is
 * CREDENTIALS_MISSING. What is no answer of such a backend is PW_ERROR_PRESIGN. */

/* NULL: PW_ERROR_DESTINATION, PW_ERROR_INSECURE. Takes references. No I/O. */
PwAuthority     *pw_authority_presign_new         (PwDestination  *destination,
                                                   PwCredentials  *credentials,
                                                   GError        **error);

/* What it was found to speak; PW_DIALECT_AUTO as long as it was not asked. */
PwDialectKind    pw_authority_presign_get_dialect (PwAuthority    *authority);
