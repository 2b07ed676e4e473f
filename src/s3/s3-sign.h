/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

/* AWS Signature Version 4 (S3 API Reference, "Authenticating Requests"), in headers and as a
 * presigned URL. Pure: the time is an argument. Own code, because libcurl's changes "=" and "%" in
 * paths before it signs them. Any thread. */

#define S3_UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"
#define S3_EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef struct {
  char *access_key;
  char *secret_key;
  char *session_token;          /* NULL = long-term keys */
} S3Credentials;

S3Credentials *s3_credentials_new  (const char          *access_key,
                                    const char          *secret_key,
                                    const char          *session_token);
S3Credentials *s3_credentials_copy (const S3Credentials *self);
void           s3_credentials_free (S3Credentials       *self);  /* wipes the memory */

/* Adds x-amz-date, x-amz-content-sha256, x-amz-security-token and Authorization to @request; every
 * header that it already has is signed, so sign last. The URL's path must be in AWS's encoding.
 * @payload: S3_UNSIGNED_PAYLOAD or the body's SHA-256 in hex. @now: Unix seconds. */
void  s3_sign_request  (HttpRequest         *request,
                        const S3Credentials *credentials,
                        const char          *region,
                        const char          *payload,
                        gint64               now);

/* The same with a key that is kept. @key: of @credentials, and of the day of @now. */
typedef struct _S3SigningKey S3SigningKey;
void  s3_sign_request_with_key (HttpRequest         *request,
                                const S3Credentials *credentials,
                                const S3SigningKey  *key,
                                const char          *payload,
                                gint64               now);

/* What signs all requests of one day to one region, made from the secret key: whoever signs often
 * keeps it. A plain value, as secret as the key; s3_signing_key_clear() wipes it. */
struct _S3SigningKey {
  guint8 bytes[32];
  gint64 day;                   /* since 1970 */
  char date[9];                 /* "20130524" */
  char region[256];             /* cut off where it is longer, as no store's is */
};

void     s3_signing_key_init    (S3SigningKey        *key,
                                 const S3Credentials *credentials,
                                 const char          *region,
                                 gint64               now);
void     s3_signing_key_clear   (S3SigningKey        *key);
/* FALSE: @now is another day (UTC). */
gboolean s3_signing_key_is_of   (const S3SigningKey  *key,
                                 gint64               now);
/* "20130524/us-east-1/s3/aws4_request", after "ACCESSKEY/" the credential of a signature. */
char    *s3_signing_key_dup_scope (const S3SigningKey *key);
/* The signature (hex) of any text, as the policy of a browser's POST wants it (S3 API Reference,
 * "Authenticating Requests in Browser-Based Uploads Using POST"). */
char    *s3_signing_key_dup_signature (const S3SigningKey *key,
                                       const char         *text);

/* "20130524T000000Z" of Unix seconds. */
char    *s3_dup_timestamp       (gint64               now);

/* The URL with X-Amz-Algorithm … X-Amz-Signature in its query, in the order of AWS's SDK for
 * Python; the request's headers are signed with it and must be sent as they are. @expires: seconds,
 * 1 to 604800. The payload is unsigned. @key: of @credentials and the day of @now. */
char *s3_presign_url_with_key (const HttpRequest   *request,
                               const S3Credentials *credentials,
                               const S3SigningKey  *key,
                               gint64               now,
                               guint                expires);
char *s3_presign_url   (const HttpRequest   *request,
                        const S3Credentials *credentials,
                        const char          *region,
                        gint64               now,
                        guint                expires);

#define S3_PRESIGN_MAX_S (7 * 24 * 60 * 60)

/* How many seconds a URL presigned at @now works: as wanted, but no longer than S3 allows, nor than
 * the keys that sign it. @keys_expire: Unix seconds, 0 = they do not. 0: they are over. */
guint s3_presign_get_life (guint64 wanted_s,
                           gint64  now,
                           gint64  keys_expire);

/* The canonical request, as S3 repeats it in SignatureDoesNotMatch: for tests and the try-it store.
 * X-Amz-Signature is not part of it; values of headers lose blanks at their ends and doubled ones,
 * as in every SDK. @signed_headers: "host;x-amz-date". */
char *s3_dup_canonical_request (const HttpRequest *request,
                                const char        *signed_headers,
                                const char        *payload);

/* The signature (hex) over a canonical request. @timestamp: "20130524T000000Z". */
char *s3_dup_signature (const char *canonical_request,
                        const char *secret_key,
                        const char *region,
                        const char *timestamp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3Credentials, s3_credentials_free)
