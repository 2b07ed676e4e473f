/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign-fixture.h"

#include "tests/engine/store-fixture.h"

#include <string.h>

/* What FastAPI 0.92 says, byte for byte; what begins a text where "…" ends it. */
static const struct {
  const char *method;
  const char *url;
  const char *body;
  guint status;
  const char *answer;
} cases[] = {
  { "GET", "/", NULL, 200, "{\"message\":\"…" },
  { "GET", "/nowhere", NULL, 404, "{\"detail\":\"Not Found\"}" },
  { "GET", "/get-presigned-url", NULL, 405, "{\"detail\":\"Method Not Allowed\"}" },
  { "POST", "/", NULL, 405, "{\"detail\":\"Method Not Allowed\"}" },
  { "POST", "/get-presigned-url", "{\"key\":\"a/b c\",\"uploadId\":\"u+/=\",\"partNumber\":7}", 200,
    "{\"presignedUrl\":\"https://films.s3.eu-central-1.amazonaws.com/a/b%20c?uploadId=u%2B%2F%3D&"
    "partNumber=7&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
    "20231114%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20231114T221320Z&X-Amz-Expires=900&"
    "X-Amz-SignedHeaders=host&X-Amz-Signature=…" },
  { "POST", "/get-presigned-url", "{\"key\":\"a\",\"uploadId\":\"u\",\"partNumber\":\"7\"}", 200,
    "{\"presignedUrl\":\"…" },
  { "POST", "/get-presigned-url", "{\"key\":\"a\",\"partNumber\":7}", 422,
    "{\"detail\":[{\"loc\":[\"body\",\"uploadId\"],\"msg\":\"field required\","
    "\"type\":\"value_error.missing\"}]}" },
  { "POST", "/get-presigned-url", NULL, 422,
    "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\","
    "\"type\":\"value_error.missing\"}]}" },
  { "POST", "/get-presigned-url", "\"x\"", 422,
    "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"value is not a valid dict\","
    "\"type\":\"type_error.dict\"}]}" },
  { "POST", "/get-presigned-url", "{", 422,
    "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"…" },
  { "POST", "/get-presigned-url", "{\"uploadId\":null,\"key\":[],\"partNumber\":\"x\"}", 422,
    "{\"detail\":[{\"loc\":[\"body\",\"uploadId\"],\"msg\":\"none is not an allowed value\","
    "\"type\":\"type_error.none.not_allowed\"},{\"loc\":[\"body\",\"key\"],\"msg\":"
    "\"str type expected\",\"type\":\"type_error.str\"},{\"loc\":[\"body\",\"partNumber\"],\"msg\":"
    "\"value is not a valid integer\",\"type\":\"type_error.integer\"}]}" },
  { "POST", "/complete-multipart-upload",
    "{\"uploadId\":[],\"key\":\"k\",\"parts\":[{\"PartNumber\":\"x\"}]}", 422,
    "{\"detail\":[{\"loc\":[\"body\",\"uploadId\"],\"msg\":\"str type expected\",\"type\":"
    "\"type_error.str\"},{\"loc\":[\"body\",\"parts\",0,\"PartNumber\"],\"msg\":\"value is not a "
    "valid integer\",\"type\":\"type_error.integer\"},{\"loc\":[\"body\",\"parts\",0,\"ETag\"],"
    "\"msg\":\"field required\",\"type\":\"value_error.missing\"}]}" },
  { "POST", "/complete-multipart-upload", "{\"uploadId\":\"u\",\"key\":\"k\",\"parts\":[1]}", 422,
    "{\"detail\":[{\"loc\":[\"body\",\"parts\",0],\"msg\":\"value is not a valid dict\",\"type\":"
    "\"type_error.dict\"}]}" },
  { "POST", "/complete-multipart-upload", "{\"uploadId\":\"u\",\"key\":\"k\",\"parts\":[]}", 500,
    "{\"detail\":\"An error occurred (MalformedXML) when calling the CompleteMultipartUpload "
    "operation: The XML you provided was not well-formed or did not validate against our published "
    "schema\"}" },
  { "POST", "/get-presigned-url", "{\"key\":\"a/../b\",\"uploadId\":\"u\",\"partNumber\":7}", 403,
    "{\"detail\":\"…" },
};

static void
assert_text (const char *text,
             const char *expected)
{
  if (g_str_has_suffix (expected, "…")) {
    g_assert_cmpint (strncmp (text, expected, strlen (expected) - strlen ("…")), ==, 0);
  } else {
    g_assert_cmpstr (text, ==, expected);
  }
}

static void
test_answers (void)
{
  g_autoptr (PresignFixture) fixture = presign_fixture_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (presign_fixture_ask (fixture, cases[i].method, cases[i].url, cases[i].body,
                                           NULL), ==, cases[i].status);
    assert_text (fixture->text, cases[i].answer);
    g_assert_cmpstr (http_response_get_header (fixture->response, "Content-Type"), ==,
                     "application/json");
  }
}

