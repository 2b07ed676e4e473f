/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-job.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

#define KIB ((gsize) 1024)
#define MIB (1024 * KIB)

/* Memory. */

static void
test_buffer (void)
{
  PwBudget budget = { .left = 2 * MIB };
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  PwBench *one = pw_bench_new (&budget, throttle, 0);
  PwBench *other = pw_bench_new (&budget, throttle, 0);
  guint8 *buffer = pw_bench_get_buffer (one, 1);

  g_assert_nonnull (buffer);
  g_assert_cmpint (budget.left, ==, 2 * MIB - 256 * KIB);
  g_assert_true (pw_bench_get_buffer (one, 256 * KIB) == buffer);
  g_assert_nonnull (pw_bench_get_buffer (one, MIB));
  g_assert_cmpint (budget.left, ==, MIB);

  g_assert_nonnull (pw_bench_get_buffer (other, MIB));
  g_assert_cmpint (budget.left, ==, 0);
  /* More than is left: none, and what it had is given back. */
  g_assert_null (pw_bench_get_buffer (other, MIB + 1));
  g_assert_cmpint (budget.left, ==, MIB);

  pw_bench_free (one);
  pw_bench_free (other);
  g_assert_cmpint (budget.left, ==, 2 * MIB);
}

static void
test_clients (void)
{
  PwBudget budget = { 0 };
  g_autoptr (PwThrottle) throttle = pw_throttle_new ();
  g_autoptr (PwDestination) plain = pw_destination_new ("a"), with_ca = pw_destination_new ("b");
  PwBench *bench = pw_bench_new (&budget, throttle, 0);
  HttpClient *client = pw_bench_get_client (bench, plain);

  with_ca->ca_file = g_strdup ("/nowhere.pem");
  g_assert_true (pw_bench_get_client (bench, plain) == client);
  g_assert_true (pw_bench_get_client (bench, with_ca) != client);
  pw_bench_free (bench);
}

/* What a failure means. */

typedef struct {
  const char *name;
  PwVerdict verdict;
  gboolean has_exchange;
  gint stop;
  PwError code;
  PwOutcome outcome;
} Case;

static const Case cases[] = {
  { "stopped", PW_VERDICT_RETRY, TRUE, 1, PW_ERROR_SERVER, PW_OUTCOME_STOPPED },
  { "changed", PW_VERDICT_STOP, TRUE, 0, PW_ERROR_SOURCE_CHANGED, PW_OUTCOME_CHANGED },
  { "vanished", PW_VERDICT_STOP, FALSE, 0, PW_ERROR_SOURCE_VANISHED, PW_OUTCOME_CHANGED },
  { "unreadable", PW_VERDICT_STOP, FALSE, 0, PW_ERROR_SOURCE_READ, PW_OUTCOME_FAILED },
  { "retry", PW_VERDICT_RETRY, TRUE, 0, PW_ERROR_SERVER, PW_OUTCOME_LATER },
  { "slow-down", PW_VERDICT_SLOW_DOWN, TRUE, 0, PW_ERROR_THROTTLED, PW_OUTCOME_LATER },
  { "read-again", PW_VERDICT_READ_AGAIN, TRUE, 0, PW_ERROR_DAMAGED, PW_OUTCOME_LATER },
  { "gone", PW_VERDICT_UPLOAD_GONE, TRUE, 0, PW_ERROR_UPLOAD_GONE, PW_OUTCOME_ANEW },
  { "restart", PW_VERDICT_RESTART, TRUE, 0, PW_ERROR_CONFLICT, PW_OUTCOME_ANEW },
  { "stop", PW_VERDICT_STOP, TRUE, 0, PW_ERROR_ACCESS_DENIED, PW_OUTCOME_FAILED },
};

static void
test_fail (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, 1);
  g_autoptr (PwJob) job = pw_job_new (PW_JOB_PART, fixture->order, 1);
  PwExchange exchange = { .verdict = c->verdict, .wait_ms = 77 };

  job->transfer.stop = c->stop;
  job->error = g_error_new_literal (PW_ERROR, PW_ERROR_NETWORK, "an earlier one");
  pw_job_fail (job, c->has_exchange ? &exchange : NULL,
               g_error_new_literal (PW_ERROR, (gint) c->code, "x"));
  g_assert_cmpint (job->outcome, ==, c->outcome);
  g_assert_cmpuint (job->wait_ms, ==, c->has_exchange ? 77 : 0);
  g_assert_cmpint (job->was_throttled, ==, c->verdict == PW_VERDICT_SLOW_DOWN);
  g_assert_error (job->error, PW_ERROR, (gint) c->code);
}

static void
test_exchange (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, 1);
  g_autoptr (PwJob) job = pw_job_new (PW_JOB_PART, fixture->order, 1);
  PwExchange exchange;

  job->attempts.n_transient = 4;
  pw_job_open_exchange (job, fixture->bench, &exchange);
  g_assert_nonnull (exchange.client);
  g_assert_true (exchange.transfer == &job->transfer);
  g_assert_cmpuint (exchange.attempts.n_transient, ==, 4);

  exchange.attempts.n_transient = 5;
  exchange.n_sent = 10;
  exchange.request_id = g_strdup ("one");
  exchange.peer = g_strdup ("192.0.2.1:443");
  pw_job_close_exchange (job, &exchange);
  exchange.request_id = g_strdup ("two");
  exchange.peer = g_strdup ("192.0.2.2:443");
  pw_job_close_exchange (job, &exchange);
  pw_exchange_clear (&exchange);
  g_assert_cmpuint (job->attempts.n_transient, ==, 5);
  g_assert_cmpuint (job->n_sent, ==, 10);
  g_assert_cmpstr (job->request_id, ==, "two");
  g_assert_cmpstr (job->peer, ==, "192.0.2.2:443");
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/job/buffer", test_buffer);
  g_test_add_func ("/job/clients", test_clients);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/job/fail/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_fail);
  }
  g_test_add_func ("/job/exchange", test_exchange);

  return g_test_run ();
}
