/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-error.h"

#include "http/http-client.h"

#include <string.h>

static S3Failure
make_failure (guint status, const char *code, const char *message, const char *region)
{
  return (S3Failure) {
    .status = status,
    .code = (char *) code,
    .message = (char *) message,
    .region = (char *) region,
    .endpoint = (char *) "",
    .request_id = (char *) "",
  };
}

static void
test_words (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i <= PW_ERROR_LAST; i++) {
    const char *id = pw_error_get_id ((PwError) i);
    const char *title = pw_error_get_title ((PwError) i);

    g_assert_true (g_regex_match_simple ("^[a-z]+(-[a-z]+)*$", id, 0, 0));
    g_assert_true (g_hash_table_add (seen, (gpointer) id));
    g_assert_cmpint (pw_error_from_id (id), ==, i);
    g_assert_true (g_str_has_suffix (title, "."));
    g_assert_true (g_hash_table_add (seen, (gpointer) title));
    g_assert_false (g_regex_match_simple ("HTTP|XML|DNS|TLS|errno|40[0-9]|multipart", title, 0, 0));
  }
  g_assert_cmpstr (pw_error_get_id (PW_ERROR_SOURCE_CHANGED), ==, "source-changed");
  g_assert_cmpint (pw_error_from_id ("from-the-future"), ==, PW_ERROR_REFUSED);
  g_assert_cmpint (pw_error_from_id (NULL), ==, PW_ERROR_REFUSED);
}