/* A page of another origin can send text without asking, so text is no JSON. */
static void
test_type (void)
{
  static const char *const plain[] = { "Content-Type", "text/plain;charset=UTF-8", NULL };
  static const char *const json[] = { "Content-Type", "Application/JSON; charset=utf-8", NULL };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (NULL);
  const char *body = "{\"key\":\"a\",\"uploadId\":\"u\",\"partNumber\":7}";

  g_assert_cmpuint (presign_fixture_ask (fixture, "POST", "/get-presigned-url", body, plain), ==,
                    422);
  g_assert_cmpuint (presign_fixture_ask (fixture, "POST", "/get-presigned-url", body, json), ==,
                    200);
}

static void
test_upload (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, NULL);
  g_autofree char *id = NULL;
  g_autofree char *ask = NULL;
  g_autofree char *list = NULL;
  g_autofree char *url = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *complete = NULL;

  g_assert_cmpuint (presign_fixture_post (fixture, "/start-multipart-upload",
                                          "{\"fileName\":\"a dir/ü.txt\"}"), ==, 200);
  id = presign_fixture_dup (fixture, "uploadId");
  expected = g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"a dir/ü.txt\"}", id);
  g_assert_cmpstr (fixture->text, ==, expected);

  /* Its own page omits the number of the part. */
  list = g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"a dir/ü.txt\"}", id);
  g_assert_cmpuint (presign_fixture_post (fixture, "/list-parts", list), ==, 200);
  g_assert_cmpstr (fixture->text, ==, "{\"parts\":[]}");

  ask = g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"a dir/ü.txt\",\"partNumber\":1}", id);
  g_assert_cmpuint (presign_fixture_post (fixture, "/get-presigned-url", ask), ==, 200);
  url = presign_fixture_dup (fixture, "presignedUrl");
  etag = presign_fixture_put (fixture, url, "hello");

  g_assert_cmpuint (presign_fixture_post (fixture, "/list-parts", ask), ==, 200);
  g_free (expected);
  expected = g_strdup_printf ("{\"parts\":[{\"PartNumber\":1,\"ETag\":\"\\\"%s\\\"\"}]}", etag);
  g_assert_cmpstr (fixture->text, ==, expected);

  complete = g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"a dir/ü.txt\",\"parts\":[{"
                              "\"PartNumber\":1,\"ETag\":\"\\\"%s\\\"\",\"Size\":5}]}", id, etag);
  g_assert_cmpuint (presign_fixture_post (fixture, "/complete-multipart-upload", complete), ==,
                    200);
  g_assert_cmpstr (fixture->text, ==, "{\"message\":\"Upload completed successfully\"}");

  g_assert_cmpuint (presign_fixture_post (fixture, "/list-parts", list), ==, 500);
  g_assert_true (g_str_has_prefix (fixture->text, "{\"detail\":\"An error occurred (NoSuchUpload) "
                                   "when calling the ListParts operation: "));
}

int
main (int   argc,
      char *argv[])
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/fastapi/answers", test_answers);
  g_test_add_func ("/presign/fastapi/type", test_type);
  g_test_add_func ("/presign/fastapi/upload", test_upload);
  return g_test_run ();
}
