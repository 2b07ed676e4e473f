/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-probe.h"

#include "engine/pw-error.h"
#include "step-fixture.h"

static void
count_cb (PwProbeStep          step,
          const PwProbeResult *result,
          gpointer             data)
{
  guint *n = data;

  ++*n;
  g_assert_true (result->was_tried);
}

/* What is looked for first is called by its name. */
static void
test_titles (void)
{
  g_autoptr (PwDestination) destination = pw_destination_new ("d");

  g_assert_cmpint (destination->kind, ==, PW_DESTINATION_S3);
  for (guint step = 0; step < PW_N_PROBES; step++)
    g_assert_nonnull (pw_probe_get_title (step, destination));
  g_assert_cmpstr (pw_probe_get_title (PW_PROBE_BUCKET, destination), ==, "Find the bucket");
  destination->kind = PW_DESTINATION_PRESIGN;
  g_assert_cmpstr (pw_probe_get_title (PW_PROBE_BUCKET, destination), ==, "Find the backend");
}

static PwProbe *
probe (StepFixture *fixture,
       guint       *n)
{
  HttpClient *client = pw_bench_get_client (fixture->bench, fixture->destination);

  return pw_probe_run (fixture->destination, fixture->authority, client, n ? count_cb : NULL, n);
}

typedef struct {
  const char *name;
  const char *rules;
  gboolean etag_is_md5;
  S3ChecksumKind checksum;
  gboolean tells_whole;
} StoreCase;

static const StoreCase store_cases[] = {
  { "generic", "generic", TRUE, S3_CHECKSUM_CRC64NVME, TRUE },
  { "aws", "aws", TRUE, S3_CHECKSUM_CRC64NVME, TRUE },
  { "ceph", "ceph", TRUE, S3_CHECKSUM_MD5, FALSE },
  { "b2", "b2", TRUE, S3_CHECKSUM_MD5, FALSE },
  { "r2", "r2", FALSE, S3_CHECKSUM_CRC64NVME, TRUE },
};

static void
test_stores (gconstpointer data)
{
  const StoreCase *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (c->rules, NULL, 1);
  g_autoptr (PwDestination) copy = pw_destination_copy (fixture->destination);
  guint n = 0;
  g_autoptr (PwProbe) result = probe (fixture, &n);

  g_assert_cmpuint (n, ==, PW_N_PROBES);
  for (guint step = 0; step < PW_N_PROBES; step++)
    g_assert_no_error (result->results[step].error);
  g_assert_true (pw_probe_is_usable (result));
  g_assert_cmpint (result->etag_is_md5, ==, c->etag_is_md5);
  g_assert_cmpint (result->checksum, ==, c->checksum);
  g_assert_cmpint (result->tells_whole, ==, c->tells_whole);
  pw_probe_apply (result, copy);
  g_assert_true (copy->is_probed);
  g_assert_cmpint (copy->checksum, ==, c->checksum);
  g_assert_cmpint (copy->etag_is_md5, ==, c->etag_is_md5);
  g_assert_true (copy->put_if_none_match);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "objects"), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

typedef struct {
  const char *name;
  const char *faults;
  PwProbeStep step;             /* that fails */
  PwError code;
  gboolean is_usable;
  guint n_tried;
} Case;

static const Case cases[] = {
  { "no-bucket-right", "bucket: status 403 AccessDenied\n", PW_PROBE_BUCKET,
    PW_ERROR_ACCESS_DENIED, TRUE, PW_N_PROBES },
  { "create", "create: status 403 AccessDenied\n", PW_PROBE_CREATE, PW_ERROR_ACCESS_DENIED, FALSE,
    2 },
  { "part", "part: status 403 AccessDenied\n", PW_PROBE_PART, PW_ERROR_ACCESS_DENIED, FALSE, 7 },
  { "list", "list-parts: status 403 AccessDenied\n", PW_PROBE_LIST, PW_ERROR_ACCESS_DENIED, TRUE,
    PW_N_PROBES },
  { "list-empty", "list-parts: empty\n", PW_PROBE_LIST, PW_ERROR_PARTS, TRUE, PW_N_PROBES },
  { "complete", "complete: status 403 AccessDenied\n", PW_PROBE_COMPLETE, PW_ERROR_ACCESS_DENIED,
    FALSE, 9 },
  { "head", "head: status 403 AccessDenied\n", PW_PROBE_HEAD, PW_ERROR_ACCESS_DENIED, TRUE,
    PW_N_PROBES },
  { "wrong-size", "head: wrong-size\n", PW_PROBE_HEAD, PW_ERROR_WRONG_OBJECT, TRUE, PW_N_PROBES },
  { "put", "put: status 403 AccessDenied\n", PW_PROBE_PUT, PW_ERROR_ACCESS_DENIED, FALSE, 9 },
  { "unfinished", "list-uploads: status 403 AccessDenied\n", PW_PROBE_UNFINISHED,
    PW_ERROR_ACCESS_DENIED, TRUE, PW_N_PROBES },
  { "delete", "delete: status 403 AccessDenied\n", PW_PROBE_DELETE, PW_ERROR_ACCESS_DENIED, TRUE,
    PW_N_PROBES },
};

static void
test_trouble (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, c->faults, 1);
  guint n = 0;
  g_autoptr (PwProbe) result = probe (fixture, &n);

  for (guint step = 0; step < PW_N_PROBES; step++) {
    if (step == c->step)
      g_assert_error (result->results[step].error, PW_ERROR, (gint) c->code);
    else
      g_assert_no_error (result->results[step].error);
  }
  g_assert_cmpint (pw_probe_is_usable (result), ==, c->is_usable);
  g_assert_cmpuint (n, ==, c->n_tried);
  /* Whatever failed, nothing is left but what may not be deleted. */
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "objects"), ==,
                    c->step == PW_PROBE_DELETE);
}

/* A store that does not mind If-None-Match replaces what is there: known from then on. */
static void
test_condition (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, "put after 1: status 501\n", 1);
  g_autoptr (PwProbe) result = probe (fixture, NULL);

  g_assert_true (result->results[PW_PROBE_CONDITION].error != NULL);
  g_assert_false (result->keeps_existing);
  g_assert_true (pw_probe_is_usable (result));
}

static void
test_nobody_there (void)
{
  g_autoptr (StepFixture) fixture = step_fixture_new (NULL, NULL, 1);
  g_autoptr (PwProbe) result = NULL;

  store_fixture_stop (fixture->store);
  result = probe (fixture, NULL);
  g_assert_false (pw_probe_is_usable (result));
  g_assert_error (pw_probe_get_error (result), PW_ERROR, PW_ERROR_NETWORK);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (store_cases); i++) {
    g_autofree char *path = g_strconcat ("/probe/store/", store_cases[i].name, NULL);

    g_test_add_data_func (path, &store_cases[i], test_stores);
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/probe/trouble/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_trouble);
  }
  g_test_add_func ("/probe/titles", test_titles);
  g_test_add_func ("/probe/condition", test_condition);
  g_test_add_func ("/probe/nobody-there", test_nobody_there);

  return g_test_run ();
}
