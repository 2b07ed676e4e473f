/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect-find.h"

#include <string.h>

#include "engine/pw-error.h"

/* Messages and answers of each dialect, without a network. */

static const PwDialect *const dialects[] = {
  &pw_dialect_fastapi, &pw_dialect_companion, &pw_dialect_sign, &pw_dialect_partway,
};

static HttpResponse *
answer_new (guint       status,
            const char *text)
{
  HttpResponse *response = http_response_new (status);

  g_bytes_unref (response->body);
  response->body = g_bytes_new (text, strlen (text));
  return response;
}

static const S3CompletedPart parts[] = {
  { .part_number = 1, .etag = "e1" }, { .part_number = 2, .etag = "e2" },
};
static const PwWantedPart wanted[] = {
  { .part_number = 7, .size = 10 }, { .part_number = 8, .size = 5 },
};
static const PwAsk part_ask = { .op = PW_OP_PART, .key = "a b/ü", .upload_id = "i/d+=" };

typedef struct {
  const PwDialect *dialect;
  PwAsk ask;
  const char *method;
  const char *url;
  const char *body;
} Case;

static const Case cases[] = {
  { &pw_dialect_fastapi, { .op = PW_OP_CREATE, .key = "k" }, "POST",
    "https://b/start-multipart-upload", "{\"fileName\":\"k\"}" },
  { &pw_dialect_fastapi, { .op = PW_OP_SIGN, .subject = &part_ask, .wanted = wanted,
                           .n_wanted = 1 }, "POST", "https://b/get-presigned-url",
    "{\"uploadId\":\"i/d+=\",\"key\":\"a b/ü\",\"partNumber\":7}" },
  { &pw_dialect_fastapi, { .op = PW_OP_LIST_PARTS, .key = "k", .upload_id = "i" }, "POST",
    "https://b/list-parts", "{\"uploadId\":\"i\",\"key\":\"k\",\"partNumber\":1}" },
  { &pw_dialect_fastapi, { .op = PW_OP_COMPLETE, .key = "k", .upload_id = "i", .parts = parts,
                           .n_parts = 2 }, "POST", "https://b/complete-multipart-upload",
    "{\"uploadId\":\"i\",\"key\":\"k\",\"parts\":[{\"PartNumber\":1,\"ETag\":\"e1\"},"
    "{\"PartNumber\":2,\"ETag\":\"e2\"}]}" },
  { &pw_dialect_companion, { .op = PW_OP_CREATE, .key = "k" }, "POST", "https://b/s3/multipart",
    "{\"filename\":\"k\",\"type\":\"application/octet-stream\",\"metadata\":{}}" },
  { &pw_dialect_companion, { .op = PW_OP_SIGN, .subject = &part_ask, .wanted = wanted,
                             .n_wanted = 2 }, "GET",
    "https://b/s3/multipart/i%2Fd%2B%3D/batch?key=a%20b%2F%C3%BC&partNumbers=7,8", NULL },
  { &pw_dialect_companion, { .op = PW_OP_ABORT, .key = "k", .upload_id = "i" }, "DELETE",
    "https://b/s3/multipart/i?key=k", NULL },
  { &pw_dialect_companion, { .op = PW_OP_COMPLETE, .key = "k", .upload_id = "i", .parts = parts,
                             .n_parts = 1 }, "POST", "https://b/s3/multipart/i/complete?key=k",
    "{\"parts\":[{\"PartNumber\":1,\"ETag\":\"e1\"}]}" },
  { &pw_dialect_sign, { .op = PW_OP_SIGN, .subject = &part_ask, .wanted = wanted, .n_wanted = 1 },
    "POST", "https://b", "{\"method\":\"PUT\",\"key\":\"a b/ü\",\"uploadId\":\"i/d+=\","
    "\"partNumber\":7}" },
  { &pw_dialect_partway, { .op = PW_OP_SIGN, .subject = &part_ask, .wanted = wanted,
                           .n_wanted = 2 }, "POST", "https://b/v2/uploads/sign",
    "{\"uploadId\":\"i/d+=\",\"key\":\"a b/ü\",\"parts\":[{\"n\":7,\"size\":10},"
    "{\"n\":8,\"size\":5}]}" },
  { &pw_dialect_partway, { .op = PW_OP_LIST_PARTS, .key = "k", .upload_id = "i", .marker = 5 },
    "GET", "https://b/v2/uploads/parts?uploadId=i&key=k&marker=5", NULL },
  { &pw_dialect_partway, { .op = PW_OP_HEAD, .key = "k&" }, "GET", "https://b/v2/object?key=k%26",
    NULL },
  { &pw_dialect_partway, { .op = PW_OP_ABORT, .key = "k", .upload_id = "i" }, "POST",
    "https://b/v2/uploads/abort", "{\"uploadId\":\"i\",\"key\":\"k\"}" },
};

