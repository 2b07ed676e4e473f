/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

#include <gio/gio.h>

/* Who asks, and as whom the caller sees us: from the connection, or from X-Forwarded-For, -Proto
 * and -Host where the connection comes from a proxy that was said to be ours. Pure; any thread.
 */

typedef struct _PresignProxies PresignProxies;

/* @networks: NULL-ended; addresses ("10.0.0.7") and networks ("10.0.0.0/8", "fd00::/8"). The error
 * is G_IO_ERROR_INVALID_ARGUMENT and names the one that is neither. */
PresignProxies *presign_proxies_new       (char             **networks,
                                           GError           **error);
void            presign_proxies_free      (PresignProxies    *self);
gboolean        presign_proxies_are_ours  (PresignProxies    *self,
                                           const char        *address);

/* The caller's address: the last of X-Forwarded-For that is no proxy of ours. @peer: the other end
 * of the connection. */
char           *presign_forward_dup_peer  (PresignProxies    *self,
                                           const char        *peer,
                                           const HttpRequest *request);

/* "https://host[:port]"; NULL if the request names no host that could be one. */
char           *presign_forward_dup_base  (PresignProxies    *self,
                                           const char        *peer,
                                           gboolean           is_tls,
                                           const HttpRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignProxies, presign_proxies_free)
