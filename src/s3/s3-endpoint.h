/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The address of a store as people write it, taken apart. Pure; any thread. What is accepted is
 * said at s3_address_new(). */

typedef struct {
  char *scheme;                 /* "https" or "http" */
  char *host;                   /* as libcurl writes it, without port and brackets */
  char *path;                   /* decoded, "" or "/…" without a "/" at its end */
  int port;                     /* -1 = the scheme's own */
} S3Endpoint;

/* FALSE: not the http(s) address of a host; @endpoint is then untouched. Clear it after use. */
gboolean s3_endpoint_parse (S3Endpoint *endpoint,
                            const char *text);
void     s3_endpoint_clear (S3Endpoint *endpoint);

/* AWS's own endpoint for a region. */
char    *s3_endpoint_dup_aws (const char *region);

/* "s3.eu-central-1.amazonaws.com", "s3.dualstack.…", "s3-accelerate.amazonaws.com": not the private
 * endpoints of VPCs ("bucket.vpce-….s3.…"). */
gboolean s3_host_is_aws        (const char *host);
gboolean s3_host_is_accelerate (const char *host);
gboolean s3_host_is_loopback   (const char *host);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (S3Endpoint, s3_endpoint_clear)
