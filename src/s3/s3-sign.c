/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-sign.h"
#include "s3/s3-address.h"
#include "s3/s3-canonical.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define SHA256_SIZE 32
#define DATE_LENGTH 8           /* of "20130524" in "20130524T000000Z" */
#define SECONDS_A_DAY G_GINT64_CONSTANT (86400)
#define MAX_EXPIRES (7 * 24 * 60 * 60)

static char *
dup_hex (const guint8 *bytes)
{
  static const char digits[] = "0123456789abcdef";
  char *hex = g_malloc (2 * SHA256_SIZE + 1);

  for (gsize i = 0; i < SHA256_SIZE; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 0xf];
  }
  hex[2 * SHA256_SIZE] = '\0';
  return hex;
}

static char *
dup_sha256 (const char *text)
{
  guint8 digest[SHA256_SIZE];
  int done = EVP_Digest (text, strlen (text), digest, NULL, EVP_sha256 (), NULL);

  g_assert (done == 1);
  return dup_hex (digest);
}

/* @result may be @key. */
static void
hmac (guint8     *result,
      const void *key,
      gsize       key_size,
      const char *text,
      gsize       length)
{
  guint8 digest[SHA256_SIZE];
  const void *done = HMAC (EVP_sha256 (), key, (int) key_size, (const guint8 *) text, length,
                           digest, NULL);

  g_assert (done != NULL);
  memcpy (result, digest, SHA256_SIZE);
  OPENSSL_cleanse (digest, sizeof digest);
}

static void
wipe_and_free (char *secret)
{
  if (secret) {
    OPENSSL_cleanse (secret, strlen (secret));
    g_free (secret);
  }
}

static char *
dup_scope (const char *timestamp,
           const char *region)
{
  return g_strdup_printf ("%.*s/%s/s3/aws4_request", DATE_LENGTH, timestamp, region);
}

S3Credentials *
s3_credentials_new (const char *access_key,
                    const char *secret_key,
                    const char *session_token)
{
  S3Credentials *self;

  g_return_val_if_fail (access_key != NULL && secret_key != NULL, NULL);

  self = g_new0 (S3Credentials, 1);
  self->access_key = g_strdup (access_key);
  self->secret_key = g_strdup (secret_key);
  self->session_token = session_token && *session_token ? g_strdup (session_token) : NULL;
  return self;
}

S3Credentials *
s3_credentials_copy (const S3Credentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return s3_credentials_new (self->access_key, self->secret_key, self->session_token);
}

void
s3_credentials_free (S3Credentials *self)
{
  if (!self) {
    return;
  }
  wipe_and_free (self->access_key);
  wipe_and_free (self->secret_key);
  wipe_and_free (self->session_token);
  g_free (self);
}

static char *
dup_text_to_sign (const char *timestamp,
                  const char *scope,
                  const char *canonical_request)
{
  g_autofree char *hash = dup_sha256 (canonical_request);

  return g_strconcat (ALGORITHM "\n", timestamp, "\n", scope, "\n", hash, NULL);
}

void
s3_sign_request_with_key (HttpRequest         *request,
                          const S3Credentials *credentials,
                          const S3SigningKey  *key,
                          const char          *payload,
                          gint64               now)
{
  g_autofree char *timestamp = s3_dup_timestamp (now);
  g_autofree char *scope = NULL;
  g_autofree char *signed_headers = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *to_sign = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *authorization = NULL;

  g_return_if_fail (request != NULL && credentials != NULL && key != NULL && payload != NULL);
  g_return_if_fail (timestamp != NULL && s3_signing_key_is_of (key, now));

  http_request_set_header (request, "Authorization", NULL);
  http_request_set_header (request, "x-amz-date", timestamp);
  http_request_set_header (request, "x-amz-content-sha256", payload);
  http_request_set_header (request, "x-amz-security-token", credentials->session_token);

  scope = s3_signing_key_dup_scope (key);
  signed_headers = s3_signed_headers_dup (request);
  canonical = s3_dup_canonical_request (request, signed_headers, payload);
  to_sign = dup_text_to_sign (timestamp, scope, canonical);
  signature = s3_signing_key_dup_signature (key, to_sign);
  authorization = g_strdup_printf (ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                                   credentials->access_key, scope, signed_headers, signature);
  http_request_set_header (request, "Authorization", authorization);
}

void
s3_sign_request (HttpRequest         *request,
                 const S3Credentials *credentials,
                 const char          *region,
                 const char          *payload,
                 gint64               now)
{
  S3SigningKey key;

  g_return_if_fail (credentials != NULL && region != NULL);

  s3_signing_key_init (&key, credentials, region, now);
  s3_sign_request_with_key (request, credentials, &key, payload, now);
  s3_signing_key_clear (&key);
}

char *
s3_dup_timestamp (gint64 now)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now);

  return time ? g_strdup_printf ("%04d%02d%02dT%02d%02d%02dZ", g_date_time_get_year (time),
                                 g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                                 g_date_time_get_hour (time), g_date_time_get_minute (time),
                                 g_date_time_get_second (time)) : NULL;
}

/* @date: at least "20130524". */
static void
derive (guint8     *key,
        const char *secret_key,
        const char *region,
        const char *date)
{
  char *secret = g_strconcat ("AWS4", secret_key, NULL);

  hmac (key, secret, strlen (secret), date, DATE_LENGTH);
  hmac (key, key, SHA256_SIZE, region, strlen (region));
  hmac (key, key, SHA256_SIZE, "s3", strlen ("s3"));
  hmac (key, key, SHA256_SIZE, "aws4_request", strlen ("aws4_request"));
  wipe_and_free (secret);
}

