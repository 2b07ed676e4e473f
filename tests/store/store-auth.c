/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-auth.h"

#include "store-answer.h"

#include "s3/s3-address.h"
#include "s3/s3-sign.h"

#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define SKEW_S 900
#define MAX_EXPIRES_S 604800

typedef struct {
  gboolean is_presigned;
  char **credential;            /* access key, date, region, service, "aws4_request" */
  char *signed_headers;
  char *signature;
  const char *timestamp;        /* "20130524T000000Z"; borrowed */
  const char *token;            /* borrowed, or NULL */
} Claim;

static void
claim_clear (Claim *self)
{
  g_clear_pointer (&self->credential, g_strfreev);
  g_clear_pointer (&self->signed_headers, g_free);
  g_clear_pointer (&self->signature, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Claim, claim_clear)

static gboolean
refuse (StoreRequest *request,
        const char   *code,
        const char   *message)
{
  store_answer_refuse (request, code, message);
  return FALSE;
}

static char *
dup_field (const char *header,
           const char *name)
{
  g_autofree char *start = g_strconcat (name, "=", NULL);
  const char *found = strstr (header, start);

  if (found == NULL)
    return g_strdup ("");
  found += strlen (start);
  return g_strndup (found, strcspn (found, ", "));
}

static void
claim_read_header (Claim              *self,
                   const StoreRequest *request,
                   const char         *header)
{
  g_autofree char *credential = dup_field (header, "Credential");

  self->credential = g_strsplit (credential, "/", -1);
  self->signed_headers = dup_field (header, "SignedHeaders");
  self->signature = dup_field (header, "Signature");
  self->timestamp = store_request_get_header (request, "x-amz-date");
  self->token = store_request_get_header (request, "x-amz-security-token");
}

static void
claim_read_query (Claim              *self,
                  const StoreRequest *request)
{
  const char *credential = store_request_get_query (request, "X-Amz-Credential");
  const char *headers = store_request_get_query (request, "X-Amz-SignedHeaders");

  self->is_presigned = TRUE;
  self->credential = g_strsplit (credential != NULL ? credential : "", "/", -1);
  self->signed_headers = g_strdup (headers != NULL ? headers : "");
  self->signature = g_strdup (store_request_get_query (request, "X-Amz-Signature"));
  self->timestamp = store_request_get_query (request, "X-Amz-Date");
  self->token = store_request_get_query (request, "X-Amz-Security-Token");
}

static gboolean
check_time (StoreRequest *request,
            const Claim  *claim)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) date = claim->timestamp != NULL
                               ? g_date_time_new_from_iso8601 (claim->timestamp, utc) : NULL;

  if (date == NULL)
    return refuse (request, "AccessDenied",
                   "AWS authentication requires a valid Date or x-amz-date header");
  gint64 age = request->now - g_date_time_to_unix (date);
  if (!claim->is_presigned && ABS (age) > SKEW_S) {
    g_autofree char *server = store_dup_iso_date (request->now);
    g_autofree char *extra = g_strdup_printf ("<RequestTime>%s</RequestTime><ServerTime>%s"
                                              "</ServerTime><MaxAllowedSkewMilliseconds>900000"
                                              "</MaxAllowedSkewMilliseconds>", claim->timestamp,
                                              server);
    store_answer_error (request, 403, "RequestTimeTooSkewed",
                        "The difference between the request time and the current time is too "
                        "large.", extra);
    return FALSE;
  }
  if (!claim->is_presigned)
    return TRUE;
  guint expires = store_request_get_count (request, "X-Amz-Expires", MAX_EXPIRES_S, 0);
  if (expires == 0)
    return refuse (request, "AuthorizationQueryParametersError",
                   "X-Amz-Expires must be between 1 and 604800 seconds");
  if (age < -SKEW_S)
    return refuse (request, "AccessDenied", "Request is not valid yet");
  if (age > (gint64) expires)
    return refuse (request, "AccessDenied", "Request has expired");
  return TRUE;
}

