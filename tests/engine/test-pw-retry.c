/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-retry.h"

#include "http/http-client.h"

#define PART PW_CALL_UPLOAD
#define COMPLETE (PW_CALL_UPLOAD | PW_CALL_COMPLETE)
#define HEAD PW_CALL_PLAIN

/* @n_times: how often in a row the verdict is given before it turns to STOP; 0 = for ever. */
static const struct {
  guint status;
  const char *code;
  const char *message;
  const char *region;
  gint64 date;
  int call;
  PwVerdict verdict;
  guint n_times;
} failures[] = {
  { 500, "InternalError", "", "", 0, PART, PW_VERDICT_RETRY, 10 },
  { 503, "ServiceUnavailable", "", "", 0, PART, PW_VERDICT_RETRY, 10 },
  { 200, "InternalError", "", "", 0, HEAD, PW_VERDICT_RETRY, 10 },
  { 502, "", "", "", 0, COMPLETE, PW_VERDICT_RETRY, 10 },
  { 504, "", "", "", 0, PART, PW_VERDICT_RETRY, 10 },
  { 400, "RequestTimeout", "", "", 0, PART, PW_VERDICT_RETRY, 10 },
  { 302, "", "", "", 0, PART, PW_VERDICT_RETRY, 10 },
  { 503, "SlowDown", "", "", 0, PART, PW_VERDICT_SLOW_DOWN, 20 },
  { 429, "", "", "", 0, PART, PW_VERDICT_SLOW_DOWN, 20 },
  { 400, "Throttling", "", "", 0, PART, PW_VERDICT_SLOW_DOWN, 20 },
  { 403, "RequestTimeTooSkewed", "", "", 1793600000, PART, PW_VERDICT_FIX_CLOCK, 2 },
  { 403, "RequestTimeTooSkewed", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 400, "ExpiredToken", "", "", 0, PART, PW_VERDICT_FIX_CREDENTIALS, 2 },
  { 403, "AccessDenied", "Request has expired", "", 0, PART, PW_VERDICT_FIX_CREDENTIALS, 2 },
  { 403, "AccessDenied", "", "", 0, PART | PW_CALL_PRESIGNED, PW_VERDICT_FIX_CREDENTIALS, 2 },
  { 403, "AccessDenied", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 403, "", "", "", 0, HEAD, PW_VERDICT_STOP, 0 },
  { 403, "", "", "", 1793600000, HEAD, PW_VERDICT_FIX_CLOCK, 2 },
  { 403, "", "", "", 1793600000, PW_CALL_PRESIGNED, PW_VERDICT_STOP, 0 },
  { 403, "", "", "", 0, PW_CALL_PRESIGNED, PW_VERDICT_STOP, 0 },
  { 301, "PermanentRedirect", "", "eu-west-1", 0, HEAD, PW_VERDICT_FIX_REGION, 2 },
  { 400, "AuthorizationHeaderMalformed", "", "eu-west-1", 0, HEAD, PW_VERDICT_FIX_REGION, 2 },
  { 400, "", "", "eu-west-1", 0, HEAD, PW_VERDICT_FIX_REGION, 2 },
  { 301, "PermanentRedirect", "", "", 0, HEAD, PW_VERDICT_STOP, 0 },
  { 400, "BadDigest", "", "", 0, PART, PW_VERDICT_READ_AGAIN, 2 },
  { 400, "XAmzContentSHA256Mismatch", "", "", 0, PART, PW_VERDICT_READ_AGAIN, 2 },
  { 404, "NoSuchUpload", "", "", 0, PART, PW_VERDICT_UPLOAD_GONE, 0 },
  { 404, "NoSuchUpload", "", "", 0, COMPLETE, PW_VERDICT_UPLOAD_GONE, 0 },
  { 404, "NoSuchKey", "", "", 0, PART, PW_VERDICT_UPLOAD_GONE, 0 },
  { 404, "NoSuchKey", "", "", 0, HEAD, PW_VERDICT_STOP, 0 },
  { 404, "", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 404, "", "", "", 0, HEAD, PW_VERDICT_STOP, 0 },
  { 409, "ConditionalRequestConflict", "", "", 0, COMPLETE, PW_VERDICT_RESTART, 0 },
  { 409, "ConditionalRequestConflict", "", "", 0, HEAD, PW_VERDICT_RETRY, 10 },
  { 409, "OperationAborted", "", "", 0, COMPLETE, PW_VERDICT_RETRY, 10 },
  { 404, "NoSuchBucket", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 403, "InvalidAccessKeyId", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 403, "SignatureDoesNotMatch", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 400, "EntityTooLarge", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 403, "QuotaExceeded", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 507, "", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 400, "InvalidStorageClass", "", "", 0, HEAD, PW_VERDICT_STOP, 0 },
  { 400, "KMS.NotFoundException", "", "", 0, HEAD, PW_VERDICT_STOP, 0 },
  { 412, "PreconditionFailed", "", "", 0, COMPLETE, PW_VERDICT_STOP, 0 },
  { 501, "NotImplemented", "", "", 0, PART, PW_VERDICT_STOP, 0 },
  { 400, "InvalidPart", "", "", 0, COMPLETE, PW_VERDICT_STOP, 0 },
  { 418, "", "", "", 0, PART, PW_VERDICT_STOP, 0 },
};

