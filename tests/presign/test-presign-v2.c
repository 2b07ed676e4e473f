/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign-fixture.h"

#include "tests/engine/store-fixture.h"

#include "s3/s3-address.h"

#include <string.h>

#define SUM "1f4tPzBfFhk="      /* a CRC64NVME, of whatever */

static const struct {
  const char *method;
  const char *url;
  const char *body;
  guint status;
  const char *holds;
} cases[] = {
  { "GET", "/v2/nowhere", NULL, 404, "{\"code\":\"NotFound\",\"message\":\"Not Found\","
    "\"retryable\":false,\"requestId\":\"r1\"}" },
  { "DELETE", "/v2/uploads", NULL, 405, "\"code\":\"MethodNotAllowed\"" },
  { "GET", "/v2/capabilities", NULL, 200, "{\"version\":2,\"minPartSize\":5242880,"
    "\"maxPartSize\":5368709120,\"maxParts\":10000,\"maxObjectSize\":53687091200000,"
    "\"checksums\":[\"CRC64NVME\",\"CRC32C\",\"SHA256\",\"MD5\"],\"list\":true,\"abort\":true,"
    "\"putObject\":true,\"batch\":1000,\"conditional\":true,\"expires\":900,"
    "\"clientToken\":false}" },
  { "POST", "/v2/uploads/sign", "{\"uploadId\":\"u\",\"key\":\"a\",\"parts\":[{\"n\":3,\"size\":5,"
    "\"checksum\":\"" SUM "\"},{\"n\":4}]}", 200,
    "X-Amz-SignedHeaders=host%3Bx-amz-checksum-crc64nvme&" },
  { "POST", "/v2/uploads/sign", "{\"uploadId\":\"u\",\"key\":\"a\",\"parts\":[{\"n\":3,"
    "\"checksum\":\"" SUM "\"}]}", 200,
    "\"headers\":{\"x-amz-checksum-crc64nvme\":\"" SUM "\"},"
    "\"expiresAt\":\"2023-11-14T22:28:20Z\"}]}" },
  { "POST", "/v2/uploads/sign", "{\"uploadId\":\"u\",\"key\":\"a\",\"checksumAlgorithm\":\"MD5\","
    "\"parts\":[{\"n\":3,\"checksum\":\"XUFAKrxLKna5cZ2REBfFkg==\"}]}", 200,
    "\"headers\":{\"Content-MD5\":\"XUFAKrxLKna5cZ2REBfFkg==\"}" },
  { "POST", "/v2/uploads/sign", "{\"uploadId\":\"u\",\"key\":\"a\",\"parts\":[{\"n\":3,"
    "\"checksum\":\"x\"}]}", 400, "this is no checksum" },
  { "POST", "/v2/uploads/sign", "{\"uploadId\":\"u\",\"key\":\"a\",\"parts\":[{\"n\":10001}]}",
    400, "\"code\":\"InvalidRequest\"" },
  { "POST", "/v2/uploads/sign", "{\"uploadId\":\"u\",\"key\":\"a\",\"parts\":[{\"n\":1,"
    "\"size\":5368709121}]}", 413, "\"code\":\"EntityTooLarge\"" },
  { "POST", "/v2/uploads/sign", "{\"uploadId\":\"u\",\"key\":\"../a\",\"parts\":[]}", 403,
    "\"code\":\"AccessDenied\"" },
  { "POST", "/v2/uploads", "{\"fileName\":\"a\",\"size\":53687091200001}", 413, "EntityTooLarge" },
  { "POST", "/v2/uploads", "{\"fileName\":\"a\",\"size\":100000000,\"partSize\":5}", 400,
    "InvalidRequest" },
  { "POST", "/v2/uploads", "{\"fileName\":\"a\",\"checksumAlgorithm\":\"X\"}", 400,
    "no checksum has this name" },
  { "POST", "/v2/uploads", "{\"fileName\":\"a\",\"contentType\":\"a\\u000ab\"}", 400,
    "cannot be a header" },
  { "POST", "/v2/objects/sign", "{\"fileName\":\"a\",\"size\":5,\"contentType\":\"a/b\","
    "\"metadata\":{\"k\":\"v\"},\"ifNoneMatch\":true,\"checksumAlgorithm\":\"CRC64NVME\","
    "\"checksum\":\"" SUM "\"}", 200,
    "\"key\":\"a\",\"bucket\":\"films\",\"headers\":{\"Content-Type\":\"a/b\","
    "\"x-amz-meta-k\":\"v\",\"x-amz-checksum-crc64nvme\":\"" SUM "\",\"If-None-Match\":\"*\"}" },
  { "GET", "/v2/object", NULL, 400, "InvalidRequest" },
  { "GET", "/v2/uploads/parts?key=a", NULL, 400, "InvalidRequest" },
  { "GET", "/v2/uploads?marker=!", NULL, 400, "InvalidRequest" },
};

