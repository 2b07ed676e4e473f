/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-authority-keys.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

/* Signing, and learning what the signature needs: clock, region, fresh keys. */

typedef struct {
  StepFixture *step;
  PwExchange exchange;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  faults)
{
  fixture->step = step_fixture_new (NULL, faults, 1);
  fixture->exchange.client = pw_bench_get_client (fixture->step->bench,
                                                  fixture->step->destination);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  faults)
{
  pw_exchange_clear (&fixture->exchange);
  step_fixture_free (fixture->step);
}

static gboolean
ask (Fixture  *fixture,
     GError  **error)
{
  g_autoptr (HttpResponse) response =
    pw_authority_ask (fixture->step->authority, &fixture->exchange,
                      &(PwAsk) { .op = PW_OP_LIST_UPLOADS, .prefix = "x" }, error);

  return response != NULL;
}

static void
test_clock (Fixture       *fixture,
            gconstpointer  faults)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ask (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "list-uploads"), ==, 2);
  /* Learned once for all. */
  g_assert_true (ask (fixture, &error));
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "list-uploads"), ==, 3);
}

static void
test_region (Fixture       *fixture,
             gconstpointer  faults)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *region = pw_authority_keys_dup_region (fixture->step->authority);

  g_assert_null (region);
  g_assert_true (ask (fixture, &error));
  g_assert_no_error (error);
  region = pw_authority_keys_dup_region (fixture->step->authority);
  g_assert_cmpstr (region, ==, "eu-west-3");
  g_assert_true (ask (fixture, &error));
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "list-uploads"), ==, 3);
}

/* A clock or a region that is wrong again and again ends. */
static void
test_never_right (Fixture       *fixture,
                  gconstpointer  faults)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ask (fixture, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (fixture->exchange.verdict, ==, PW_VERDICT_STOP);
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "list-uploads"), <=, 3);
}

static void
test_wrong_keys (Fixture       *fixture,
                 gconstpointer  faults)
{
  g_autoptr (S3Credentials) keys = s3_credentials_new ("testkey", "another", NULL);
  g_autoptr (GError) error = NULL;

  pw_credentials_set (fixture->step->credentials, keys, 0);
  g_assert_false (ask (fixture, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_CREDENTIALS_WRONG);
}

/* What is kept of keys that signed before is not used for others. */
static void
test_other_keys (Fixture       *fixture,
                 gconstpointer  faults)
{
  g_autoptr (S3Credentials) right = s3_credentials_new ("testkey", "testsecret", NULL);
  g_autoptr (S3Credentials) wrong = s3_credentials_new ("testkey", "another", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ask (fixture, &error));
  pw_credentials_set (fixture->step->credentials, wrong, 0);
  g_assert_false (ask (fixture, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_CREDENTIALS_WRONG);
  g_clear_error (&error);
  pw_credentials_set (fixture->step->credentials, right, 0);
  g_assert_true (ask (fixture, &error));
  g_assert_no_error (error);
}

static void
test_no_keys (Fixture       *fixture,
              gconstpointer  faults)
{
  g_autoptr (PwCredentials) none = pw_credentials_new (fixture->step->destination);
  g_autoptr (GError) error = NULL;
  g_autoptr (PwAuthority) authority = pw_authority_keys_new (fixture->step->destination, none,
                                                             &error);
  g_autoptr (HttpResponse) response =
    pw_authority_ask (authority, &fixture->exchange, &(PwAsk) { .op = PW_OP_HEAD_BUCKET }, &error);

  g_assert_null (response);
  g_assert_error (error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING);
  g_assert_cmpint (fixture->exchange.verdict, ==, PW_VERDICT_STOP);
}

/* Two workers meet the end of a token. The first brings a fresh one; the second, whose request was
 * signed before, must not throw that away. */
static void
test_expired (Fixture       *fixture,
              gconstpointer  faults)
{
  PwAuthority *authority = fixture->step->authority;
  g_autoptr (S3Credentials) old = s3_credentials_new ("testkey", "testsecret", "old");
  g_autoptr (S3Credentials) fresh = s3_credentials_new ("testkey", "testsecret", "fresh");
  g_auto (PwExchange) late = { .client = fixture->exchange.client };
  PwAsk question = { .op = PW_OP_HEAD_BUCKET };
  g_autoptr (HttpRequest) one = NULL, other = NULL, again = NULL;

  pw_credentials_set (fixture->step->credentials, old, 0);
  one = authority->klass->request (authority, &late, &question, NULL);
  g_assert_cmpstr (late.used->session_token, ==, "old");

  pw_credentials_set (fixture->step->credentials, fresh, 0);
  other = authority->klass->request (authority, &fixture->exchange, &question, NULL);
  g_assert_cmpstr (fixture->exchange.used->session_token, ==, "fresh");

  late.verdict = PW_VERDICT_FIX_CREDENTIALS;
  g_assert_true (authority->klass->repair (authority, &late, &question, NULL));
  again = authority->klass->request (authority, &late, &question, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (late.used->session_token, ==, "fresh");

  /* Typed keys that are expired themselves: only the user can help. */
  g_assert_false (authority->klass->repair (authority, &late, &question, NULL));
  g_assert_null (authority->klass->request (authority, &late, &question, NULL));
}

static void
test_insecure (void)
{
  g_autoptr (PwDestination) destination = pw_destination_new ("d");
  g_autoptr (PwCredentials) credentials = pw_credentials_new (destination);
  g_autoptr (PwAuthority) authority = NULL;
  g_autoptr (GError) error = NULL;

  destination->bucket = g_strdup ("bucket");
  destination->endpoint = g_strdup ("http://store.example");
  g_assert_null (pw_authority_keys_new (destination, credentials, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_INSECURE);
  destination->allow_http = TRUE;
  authority = pw_authority_keys_new (destination, credentials, NULL);
  g_assert_true (pw_authority_needs_sha256 (authority));
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

#define ADD(name, faults, test) \
  g_test_add ("/keys/" name, Fixture, faults, set_up, test, tear_down)
  ADD ("clock/ahead", "any: clock +7200\n", test_clock);
  ADD ("clock/behind", "any: clock -86400\n", test_clock);
  ADD ("region/400", "any: region eu-west-3 400\n", test_region);
  ADD ("region/301", "any: region eu-west-3 301\n", test_region);
  ADD ("never-right/region", "any: status 301 PermanentRedirect region xx\n", test_never_right);
  ADD ("never-right/no-region", "any: status 301 PermanentRedirect\n", test_never_right);
  ADD ("never-right/clock", "any: status 403 RequestTimeTooSkewed\n", test_never_right);
  ADD ("wrong-keys", NULL, test_wrong_keys);
  ADD ("other-keys", NULL, test_other_keys);
  ADD ("no-keys", NULL, test_no_keys);
  ADD ("expired", NULL, test_expired);
  g_test_add_func ("/keys/insecure", test_insecure);

  return g_test_run ();
}
