/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "engine/pw-authority-keys.h"
#include "store-fixture.h"

/* Workers that do real jobs, the cheapest there are: a begin of a file that is not there fails at
 * once, and an abort of what was never begun succeeds at once. */

typedef struct {
  PwDestination *destination;
  PwAuthority *authority;
  PwPool *pool;
  guint n_to_feed;
  PwJobKind kind;
  guint n_done;
  const char *opened;           /* each order holds that file open; or NULL */
  gboolean stops;               /* jobs come with the stop flag up */
} Fixture;

static PwJob *
feed_cb (gboolean no_parts,
         gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (PwOrder) order = NULL;
  PwJob *job;

  if (fixture->n_to_feed == 0 || (no_parts && fixture->kind == PW_JOB_PART))
    return NULL;
  fixture->n_to_feed--;
  /* Only one such job of an order may run at a time. */
  order = pw_order_new ("0123456789abcdef", "/nowhere/at/all", "k", fixture->destination,
                        fixture->authority, "/nowhere");
  if (fixture->opened)
    order->source = pw_source_open (fixture->opened, NULL);
  job = pw_job_new (fixture->kind, order, 0);
  job->transfer.stop = fixture->stops;
  return job;
}

static void
done_cb (PwJob    *job,
         gpointer  data)
{
  Fixture *fixture = data;

  if (fixture->kind == PW_JOB_CLOSE)
    g_assert_false (pw_order_is_open (job->order));
  else if (fixture->stops)
    g_assert_cmpint (job->outcome, ==, PW_OUTCOME_STOPPED);
  else
    g_assert_cmpint (job->outcome, ==, fixture->kind == PW_JOB_ABORT ? PW_OUTCOME_OK
                                                                     : PW_OUTCOME_CHANGED);
  fixture->n_done++;
  pw_job_free (job);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (PwCredentials) credentials = NULL;

  fixture->destination = pw_destination_new_from_uri ("s3://bucket", "http://127.0.0.1:1", NULL,
                                                      NULL);
  credentials = pw_credentials_new (fixture->destination);
  fixture->authority = pw_authority_keys_new (fixture->destination, credentials, NULL);
  fixture->kind = PW_JOB_ABORT;
  fixture->pool = pw_pool_new (feed_cb, done_cb, fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->pool, pw_pool_free);
  pw_authority_unref (fixture->authority);
  g_assert_finalize_object (fixture->destination);
}

static void
run (Fixture *fixture,
     guint    n)
{
  guint before = fixture->n_done;

  fixture->n_to_feed = n;
  pw_pool_feed (fixture->pool);
  while (fixture->n_done < before + n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (pw_pool_get_n_out (fixture->pool), ==, 0);
}

static void
test_jobs (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_cmpuint (pw_pool_get_n_out (fixture->pool), ==, 0);
  run (fixture, 500);
  fixture->kind = PW_JOB_BEGIN;
  run (fixture, 500);
}

static void
test_stopped (Fixture       *fixture,
              gconstpointer  data)
{
  fixture->stops = TRUE;
  fixture->kind = PW_JOB_PART;
  run (fixture, 100);
}

/* Whatever else is stopped, files are closed. */
static void
test_closed (Fixture       *fixture,
             gconstpointer  data)
{
  fixture->stops = TRUE;
  fixture->kind = PW_JOB_CLOSE;
  fixture->opened = "/proc/self/exe";
  run (fixture, 100);
}

/* More workers, fewer, and more again, with work going on. */
static void
test_connections (Fixture       *fixture,
                  gconstpointer  data)
{
  static const guint numbers[] = { 8, 1, 16, 2, 32, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    fixture->n_to_feed = 200;
    pw_pool_feed (fixture->pool);
    pw_pool_set_connections (fixture->pool, numbers[i], 1, 32);
    g_assert_cmpuint (pw_pool_get_connections (fixture->pool), ==, numbers[i]);
    pw_pool_renew (fixture->pool);
    while (fixture->n_to_feed > 0 || pw_pool_get_n_out (fixture->pool) > 0)
      g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (fixture->n_done, ==, 200 * G_N_ELEMENTS (numbers));
  /* A number of the user's own is not the tuner's to change. */
  for (guint i = 0; i < 100; i++)
    pw_pool_tick (fixture->pool, i * 1000000);
  g_assert_cmpuint (pw_pool_get_connections (fixture->pool), ==, 3);
  g_assert_false (pw_pool_is_tuned (fixture->pool));
  pw_pool_set_connections (fixture->pool, 0, 4, 6);
  g_assert_true (pw_pool_is_tuned (fixture->pool));
  g_assert_cmpuint (pw_pool_get_connections (fixture->pool), >=, 4);
  g_assert_cmpuint (pw_pool_get_connections (fixture->pool), <=, 6);
  pw_pool_tick (fixture->pool, 0);
}

/* What the system has noted of each thread: see proc_pid_stat(5). */
static gint
get_most_nice (void)
{
  g_autoptr (GDir) threads = g_dir_open ("/proc/self/task", 0, NULL);
  const char *id;
  gint most = 0;

  while ((id = g_dir_read_name (threads))) {
    g_autofree char *path = g_build_filename ("/proc/self/task", id, "stat", NULL);
    g_autofree char *stat = NULL;
    g_auto (GStrv) fields = NULL;

    if (!g_file_get_contents (path, &stat, NULL, NULL) || !strstr (stat, "(worker)"))
      continue;
    fields = g_strsplit (strrchr (stat, ')') + 2, " ", -1);
    most = MAX (most, atoi (fields[16]));
  }
  return most;
}

/* Workers give way; the main thread does not. */
static void
test_nice (Fixture       *fixture,
           gconstpointer  data)
{
  gint own = getpriority (PRIO_PROCESS, 0);

  run (fixture, 1);
  g_assert_cmpint (get_most_nice (), ==, own);
  pw_pool_free (fixture->pool);

  fixture->pool = pw_pool_new (feed_cb, done_cb, fixture);
  pw_pool_set_nice (fixture->pool, 3);
  run (fixture, 1);
  g_assert_cmpint (get_most_nice (), ==, MIN (own + 3, 19));
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, own);
}

static void
test_rate (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_cmpuint (pw_pool_get_rate (fixture->pool), ==, 0);
  pw_pool_set_rate (fixture->pool, 1000000);
  g_assert_cmpuint (pw_pool_get_rate (fixture->pool), ==, 1000000);
  pw_pool_set_stall_timeout (fixture->pool, 5);
  run (fixture, 10);
}

/* Freed with jobs at the workers, before the queue, and on their way back. */
static void
test_freed (Fixture       *fixture,
            gconstpointer  data)
{
  for (guint i = 0; i < 20; i++) {
    fixture->n_to_feed = 1000;
    pw_pool_set_connections (fixture->pool, 1 + i % 8, 1, 32);
    if (i % 2)
      g_main_context_iteration (NULL, FALSE);
    pw_pool_free (fixture->pool);
    fixture->pool = pw_pool_new (feed_cb, done_cb, fixture);
  }
  g_assert_cmpuint (g_atomic_int_get ((gint *) &fixture->authority->ref_count), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) g_test_add ("/pool/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("jobs", test_jobs);
  ADD ("stopped", test_stopped);
  ADD ("closed", test_closed);
  ADD ("connections", test_connections);
  ADD ("nice", test_nice);
  ADD ("rate", test_rate);
  ADD ("freed", test_freed);

  return g_test_run ();
}
