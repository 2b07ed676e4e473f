/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Scheme, host and port of a URL: what a connection, a proxy and a message to people depend on.
 */

/* "https://s3.example.com:9000/b/k?X-Amz-Signature=…" to "https://s3.example.com:9000", letters as
 * they stand. NULL if it is no http or https URL with a host, or if it holds a user name. */
char      *http_origin_dup         (const char *url);

/* "s3.example.com:9000" of an origin; borrowed from it. */
const char *http_origin_get_host   (const char *origin);

/* Is it this machine by name: localhost (RFC 6761, 6.3), 127.0.0.0/8 or ::1? Asks nobody. */
gboolean   http_origin_is_loopback (const char *origin);
