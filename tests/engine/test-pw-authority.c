/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-authority.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#include <string.h>

/* What is common to all kinds of authority: judging answers, and asking again. */

typedef struct {
  StepFixture *step;
  PwExchange exchange;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  rules)
{
  fixture->step = step_fixture_new (rules, NULL, 1);
  fixture->exchange.client = pw_bench_get_client (fixture->step->bench,
                                                  fixture->step->destination);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  rules)
{
  pw_exchange_clear (&fixture->exchange);
  step_fixture_free (fixture->step);
}

static gssize
read_cb (gpointer   data,
         guint64    offset,
         void      *buffer,
         gsize      size,
         guint     *wait_ms,
         GError   **error)
{
  memset (buffer, 'x', size);
  return (gssize) size;
}

static gboolean
put (Fixture  *fixture,
     gboolean  if_none_match,
     GError  **error)
{
  S3ObjectOptions options = { .content_type = "text/plain" };
  g_autoptr (HttpResponse) response =
    pw_authority_ask (fixture->step->authority, &fixture->exchange, &(PwAsk) {
    .op = PW_OP_PUT, .key = "k", .options = &options, .size = 100, .body_func = read_cb,
    .if_none_match = if_none_match,
  }, error);

  return response != NULL;
}

static PwBegun *
create (Fixture  *fixture,
        GError  **error)
{
  S3ObjectOptions options = { 0 };

  return pw_authority_create (fixture->step->authority, &fixture->exchange, &(PwAsk) {
    .op = PW_OP_CREATE, .key = "k", .options = &options, .size = 1,
  }, error);
}

static void
test_calls (Fixture       *fixture,
            gconstpointer  rules)
{
  PwAuthority *authority = fixture->step->authority;
  g_autoptr (GError) error = NULL;
  g_autoptr (PwBegun) begun = create (fixture, &error);
  g_autoptr (S3PartsPage) parts = NULL;
  g_autoptr (S3UploadsPage) uploads = NULL;
  g_autoptr (S3ObjectReply) head = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (begun->key, ==, "k");
  parts = pw_authority_list_parts (authority, &fixture->exchange, "k", begun->upload_id, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parts->parts->len, ==, 0);
  uploads = pw_authority_list_uploads (authority, &fixture->exchange, "k", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (uploads->uploads->len, ==, 1);
  g_assert_true (pw_authority_abort (authority, &fixture->exchange, "k", begun->upload_id, &error));
  g_assert_no_error (error);

  g_assert_null (pw_authority_list_parts (authority, &fixture->exchange, "k", begun->upload_id, 0,
                                          &error));
  g_assert_cmpint (fixture->exchange.verdict, ==, PW_VERDICT_UPLOAD_GONE);
  g_assert_nonnull (fixture->exchange.request_id);
  g_assert_nonnull (fixture->exchange.peer);
  g_clear_error (&error);

  g_assert_null (pw_authority_head (authority, &fixture->exchange, "k", &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_NO_SUCH_OBJECT);
  g_assert_cmpuint (fixture->exchange.status, ==, 404);
  g_clear_error (&error);
  g_assert_true (put (fixture, FALSE, &error));
  g_assert_cmpuint (fixture->exchange.n_sent, ==, 100);
  head = pw_authority_head (authority, &fixture->exchange, "k", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (head->size, ==, 100);
}

/* Answers that are none: each is told as such, and may be asked for again. */
static void
test_broken_answers (Fixture       *fixture,
                     gconstpointer  rules)
{
  PwAuthority *authority = fixture->step->authority;
  GError *errors[5] = { NULL };
  S3CompletedPart part = { .part_number = 1, .etag = "x" };

  store_fixture_set_faults (fixture->step->store, "any: html\n");
  g_assert_null (create (fixture, &errors[0]));
  g_assert_null (pw_authority_list_parts (authority, &fixture->exchange, "k", "id", 0, &errors[1]));
  g_assert_null (pw_authority_list_uploads (authority, &fixture->exchange, NULL, NULL, NULL,
                                            &errors[2]));
  g_assert_null (pw_authority_complete (authority, &fixture->exchange, &(PwAsk) {
    .op = PW_OP_COMPLETE, .key = "k", .upload_id = "id", .parts = &part, .n_parts = 1, .size = 1,
  }, &errors[3]));
  g_assert_null (pw_authority_head (authority, &fixture->exchange, "k", &errors[4]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_assert_error (errors[i], PW_ERROR, PW_ERROR_ANSWER);
    g_error_free (errors[i]);
  }
  g_assert_cmpuint (fixture->exchange.attempts.n_transient, ==, 5);
}

/* If-None-Match that a store does not know is left out, for all who ask, also those who did so at
 * the same time. */
static void
test_condition (Fixture       *fixture,
                gconstpointer  rules)
{
  PwAuthority *authority = fixture->step->authority;
  g_autoptr (GError) error = NULL;

  store_fixture_set_faults (fixture->step->store, "put times 1: status 501 NotImplemented\n");
  g_assert_true (put (fixture, TRUE, &error));
  g_assert_true (g_atomic_int_get (&authority->refuses_conditions));
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "put"), ==, 2);
  g_assert_true (put (fixture, TRUE, &error));
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "put"), ==, 3);

  /* And 501 for something else ends. */
  store_fixture_set_faults (fixture->step->store, "put: status 501 NotImplemented\n");
  g_assert_false (put (fixture, TRUE, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_UNSUPPORTED);
}

/* A new store is asked twice, in case it minds checksums. What is told is one of the answers. */
static void
test_refusal (Fixture       *fixture,
              gconstpointer  rules)
{
  g_autoptr (GError) error = NULL;

  pw_authority_set_checksum (fixture->step->authority, PW_CHECKSUM_UNKNOWN);
  store_fixture_set_faults (fixture->step->store, "create: status 400 InvalidStorageClass\n");
  g_assert_null (create (fixture, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_STORAGE_CLASS);
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "create"), ==, 2);
  g_assert_nonnull (strstr (error->message, fixture->exchange.request_id));
}