/* The region that this request must be signed for; an answer is set if it was signed for
 * another. */
static gboolean
check_region (StoreRequest *request,
              const Claim  *claim)
{
  const StoreAction *action = store_request_get_action (request, STORE_ACTION_REGION);
  const char *region = action != NULL ? action->name : request->store->region;
  const char *claimed = claim->credential[2];
  guint status = action != NULL ? action->status : 400;

  if (g_str_equal (claimed, region))
    return TRUE;
  store_answer_set_header (request, "x-amz-bucket-region", region);
  g_autofree char *extra = g_strdup_printf ("<Region>%s</Region>", region);
  g_autofree char *message =
    g_strdup_printf ("The authorization header is malformed; the region '%s' is wrong; "
                     "expecting '%s'", claimed, region);
  if (status == 400) {
    store_answer_error (request, 400, claim->is_presigned ? "AuthorizationQueryParametersError"
                        : "AuthorizationHeaderMalformed", message, extra);
    return FALSE;
  }
  g_autofree char *endpoint = g_strdup_printf ("<Endpoint>s3.%s.amazonaws.com</Endpoint>"
                                               "<Bucket>%s</Bucket>", region, request->bucket);
  if (status == 307) {
    g_autofree char *uri = g_uri_to_string (soup_server_message_get_uri (request->message));
    store_answer_set_header (request, "Location", uri);
  }
  store_answer_error (request, status, status == 307 ? "TemporaryRedirect" : "PermanentRedirect",
                      "The bucket you are attempting to access must be addressed using the "
                      "specified endpoint.", endpoint);
  return FALSE;
}

static gboolean
check_token (StoreRequest *request,
             const Claim  *claim)
{
  const StoreAction *action = store_request_get_action (request, STORE_ACTION_EXPIRE_TOKEN);
  const char *wanted = request->store->session_token;

  if (action != NULL &&
      g_get_monotonic_time () - request->faults->started >= (gint64) action->wait_ms * 1000) {
    if (action->name != NULL && g_strcmp0 (claim->token, action->name) == 0)
      return TRUE;
    return refuse (request, "ExpiredToken", "The provided token has expired.");
  }
  if (wanted != NULL && g_strcmp0 (claim->token, wanted) != 0)
    return refuse (request, "InvalidToken",
                   "The provided token is malformed or otherwise invalid.");
  if (wanted == NULL && claim->token != NULL && action == NULL)
    return refuse (request, "InvalidToken",
                   "The provided token is malformed or otherwise invalid.");
  return TRUE;
}

static gboolean
check_signed_headers (StoreRequest *request,
                      char *const  *signed_headers)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  SoupMessageHeadersIter iter;
  const char *name, *value;
  g_autoptr (GString) missing = g_string_new (NULL);

  if (!g_strv_contains ((const char *const *) signed_headers, "host"))
    return refuse (request, "AccessDenied", "The Host header is not signed");
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    g_autofree char *lower = g_ascii_strdown (name, -1);

    if (g_str_has_prefix (lower, "x-amz-") &&
        !g_strv_contains ((const char *const *) signed_headers, lower))
      g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", lower);
  }
  if (missing->len == 0)
    return TRUE;
  g_autofree char *extra = g_strdup_printf ("<HeadersNotSigned>%s</HeadersNotSigned>",
                                            missing->str);
  store_answer_error (request, 403, "AccessDenied",
                      "There were headers present in the request which were not signed", extra);
  return FALSE;
}