static void
test_answers (void)
{
  g_autoptr (PresignFixture) fixture = presign_fixture_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (presign_fixture_ask (fixture, cases[i].method, cases[i].url, cases[i].body,
                                           NULL), ==, cases[i].status);
    g_assert_nonnull (strstr (fixture->text, cases[i].holds));
  }
}

static char *
begin (PresignFixture *fixture,
       const char     *name)
{
  g_autofree char *body = g_strdup_printf ("{\"fileName\":\"%s\",\"size\":5,\"partSize\":8388608,"
                                           "\"clientToken\":\"t\",\"later\":[{}]}", name);

  g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads", body), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "\"bucket\":\"bucket\",\"partSize\":8388608,"));
  return presign_fixture_dup (fixture, "uploadId");
}

static void
test_upload (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, NULL);
  g_autofree char *id = begin (fixture, "d/a");
  g_autofree char *sign = g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"d/a\",\"parts\":[{"
                                           "\"n\":1,\"size\":5}]}", id);
  g_autofree char *encoded = s3_uri_encode (id, FALSE);
  g_autofree char *list = g_strdup_printf ("/v2/uploads/parts?uploadId=%s&key=d%%2Fa&marker=0",
                                           encoded);
  g_autofree char *etag = NULL;
  g_autofree char *complete = NULL;
  g_autofree char *url = NULL;
  const char *at;

  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/v2/uploads?prefix=d", NULL, NULL), ==,
                    200);
  g_assert_nonnull (strstr (fixture->text, "{\"uploads\":[{\"key\":\"d/a\",\"uploadId\":\""));
  g_assert_nonnull (strstr (fixture->text, "\"truncated\":false}"));
  g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads/sign", sign), ==, 200);
  at = strstr (fixture->text, "http://");
  url = g_strndup (at, strcspn (at, "\""));
  etag = presign_fixture_put (fixture, url, "hello");
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", list, NULL, NULL), ==, 200);
  g_assert_true (g_str_has_prefix (fixture->text, "{\"parts\":[{\"n\":1,\"size\":5,\"etag\":\""));

  complete = g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"d/a\",\"size\":5,\"parts\":[{\"n\":1,"
                              "\"etag\":\"%s\"}]}", id, etag);
  g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads/complete", complete), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "/bucket/d/a\",\"key\":\"d/a\"}"));
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/v2/object?key=d%2Fa", NULL, NULL), ==,
                    200);
  g_assert_true (g_str_has_prefix (fixture->text, "{\"exists\":true,\"size\":5,\"etag\":\""));
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/v2/object?key=d%2Fb", NULL, NULL), ==,
                    200);
  g_assert_cmpstr (fixture->text, ==, "{\"exists\":false}");
  g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads/complete", complete), ==, 404);
  g_assert_nonnull (strstr (fixture->text, "{\"code\":\"NoSuchUpload\",\"message\":\""));
  g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads", "{\"fileName\":\"d/a\","
                                          "\"ifNoneMatch\":true}"), ==, 412);
}

/* To abort what is gone is no error. */
static void
test_abort (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, NULL);
  g_autofree char *id = begin (fixture, "a");
  g_autofree char *body = g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"a\"}", id);

  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads/abort", body), ==, 200);
    g_assert_cmpstr (fixture->text, ==, "{}");
  }
  g_assert_cmpuint (store_fixture_get_stat (store, "uploads"), ==, 0);
}

/* A store in trouble is asked again, a few times, and then it is told. */
static void
test_trouble (void)
{
  g_autoptr (StoreFixture) store =
    store_fixture_new (NULL, "head times 2: status 503 SlowDown\n"
                       "list-uploads: status 503 SlowDown retry-after 7\n");
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, NULL);

  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/v2/object?key=a", NULL, NULL), ==, 200);
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/v2/uploads", NULL, NULL), ==, 503);
  g_assert_nonnull (strstr (fixture->text, "{\"code\":\"SlowDown\""));
  g_assert_nonnull (strstr (fixture->text, "\"retryable\":true,\"requestId\":\"r1\","
                            "\"retryAfter\":7}"));
  g_assert_cmpstr (http_response_get_header (fixture->response, "Retry-After"), ==, "7");
}

int
main (int   argc,
      char *argv[])
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/v2/answers", test_answers);
  g_test_add_func ("/presign/v2/upload", test_upload);
  g_test_add_func ("/presign/v2/abort", test_abort);
  g_test_add_func ("/presign/v2/trouble", test_trouble);
  return g_test_run ();
}