static S3Failure
make_failure (guint status, const char *code, const char *message, const char *region, gint64 date)
{
  return (S3Failure) {
    .status = status,
    .code = (char *) code,
    .message = (char *) message,
    .region = (char *) region,
    .endpoint = (char *) "",
    .request_id = (char *) "",
    .date = date,
  };
}

static void
test_failures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    S3Failure failure = make_failure (failures[i].status, failures[i].code, failures[i].message,
                                      failures[i].region, failures[i].date);
    guint n_times = failures[i].n_times;
    PwAttempts attempts = { 0 };

    g_test_message ("%u %s", failures[i].status, failures[i].code);
    for (guint n = 0; n < MAX (n_times, 30); n++) {
      PwVerdict verdict = pw_retry_judge_failure (&attempts, failures[i].call, &failure);

      g_assert_cmpint (verdict, ==,
                       n_times == 0 || n < n_times ? failures[i].verdict : PW_VERDICT_STOP);
    }
  }
}

/* Ceph RGW answers a Complete of an unknown upload with 500 InternalError. */
static void
test_suspicion (void)
{
  S3Failure failure = make_failure (500, "InternalError", "", "", 0);
  PwAttempts attempts = { 0 };

  for (guint n = 1; n <= 12; n++) {
    PwVerdict verdict = pw_retry_judge_failure (&attempts, COMPLETE, &failure);

    if (n == 3)
      g_assert_cmpint (verdict, ==, PW_VERDICT_UPLOAD_GONE);
    else
      g_assert_cmpint (verdict, ==, n <= 10 ? PW_VERDICT_RETRY : PW_VERDICT_STOP);
  }
}

static void
test_limits_are_separate (void)
{
  S3Failure busy = make_failure (500, "InternalError", "", "", 0);
  S3Failure region = make_failure (301, "", "", "eu-west-1", 0);
  S3Failure damaged = make_failure (400, "BadDigest", "", "", 0);
  PwAttempts attempts = { 0 };

  for (guint n = 0; n < 10; n++)
    g_assert_cmpint (pw_retry_judge_failure (&attempts, PART, &busy), ==, PW_VERDICT_RETRY);
  g_assert_cmpint (pw_retry_judge_failure (&attempts, PART, &region), ==, PW_VERDICT_FIX_REGION);
  g_assert_cmpint (pw_retry_judge_failure (&attempts, PART, &damaged), ==, PW_VERDICT_READ_AGAIN);
  g_assert_cmpint (pw_retry_judge_failure (&attempts, PART, &busy), ==, PW_VERDICT_STOP);
}

static const struct {
  int code;
  PwVerdict first;
  PwVerdict later;
} https[] = {
  { HTTP_ERROR_STOPPED, PW_VERDICT_STOP, PW_VERDICT_STOP },
  { HTTP_ERROR_URL, PW_VERDICT_STOP, PW_VERDICT_STOP },
  { HTTP_ERROR_RESOLVE, PW_VERDICT_RETRY, PW_VERDICT_RETRY },
  { HTTP_ERROR_CONNECT, PW_VERDICT_RETRY, PW_VERDICT_RETRY },
  { HTTP_ERROR_TLS, PW_VERDICT_RETRY, PW_VERDICT_RETRY },
  { HTTP_ERROR_CERTIFICATE, PW_VERDICT_STOP, PW_VERDICT_STOP },
  { HTTP_ERROR_CA_FILE, PW_VERDICT_STOP, PW_VERDICT_STOP },
  { HTTP_ERROR_PROXY, PW_VERDICT_STOP, PW_VERDICT_STOP },
  { HTTP_ERROR_RESET, PW_VERDICT_FREE_RETRY, PW_VERDICT_RETRY },
  { HTTP_ERROR_STALLED, PW_VERDICT_RETRY, PW_VERDICT_RETRY },
  { HTTP_ERROR_NO_ANSWER, PW_VERDICT_RETRY, PW_VERDICT_RETRY },
  { HTTP_ERROR_TOO_LARGE, PW_VERDICT_STOP, PW_VERDICT_STOP },
  { HTTP_ERROR_PROTOCOL, PW_VERDICT_RETRY, PW_VERDICT_RETRY },
};