/* The URL as it must have been signed: in AWS's encoding, whatever encoding it was sent in. */
static char *
dup_signed_url (const StoreRequest *request)
{
  GUri *uri = soup_server_message_get_uri (request->message);
  g_autofree char *plain = g_uri_unescape_string (g_uri_get_path (uri), NULL);
  g_autofree char *path = s3_uri_encode (plain != NULL ? plain : "/", TRUE);
  GString *url = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name, value;
  char separator = '?';

  g_string_printf (url, "%s://%s%s", g_uri_get_scheme (uri), request->host, path);
  g_hash_table_iter_init (&iter, request->query);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_autofree char *safe_name = s3_uri_encode (name, FALSE);
    g_autofree char *safe_value = s3_uri_encode (value, FALSE);

    if (g_str_equal (name, "X-Amz-Signature"))
      continue;
    g_string_append_printf (url, "%c%s=%s", separator, safe_name, safe_value);
    separator = '&';
  }
  return g_string_free (url, FALSE);
}

static gboolean
check_signature (StoreRequest *request,
                 const Claim  *claim)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  g_autofree char *url = dup_signed_url (request);
  g_autoptr (HttpRequest) copy =
    http_request_new (soup_server_message_get_method (request->message), url);
  g_auto (GStrv) names = g_strsplit (claim->signed_headers, ";", -1);

  if (!check_signed_headers (request, names))
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++) {
    const char *value = soup_message_headers_get_list (headers, names[i]);

    if (value != NULL && !g_str_equal (names[i], "host"))
      http_request_set_header (copy, names[i], value);
  }
  const char *payload = soup_message_headers_get_one (headers, "x-amz-content-sha256");
  if (payload == NULL && !claim->is_presigned)
    return refuse (request, "InvalidRequest",
                   "Missing required header for this request: x-amz-content-sha256");
  g_autofree char *canonical =
    s3_dup_canonical_request (copy, claim->signed_headers,
                              payload != NULL ? payload : S3_UNSIGNED_PAYLOAD);
  g_autofree char *signature = s3_dup_signature (canonical, request->store->secret_key,
                                                 claim->credential[2], claim->timestamp);
  if (g_strcmp0 (signature, claim->signature) == 0)
    return TRUE;
  g_autofree char *safe = g_markup_escape_text (canonical, -1);
  g_autofree char *extra = g_strdup_printf ("<CanonicalRequest>%s</CanonicalRequest>", safe);
  store_answer_error (request, 403, "SignatureDoesNotMatch",
                      "The request signature we calculated does not match the signature you "
                      "provided. Check your key and signing method.", extra);
  return FALSE;
}

static gboolean
is_whole (const Claim *claim)
{
  return g_strv_length (claim->credential) == 5 && claim->credential[0][0] != '\0' &&
         g_str_equal (claim->credential[3], "s3") &&
         g_str_equal (claim->credential[4], "aws4_request") &&
         claim->signed_headers[0] != '\0' && claim->signature != NULL &&
         claim->signature[0] != '\0';
}

gboolean
store_auth_check (StoreRequest *request)
{
  const char *header = store_request_get_header (request, "Authorization");
  g_auto (Claim) claim = { 0 };

  if (header != NULL && g_str_has_prefix (header, ALGORITHM))
    claim_read_header (&claim, request, header);
  else if (g_strcmp0 (store_request_get_query (request, "X-Amz-Algorithm"), ALGORITHM) == 0)
    claim_read_query (&claim, request);
  else
    return refuse (request, "AccessDenied", "Access Denied");

  if (!is_whole (&claim))
    return refuse (request, claim.is_presigned ? "AuthorizationQueryParametersError"
                   : "AuthorizationHeaderMalformed", "The authorization is malformed.");
  if (!check_time (request, &claim) || !check_region (request, &claim))
    return FALSE;
  if (!g_str_equal (claim.credential[0], request->store->access_key))
    return refuse (request, "InvalidAccessKeyId",
                   "The AWS Access Key Id you provided does not exist in our records.");
  if (!g_str_has_prefix (claim.timestamp, claim.credential[1]))
    return refuse (request, "SignatureDoesNotMatch", "The credential's date is not the request's");
  return check_token (request, &claim) && check_signature (request, &claim);
}
