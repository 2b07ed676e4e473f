/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-authority-presign.h"

#include <string.h>

#include "engine/pw-error.h"
#include "backend-fixture.h"

/* The traps of the FastAPI dialect, each taken: what a backend like the original does, or leaves
 * out, and what becomes of an upload. */

#define PART STORE_PART
#define SIZE (3 * STORE_PART + 5)

static void
finish (BackendFixture *fixture)
{
  g_assert_cmpint (step_fixture_run (fixture->step, PW_JOB_FINISH, 0), ==, PW_OUTCOME_DONE);
  backend_fixture_assert_object (fixture);
}

/* 1: /list-parts demands a part number that means nothing. 2: its ETags have quotes, Complete's
 * must not. */
static void
test_lists (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);
  g_autofree char *heard = NULL;
  const char *parts;

  backend_fixture_begin (fixture);
  backend_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture->step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture->step), ==, 4);
  g_assert_null (fixture->step->order->note);
  finish (fixture);
  heard = backend_fixture_dup_heard (fixture);
  g_assert_nonnull (strstr (strstr (heard, "/list-parts"), "\"partNumber\":1}"));
  parts = strstr (strstr (heard, "/complete-multipart-upload"), "\"parts\"");
  g_assert_null (strstr (parts, "\\\""));
  g_assert_nonnull (strstr (fixture->step->order->verification, "MD5"));
}

/* 3: the list ends at 1,000 and does not say so. */
static void
test_cut_list (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (1003 * 1024, 1024, NULL, NULL);
  StepFixture *step = fixture->step;

  g_assert_cmpint (step_fixture_run (step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  for (guint n = 1; n <= 1003; n++) {
    if (n != 1002)
      g_assert_cmpint (step_fixture_run (step, PW_JOB_PART, n), ==, PW_OUTCOME_OK);
  }
  backend_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (step), ==, 1002);
  g_assert_nonnull (strstr (step->order->note, "2 parts"));
  step_fixture_send_parts (step);
  finish (fixture);
}

/* 4: nothing is ever aborted, and the user is told what to do. */
static void
test_no_abort (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);
  StepFixture *step = fixture->step;

  backend_fixture_begin (fixture);
  g_assert_cmpint (step_fixture_run (step, PW_JOB_ABORT, 0), ==, PW_OUTCOME_OK);
  g_assert_nonnull (strstr (step->order->note, "AbortIncompleteMultipartUpload"));
  g_assert_false (step_fixture_has_journal (step));
  g_assert_cmpuint (store_fixture_get_stat (step->store, "uploads"), ==, 1);
}

/* 5: S3's code is somewhere in a text. */
static const struct {
  const char *detail;
  PwOutcome outcome;
  PwError error;
} refusals[] = {
  { "An error occurred (SlowDown) when calling the CreateMultipartUpload operation",
    PW_OUTCOME_LATER, PW_ERROR_THROTTLED },
  { "An error occurred (AccessDenied) when calling …: Access Denied", PW_OUTCOME_FAILED,
    PW_ERROR_ACCESS_DENIED },
  { "An error occurred (ExpiredToken) when calling …", PW_OUTCOME_FAILED,
    PW_ERROR_CREDENTIALS_EXPIRED },
  { "An error occurred (NoSuchBucket) when calling …", PW_OUTCOME_FAILED,
    PW_ERROR_NO_SUCH_BUCKET },
  { "something else", PW_OUTCOME_LATER, PW_ERROR_SERVER },
};

static guint refusal_index;

static void
refuse_start (BackendFixture *self,
              const char     *route,
              JsonObject     *body,
              guint           n,
              BackendTwist   *twist)
{
  if (!g_str_equal (route, "/start-multipart-upload"))
    return;
  twist->status = 500;
  twist->answer = g_strdup_printf ("{\"detail\":\"%s\"}", refusals[refusal_index].detail);
}

static void
test_codes (void)
{
  for (refusal_index = 0; refusal_index < G_N_ELEMENTS (refusals); refusal_index++) {
    g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);
    g_autoptr (PwJob) job = NULL;

    backend_fixture_set_twist (fixture, refuse_start);
    job = step_fixture_try (fixture->step, PW_JOB_BEGIN, 0);
    g_assert_cmpint (job->outcome, ==, refusals[refusal_index].outcome);
    g_assert_error (job->error, PW_ERROR, (gint) refusals[refusal_index].error);
  }
}

static void
forget_upload (BackendFixture *self,
               const char     *route,
               JsonObject     *body,
               guint           n,
               BackendTwist   *twist)
{
  if (!g_str_equal (route, "/list-parts"))
    return;
  twist->status = 500;
  twist->answer = g_strdup ("{\"detail\":\"An error occurred (NoSuchUpload) when calling the "
                            "ListParts operation: The specified upload does not exist.\"}");
}

