/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign-fixture.h"

#include <string.h>

#define HOST "{\"url\":\"https://films.s3.eu-central-1.amazonaws.com/"

static const struct {
  const char *body;
  guint status;
  const char *answer;           /* how it begins */
  const char *holds;            /* what else is in it */
} cases[] = {
  { "{\"method\":\"PUT\",\"key\":\"a b\"}", 200, HOST "a%20b?X-Amz-Algorithm=",
    ",\"key\":\"a b\"}" },
  { "{\"method\":\"PUT\",\"key\":\"a\",\"contentType\":\"text/plain\"}", 200, HOST "a?X-Amz-",
    "\"headers\":{\"Content-Type\":\"text/plain\"}}" },
  { "{\"method\":\"POST\",\"key\":\"a\"}", 200, HOST "a?uploads=&X-Amz-", "\"key\":\"a\"" },
  { "{\"method\":\"PUT\",\"key\":\"a\",\"uploadId\":\"u\",\"partNumber\":3}", 200,
    HOST "a?uploadId=u&partNumber=3&X-Amz-", "&X-Amz-SignedHeaders=host&" },
  { "{\"method\":\"GET\",\"key\":\"a\",\"uploadId\":\"u\"}", 200, HOST "a?uploadId=u&X-Amz-", "" },
  { "{\"method\":\"GET\",\"key\":\"a\",\"uploadId\":\"u\",\"partNumberMarker\":1000}", 200,
    HOST "a?part-number-marker=1000&uploadId=u&X-Amz-", "" },
  { "{\"method\":\"POST\",\"key\":\"a\",\"uploadId\":\"u\"}", 200, HOST "a?uploadId=u&X-Amz-", "" },
  { "{\"method\":\"DELETE\",\"key\":\"a\",\"uploadId\":\"u\"}", 200, HOST "a?uploadId=u&", "" },
  { "{\"method\":\"PUT\",\"key\":\"a\",\"expiresIn\":60}", 200, HOST, "X-Amz-Expires=60&" },
  { "{\"method\":\"PUT\",\"key\":\"a\",\"expiresIn\":86400}", 200, HOST, "X-Amz-Expires=900&" },
  { "{\"method\":\"DELETE\",\"key\":\"a\"}", 403, "{\"error\":\"Objects are not deleted here.\"",
    "\"code\":\"AccessDenied\"" },
  { "{\"method\":\"GET\",\"key\":\"a\"}", 400, "{\"error\":\"No call", "" },
  { "{\"method\":\"PUT\",\"key\":\"a\",\"partNumber\":3}", 400, "{\"error\":\"No call", "" },
  { "{\"method\":\"PUT\",\"key\":\"a\",\"uploadId\":\"u\"}", 400, "{\"error\":\"No call", "" },
  { "{\"method\":\"PUT\",\"key\":\"a\",\"contentType\":\"a\\nb\"}", 400,
    "{\"error\":\"contentType: this cannot be a header\"", "" },
  { "{\"method\":\"PUT\"}", 400, "{\"error\":\"key: field required\"",
    "\"requestId\":\"r1\"}" },
  { "{\"method\":\"PUT\",\"key\":\"/a\"}", 403, "{\"error\":\"", "" },
  { "[]", 400, "{\"error\":\"", "" },
};

static void
test_answers (void)
{
  g_autoptr (PresignFixture) fixture = presign_fixture_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (presign_fixture_post (fixture, "/sign", cases[i].body), ==, cases[i].status);
    g_assert_true (g_str_has_prefix (fixture->text, cases[i].answer));
    g_assert_nonnull (strstr (fixture->text, cases[i].holds));
  }
}

/* Made keys come back, and what is forced is signed. */
static void
test_forced (void)
{
  static const char *const settings[] = {
    "key-prefix", "in/", "encryption", "aws:kms", "kms-key-id", "k1", "if-none-match", "true",
    "allow-delete", "true", NULL,
  };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);

  g_assert_cmpuint (presign_fixture_post (fixture, "/sign",
                                          "{\"method\":\"POST\",\"key\":\"a\"}"), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "\"key\":\"in/a\",\"headers\":{"
                            "\"x-amz-server-side-encryption\":\"aws:kms\","
                            "\"x-amz-server-side-encryption-aws-kms-key-id\":\"k1\"}}"));
  g_assert_nonnull (strstr (fixture->text, "X-Amz-SignedHeaders=host%3Bx-amz-server-side-encryption"
                            "%3Bx-amz-server-side-encryption-aws-kms-key-id&"));
  presign_fixture_post (fixture, "/sign",
                        "{\"method\":\"POST\",\"key\":\"in/a\",\"uploadId\":\"u\"}");
  g_assert_nonnull (strstr (fixture->text, "\"headers\":{\"If-None-Match\":\"*\"}}"));
  g_assert_cmpuint (presign_fixture_post (fixture, "/sign",
                                          "{\"method\":\"DELETE\",\"key\":\"in/a\"}"), ==, 200);
  g_assert_cmpuint (presign_fixture_post (fixture, "/sign",
                                          "{\"method\":\"DELETE\",\"key\":\"a\"}"), ==, 403);
}

/* Only a form can hold a single PUT to a size. */
static void
test_form (void)
{
  static const char *const settings[] = { "max-object-size", "1 GiB", NULL };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);

  g_assert_cmpuint (presign_fixture_post (fixture, "/sign", "{\"method\":\"PUT\",\"key\":\"a\"}"),
                    ==, 200);
  g_assert_true (g_str_has_prefix (fixture->text, "{\"fields\":{\"key\":\"a\","));
  g_assert_nonnull (strstr (fixture->text, "},\"url\":\"https://films.s3."));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/sign/answers", test_answers);
  g_test_add_func ("/presign/sign/forced", test_forced);
  g_test_add_func ("/presign/sign/form", test_form);
  return g_test_run ();
}
