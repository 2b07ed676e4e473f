/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign-fixture.h"

#include "tests/engine/store-fixture.h"

#include "s3/s3-address.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const struct {
  const char *method;
  const char *url;
  const char *body;
  guint status;
  const char *answer;           /* what is in it */
} cases[] = {
  { "GET", "/s3/nowhere", NULL, 404, "{\"error\":\"Not Found\"" },
  { "PUT", "/s3/multipart", NULL, 405, "{\"error\":\"Method Not Allowed\"" },
  { "GET", "/s3/params", NULL, 400, "the \\\"filename\\\" query parameter is required" },
  { "GET", "/s3/params?filename=a.bin&type=a%0Ab", NULL, 400, "content type must be a string" },
  { "GET", "/s3/params?filename=a.bin&metadata[a%20b]=c", NULL, 400, "names of metadata" },
  { "GET", "/s3/params?filename=a%2F..%2Fb&type=x", NULL, 403, "\"code\":\"AccessDenied\"" },
  { "GET", "/s3/params?filename=%FF", NULL, 400, "The query of the URL cannot be read." },
  { "POST", "/s3/multipart", "{\"type\":\"a/b\"}", 400, "the \\\"filename\\\" field is required" },
  { "POST", "/s3/multipart", "{\"filename\":\"a\"}", 400, "content type must be a string" },
  { "POST", "/s3/multipart", "{\"filename\":\"a\",\"type\":\"b\",\"metadata\":[]}", 400,
    "metadata: value is not a valid dict" },
  { "GET", "/s3/multipart/u%2B/1", NULL, 400, "the object key must be passed" },
  { "GET", "/s3/multipart/u/0?key=a", NULL, 400, "between 1 and 10000" },
  { "GET", "/s3/multipart/u/10001?key=a", NULL, 400, "between 1 and 10000" },
  { "GET", "/s3/multipart/u%20x/1?key=a", NULL, 404, "\"code\":\"NoSuchUpload\"" },
  { "GET", "/s3/multipart/u/batch?key=a", NULL, 400, "the part numbers must be passed" },
  { "GET", "/s3/multipart/u/batch?key=a&partNumbers=1,x", NULL, 400, "between 1 and 10000" },
  { "POST", "/s3/multipart/u/complete?key=a", "{\"parts\":[{\"PartNumber\":1}]}", 400,
    "`parts` must be an array of {ETag, PartNumber} objects." },
  { "GET", "/s3/multipart/u%2B%2F%3D/7?key=a%2Fb+c", NULL, 200,
    "{\"url\":\"https://films.s3.eu-central-1.amazonaws.com/a/b%20c?uploadId=u%2B%2F%3D&"
    "partNumber=7&" },
  { "GET", "/s3/multipart/u/7?key=a", NULL, 200, "\"expires\":900}" },
  { "GET", "/s3/multipart/u/batch?key=a&partNumbers=1,2,10000", NULL, 200,
    "{\"presignedUrls\":{\"1\":\"https://" },
};

static void
test_answers (void)
{
  g_autoptr (PresignFixture) fixture = presign_fixture_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (presign_fixture_ask (fixture, cases[i].method, cases[i].url, cases[i].body,
                                           NULL), ==, cases[i].status);
    g_assert_nonnull (strstr (fixture->text, cases[i].answer));
    g_assert_cmpstr (http_response_get_header (fixture->response, "Content-Type"), ==,
                     "application/json; charset=utf-8");
  }
}

/* The policy says what the fields say, and no more. */
static void
test_params (void)
{
  static const char *const settings[] = {
    "max-object-size", "5 MiB", "storage-class", "STANDARD_IA", "tags", "team=film&year=20%2026",
    NULL,
  };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);
  g_autoptr (JsonNode) root = NULL;
  g_autofree guchar *policy = NULL;
  g_autofree char *text = NULL;
  JsonObject *fields;
  gsize size = 0;

  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/s3/params?filename=%C3%BC.txt&"
                                         "type=text%2Fplain&metadata%5Bname%5D=a+b", NULL, NULL),
                    ==, 200);
  root = json_from_string (fixture->text, NULL);
  fields = json_object_get_object_member (json_node_get_object (root), "fields");
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "method"), ==,
                   "POST");
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "url"), ==,
                   "https://films.s3.eu-central-1.amazonaws.com/");
  g_assert_cmpstr (json_object_get_string_member (fields, "key"), ==, "ü.txt");
  g_assert_cmpstr (json_object_get_string_member (fields, "x-amz-meta-name"), ==, "a b");
  policy = g_base64_decode (json_object_get_string_member (fields, "policy"), &size);
  text = g_strndup ((const char *) policy, size);
  g_assert_cmpstr (text, ==,
                   "{\"expiration\":\"2023-11-14T22:28:20Z\",\"conditions\":["
                   "{\"bucket\":\"films\"},[\"content-length-range\",0,5242880],"
                   "{\"key\":\"ü.txt\"},{\"success_action_status\":\"201\"},"
                   "{\"content-type\":\"text/plain\"},{\"x-amz-storage-class\":\"STANDARD_IA\"},"
                   "{\"tagging\":\"<Tagging><TagSet><Tag><Key>team</Key><Value>film</Value></Tag>"
                   "<Tag><Key>year</Key><Value>20 26</Value></Tag></TagSet></Tagging>\"},"
                   "{\"x-amz-meta-name\":\"a b\"},{\"x-amz-algorithm\":\"AWS4-HMAC-SHA256\"},"
                   "{\"x-amz-credential\":\"AKIAIOSFODNN7EXAMPLE/20231114/eu-central-1/s3/"
                   "aws4_request\"},{\"x-amz-date\":\"20231114T221320Z\"}]}");
}