static void
test_nobody (Fixture       *fixture,
             gconstpointer  rules)
{
  g_autoptr (GError) error = NULL;

  store_fixture_stop (fixture->step->store);
  for (guint i = 0; i < 10; i++) {
    g_assert_false (put (fixture, FALSE, &error));
    g_assert_error (error, PW_ERROR, PW_ERROR_NETWORK);
    g_assert_cmpint (fixture->exchange.verdict, ==, PW_VERDICT_RETRY);
    g_clear_error (&error);
  }
  g_assert_false (put (fixture, FALSE, &error));
  g_assert_cmpint (fixture->exchange.verdict, ==, PW_VERDICT_STOP);
}

/* One reset costs a new connection, and no try. */
static void
test_reset (Fixture       *fixture,
            gconstpointer  rules)
{
  g_autoptr (GError) error = NULL;

  store_fixture_set_faults (fixture->step->store, "put times 1: reset after 1\n");
  g_assert_true (put (fixture, FALSE, &error));
  g_assert_cmpuint (fixture->exchange.attempts.n_transient, ==, 0);
}

static const S3StoreKind stores[] = {
  S3_STORE_AWS, S3_STORE_R2, S3_STORE_B2, S3_STORE_GENERIC,
};

static void
test_init (void)
{
  static const PwAuthorityClass klass = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (stores); i++) {
    const S3Limits *limits = s3_limits_for_kind (stores[i]);
    g_autoptr (PwDestination) destination = pw_destination_new ("d");
    PwAuthority authority = { 0 };

    destination->endpoint = g_strdup ("https://store.example");
    destination->store = stores[i];
    pw_authority_init (&authority, &klass, destination);
    g_assert_cmpint (pw_authority_get_checksum (&authority), ==,
                     limits->sends_checksums ? PW_CHECKSUM_UNKNOWN : S3_CHECKSUM_MD5);
    if (stores[i] == S3_STORE_GENERIC)
      g_assert_cmpint (authority.etag_rule, ==, PW_ETAG_UNKNOWN);
    else
      g_assert_cmpint (authority.etag_rule, ==,
                       limits->etag_is_md5 ? PW_ETAG_IS_MD5 : PW_ETAG_FREE);
    g_assert_false (pw_authority_needs_sha256 (&authority));

    /* What was found out by trying counts for more. */
    destination->is_probed = TRUE;
    destination->checksum = S3_CHECKSUM_CRC32C;
    destination->etag_is_md5 = TRUE;
    pw_authority_init (&authority, &klass, destination);
    g_assert_cmpint (pw_authority_get_checksum (&authority), ==, S3_CHECKSUM_CRC32C);
    g_assert_cmpint (authority.etag_rule, ==, PW_ETAG_IS_MD5);
  }
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/authority/calls/generic", Fixture, "generic", set_up, test_calls, tear_down);
  g_test_add ("/authority/calls/ceph", Fixture, "ceph", set_up, test_calls, tear_down);
  g_test_add ("/authority/broken-answers", Fixture, NULL, set_up, test_broken_answers, tear_down);
  g_test_add ("/authority/condition", Fixture, NULL, set_up, test_condition, tear_down);
  g_test_add ("/authority/refusal", Fixture, NULL, set_up, test_refusal, tear_down);
  g_test_add ("/authority/nobody", Fixture, NULL, set_up, test_nobody, tear_down);
  g_test_add ("/authority/reset", Fixture, NULL, set_up, test_reset, tear_down);
  g_test_add_func ("/authority/init", test_init);

  return g_test_run ();
}