static void
test_http (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (https); i++) {
    g_autoptr (GError) error = g_error_new (HTTP_ERROR, https[i].code, "x");
    guint n_free = https[i].first == PW_VERDICT_FREE_RETRY;
    PwAttempts attempts = { 0 };

    g_test_message ("HTTP_ERROR %d", https[i].code);
    g_assert_cmpint (pw_retry_judge_http (&attempts, error), ==, https[i].first);
    for (guint n = 1; n < 10 + n_free; n++)
      g_assert_cmpint (pw_retry_judge_http (&attempts, error), ==, https[i].later);
    g_assert_cmpint (pw_retry_judge_http (&attempts, error), ==, PW_VERDICT_STOP);
  }
}

static void
test_other_domains (void)
{
  g_autoptr (GError) broken = g_error_new (S3_REPLY_ERROR, S3_REPLY_ERROR_BROKEN, "x");
  g_autoptr (GError) refused = g_error_new (S3_REPLY_ERROR, S3_REPLY_ERROR_REFUSED, "x");
  g_autoptr (GError) source = g_error_new (PW_ERROR, PW_ERROR_SOURCE_CHANGED, "x");
  g_autoptr (GError) network = g_error_new (PW_ERROR, PW_ERROR_NETWORK, "x");
  PwAttempts attempts = { 0 };

  g_assert_cmpint (pw_retry_judge_http (&attempts, broken), ==, PW_VERDICT_RETRY);
  g_assert_cmpint (pw_retry_judge_http (&attempts, refused), ==, PW_VERDICT_STOP);
  g_assert_cmpint (pw_retry_judge_http (&attempts, source), ==, PW_VERDICT_STOP);
  g_assert_cmpint (pw_retry_judge_http (&attempts, network), ==, PW_VERDICT_STOP);
}

static const struct {
  PwVerdict verdict;
  guint n;
  guint retry_after_s;
  double dice;
  guint wait_ms;
} waits[] = {
  { PW_VERDICT_RETRY, 1, 0, 0.0, 0 },
  { PW_VERDICT_RETRY, 1, 0, 0.5, 50 },
  { PW_VERDICT_RETRY, 2, 0, 0.5, 100 },
  { PW_VERDICT_RETRY, 8, 0, 0.5, 6400 },
  { PW_VERDICT_RETRY, 9, 0, 0.5, 10000 },
  { PW_VERDICT_RETRY, 10, 0, 0.5, 10000 },
  { PW_VERDICT_RETRY, 4000000000u, 0, 0.5, 10000 },
  { PW_VERDICT_RETRY, 1, 3, 0.5, 3050 },
  { PW_VERDICT_SLOW_DOWN, 1, 0, 0.5, 500 },
  { PW_VERDICT_SLOW_DOWN, 2, 0, 0.5, 1000 },
  { PW_VERDICT_SLOW_DOWN, 5, 0, 0.5, 8000 },
  { PW_VERDICT_SLOW_DOWN, 6, 0, 0.5, 15000 },
  { PW_VERDICT_SLOW_DOWN, 20, 0, 0.5, 15000 },
  { PW_VERDICT_SLOW_DOWN, 1, 7, 0.0, 7000 },
  { PW_VERDICT_SLOW_DOWN, 1, G_MAXUINT, 0.0, 300000 },
  { PW_VERDICT_FREE_RETRY, 5, 9, 0.9, 0 },
  { PW_VERDICT_FIX_CLOCK, 5, 9, 0.9, 0 },
  { PW_VERDICT_FIX_REGION, 5, 9, 0.9, 0 },
  { PW_VERDICT_READ_AGAIN, 5, 9, 0.9, 0 },
};

static void
test_waits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++) {
    PwAttempts attempts = { .n_transient = waits[i].n, .n_throttled = waits[i].n };

    g_assert_cmpuint (pw_retry_get_wait_ms (&attempts, waits[i].verdict, waits[i].retry_after_s,
                                            waits[i].dice), ==, waits[i].wait_ms);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-retry/failures", test_failures);
  g_test_add_func ("/pw-retry/suspicion", test_suspicion);
  g_test_add_func ("/pw-retry/limits-are-separate", test_limits_are_separate);
  g_test_add_func ("/pw-retry/http", test_http);
  g_test_add_func ("/pw-retry/other-domains", test_other_domains);
  g_test_add_func ("/pw-retry/waits", test_waits);
  return g_test_run ();
}
