/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign-fixture.h"

#include "presign/presign-keyset.h"
#include "tests/http/scripted-server.h"

#include <cjose/jwk.h>
#include <cjose/jws.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "0123456789abcdef0123456789abcdef"
#define BODY "{\"key\":\"alice/a\",\"uploadId\":\"u\",\"partNumber\":7}"

static cjose_jwk_t *
key_new (const char *kind,
         const char *kid)
{
  cjose_jwk_t *key;

  if (g_str_equal (kind, "RS256")) {
    key = cjose_jwk_create_RSA_random (2048, (const uint8_t *) "\x01\x00\x01", 3, NULL);
  } else if (g_str_equal (kind, "ES256")) {
    key = cjose_jwk_create_EC_random (CJOSE_JWK_EC_P_256, NULL);
  } else {
    key = cjose_jwk_create_oct_spec ((const uint8_t *) kind, strlen (kind), NULL);
  }
  g_assert_nonnull (key);
  if (kid) {
    cjose_jwk_set_kid (key, kid, strlen (kid), NULL);
  }
  return key;
}

static char *
dup_set (cjose_jwk_t *one,
         cjose_jwk_t *other)
{
  char *a = cjose_jwk_to_json (one, false, NULL);
  char *b = other ? cjose_jwk_to_json (other, false, NULL) : NULL;
  char *set = g_strdup_printf ("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"},%s%s%s]}", a,
                               b ? "," : "", b ? b : "");

  free (a);
  free (b);
  return set;
}

/* A token; @kid may be NULL. */
static char *
sign (cjose_jwk_t *key,
      const char  *alg,
      const char  *kid,
      const char  *claims)
{
  cjose_header_t *header = cjose_header_new (NULL);
  const char *text = NULL;
  cjose_jws_t *jws;
  char *token;

  cjose_header_set (header, CJOSE_HDR_ALG, alg, NULL);
  if (kid) {
    cjose_header_set (header, CJOSE_HDR_KID, kid, NULL);
  }
  jws = cjose_jws_sign (key, header, (const uint8_t *) claims, strlen (claims), NULL);
  g_assert_nonnull (jws);
  cjose_jws_export (jws, &text, NULL);
  token = g_strconcat ("Bearer ", text, NULL);
  cjose_jws_release (jws);
  cjose_header_release (header);
  return token;
}

static guint
ask_with (PresignFixture *fixture,
          const char     *authorization)
{
  const char *headers[] = { "Authorization", authorization, NULL };

  return presign_fixture_ask (fixture, "POST", "/get-presigned-url", BODY,
                              authorization ? headers : NULL);
}

/* The time is 1700000000, the leeway 30 seconds. */
static const struct {
  const char *claims;
  guint status;
  const char *answer;           /* what is in it */
} claims[] = {
  { "{\"sub\":\"alice\",\"exp\":1700000060,\"aud\":\"up\",\"iss\":\"me\"}", 200,
    "X-Amz-Expires=60&" },
  { "{\"sub\":\"alice\",\"exp\":1800000000,\"aud\":[\"x\",\"up\"],\"iss\":\"me\","
    "\"nbf\":1700000020}", 200, "X-Amz-Expires=900&" },
  { "{\"sub\":\"alice\",\"exp\":1699999980.5,\"aud\":\"up\",\"iss\":\"me\"}", 200,
    "X-Amz-Expires=1&" },
  { "{\"sub\":\"alice\",\"exp\":1699999970,\"aud\":\"up\",\"iss\":\"me\"}", 401, "has expired" },
  { "{\"sub\":\"alice\",\"aud\":\"up\",\"iss\":\"me\"}", 401, "is not valid" },
  { "{\"sub\":\"alice\",\"exp\":\"1800000000\",\"aud\":\"up\",\"iss\":\"me\"}", 401,
    "is not valid" },
  { "{\"sub\":\"alice\",\"exp\":1800000000,\"nbf\":1700000040,\"aud\":\"up\",\"iss\":\"me\"}", 401,
    "not valid yet" },
  { "{\"sub\":\"alice\",\"exp\":1800000000,\"aud\":\"down\",\"iss\":\"me\"}", 401, "audience" },
  { "{\"sub\":\"alice\",\"exp\":1800000000,\"iss\":\"me\"}", 401, "audience" },
  { "{\"sub\":\"alice\",\"exp\":1800000000,\"aud\":\"up\",\"iss\":\"you\"}", 401, "issuer" },
  { "{\"sub\":\"alice\",\"exp\":1800000000,\"aud\":\"up\"}", 401, "issuer" },
  { "{\"exp\":1800000000,\"aud\":\"up\",\"iss\":\"me\"}", 401, "who you are" },
  { "{\"sub\":\"\",\"exp\":1800000000,\"aud\":\"up\",\"iss\":\"me\"}", 401, "who you are" },
  { "{\"sub\":\"bob\",\"exp\":1800000000,\"aud\":\"up\",\"iss\":\"me\"}", 403, "not yours" },
  { "[]", 401, "is not valid" },
};