static const struct {
  guint status;
  const char *code;
  const char *message;
  const char *region;
  PwError error;
} failures[] = {
  { 500, "InternalError", "", "", PW_ERROR_SERVER },
  { 200, "InternalError", "We encountered an internal error.", "", PW_ERROR_SERVER },
  { 503, "SlowDown", "", "", PW_ERROR_THROTTLED },
  { 503, "ServiceUnavailable", "Please reduce your request rate.", "", PW_ERROR_THROTTLED },
  { 503, "ServiceUnavailable", "", "", PW_ERROR_SERVER },
  { 502, "", "", "", PW_ERROR_SERVER },
  { 504, "", "", "", PW_ERROR_SERVER },
  { 429, "", "", "", PW_ERROR_THROTTLED },
  { 400, "ThrottlingException", "", "", PW_ERROR_THROTTLED },
  { 400, "RequestTimeout", "", "", PW_ERROR_NETWORK },
  { 400, "IncompleteBody", "", "", PW_ERROR_NETWORK },
  { 403, "RequestTimeTooSkewed", "", "", PW_ERROR_CLOCK },
  { 403, "AccessDenied", "Request is not valid yet", "", PW_ERROR_CLOCK },
  { 400, "ExpiredToken", "", "", PW_ERROR_CREDENTIALS_EXPIRED },
  { 400, "TokenRefreshRequired", "", "", PW_ERROR_CREDENTIALS_EXPIRED },
  { 403, "AccessDenied", "Request has expired", "", PW_ERROR_CREDENTIALS_EXPIRED },
  { 403, "AccessDenied", "Access Denied", "", PW_ERROR_ACCESS_DENIED },
  { 403, "AccessDenied", "", "", PW_ERROR_ACCESS_DENIED },
  { 403, "", "", "", PW_ERROR_ACCESS_DENIED },
  { 401, "", "", "", PW_ERROR_CREDENTIALS_WRONG },
  { 403, "InvalidAccessKeyId", "", "", PW_ERROR_CREDENTIALS_WRONG },
  { 403, "SignatureDoesNotMatch", "", "", PW_ERROR_CREDENTIALS_WRONG },
  { 301, "PermanentRedirect", "", "", PW_ERROR_REGION },
  { 301, "", "", "eu-west-1", PW_ERROR_REGION },
  { 400, "", "", "eu-west-1", PW_ERROR_REGION },
  { 400, "", "", "", PW_ERROR_REFUSED },
  { 400, "AuthorizationHeaderMalformed", "", "eu-west-1", PW_ERROR_REGION },
  { 400, "AuthorizationHeaderMalformed", "the region 'x' is wrong", "", PW_ERROR_REGION },
  { 400, "AuthorizationHeaderMalformed", "no slash", "", PW_ERROR_CREDENTIALS_WRONG },
  { 400, "AuthorizationQueryParametersError", "", "eu-west-1", PW_ERROR_REGION },
  { 302, "", "", "", PW_ERROR_ANSWER },
  { 307, "", "", "", PW_ERROR_ANSWER },
  { 200, "", "", "", PW_ERROR_ANSWER },
  { 400, "BadDigest", "", "", PW_ERROR_DAMAGED },
  { 400, "XAmzContentSHA256Mismatch", "", "", PW_ERROR_DAMAGED },
  { 404, "NoSuchUpload", "", "", PW_ERROR_UPLOAD_GONE },
  { 404, "NoSuchKey", "", "", PW_ERROR_NO_SUCH_OBJECT },
  { 404, "", "", "", PW_ERROR_NO_SUCH_OBJECT },
  { 404, "NoSuchBucket", "", "", PW_ERROR_NO_SUCH_BUCKET },
  { 404, "SomethingElse", "", "", PW_ERROR_REFUSED },
  { 409, "ConditionalRequestConflict", "", "", PW_ERROR_CONFLICT },
  { 412, "PreconditionFailed", "", "", PW_ERROR_EXISTS },
  { 412, "", "", "", PW_ERROR_EXISTS },
  { 400, "EntityTooLarge", "", "", PW_ERROR_TOO_LARGE },
  { 413, "", "", "", PW_ERROR_TOO_LARGE },
  { 400, "EntityTooSmall", "", "", PW_ERROR_PLAN },
  { 403, "QuotaExceeded", "", "", PW_ERROR_QUOTA },
  { 507, "XMinioStorageFull", "", "", PW_ERROR_QUOTA },
  { 507, "", "", "", PW_ERROR_QUOTA },
  { 400, "InvalidStorageClass", "", "", PW_ERROR_STORAGE_CLASS },
  { 400, "KMS.DisabledException", "", "", PW_ERROR_KMS },
  { 400, "KMS.ThrottlingException", "", "", PW_ERROR_THROTTLED },
  { 400, "InvalidPart", "", "", PW_ERROR_PARTS },
  { 400, "KeyTooLongError", "", "", PW_ERROR_KEY },
  { 501, "NotImplemented", "", "", PW_ERROR_UNSUPPORTED },
  { 501, "", "", "", PW_ERROR_UNSUPPORTED },
  { 407, "", "", "", PW_ERROR_PROXY },
  { 400, "MalformedXML", "", "", PW_ERROR_REFUSED },
  { 418, "", "", "", PW_ERROR_REFUSED },
};

static void
test_failures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    S3Failure failure = make_failure (failures[i].status, failures[i].code, failures[i].message,
                                      failures[i].region);
    g_autoptr (GError) error = pw_error_from_failure (&failure);

    g_test_message ("%u %s %s", failures[i].status, failures[i].code, failures[i].message);
    g_assert_error (error, PW_ERROR, (int) failures[i].error);
    g_assert_true (g_str_has_prefix (error->message, pw_error_get_title (failures[i].error)));
    g_assert_nonnull (strstr (error->message, failures[i].code));
  }
}

static void
test_endpoint (void)
{
  S3Failure failure = make_failure (307, "", "", "");

  failure.endpoint = (char *) "bucket.s3-us-west-2.amazonaws.com";
  g_assert_cmpint (pw_error_classify_failure (&failure), ==, PW_ERROR_REGION);
}

