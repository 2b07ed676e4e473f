/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"
#include "engine/pw-credentials.h"

/* The authority that signs here, with credentials of the user's (SigV4 in headers).
 *
 * Learns the store's clock (RequestTimeTooSkewed) and the bucket's region (301, 307, 400); reads
 * the credentials anew when the store calls them expired. */

/* @credentials: takes a reference. Fails where the destination's address is not one. */
PwAuthority *pw_authority_keys_new        (PwDestination *destination,
                                           PwCredentials *credentials,
                                           GError       **error);

/* The region in which the bucket was found, if that is not the destination's; else NULL. To
 * free. */
char        *pw_authority_keys_dup_region (PwAuthority   *self);