static void
test_claims (void)
{
  static const char *const settings[] = {
    "auth", "jwt", "jwt-secret", SECRET, "jwt-audience", "up", "jwt-issuer", "me", "key-policy",
    "per-user", NULL,
  };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);
  cjose_jwk_t *key = key_new (SECRET, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (claims); i++) {
    g_autofree char *token = sign (key, "HS256", NULL, claims[i].claims);

    g_assert_cmpuint (ask_with (fixture, token), ==, claims[i].status);
    g_assert_nonnull (strstr (fixture->text, claims[i].answer));
    g_assert_cmpstr (http_response_get_header (fixture->response, "WWW-Authenticate"), ==,
                     claims[i].status == 401 ? "Bearer" : NULL);
  }
  cjose_jwk_release (key);
}

#define GOOD "{\"sub\":\"alice\",\"exp\":1800000000}"

/* libcjose would end the process over some of them. */
static void
test_odd_tokens (void)
{
  static const char *const settings[] = { "auth", "jwt", "jwt-secret", SECRET, NULL };
  static const char *const tokens[] = {
    "eyJhbGciOiJIUzI1NiJ9.e30.AAAAA", "eyJhbGciOiJIUzI1NiJ9.e30xy.AAAA", "e.e30.AAAA",
    "e===.e30.AAAA", "eyJhbGciOiJIUzI1NiJ9.e30.A===", "eyJhbGciOiJIUzI1NiJ9.e#0.AAAA",
    "..", "...", ".", "a", "a.b",
    "eyJhbGciOiJIUzI1NiJ9.e30.AAAA.AAAA", "eyJhbGciOiJub25lIn0.e30.AAAA",
    "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9..AAAA",
  };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++) {
    g_autofree char *header = g_strconcat ("Bearer ", tokens[i], NULL);

    g_assert_cmpuint (ask_with (fixture, header), ==, 401);
  }
}

/* Nor does it bear every key; what it would not is passed over. */
static void
test_odd_keys (void)
{
  static const char *const texts[] = {
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"A===\",\"e\":\"AQAB\"}]}",
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":\"\"}]}",
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A\",\"y\":7}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (presign_keyset_new_jwks (texts[i], strlen (texts[i]), &error));
    g_assert_error (error, PRESIGN_KEYSET_ERROR, PRESIGN_KEYSET_ERROR_BROKEN);
  }
}

static void
test_forged (void)
{
  static const char *const settings[] = { "auth", "jwt", "jwt-secret", SECRET, NULL };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);
  cjose_jwk_t *key = key_new (SECRET, NULL);
  cjose_jwk_t *other = key_new ("fedcba9876543210fedcba9876543210", NULL);
  g_autofree char *good = sign (key, "HS256", "any", GOOD);
  g_autofree char *wrong = sign (other, "HS256", NULL, GOOD);
  g_autofree char *longer = sign (key, "HS512", NULL, GOOD);
  g_autofree char *head = g_base64_encode ((const guchar *) "{\"alg\":\"none\"}", 14);
  g_autofree char *claims_of_none = g_base64_encode ((const guchar *) GOOD, strlen (GOOD));
  g_autofree char *none = g_strdup_printf ("Bearer %s.%s.", g_strdelimit (head, "=", '\0'),
                                           g_strdelimit (claims_of_none, "=", '\0'));
  g_autofree char *tampered = g_strdup (good);
  char *last = tampered + strlen (tampered) - 5;

  *last = *last == 'A' ? 'B' : 'A';
  g_assert_cmpuint (ask_with (fixture, good), ==, 200);
  g_assert_cmpuint (ask_with (fixture, wrong), ==, 401);
  g_assert_cmpuint (ask_with (fixture, longer), ==, 401);
  g_assert_cmpuint (ask_with (fixture, none), ==, 401);
  g_assert_cmpuint (ask_with (fixture, tampered), ==, 401);
  g_assert_cmpuint (ask_with (fixture, NULL), ==, 401);
  g_assert_cmpuint (ask_with (fixture, "Bearer "), ==, 401);
  g_assert_cmpuint (ask_with (fixture, "Bearer a.b.c"), ==, 401);
  g_assert_cmpuint (ask_with (fixture, "Basic YWxpY2U6eA=="), ==, 401);
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/", NULL, NULL), ==, 200);
  g_assert_cmpuint (presign_fixture_ask (fixture, "GET", "/v2/capabilities", NULL, NULL), ==, 401);
  g_assert_nonnull (strstr (fixture->text, "{\"code\":\"Unauthorized\""));
  cjose_jwk_release (key);
  cjose_jwk_release (other);
}

