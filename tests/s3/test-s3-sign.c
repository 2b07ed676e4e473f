/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-sign.h"
#include "s3/s3-address.h"

#include <string.h>

#define ACCESS_KEY "AKIAIOSFODNN7EXAMPLE"
#define SECRET_KEY "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define EXAMPLE_TIME 1369353600 /* 20130524T000000Z */
#define WELCOME_SHA256 "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"

/* S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a
 * Single Chunk", its examples. */
static const struct {
  const char *name;
  const char *method;
  const char *key;
  const char *query;
  const char *headers[5];
  const char *payload;
  const char *signed_headers;
  const char *signature;
} examples[] = {
  { "get-object", "GET", "test.txt", NULL, { "Range", "bytes=0-9" }, S3_EMPTY_SHA256,
    "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
  { "put-object", "PUT", "test$file.text", NULL,
    { "Date", "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class", "REDUCED_REDUNDANCY" },
    WELCOME_SHA256, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
  { "get-lifecycle", "GET", NULL, "lifecycle", { NULL }, S3_EMPTY_SHA256,
    "host;x-amz-content-sha256;x-amz-date",
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
  { "list-objects", "GET", NULL, "max-keys=2&prefix=J", { NULL }, S3_EMPTY_SHA256,
    "host;x-amz-content-sha256;x-amz-date",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

static HttpRequest *
example_request_new (const char *method,
                     const char *key,
                     const char *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (S3Address) address = s3_address_new ("https://s3.amazonaws.com", NULL, "examplebucket",
                                                  S3_STYLE_AUTO, &error);
  g_autofree char *url = NULL;

  g_assert_no_error (error);
  url = s3_address_dup_url (address, key, query);
  return http_request_new (method, url);
}

static void
test_documented_headers (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (S3Credentials) keys = s3_credentials_new (ACCESS_KEY, SECRET_KEY, NULL);
  g_autoptr (HttpRequest) request = example_request_new (examples[i].method, examples[i].key,
                                                         examples[i].query);
  g_autofree char *expected = NULL;

  for (const char *const *pair = examples[i].headers; *pair; pair += 2) {
    http_request_set_header (request, pair[0], pair[1]);
  }
  s3_sign_request (request, keys, "us-east-1", examples[i].payload, EXAMPLE_TIME);

  expected = g_strdup_printf ("AWS4-HMAC-SHA256 Credential=" ACCESS_KEY
                              "/20130524/us-east-1/s3/aws4_request, SignedHeaders=%s, Signature=%s",
                              examples[i].signed_headers, examples[i].signature);
  g_assert_cmpstr (http_request_get_header (request, "Authorization"), ==, expected);
  g_assert_cmpstr (http_request_get_header (request, "x-amz-date"), ==, "20130524T000000Z");
}

/* S3 API Reference, "Authenticating Requests: Using Query Parameters", its example. */
static void
test_documented_url (void)
{
  g_autoptr (S3Credentials) keys = s3_credentials_new (ACCESS_KEY, SECRET_KEY, NULL);
  g_autoptr (HttpRequest) request = example_request_new ("GET", "test.txt", NULL);
  g_autofree char *url = s3_presign_url (request, keys, "us-east-1", EXAMPLE_TIME, 86400);

  g_assert_cmpstr (url, ==,
                   "https://examplebucket.s3.amazonaws.com/test.txt"
                   "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" ACCESS_KEY
                   "%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                   "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                   "&X-Amz-Signature="
                   "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

static void
test_canonical_request (void)
{
  g_autoptr (HttpRequest) request =
    http_request_new ("PUT", "http://h:80/b/a%20b//c?uploadId=x&a&X-Amz-Signature=y&partNumber=1#");
  g_autofree char *canonical = NULL;

  http_request_set_header (request, "X-Amz-Meta-Text", " a \t b ");
  canonical = s3_dup_canonical_request (request, "host;x-amz-meta-none;x-amz-meta-text", "PAYLOAD");
  g_assert_cmpstr (canonical, ==,
                   "PUT\n/b/a%20b//c\na=&partNumber=1&uploadId=x\n"
                   "host:h\nx-amz-meta-none:\nx-amz-meta-text:a b\n"
                   "\nhost;x-amz-meta-none;x-amz-meta-text\nPAYLOAD");
}

/* A server sees the Host header itself, and the same name more than once. */
static void
test_canonical_request_of_server (void)
{
  g_autoptr (HttpRequest) request = http_request_new ("GET", "http://wrong");
  HttpHeader second = { g_strdup ("X-A"), g_strdup ("2") };
  g_autofree char *canonical = NULL;

  http_request_set_header (request, "Host", "right:81");
  http_request_set_header (request, "x-a", "1");
  g_array_append_val (request->headers, second);
  canonical = s3_dup_canonical_request (request, "host;x-a", "P");
  g_assert_cmpstr (canonical, ==, "GET\n/\n\nhost:right:81\nx-a:1,2\n\nhost;x-a\nP");
}

/* A retry signs the same message again, perhaps with other keys. */
static void
test_sign_again (void)
{
  g_autoptr (S3Credentials) temporary = s3_credentials_new ("A", "B", "token");
  g_autoptr (S3Credentials) keys = s3_credentials_copy (temporary);
  g_autoptr (HttpRequest) once = example_request_new ("GET", "k", NULL);
  g_autoptr (HttpRequest) twice = example_request_new ("GET", "k", NULL);

  g_assert_cmpstr (keys->session_token, ==, "token");
  g_clear_pointer (&keys, s3_credentials_free);
  keys = s3_credentials_new (ACCESS_KEY, SECRET_KEY, "");
  g_assert_null (keys->session_token);

  s3_sign_request (once, keys, "auto", S3_UNSIGNED_PAYLOAD, EXAMPLE_TIME + 60);
  s3_sign_request (twice, temporary, "us-east-1", S3_EMPTY_SHA256, EXAMPLE_TIME);
  g_assert_cmpstr (http_request_get_header (twice, "x-amz-security-token"), ==, "token");
  s3_sign_request (twice, keys, "auto", S3_UNSIGNED_PAYLOAD, EXAMPLE_TIME + 60);

  g_assert_null (http_request_get_header (twice, "x-amz-security-token"));
  g_assert_cmpuint (twice->headers->len, ==, 3);
  g_assert_cmpstr (http_request_get_header (twice, "Authorization"), ==,
                   http_request_get_header (once, "Authorization"));
}

static void
test_kept_key (void)
{
  gint64 last = G_GINT64_CONSTANT (1369439999);  /* 20130524T235959Z */
  g_autoptr (S3Credentials) keys = s3_credentials_new (ACCESS_KEY, SECRET_KEY, NULL);
  S3SigningKey key;

  s3_signing_key_init (&key, keys, "us-east-1", EXAMPLE_TIME);
  for (gint64 now = EXAMPLE_TIME; now <= last; now += last - EXAMPLE_TIME) {
    g_autoptr (HttpRequest) kept = example_request_new ("GET", "k", NULL);
    g_autoptr (HttpRequest) made = example_request_new ("GET", "k", NULL);

    g_assert_true (s3_signing_key_is_of (&key, now));
    s3_sign_request_with_key (kept, keys, &key, S3_UNSIGNED_PAYLOAD, now);
    s3_sign_request (made, keys, "us-east-1", S3_UNSIGNED_PAYLOAD, now);
    g_assert_cmpstr (http_request_get_header (kept, "Authorization"), ==,
                     http_request_get_header (made, "Authorization"));
  }
  g_assert_false (s3_signing_key_is_of (&key, last + 1));
  g_assert_false (s3_signing_key_is_of (&key, EXAMPLE_TIME - 24 * 60 * 60));
  s3_signing_key_clear (&key);
}

static GKeyFile *
run_botocore (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "s3", "botocore-vectors.py", NULL);
  const char *argv[] = { "/usr/bin/python3", script, NULL };
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  GKeyFile *vectors = g_key_file_new ();
  int status;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors,
                     &status, &error)) {
    g_error ("/usr/bin/python3 with botocore (Debian: python3-botocore) is needed: %s",
             error->message);
  }
  if (!g_spawn_check_wait_status (status, NULL)) {
    g_error ("botocore (Debian: python3-botocore) is needed to compare with:\n%s", errors);
  }
  g_key_file_load_from_data (vectors, output, strlen (output), G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  return vectors;
}

static char *
dup_value (GKeyFile   *vectors,
           const char *group,
           const char *key)
{
  g_autoptr (GError) error = NULL;
  char *value = g_key_file_get_string (vectors, group, key, &error);

  g_assert_no_error (error);
  return value;
}

static char *
dup_from_hex (const char *hex)
{
  GString *text = g_string_new (NULL);

  for (; *hex; hex += 2) {
    g_string_append_c (text, (char) (g_ascii_xdigit_value (hex[0]) * 16 +
                                     g_ascii_xdigit_value (hex[1])));
  }
  return g_string_free (text, FALSE);
}

/* The message of a case, its URL made from the key by our own encoding. */
static HttpRequest *
case_request_new (GKeyFile   *vectors,
                  const char *group)
{
  g_autofree char *method = dup_value (vectors, group, "method");
  g_autofree char *base = dup_value (vectors, group, "base");
  g_autofree char *hex = dup_value (vectors, group, "key");
  g_autofree char *query = dup_value (vectors, group, "query");
  g_autofree char *key = dup_from_hex (hex);
  g_autofree char *path = s3_uri_encode (key, TRUE);
  g_autofree char *url = g_strconcat (base, "/", path, *query ? "?" : "", query, NULL);
  g_autofree char *expected = dup_value (vectors, group, "url");
  HttpRequest *request = http_request_new (method, url);

  g_assert_cmpstr (url, ==, expected);
  for (guint i = 0;; i++) {
    g_autofree char *name_key = g_strdup_printf ("header-%u", i);
    g_autofree char *value_key = g_strdup_printf ("value-%u", i);
    g_autofree char *name = g_key_file_get_string (vectors, group, name_key, NULL);
    g_autofree char *value = NULL;

    if (!name) {
      return request;
    }
    value = dup_value (vectors, group, value_key);
    http_request_set_header (request, name, value);
  }
}

static void
compare_url (GKeyFile   *vectors,
             const char *group,
             const char *url)
{
  g_autofree char *signature = dup_value (vectors, group, "signature");
  g_autofree char *all = dup_value (vectors, group, "parameters");
  g_auto (GStrv) parameters = g_strsplit (all, " ", -1);
  g_autofree char *end = g_strconcat ("&X-Amz-Signature=", signature, NULL);

  g_assert_true (g_str_has_suffix (url, end));
  g_assert_cmpuint (g_strv_length (parameters), >=, 5);
  for (char **parameter = parameters; *parameter; parameter++) {
    g_assert_nonnull (strstr (url, *parameter));
  }
}

static void
compare_case (GKeyFile   *vectors,
              const char *group,
              gint64      now)
{
  g_autofree char *access_key = dup_value (vectors, "settings", "access-key");
  g_autofree char *secret_key = dup_value (vectors, "settings", "secret-key");
  g_autofree char *token = dup_value (vectors, group, "token");
  g_autofree char *region = dup_value (vectors, group, "region");
  g_autofree char *payload = dup_value (vectors, group, "payload");
  g_autofree char *date = dup_value (vectors, group, "date");
  g_autofree char *authorization = dup_value (vectors, group, "authorization");
  g_autoptr (S3Credentials) keys = s3_credentials_new (access_key, secret_key, token);
  g_autoptr (HttpRequest) request = case_request_new (vectors, group);
  g_autofree char *url = s3_presign_url (request, keys, region, now, 3600);

  if (g_key_file_has_key (vectors, group, "signature", NULL)) {
    compare_url (vectors, group, url);
  }
  s3_sign_request (request, keys, region, payload, now);
  g_assert_cmpstr (http_request_get_header (request, "x-amz-date"), ==, date);
  g_assert_cmpstr (http_request_get_header (request, "authorization"), ==, authorization);
}

static void
test_botocore (void)
{
  g_autoptr (GKeyFile) vectors = run_botocore ();
  g_auto (GStrv) groups = g_key_file_get_groups (vectors, NULL);
  gint64 now = g_key_file_get_int64 (vectors, "settings", "now", NULL);

  g_assert_cmpuint (g_strv_length (groups), >, 300);
  for (char **group = groups; *group; group++) {
    if (!g_str_equal (*group, "settings")) {
      compare_case (vectors, *group, now);
    }
  }
  g_test_message ("%u requests signed as botocore signs them", g_strv_length (groups) - 1);
}

/* What may not be asked for is refused at the door. */
static void
test_expires_out_of_range (gconstpointer data)
{
  if (g_test_subprocess ()) {
    g_autoptr (S3Credentials) keys = s3_credentials_new (ACCESS_KEY, SECRET_KEY, NULL);
    g_autoptr (HttpRequest) request = example_request_new ("GET", "k", NULL);

    s3_presign_url (request, keys, "us-east-1", EXAMPLE_TIME, GPOINTER_TO_UINT (data));
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*expires >= 1*");
}

static void
test_life (void)
{
  static const struct {
    guint64 wanted_s;
    gint64 keys_expire;
    guint life;
  } cases[] = {
    { 3600, 0, 3600 },
    { 3600, 5000, 3600 },
    { 3600, 1500, 500 },
    { 3600, 1000, 0 },
    { 3600, 999, 0 },
    { S3_PRESIGN_MAX_S, 0, 604800 },
    { G_MAXUINT64, 0, 604800 },
    { G_MAXUINT64, G_MAXINT64, 604800 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (s3_presign_get_life (cases[i].wanted_s, 1000, cases[i].keys_expire), ==,
                      cases[i].life);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
    g_autofree char *path = g_strconcat ("/s3/sign/documented/", examples[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_documented_headers);
  }
  g_test_add_func ("/s3/sign/documented/url", test_documented_url);
  g_test_add_func ("/s3/sign/canonical-request", test_canonical_request);
  g_test_add_func ("/s3/sign/canonical-request/of-server", test_canonical_request_of_server);
  g_test_add_func ("/s3/sign/again", test_sign_again);
  g_test_add_func ("/s3/sign/kept-key", test_kept_key);
  g_test_add_func ("/s3/sign/botocore", test_botocore);
  g_test_add_data_func ("/s3/sign/expires/none", GUINT_TO_POINTER (0), test_expires_out_of_range);
  g_test_add_data_func ("/s3/sign/expires/over-a-week", GUINT_TO_POINTER (604801),
                        test_expires_out_of_range);
  g_test_add_func ("/s3/sign/life", test_life);

  return g_test_run ();
}