static void
test_message (void)
{
  g_autofree char *long_message = g_strnfill (1000, 'x');
  S3Failure failure = make_failure (418, "Teapot", "short and\n\tstout.", "");
  S3Failure bare = make_failure (418, "", "", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) bare_error = pw_error_from_failure (&bare);
  g_autoptr (GError) long_error = NULL;

  failure.request_id = (char *) "4442587FB7D0A2F9";
  error = pw_error_from_failure (&failure);
  g_assert_cmpstr (error->message, ==,
                   "The service refused the upload. "
                   "(Teapot: short and stout; request 4442587FB7D0A2F9)");
  g_assert_cmpstr (bare_error->message, ==, "The service refused the upload. (HTTP 418)");

  failure.message = long_message;
  long_error = pw_error_from_failure (&failure);
  g_assert_nonnull (strstr (long_error->message, "xxx…; request 4442587FB7D0A2F9)"));
  g_assert_cmpuint (g_utf8_strlen (long_error->message, -1), <, 330);
}

static const struct {
  int code;
  PwError error;
  gboolean is_transient;
} https[] = {
  { HTTP_ERROR_STOPPED, PW_ERROR_CANCELLED, FALSE },
  { HTTP_ERROR_URL, PW_ERROR_DESTINATION, FALSE },
  { HTTP_ERROR_RESOLVE, PW_ERROR_RESOLVE, TRUE },
  { HTTP_ERROR_CONNECT, PW_ERROR_NETWORK, TRUE },
  { HTTP_ERROR_TLS, PW_ERROR_NETWORK, TRUE },
  { HTTP_ERROR_CERTIFICATE, PW_ERROR_CERTIFICATE, FALSE },
  { HTTP_ERROR_CA_FILE, PW_ERROR_CA_FILE, FALSE },
  { HTTP_ERROR_PROXY, PW_ERROR_PROXY, FALSE },
  { HTTP_ERROR_RESET, PW_ERROR_NETWORK, TRUE },
  { HTTP_ERROR_STALLED, PW_ERROR_NETWORK, TRUE },
  { HTTP_ERROR_NO_ANSWER, PW_ERROR_NETWORK, TRUE },
  { HTTP_ERROR_TOO_LARGE, PW_ERROR_ANSWER, TRUE },
  { HTTP_ERROR_PROTOCOL, PW_ERROR_ANSWER, TRUE },
};

static void
test_http (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (https); i++) {
    g_autoptr (GError) http = g_error_new (HTTP_ERROR, https[i].code, "libcurl says why");
    g_autoptr (GError) error = pw_error_from_http (http);

    g_test_message ("HTTP_ERROR %d", https[i].code);
    g_assert_error (error, PW_ERROR, (int) https[i].error);
    g_assert_cmpint (pw_error_is_transient (error), ==, https[i].is_transient);
    g_assert_cmpint (pw_error_is_transient (http), ==, https[i].is_transient);
    g_assert_cmpint (strstr (error->message, "(libcurl says why)") != NULL, ==,
                     https[i].error != PW_ERROR_CANCELLED);
  }
}

static void
test_other_domains (void)
{
  g_autoptr (GError) broken = g_error_new (S3_REPLY_ERROR, S3_REPLY_ERROR_BROKEN, "cut off");
  g_autoptr (GError) refused = g_error_new (S3_REPLY_ERROR, S3_REPLY_ERROR_REFUSED, "no");
  g_autoptr (GError) foreign = g_error_new (G_FILE_ERROR, G_FILE_ERROR_IO, "the disk");
  g_autoptr (GError) from_broken = pw_error_from_http (broken);
  g_autoptr (GError) from_refused = pw_error_from_http (refused);
  g_autoptr (GError) from_foreign = pw_error_from_http (foreign);

  g_assert_error (from_broken, PW_ERROR, PW_ERROR_ANSWER);
  g_assert_error (from_refused, PW_ERROR, PW_ERROR_REFUSED);
  g_assert_error (from_foreign, G_FILE_ERROR, G_FILE_ERROR_IO);
  g_assert_cmpstr (from_foreign->message, ==, "the disk");
  g_assert_false (pw_error_is_transient (foreign));
  g_assert_false (pw_error_is_authorisation (foreign));
  g_assert_false (pw_error_is_transient (NULL));
  g_assert_false (pw_error_is_authorisation (NULL));
}