/* Public keys, each for its algorithm, and never as a secret. */
static void
test_key_set (void)
{
  g_autofree char *folder = g_dir_make_tmp ("presign-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "jwks.json", NULL);
  const char *settings[] = { "auth", "jwt", "jwks-file", path, NULL };
  cjose_jwk_t *rsa = key_new ("RS256", "one");
  cjose_jwk_t *ec = key_new ("ES256", "two");
  cjose_jwk_t *stranger = key_new ("ES256", "two");
  g_autofree char *set = dup_set (rsa, ec);
  g_autofree char *small = dup_set (ec, NULL);
  cjose_jwk_t *confused = key_new (set, "one");
  g_autofree char *by_rsa = sign (rsa, "RS256", "one", GOOD);
  g_autofree char *by_ec = sign (ec, "ES256", "two", GOOD);
  g_autofree char *by_ec_without = sign (ec, "ES256", NULL, GOOD);
  g_autofree char *by_stranger = sign (stranger, "ES256", "two", GOOD);
  g_autofree char *by_text = sign (confused, "HS256", "one", GOOD);
  g_autofree char *by_pss = sign (rsa, "PS256", "one", GOOD);
  g_autoptr (PresignFixture) fixture = NULL;

  g_file_set_contents (path, set, -1, NULL);
  fixture = presign_fixture_new (settings);
  g_assert_cmpuint (ask_with (fixture, by_rsa), ==, 200);
  g_assert_cmpuint (ask_with (fixture, by_ec), ==, 200);
  g_assert_cmpuint (ask_with (fixture, by_ec_without), ==, 200);
  g_assert_cmpuint (ask_with (fixture, by_stranger), ==, 401);
  g_assert_cmpuint (ask_with (fixture, by_text), ==, 401);
  g_assert_cmpuint (ask_with (fixture, by_pss), ==, 401);
  /* Rotated: the file changes, and what it no longer holds is no longer good. */
  g_file_set_contents (path, small, -1, NULL);
  fixture->now++;
  g_assert_cmpuint (ask_with (fixture, by_rsa), ==, 401);
  g_assert_cmpuint (ask_with (fixture, by_ec), ==, 200);
  g_unlink (path);
  g_rmdir (folder);
  cjose_jwk_release (rsa);
  cjose_jwk_release (ec);
  cjose_jwk_release (stranger);
  cjose_jwk_release (confused);
}

typedef struct {
  char *sets[2];
  gint at;                      /* atomic */
  gint n_asked;                 /* atomic */
} Issuer;

static void
issuer_cb (ScriptedConn *conn)
{
  Issuer *issuer = conn->user_data;
  g_autofree char *head = scripted_conn_read_head (conn);
  const char *set = issuer->sets[g_atomic_int_get (&issuer->at)];
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %" G_GSIZE_FORMAT
                                             "\r\nConnection: close\r\n\r\n%s", strlen (set), set);

  if (head) {
    g_atomic_int_inc (&issuer->n_asked);
    scripted_conn_write (conn, answer);
  }
}

