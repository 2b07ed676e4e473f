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

/* A URL by which whoever has it may read the object, for @wanted_s seconds, or as long as the keys
 * that sign it and S3 allow. @expires: when it ends, Unix seconds. @may_end_sooner: session keys
 * signed it, and nobody said when those end. Asks the source of the keys, but not the store. To
 * free, and as secret as the object. */
char        *pw_authority_keys_dup_link   (PwAuthority   *self,
                                           const char    *key,
                                           guint64        wanted_s,
                                           gint64        *expires,
                                           gboolean      *may_end_sooner,
                                           GError       **error);

/* The region in which the bucket was found, if that is not the destination's; else NULL. To
 * free. */
char        *pw_authority_keys_dup_region (PwAuthority   *self);