static void
test_gone (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);

  backend_fixture_begin (fixture);
  backend_fixture_crash (fixture);
  backend_fixture_set_twist (fixture, forget_upload);
  g_assert_cmpint (step_fixture_run (fixture->step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture->step), ==, 0);
  backend_fixture_set_twist (fixture, NULL);
  step_fixture_send_parts (fixture->step);
  finish (fixture);
}

/* 6: the gateway gives up on a Complete that S3 then finishes. */
static void
time_out_complete (BackendFixture *self,
                   const char     *route,
                   JsonObject     *body,
                   guint           n,
                   BackendTwist   *twist)
{
  if (!g_str_equal (route, "/complete-multipart-upload"))
    return;
  twist->status = 504;
  twist->is_done = TRUE;
  twist->answer = g_strdup ("<html>Gateway Time-out</html>");
}

static void
test_complete_lost (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);
  g_autoptr (PwJob) job = NULL;

  backend_fixture_begin (fixture);
  backend_fixture_set_twist (fixture, time_out_complete);
  job = step_fixture_try (fixture->step, PW_JOB_FINISH, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_LATER);
  finish (fixture);
  g_assert_cmpuint (backend_fixture_count (fixture, "/complete-multipart-upload"), ==, 1);
  g_assert_nonnull (strstr (fixture->step->order->verification, "very likely complete"));
}

/* 7: an answer to start that is lost leaves an orphan; the journal had the intent. The first loss
 * is taken for a connection that was too old, and costs a silent second try. */
static void
drop_start (BackendFixture *self,
            const char     *route,
            JsonObject     *body,
            guint           n,
            BackendTwist   *twist)
{
  twist->is_dropped = g_str_equal (route, "/start-multipart-upload") && n <= 2;
}

static void
test_start_lost (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);
  g_autoptr (PwJob) job = NULL;

  backend_fixture_set_twist (fixture, drop_start);
  job = step_fixture_try (fixture->step, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_LATER);
  g_assert_true (step_fixture_has_journal (fixture->step));
  g_clear_pointer (&job, pw_job_free);
  backend_fixture_crash (fixture);
  backend_fixture_begin (fixture);
  finish (fixture);
  g_assert_cmpuint (store_fixture_get_stat (fixture->step->store, "uploads"), ==, 2);
}

/* 8: a URL that ran out costs another one, and no credit. */
static void
renew_urls (BackendFixture *self,
            const char     *route,
            JsonObject     *body,
            guint           n,
            BackendTwist   *twist)
{
  if (g_str_equal (route, "/get-presigned-url") && n == 10)
    g_atomic_int_set (&self->age_s, 0);
}

static void
test_url_expired (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);
  StepFixture *step = fixture->step;

  backend_fixture_set_twist (fixture, renew_urls);
  g_atomic_int_set (&fixture->expires_s, 60);
  g_atomic_int_set (&fixture->age_s, 3600);
  g_assert_cmpint (step_fixture_run (step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  for (guint n = 1; n <= 4; n++) {
    g_autoptr (PwJob) job = NULL;

    /* Each try takes three at most: when the tenth was given out they are fresh. */
    do {
      g_clear_pointer (&job, pw_job_free);
      job = step_fixture_try (step, PW_JOB_PART, n);
      g_assert_cmpuint (job->attempts.n_transient, ==, 0);
      g_assert_cmpuint (job->attempts.n_throttled, ==, 0);
    } while (job->outcome != PW_OUTCOME_OK);
    step->order->states[n - 1] = PW_PART_SAFE;
  }
  finish (fixture);
}

static HttpRequest *
request_part (BackendFixture *fixture,
              S3Checksum     *checksum)
{
  StepFixture *step = fixture->step;
  g_auto (PwExchange) exchange = {
    .client = pw_bench_get_client (step->bench, step->destination),
  };
  g_autoptr (GError) error = NULL;
  HttpRequest *request;

  s3_checksum_compute (checksum, S3_CHECKSUM_MD5, "x", 1);
  request = step->authority->klass->request (step->authority, &exchange, &(PwAsk) {
    .op = PW_OP_PART, .key = step->order->key, .upload_id = step->order->upload_id,
    .part_number = 1, .size = 1, .checksum = checksum,
  }, &error);
  g_assert_no_error (error);
  return request;
}

/* 9: the URL signs the host alone, so nothing may be added but Content-MD5. 11: the secret is for
 * the backend, under the name that the user gave. */
static void
test_headers (gconstpointer header)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, "s3cr3t-t0k3n", header);
  g_autoptr (HttpRequest) request = NULL;
  g_autofree char *heard = NULL;
  S3Checksum checksum;

  backend_fixture_begin (fixture);
  request = request_part (fixture, &checksum);
  g_assert_cmpuint (request->headers->len, ==, 1);
  g_assert_nonnull (http_request_get_header (request, "Content-MD5"));
  heard = backend_fixture_dup_heard (fixture);
  g_assert_nonnull (strstr (heard, header ? "X-Api-Key: s3cr3t-t0k3n\r\n"
                                   : "Authorization: Bearer s3cr3t-t0k3n\r\n"));
  finish (fixture);
}