static void
test_authorisation (void)
{
  const PwError yes[] = {
    PW_ERROR_CREDENTIALS_MISSING, PW_ERROR_CREDENTIALS_EXPIRED, PW_ERROR_CREDENTIALS_WRONG,
    PW_ERROR_ACCESS_DENIED, PW_ERROR_KEYRING_LOCKED, PW_ERROR_KEYRING_ABSENT,
    PW_ERROR_KEYRING_REFUSED,
  };
  guint n_yes = 0;

  for (guint i = 0; i <= PW_ERROR_LAST; i++) {
    g_autoptr (GError) error = g_error_new_literal (PW_ERROR, (int) i, "x");

    n_yes += pw_error_is_authorisation (error);
    g_assert_false (pw_error_is_authorisation (error) && pw_error_is_transient (error));
  }
  g_assert_cmpuint (n_yes, ==, G_N_ELEMENTS (yes));
  for (guint i = 0; i < G_N_ELEMENTS (yes); i++) {
    g_autoptr (GError) error = g_error_new_literal (PW_ERROR, (int) yes[i], "x");

    g_assert_true (pw_error_is_authorisation (error));
  }
}

static const struct {
  const char *text;
  const char *clean;
} cleanings[] = {
  { NULL, "" },
  { "", "" },
  { "  a\r\n\tb\x01 c ", "a b c" },
  { "bad \xff byte", "bad \xef\xbf\xbd byte" },
  { "see https://s3.example/b/k?uploadId=7&X-Amz-Signature=cafe now",
    "see https://s3.example/b/k now" },
  { "proxy http://anna:hunter2@proxy.example:3128 said no",
    "proxy http://proxy.example:3128 said no" },
  { "\"https://s3.example/?a=b\" and <i>", "\"https://s3.example/\" and <i>" },
  { "/b/k?X-Amz-Credential=AKIA/20261101&X-Amz-Signature=cafe",
    "/b/k?X-Amz-Credential=…&X-Amz-Signature=…" },
  { "AWS4-HMAC-SHA256 Credential=AKIA/1, SignedHeaders=host, Signature=cafe",
    "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=host, Signature=…" },
  { "X-Amz-Security-Token=abc%2F", "X-Amz-Security-Token=…" },
  { "x AWSAccessKeyId=AKIA", "x AWSAccessKeyId=…" },
  { "01234567890123456789012345678901234567890123456789012345678901234567890123456789",
    "012345678901234567890123456789012345678901234567890123456789012345678…" },
  { "Überlänge bleibt", "Überlänge bleibt" },
};

static void
test_cleaning (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cleanings); i++) {
    g_autofree char *clean = pw_error_dup_clean (cleanings[i].text, 70);

    g_assert_cmpstr (clean, ==, cleanings[i].clean);
  }
}

static void
test_no_secret (void)
{
  S3Failure failure = make_failure (403, "SignatureDoesNotMatch",
                                    "got https://b.example/k?X-Amz-Signature=cafe01", "");
  g_autoptr (GError) http = g_error_new (HTTP_ERROR, HTTP_ERROR_PROXY, "http://u:cafe02@proxy/ no");
  g_autoptr (GError) one = pw_error_from_failure (&failure);
  g_autoptr (GError) two = pw_error_from_http (http);

  g_assert_null (strstr (one->message, "cafe01"));
  g_assert_null (strstr (two->message, "cafe02"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-error/words", test_words);
  g_test_add_func ("/pw-error/failures", test_failures);
  g_test_add_func ("/pw-error/endpoint", test_endpoint);
  g_test_add_func ("/pw-error/message", test_message);
  g_test_add_func ("/pw-error/http", test_http);
  g_test_add_func ("/pw-error/other-domains", test_other_domains);
  g_test_add_func ("/pw-error/authorisation", test_authorisation);
  g_test_add_func ("/pw-error/cleaning", test_cleaning);
  g_test_add_func ("/pw-error/no-secret", test_no_secret);
  return g_test_run ();
}