static void
test_requests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autoptr (HttpRequest) request = c->dialect->request ("https://b", &c->ask);
    gsize size = 0;
    const char *data = request->bytes ? g_bytes_get_data (request->bytes, &size) : "";
    g_autofree char *body = g_strndup (data, size);

    g_assert_cmpstr (request->method, ==, c->method);
    g_assert_cmpstr (request->url, ==, c->url);
    g_assert_cmpstr (body, ==, c->body ? c->body : "");
  }
  g_assert_null (pw_dialect_fastapi.request ("https://b", &(PwAsk) { .op = PW_OP_ABORT }));
  {
    g_autoptr (HttpRequest) request =
      pw_dialect_companion.request ("https://b/s3", &(PwAsk) { .op = PW_OP_CREATE, .key = "k" });

    g_assert_cmpstr (request->url, ==, "https://b/s3/multipart");
  }
}

/* Whatever comes, nothing breaks; and only what is whole is taken. */
static void
test_hostile (void)
{
  static const char *const answers[] = {
    "", "x", "{", "[]", "{}", "null", "1", "\"x\"", "{\"uploadId\":1}", "{\"uploadId\":\"\"}",
    "{\"presignedUrl\":\"ftp://x/\"}", "{\"presignedUrl\":[]}", "{\"url\":\"javascript:1\"}",
    "{\"presignedUrls\":{\"7\":5}}", "{\"presignedUrls\":[]}", "{\"urls\":[1]}",
    "{\"urls\":[{\"n\":7,\"url\":\"https://u:p@x/\"}]}",
    "{\"url\":\"https://x/\",\"headers\":{\"a b\":\"c\"}}",
    "{\"url\":\"https://x/\",\"headers\":{\"a\":\"c\\r\\nd: e\"}}",
    "{\"parts\":[{}]}", "{\"parts\":[{\"PartNumber\":0,\"ETag\":\"x\"}]}",
    "{\"parts\":[{\"PartNumber\":10001,\"ETag\":\"x\"}]}", "{\"parts\":[{\"n\":1}]}",
    "[{\"PartNumber\":1}]", "[[]]", "\xff\xfe",
  };
  g_autoptr (GString) deep = g_string_new (NULL);
  PwAsk create = { .op = PW_OP_CREATE, .key = "k" };
  PwAsk sign = { .op = PW_OP_SIGN, .subject = &part_ask, .wanted = wanted, .n_wanted = 1 };

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i <= G_N_ELEMENTS (answers); i++) {
    g_autoptr (HttpResponse) response =
      answer_new (200, i < G_N_ELEMENTS (answers) ? answers[i] : deep->str);

    for (guint d = 0; d < G_N_ELEMENTS (dialects); d++) {
      g_autoptr (GError) error = NULL;
      GPtrArray *urls = dialects[d]->read_signed (&sign, response, &error);
      S3PartsPage *page = dialects[d]->read_parts ? dialects[d]->read_parts (response, NULL) : NULL;
      PwDialectFacts facts;

      g_assert_true (urls ? urls->len == 0 : error != NULL);
      g_clear_pointer (&urls, g_ptr_array_unref);
      if (page)
        g_assert_cmpuint (page->parts->len, ==, 0);
      s3_parts_page_free (page);
      if (dialects[d]->read_begun)
        g_assert_null (dialects[d]->read_begun (&create, response, NULL));
      g_assert_false (pw_dialect_read_capabilities (response, &facts));
      s3_failure_free (pw_dialect_read_failure (response));
    }
  }
}