/* 10: there is no PUT for what is small, or nothing at all. */
static void
test_small (gconstpointer data)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (GPOINTER_TO_SIZE (data), PART, NULL,
                                                            NULL);

  backend_fixture_begin (fixture);
  g_assert_cmpuint (fixture->step->order->plan.n_parts, ==, 1);
  backend_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture->step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpuint (step_fixture_count_safe (fixture->step), ==, 1);
  finish (fixture);
}

/* 11: a token that ran out stops the upload, which can be taken up again with another. */
static void
refuse_token (BackendFixture *self,
              const char     *route,
              JsonObject     *body,
              guint           n,
              BackendTwist   *twist)
{
  twist->status = 401;
  twist->answer = g_strdup ("{\"detail\":\"Token has expired\"}");
}

static void
test_token_expired (gconstpointer token)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, token, NULL);
  g_autoptr (PwJob) job = NULL;
  PwError expected = token ? PW_ERROR_CREDENTIALS_EXPIRED : PW_ERROR_CREDENTIALS_MISSING;

  backend_fixture_set_twist (fixture, refuse_token);
  job = step_fixture_try (fixture->step, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (job->error, PW_ERROR, (gint) expected);
}

/* Nobody is followed to another address, with or without a secret. */
static void
redirect (BackendFixture *self,
          const char     *route,
          JsonObject     *body,
          guint           n,
          BackendTwist   *twist)
{
  twist->status = 307;
  twist->header = "Location: http://other.example/x?X-Amz-Signature=0123456789abcdef0123\r\n";
}

static void
test_redirect (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, "s3cr3t-t0k3n", NULL);
  g_autoptr (PwJob) job = NULL;

  backend_fixture_set_twist (fixture, redirect);
  job = step_fixture_try (fixture->step, PW_JOB_BEGIN, 0);
  g_assert_cmpint (job->outcome, ==, PW_OUTCOME_FAILED);
  g_assert_error (job->error, PW_ERROR, PW_ERROR_PRESIGN);
  g_assert_nonnull (strstr (job->error->message, "other.example"));
  g_assert_null (strstr (job->error->message, "0123456789abcdef"));
}

/* 12: the key of the answer is the object's, here and in the journal; the name that was asked for
 * is asked for again. */
static void
test_key (void)
{
  g_autoptr (BackendFixture) fixture = backend_fixture_new (SIZE, PART, NULL, NULL);

  fixture->prefix = "in/";
  backend_fixture_begin (fixture);
  g_assert_cmpstr (fixture->step->order->key, ==, "in/file.bin");
  backend_fixture_crash (fixture);
  g_assert_cmpint (step_fixture_run (fixture->step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpstr (fixture->step->order->key, ==, "in/file.bin");
  backend_fixture_crash (fixture);
  backend_fixture_set_twist (fixture, forget_upload);
  g_assert_cmpint (step_fixture_run (fixture->step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  g_assert_cmpstr (fixture->step->order->key, ==, "in/file.bin");
  backend_fixture_set_twist (fixture, NULL);
  step_fixture_send_parts (fixture->step);
  finish (fixture);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trap/01-02-list-parts", test_lists);
  g_test_add_func ("/trap/03-cut-list", test_cut_list);
  g_test_add_func ("/trap/04-no-abort", test_no_abort);
  g_test_add_func ("/trap/05-codes-in-detail", test_codes);
  g_test_add_func ("/trap/05-upload-gone", test_gone);
  g_test_add_func ("/trap/06-complete-timed-out", test_complete_lost);
  g_test_add_func ("/trap/07-start-lost", test_start_lost);
  g_test_add_func ("/trap/08-url-expired", test_url_expired);
  g_test_add_data_func ("/trap/09-11-headers-bearer", NULL, test_headers);
  g_test_add_data_func ("/trap/09-11-headers-named", "X-Api-Key", test_headers);
  g_test_add_data_func ("/trap/10-small", GSIZE_TO_POINTER (10), test_small);
  g_test_add_data_func ("/trap/10-empty", GSIZE_TO_POINTER (0), test_small);
  g_test_add_data_func ("/trap/11-token-expired", "t0k3n", test_token_expired);
  g_test_add_data_func ("/trap/11-token-missing", NULL, test_token_expired);
  g_test_add_func ("/trap/11-redirect", test_redirect);
  g_test_add_func ("/trap/12-key-of-the-answer", test_key);
  return g_test_run ();
}
