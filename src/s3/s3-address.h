/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Where a bucket answers, and how its URLs are written. Pure; a value, copied by s3_address_copy().
 *
 * Encoding: AWS's own ("UriEncode" of the SigV4 documentation: everything but A–Z a–z 0–9 - . _ ~
 * is %XX in upper case, "/" stays in keys), so the path that is signed is the path that is sent. */

#define S3_ADDRESS_ERROR (s3_address_error_quark ())

typedef enum {
  S3_ADDRESS_ERROR_ENDPOINT,    /* not an http(s) URL of a host */
  S3_ADDRESS_ERROR_BUCKET,      /* not a bucket's name */
  S3_ADDRESS_ERROR_DIRECTORY,   /* a directory bucket (…--x-s3): not spoken */
  S3_ADDRESS_ERROR_KEY,         /* empty, longer than 1,024 bytes, not UTF-8, or holds a NUL */
} S3AddressError;

typedef enum {
  S3_STYLE_AUTO,                /* virtual host on AWS unless the bucket has a dot, else path */
  S3_STYLE_VIRTUAL_HOST,
  S3_STYLE_PATH,
} S3Style;

typedef struct {
  char *scheme;                 /* "https" */
  char *host;                   /* the Host header: with the port, unless the scheme's own */
  char *base_path;              /* "" or "/bucket", encoded; after the endpoint's own path */
  char *bucket;
  char *region;                 /* "eu-central-1" */
  gboolean is_loopback;         /* localhost, *.localhost, 127.0.0.0/8, [::1] */
} S3Address;

/* @endpoint: NULL or "" = AWS's for @region: "https://s3.REGION.amazonaws.com", or the partition's
 * own domain (AWS General Reference, "Amazon S3 endpoints and quotas": cn-… amazonaws.com.cn,
 * eusc-… amazonaws.eu). Else "https://host:port/path"; the path of a gateway is kept. Without a
 * scheme it is https, but http for a host of this machine ("localhost:9000"): a try-out store there
 * has no certificate. A leading "BUCKET." on an AWS endpoint is taken as the bucket said twice.
 * IDNs become ASCII; user names, queries and fragments are refused.
 * @region: NULL or "" = "us-east-1".
 * @bucket: as found on any store (A–Z a–z 0–9 . _ -, 3 to 255 characters); as the first part of a
 * host's name only 3 to 63 of a–z 0–9 - and, without TLS, "." (S3 User Guide, "Bucket naming
 * rules"). Acceleration endpoints know virtual hosts only, IP addresses paths only; what cannot be
 * is refused. */
S3Address *s3_address_new  (const char       *endpoint,
                            const char       *region,
                            const char       *bucket,
                            S3Style           style,
                            GError          **error);
S3Address *s3_address_copy (const S3Address  *self);
void       s3_address_free (S3Address        *self);

/* S3 User Guide, "Naming Amazon S3 objects". */
gboolean   s3_key_check    (const char       *key,
                            GError          **error);

/* The URL as it is signed and sent: "//", "." and ".." in a key stay as they are, so the client
 * must send the path untouched. @key: NULL = the bucket itself. @query: "" or NULL, else already
 * encoded ("uploads=&prefix=a%2Fb"). */
char      *s3_address_dup_url (const S3Address *self,
                               const char      *key,
                               const char      *query);

/* AWS's UriEncode of the bytes of @text. */
char      *s3_uri_encode   (const char       *text,
                            gboolean          keep_slash);

GQuark     s3_address_error_quark (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3Address, s3_address_free)