static const struct {
  guint status;
  const char *text;
  PwError error;
} failures[] = {
  { 500, "{\"detail\":\"An error occurred (NoSuchUpload) when calling the operation: x\"}",
    PW_ERROR_UPLOAD_GONE },
  { 500, "{\"detail\":\"An error occurred (InvalidPart) when calling …\"}", PW_ERROR_PARTS },
  { 500, "{\"detail\":\"botocore: SlowDown\"}", PW_ERROR_THROTTLED },
  { 404, "{\"error\":\"The specified multipart upload does not exist. The upload ID may be …\"}",
    PW_ERROR_UPLOAD_GONE },
  { 403, "{\"error\":\"Access Denied\"}", PW_ERROR_ACCESS_DENIED },
  { 422, "{\"detail\":[{\"loc\":[\"body\",\"partNumber\"],\"msg\":\"field required\"}]}",
    PW_ERROR_REFUSED },
  { 409, "{\"code\":\"PreconditionFailed\",\"message\":\"x\",\"retryable\":false}",
    PW_ERROR_EXISTS },
  { 400, "{\"code\":\"Busy\",\"message\":\"x\",\"retryable\":true,\"retryAfter\":3}",
    PW_ERROR_SERVER },
  { 502, "<html>Bad Gateway</html>", PW_ERROR_SERVER },
  { 429, "", PW_ERROR_THROTTLED },
};

static void
test_failures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autoptr (HttpResponse) response = answer_new (failures[i].status, failures[i].text);
    g_autoptr (S3Failure) failure = pw_dialect_read_failure (response);

    g_test_message ("%s", failures[i].text);
    g_assert_cmpint (pw_error_classify_failure (failure), ==, failures[i].error);
  }
}

/* By the backend's clock, not by ours; a margin is kept. */
static void
test_expiry (void)
{
  static const struct {
    const char *url;
    gint64 told_s;
    gint64 usable_s;
  } urls[] = {
    { "https://x/k?X-Amz-Date=20200101T000000Z&X-Amz-Expires=3600", -1, 3540 - 100 },
    { "https://x/k?x-amz-expires=100&X-Amz-Date=20200101T000000Z", -1, 0 },
    { "https://x/k?X-Amz-Date=20200101T000100Z&X-Amz-Expires=80", -1, 30 },
    { "https://x/k?Expires=1577837700&Signature=x", -1, 740 }, { "https://x/k", 80, 60 },
    { "https://x/k?a=X-Amz-Expires=1", -1, 540 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (HttpResponse) response = answer_new (200, "");
    g_autoptr (PwSigned) found = NULL;
    gint64 left_us;

    /* 2020-01-01 00:01:40, a hundred seconds later than some of the URLs. */
    response->date = 1577836900;
    found = pw_signed_new (urls[i].url, urls[i].told_s, response, NULL);
    left_us = found->expires_us - g_get_monotonic_time ();
    g_test_message ("%s: %" G_GINT64_FORMAT, urls[i].url, left_us);
    g_assert_cmpint ((left_us + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC, ==, urls[i].usable_s);
  }
}

/* What the connection or a secret is made of is not for a backend to set. */
static void
test_headers (void)
{
  g_autoptr (HttpResponse) response =
    answer_new (200, "{\"url\":\"https://x/\",\"headers\":{\"Host\":\"evil\","
                "\"authorization\":\"x\",\"x-amz-meta-a\":\"b\"}}");
  PwAsk sign = { .op = PW_OP_SIGN, .subject = &part_ask, .wanted = wanted, .n_wanted = 1 };
  g_autoptr (GPtrArray) urls = pw_dialect_sign.read_signed (&sign, response, NULL);
  PwSigned *found = g_ptr_array_index (urls, 0);

  g_assert_cmpuint (found->headers->len, ==, 1);
  g_assert_cmpstr (g_array_index (found->headers, HttpHeader, 0).name, ==, "x-amz-meta-a");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dialect/requests", test_requests);
  g_test_add_func ("/dialect/hostile", test_hostile);
  g_test_add_func ("/dialect/failures", test_failures);
  g_test_add_func ("/dialect/expiry", test_expiry);
  g_test_add_func ("/dialect/headers", test_headers);
  return g_test_run ();
}