/* Keys are fetched again when one is missing, but not for every token that names a made-up one. */
static void
test_rotation (void)
{
  cjose_jwk_t *old = key_new ("ES256", "old");
  cjose_jwk_t *new = key_new ("ES256", "new");
  Issuer issuer = { .sets = { dup_set (old, NULL), dup_set (new, NULL) } };
  g_autoptr (ScriptedServer) server = scripted_server_new (issuer_cb, &issuer, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/jwks");
  const char *settings[] = { "auth", "jwt", "jwks-url", url, "jwks-lifetime", "600", NULL };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);
  const char *later = "{\"sub\":\"alice\",\"exp\":99999999999}";
  g_autofree char *by_old = sign (old, "ES256", "old", later);
  g_autofree char *by_new = sign (new, "ES256", "new", later);
  g_autofree char *by_none = sign (new, "ES256", "made-up", later);

  fixture->now = g_get_real_time () / G_USEC_PER_SEC;
  g_assert_cmpint (g_atomic_int_get (&issuer.n_asked), ==, 1);
  g_assert_cmpuint (ask_with (fixture, by_old), ==, 200);
  g_atomic_int_set (&issuer.at, 1);
  g_assert_cmpuint (ask_with (fixture, by_new), ==, 401);
  fixture->now += 40;
  g_assert_cmpuint (ask_with (fixture, by_new), ==, 200);
  g_assert_cmpuint (ask_with (fixture, by_old), ==, 401);
  for (guint i = 0; i < 20; i++) {
    g_assert_cmpuint (ask_with (fixture, by_none), ==, 401);
  }
  g_assert_cmpint (g_atomic_int_get (&issuer.n_asked), ==, 2);
  /* Old keys are fetched again, too, and made-up ones give reason to it now and then. */
  fixture->now += 601;
  g_assert_cmpuint (ask_with (fixture, by_new), ==, 200);
  g_assert_cmpint (g_atomic_int_get (&issuer.n_asked), ==, 3);
  g_clear_pointer (&server, scripted_server_free);
  g_free (issuer.sets[0]);
  g_free (issuer.sets[1]);
  cjose_jwk_release (old);
  cjose_jwk_release (new);
}

/* Whose key had to be fetched first has a name all the same, for limits and the log. */
static void
test_named_late (void)
{
  cjose_jwk_t *old = key_new ("ES256", "old");
  cjose_jwk_t *new = key_new ("ES256", "new");
  Issuer issuer = { .sets = { dup_set (old, NULL), dup_set (new, NULL) } };
  g_autoptr (ScriptedServer) server = scripted_server_new (issuer_cb, &issuer, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/jwks");
  const char *settings[] = { "auth", "jwt", "jwks-url", url, NULL };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);
  g_autofree char *token = sign (new, "ES256", "new", "{\"sub\":\"alice\",\"exp\":99999999999}");
  g_autoptr (HttpRequest) request = http_request_new ("POST", "/get-presigned-url");
  g_auto (PresignCaller) caller = { .peer = "192.0.2.7", .request_id = "r1", .base_url = "" };
  g_autoptr (HttpResponse) refusal = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC + 40;

  http_request_set_header (request, "Authorization", token);
  g_atomic_int_set (&issuer.at, 1);
  g_assert_null (presign_api_admit (fixture->api, request, &caller, now));
  g_assert_null (caller.user);
  refusal = presign_api_name (fixture->api, request, &caller, now, FALSE);
  g_assert_nonnull (refusal);
  g_assert_cmpuint (refusal->status, ==, 401);
  g_assert_cmpint (g_atomic_int_get (&issuer.n_asked), ==, 1);
  for (guint i = 0; i < 2; i++) {
    g_assert_null (presign_api_name (fixture->api, request, &caller, now, TRUE));
    g_assert_cmpstr (caller.user, ==, "alice");
    g_assert_cmpint (g_atomic_int_get (&issuer.n_asked), ==, 2);
  }
  g_clear_pointer (&server, scripted_server_free);
  g_free (issuer.sets[0]);
  g_free (issuer.sets[1]);
  cjose_jwk_release (old);
  cjose_jwk_release (new);
}