static void
test_upload (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, NULL);
  g_autofree char *id = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *base = NULL;
  g_autofree char *sign = NULL;
  g_autofree char *list = NULL;
  g_autofree char *finish = NULL;
  g_autofree char *url = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *complete = NULL;

  g_assert_cmpuint (presign_fixture_post (fixture, "/s3/multipart",
                                          "{\"filename\":\"b.txt\",\"type\":\"text/plain\","
                                          "\"metadata\":{\"name\":\"ü\",\"n\":3,\"x\":null}}"),
                    ==, 200);
  id = presign_fixture_dup (fixture, "uploadId");
  expected = g_strdup_printf ("{\"key\":\"b.txt\",\"uploadId\":\"%s\",\"bucket\":\"bucket\"}", id);
  g_assert_cmpstr (fixture->text, ==, expected);
  encoded = s3_uri_encode (id, FALSE);
  base = g_strconcat ("/s3/multipart/", encoded, NULL);
  list = g_strconcat (base, "?key=b.txt", NULL);
  sign = g_strconcat (base, "/1?key=b.txt", NULL);
  finish = g_strconcat (base, "/complete?key=b.txt", NULL);

  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", sign, NULL, NULL), ==, 200);
  url = presign_fixture_dup (fixture, "url");
  etag = presign_fixture_put (fixture, url, "hello");
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", list, NULL, NULL), ==, 200);
  g_free (expected);
  expected = g_strdup_printf ("[{\"PartNumber\":1,\"ETag\":\"\\\"%s\\\"\",\"Size\":5}]", etag);
  g_assert_cmpstr (fixture->text, ==, expected);
  complete = g_strdup_printf ("{\"parts\":[{\"PartNumber\":1,\"ETag\":\"%s\"}]}", etag);
  g_assert_cmpuint (presign_fixture_post (fixture, finish, complete), ==, 200);
  g_free (expected);
  expected = g_strdup_printf ("{\"location\":\"%s/bucket/b.txt\",\"key\":\"b.txt\","
                              "\"bucket\":\"bucket\"}", store->url);
  g_assert_cmpstr (fixture->text, ==, expected);
  /* S3's own status, with its code inside. */
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", list, NULL, NULL), ==, 404);
  g_assert_nonnull (strstr (fixture->text, "{\"error\":\"s3: NoSuchUpload: "));
}

/* Nobody told the size before, so S3 is asked what it has. */
static void
test_size (void)
{
  static const char *const settings[] = { "max-object-size", "4", "max-parts", "3", NULL };
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, settings);
  g_autofree char *id = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *sign = NULL;
  g_autofree char *past = NULL;
  g_autofree char *finish = NULL;
  g_autofree char *url = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *complete = NULL;

  presign_fixture_post (fixture, "/s3/multipart", "{\"filename\":\"b\",\"type\":\"a/b\"}");
  id = presign_fixture_dup (fixture, "uploadId");
  encoded = s3_uri_encode (id, FALSE);
  sign = g_strdup_printf ("/s3/multipart/%s/1?key=b", encoded);
  past = g_strdup_printf ("/s3/multipart/%s/4?key=b", encoded);
  finish = g_strdup_printf ("/s3/multipart/%s/complete?key=b", encoded);
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", past, NULL, NULL), ==, 400);
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", sign, NULL, NULL), ==, 200);
  url = presign_fixture_dup (fixture, "url");
  etag = presign_fixture_put (fixture, url, "hello");
  complete = g_strdup_printf ("{\"parts\":[{\"PartNumber\":1,\"ETag\":\"%s\"}]}", etag);
  g_assert_cmpuint (presign_fixture_post (fixture, finish, complete), ==, 413);
  g_assert_nonnull (strstr (fixture->text, "\"code\":\"EntityTooLarge\""));
  g_free (etag);
  etag = presign_fixture_put (fixture, url, "hell");
  g_free (complete);
  complete = g_strdup_printf ("{\"parts\":[{\"PartNumber\":1,\"ETag\":\"%s\"}]}", etag);
  g_assert_cmpuint (presign_fixture_post (fixture, finish, complete), ==, 200);
}

static void
test_abort (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, NULL);
  g_autofree char *id = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *url = NULL;

  presign_fixture_post (fixture, "/s3/multipart", "{\"filename\":\"b\",\"type\":\"a/b\"}");
  id = presign_fixture_dup (fixture, "uploadId");
  encoded = s3_uri_encode (id, FALSE);
  url = g_strdup_printf ("/s3/multipart/%s?key=b", encoded);
  g_assert_cmpuint (presign_fixture_ask (fixture, "DELETE", url, NULL, NULL), ==, 200);
  g_assert_cmpstr (fixture->text, ==, "{}");
  g_assert_cmpuint (store_fixture_get_stat (store, "uploads"), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/companion/answers", test_answers);
  g_test_add_func ("/presign/companion/params", test_params);
  g_test_add_func ("/presign/companion/upload", test_upload);
  g_test_add_func ("/presign/companion/size", test_size);
  g_test_add_func ("/presign/companion/abort", test_abort);
  return g_test_run ();
}