void
s3_signing_key_init (S3SigningKey        *key,
                     const S3Credentials *credentials,
                     const char          *region,
                     gint64               now)
{
  g_autofree char *timestamp = s3_dup_timestamp (now);

  g_return_if_fail (key != NULL && credentials != NULL && region != NULL && timestamp != NULL);

  derive (key->bytes, credentials->secret_key, region, timestamp);
  key->day = now / SECONDS_A_DAY;
  g_strlcpy (key->date, timestamp, sizeof key->date);
  g_strlcpy (key->region, region, sizeof key->region);
}

void
s3_signing_key_clear (S3SigningKey *key)
{
  OPENSSL_cleanse (key, sizeof *key);
}

gboolean
s3_signing_key_is_of (const S3SigningKey *key,
                      gint64              now)
{
  return key->day == now / SECONDS_A_DAY;
}

char *
s3_signing_key_dup_scope (const S3SigningKey *key)
{
  return dup_scope (key->date, key->region);
}

char *
s3_signing_key_dup_signature (const S3SigningKey *key,
                              const char         *text)
{
  guint8 signature[SHA256_SIZE];

  g_return_val_if_fail (key != NULL && text != NULL, NULL);

  hmac (signature, key->bytes, sizeof key->bytes, text, strlen (text));
  return dup_hex (signature);
}

static void
append_encoded (GString    *url,
                const char *text)
{
  g_autofree char *encoded = s3_uri_encode (text, FALSE);

  g_string_append (url, encoded);
}

char *
s3_presign_url_with_key (const HttpRequest   *request,
                         const S3Credentials *credentials,
                         const S3SigningKey  *key,
                         gint64               now,
                         guint                expires)
{
  g_autofree char *timestamp = s3_dup_timestamp (now);
  g_autofree char *scope = NULL;
  g_autofree char *signed_headers = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *to_sign = NULL;
  g_autofree char *signature = NULL;
  GString *url;

  g_return_val_if_fail (request != NULL && credentials != NULL && key != NULL, NULL);
  g_return_val_if_fail (timestamp != NULL, NULL);
  g_return_val_if_fail (s3_signing_key_is_of (key, now), NULL);
  g_return_val_if_fail (expires >= 1 && expires <= MAX_EXPIRES, NULL);

  scope = s3_signing_key_dup_scope (key);
  signed_headers = s3_signed_headers_dup (request);
  url = g_string_sized_new (1024);
  g_string_append (url, request->url);
  g_string_append (url, strchr (request->url, '?') ? "&" : "?");
  g_string_append (url, "X-Amz-Algorithm=" ALGORITHM "&X-Amz-Credential=");
  append_encoded (url, credentials->access_key);
  g_string_append (url, "%2F");
  append_encoded (url, scope);
  g_string_append_printf (url, "&X-Amz-Date=%s&X-Amz-Expires=%u&X-Amz-SignedHeaders=", timestamp,
                          expires);
  append_encoded (url, signed_headers);
  if (credentials->session_token) {
    g_string_append (url, "&X-Amz-Security-Token=");
    append_encoded (url, credentials->session_token);
  }

  canonical = s3_canonical_request_dup (request, url->str, signed_headers, S3_UNSIGNED_PAYLOAD);
  to_sign = dup_text_to_sign (timestamp, scope, canonical);
  signature = s3_signing_key_dup_signature (key, to_sign);
  g_string_append (url, "&X-Amz-Signature=");
  g_string_append (url, signature);
  return g_string_free (url, FALSE);
}

guint
s3_presign_get_life (guint64 wanted_s,
                     gint64  now,
                     gint64  keys_expire)
{
  guint life = (guint) MIN (wanted_s, S3_PRESIGN_MAX_S);

  if (keys_expire == 0)
    return life;
  return keys_expire <= now ? 0 : (guint) MIN ((gint64) life, keys_expire - now);
}

char *
s3_presign_url (const HttpRequest   *request,
                const S3Credentials *credentials,
                const char          *region,
                gint64               now,
                guint                expires)
{
  S3SigningKey key;
  char *url;

  g_return_val_if_fail (credentials != NULL && region != NULL, NULL);

  s3_signing_key_init (&key, credentials, region, now);
  url = s3_presign_url_with_key (request, credentials, &key, now, expires);
  s3_signing_key_clear (&key);
  return url;
}

char *
s3_dup_canonical_request (const HttpRequest *request,
                          const char        *signed_headers,
                          const char        *payload)
{
  g_return_val_if_fail (request != NULL && signed_headers != NULL && payload != NULL, NULL);

  return s3_canonical_request_dup (request, request->url, signed_headers, payload);
}

char *
s3_dup_signature (const char *canonical_request,
                  const char *secret_key,
                  const char *region,
                  const char *timestamp)
{
  g_autofree char *scope = NULL;
  g_autofree char *to_sign = NULL;
  guint8 key[SHA256_SIZE];

  g_return_val_if_fail (canonical_request != NULL && secret_key != NULL, NULL);
  g_return_val_if_fail (region != NULL && timestamp != NULL, NULL);
  g_return_val_if_fail (strlen (timestamp) >= DATE_LENGTH, NULL);

  scope = dup_scope (timestamp, region);
  to_sign = dup_text_to_sign (timestamp, scope, canonical_request);
  derive (key, secret_key, region, timestamp);
  hmac (key, key, sizeof key, to_sign, strlen (to_sign));
  /* The last of them is the signature; the keys before it are overwritten. */
  return dup_hex (key);
}
