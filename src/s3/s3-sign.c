/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-sign.h"
#include "s3/s3-address.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define SHA256_SIZE 32
#define DATE_LENGTH 8           /* of "20130524" in "20130524T000000Z" */
#define MAX_EXPIRES (7 * 24 * 60 * 60)

static char *
dup_hex (const guint8 *bytes)
{
  GString *hex = g_string_sized_new (2 * SHA256_SIZE);

  for (gsize i = 0; i < SHA256_SIZE; i++) {
    g_string_append_printf (hex, "%02x", bytes[i]);
  }
  return g_string_free (hex, FALSE);
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
dup_timestamp (gint64 now)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now);

  return time ? g_date_time_format (time, "%Y%m%dT%H%M%SZ") : NULL;
}

static char *
dup_scope (const char *timestamp,
           const char *region)
{
  return g_strdup_printf ("%.*s/%s/s3/aws4_request", DATE_LENGTH, timestamp, region);
}

/* What a URL is made of, for signing: never decoded, never normalised. */
typedef struct {
  char *host;                   /* without the scheme's own port, as in the Host header */
  char *path;
  char *query;
} UrlPieces;

static void
url_pieces_clear (UrlPieces *self)
{
  g_free (self->host);
  g_free (self->path);
  g_free (self->query);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UrlPieces, url_pieces_clear)

static void
url_pieces_init (UrlPieces  *self,
                 const char *url)
{
  const char *colon = strstr (url, "://");
  const char *host = colon ? colon + strlen ("://") : url;
  const char *path = host + strcspn (host, "/?#");
  const char *query = path + strcspn (path, "?#");
  const char *own_port = g_ascii_strncasecmp (url, "https:", 6) == 0 ? ":443" : ":80";

  self->host = g_strndup (host, (gsize) (path - host));
  if (g_str_has_suffix (self->host, own_port)) {
    self->host[strlen (self->host) - strlen (own_port)] = '\0';
  }
  self->path = path == query ? g_strdup ("/") : g_strndup (path, (gsize) (query - path));
  self->query = *query == '?' ? g_strndup (query + 1, strcspn (query + 1, "#")) : g_strdup ("");
}

typedef struct {
  const char *name;
  const char *value;            /* "" where the query has no "=" */
} QueryItem;

static int
compare_query_items (const void *a,
                     const void *b)
{
  const QueryItem *one = a;
  const QueryItem *other = b;
  int order = strcmp (one->name, other->name);

  return order != 0 ? order : strcmp (one->value, other->value);
}

static void
append_canonical_query (GString    *canonical,
                        const char *query)
{
  g_auto (GStrv) pieces = g_strsplit (query, "&", -1);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (QueryItem));

  for (char **piece = pieces; *piece; piece++) {
    char *equals = strchr (*piece, '=');
    QueryItem item = { *piece, equals ? equals + 1 : "" };

    if (equals) {
      *equals = '\0';
    }
    if (*item.name && !g_str_equal (item.name, "X-Amz-Signature")) {
      g_array_append_val (items, item);
    }
  }
  g_array_sort (items, compare_query_items);
  for (guint i = 0; i < items->len; i++) {
    const QueryItem *item = &g_array_index (items, QueryItem, i);

    g_string_append_printf (canonical, "%s%s=%s", i > 0 ? "&" : "", item->name, item->value);
  }
}

/* Without blanks at its ends, and with single ones inside. */
static void
append_header_value (GString    *canonical,
                     const char *value)
{
  gboolean is_first = TRUE;

  while (*(value += strspn (value, " \t"))) {
    gsize length = strcspn (value, " \t");

    if (!is_first) {
      g_string_append_c (canonical, ' ');
    }
    g_string_append_len (canonical, value, (gssize) length);
    value += length;
    is_first = FALSE;
  }
}

static void
append_canonical_header (GString           *canonical,
                         const HttpRequest *request,
                         const char        *name,
                         const char        *host)
{
  gboolean found = FALSE;

  g_string_append_printf (canonical, "%s:", name);
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    if (g_ascii_strcasecmp (header->name, name) == 0) {
      g_string_append (canonical, found ? "," : "");
      append_header_value (canonical, header->value);
      found = TRUE;
    }
  }
  if (!found && g_str_equal (name, "host")) {
    g_string_append (canonical, host);
  }
  g_string_append_c (canonical, '\n');
}

static char *
dup_canonical_request (const HttpRequest *request,
                       const char        *url,
                       const char        *signed_headers,
                       const char        *payload)
{
  g_auto (GStrv) names = g_strsplit (signed_headers, ";", -1);
  g_auto (UrlPieces) pieces = { 0 };
  GString *canonical = g_string_sized_new (1024);

  url_pieces_init (&pieces, url);
  g_string_append_printf (canonical, "%s\n%s\n", request->method, pieces.path);
  append_canonical_query (canonical, pieces.query);
  g_string_append_c (canonical, '\n');
  for (char **name = names; *name; name++) {
    append_canonical_header (canonical, request, *name, pieces.host);
  }
  g_string_append_printf (canonical, "\n%s\n%s", signed_headers, payload);
  return g_string_free (canonical, FALSE);
}