static void
test_api_keys (void)
{
  g_autofree char *folder = g_dir_make_tmp ("presign-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "keys", NULL);
  const char *settings[] = { "auth", "api-key", "api-key-file", path, "key-policy", "per-user",
                             NULL };
  static const char *const by_header[] = { "X-Api-Key", "alice-key", NULL };
  g_autoptr (PresignFixture) fixture = NULL;
  g_autofree char *alice = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "s1alice-key", -1);
  g_autofree char *bob = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "s2bob-key", -1);
  g_autofree char *both = g_strdup_printf ("# who\n\nalice s1:%s\nbob  s2:%s\n", alice, bob);
  g_autofree char *one = g_strdup_printf ("bob s2:%s\n", bob);

  g_file_set_contents (path, both, -1, NULL);
  fixture = presign_fixture_new (settings);
  g_assert_cmpuint (ask_with (fixture, "Bearer alice-key"), ==, 200);
  g_assert_cmpuint (presign_fixture_ask (fixture, "POST", "/get-presigned-url", BODY, by_header),
                    ==, 200);
  g_assert_cmpuint (ask_with (fixture, "Bearer bob-key"), ==, 403);
  g_assert_cmpuint (ask_with (fixture, "Bearer alice-kez"), ==, 401);
  g_assert_cmpuint (ask_with (fixture, "Bearer "), ==, 401);
  g_assert_cmpuint (ask_with (fixture, NULL), ==, 401);
  g_file_set_contents (path, one, -1, NULL);
  fixture->now++;
  g_assert_cmpuint (ask_with (fixture, "Bearer alice-key"), ==, 401);
  /* What cannot be read changes nothing, and is told. */
  g_file_set_contents (path, "nonsense\n", -1, NULL);
  fixture->now++;
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_assert_cmpuint (ask_with (fixture, "Bearer bob-key"), ==, 403);
  g_unlink (path);
  g_rmdir (folder);
}

static guint
ask_from (PresignFixture *fixture,
          const char     *method,
          const char     *origin,
          const char     *host)
{
  const char *headers[] = { "Origin", origin, "Access-Control-Request-Method", "POST", "Host", host,
                            NULL };

  return presign_fixture_ask (fixture, method, "/get-presigned-url", BODY, headers);
}

static void
test_cors (void)
{
  static const char *const settings[] = { "cors-origins", "https://app.example", NULL };
  static const char *const all[] = { "cors-origins", "*", NULL };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (settings);
  g_autoptr (PresignFixture) open = presign_fixture_new (all);
  g_autoptr (PresignFixture) closed = presign_fixture_new (NULL);

  g_assert_cmpuint (ask_from (fixture, "OPTIONS", "https://app.example", "h"), ==, 204);
  g_assert_cmpstr (http_response_get_header (fixture->response, "Access-Control-Allow-Origin"), ==,
                   "https://app.example");
  g_assert_cmpstr (http_response_get_header (fixture->response, "Access-Control-Allow-Methods"), ==,
                   "POST");
  g_assert_cmpstr (http_response_get_header (fixture->response, "Vary"), ==, "Origin");
  g_assert_nonnull (http_response_get_header (fixture->response, "Access-Control-Max-Age"));
  g_assert_cmpuint (ask_from (fixture, "POST", "https://app.example", "h"), ==, 200);
  g_assert_cmpstr (http_response_get_header (fixture->response, "Access-Control-Allow-Origin"), ==,
                   "https://app.example");
  g_assert_cmpuint (ask_from (fixture, "OPTIONS", "https://evil.example", "h"), ==, 405);
  g_assert_null (http_response_get_header (fixture->response, "Access-Control-Allow-Origin"));
  g_assert_cmpuint (ask_from (fixture, "POST", "https://evil.example", "h"), ==, 403);
  g_assert_cmpuint (ask_from (fixture, "POST", "null", "h"), ==, 403);
  g_assert_cmpuint (ask_from (fixture, "POST", "http://h:81", "h:81"), ==, 200);
  g_assert_cmpuint (ask_from (open, "POST", "https://any.example", "h"), ==, 200);
  g_assert_cmpstr (http_response_get_header (open->response, "Access-Control-Allow-Origin"), ==,
                   "*");
  g_assert_cmpuint (ask_from (closed, "OPTIONS", "https://app.example", "h"), ==, 405);
}

int
main (int   argc,
      char *argv[])
{
  scripted_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/auth/claims", test_claims);
  g_test_add_func ("/presign/auth/forged", test_forged);
  g_test_add_func ("/presign/auth/odd-tokens", test_odd_tokens);
  g_test_add_func ("/presign/auth/odd-keys", test_odd_keys);
  g_test_add_func ("/presign/auth/key-set", test_key_set);
  g_test_add_func ("/presign/auth/rotation", test_rotation);
  g_test_add_func ("/presign/auth/named-late", test_named_late);
  g_test_add_func ("/presign/auth/api-keys", test_api_keys);
  g_test_add_func ("/presign/auth/cors", test_cors);
  return g_test_run ();
}