static int
compare_names (const void *a,
               const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
dup_signed_headers (const HttpRequest *request)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *list = g_string_new (NULL);
  const char *last = "";

  g_ptr_array_add (names, g_strdup ("host"));
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    g_ptr_array_add (names, g_ascii_strdown (header->name, -1));
  }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);

    if (!g_str_equal (name, last)) {
      g_string_append_printf (list, "%s%s", i > 0 ? ";" : "", name);
    }
    last = name;
  }
  return g_string_free (list, FALSE);
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

void
s3_sign_request (HttpRequest         *request,
                 const S3Credentials *credentials,
                 const char          *region,
                 const char          *payload,
                 gint64               now)
{
  g_autofree char *timestamp = dup_timestamp (now);
  g_autofree char *scope = NULL;
  g_autofree char *signed_headers = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *authorization = NULL;

  g_return_if_fail (request != NULL && credentials != NULL && region != NULL && payload != NULL);
  g_return_if_fail (timestamp != NULL);

  http_request_set_header (request, "Authorization", NULL);
  http_request_set_header (request, "x-amz-date", timestamp);
  http_request_set_header (request, "x-amz-content-sha256", payload);
  http_request_set_header (request, "x-amz-security-token", credentials->session_token);

  scope = dup_scope (timestamp, region);
  signed_headers = dup_signed_headers (request);
  canonical = s3_dup_canonical_request (request, signed_headers, payload);
  signature = s3_dup_signature (canonical, credentials->secret_key, region, timestamp);
  authorization = g_strdup_printf (ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                                   credentials->access_key, scope, signed_headers, signature);
  http_request_set_header (request, "Authorization", authorization);
}

char *
s3_presign_url (const HttpRequest   *request,
                const S3Credentials *credentials,
                const char          *region,
                gint64               now,
                guint                expires)
{
  g_autofree char *timestamp = dup_timestamp (now);
  g_autofree char *scope = NULL;
  g_autofree char *credential = NULL;
  g_autofree char *signed_headers = NULL;
  g_autofree char *encoded_headers = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *signature = NULL;
  g_autoptr (GString) url = NULL;

  g_return_val_if_fail (request != NULL && credentials != NULL && region != NULL, NULL);
  g_return_val_if_fail (timestamp != NULL && expires >= 1 && expires <= MAX_EXPIRES, NULL);

  scope = dup_scope (timestamp, region);
  credential = g_strconcat (credentials->access_key, "/", scope, NULL);
  signed_headers = dup_signed_headers (request);
  encoded_headers = s3_uri_encode (signed_headers, FALSE);

  url = g_string_new (request->url);
  g_string_append (url, strchr (request->url, '?') ? "&" : "?");
  g_string_append (url, "X-Amz-Algorithm=" ALGORITHM "&X-Amz-Credential=");
  g_string_append_uri_escaped (url, credential, NULL, FALSE);
  g_string_append_printf (url, "&X-Amz-Date=%s&X-Amz-Expires=%u", timestamp, expires);
  if (credentials->session_token) {
    g_string_append (url, "&X-Amz-Security-Token=");
    g_string_append_uri_escaped (url, credentials->session_token, NULL, FALSE);
  }
  g_string_append_printf (url, "&X-Amz-SignedHeaders=%s", encoded_headers);

  canonical = dup_canonical_request (request, url->str, signed_headers, S3_UNSIGNED_PAYLOAD);
  signature = s3_dup_signature (canonical, credentials->secret_key, region, timestamp);
  g_string_append_printf (url, "&X-Amz-Signature=%s", signature);
  return g_string_free (g_steal_pointer (&url), FALSE);
}

char *
s3_dup_canonical_request (const HttpRequest *request,
                          const char        *signed_headers,
                          const char        *payload)
{
  g_return_val_if_fail (request != NULL && signed_headers != NULL && payload != NULL, NULL);

  return dup_canonical_request (request, request->url, signed_headers, payload);
}

char *
s3_dup_signature (const char *canonical_request,
                  const char *secret_key,
                  const char *region,
                  const char *timestamp)
{
  g_autofree char *hash = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *to_sign = NULL;
  char *secret;
  guint8 key[SHA256_SIZE];

  g_return_val_if_fail (canonical_request != NULL && secret_key != NULL, NULL);
  g_return_val_if_fail (region != NULL && timestamp != NULL, NULL);
  g_return_val_if_fail (strlen (timestamp) >= DATE_LENGTH, NULL);

  hash = dup_sha256 (canonical_request);
  scope = dup_scope (timestamp, region);
  to_sign = g_strdup_printf (ALGORITHM "\n%s\n%s\n%s", timestamp, scope, hash);

  secret = g_strconcat ("AWS4", secret_key, NULL);
  hmac (key, secret, strlen (secret), timestamp, DATE_LENGTH);
  hmac (key, key, sizeof key, region, strlen (region));
  hmac (key, key, sizeof key, "s3", strlen ("s3"));
  hmac (key, key, sizeof key, "aws4_request", strlen ("aws4_request"));
  hmac (key, key, sizeof key, to_sign, strlen (to_sign));
  wipe_and_free (secret);
  /* The last of them is the signature; the keys before it are overwritten. */
  return dup_hex (key);
}
