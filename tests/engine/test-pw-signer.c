/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-signer.h"

#include <string.h>

/* URLs ahead of the workers, without a network: the test is the backend. */

typedef struct {
  PwDialect dialect;
  PwSigner *signer;
  GMutex mutex;
  GCond cond;
  guint n_calls;
  guint n_parts;                /* that were asked for */
  guint most;                   /* at once */
  gboolean fails;
  gint64 life_us;
} Fixture;

static GPtrArray *
fetch_cb (gpointer            data,
          PwExchange         *exchange,
          const PwAsk        *subject,
          const PwWantedPart *wanted,
          guint               n_wanted)
{
  Fixture *fixture = data;
  GPtrArray *urls = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_signed_free);

  g_assert_cmpstr (subject->upload_id, ==, "id");
  g_mutex_lock (&fixture->mutex);
  fixture->n_calls++;
  fixture->n_parts += n_wanted;
  fixture->most = MAX (fixture->most, n_wanted);
  for (guint i = 0; i < n_wanted && !fixture->fails; i++) {
    PwSigned *found = g_new0 (PwSigned, 1);

    found->part_number = wanted[i].part_number;
    found->url = g_strdup_printf ("http://x/%u", wanted[i].part_number);
    found->checksum = wanted[i].checksum;
    found->expires_us = g_get_monotonic_time () + fixture->life_us;
    g_ptr_array_add (urls, found);
  }
  if (fixture->fails)
    g_clear_pointer (&urls, g_ptr_array_unref);
  g_cond_broadcast (&fixture->cond);
  g_mutex_unlock (&fixture->mutex);
  return urls;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  batch)
{
  g_mutex_init (&fixture->mutex);
  g_cond_init (&fixture->cond);
  fixture->dialect.batch = GPOINTER_TO_UINT (batch);
  fixture->life_us = G_TIME_SPAN_HOUR;
  fixture->signer = pw_signer_new (&fixture->dialect, NULL, fetch_cb, fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  batch)
{
  pw_signer_free (fixture->signer);
  g_mutex_clear (&fixture->mutex);
  g_cond_clear (&fixture->cond);
}

static void
expect (Fixture *fixture,
        guint    from,
        guint    to)
{
  S3Plan plan = { .size = 1000, .part_size = 10, .n_parts = 100 };
  guint numbers[100];

  for (guint n = from; n <= to; n++)
    numbers[n - from] = n;
  pw_signer_expect (fixture->signer, &(PwComing) {
    .key = "k", .upload_id = "id", .plan = &plan, .part_numbers = numbers, .n_parts = to + 1 - from,
    .kind = S3_CHECKSUM_MD5,
  });
}

static void
wait_for_calls (Fixture *fixture,
                guint    n)
{
  g_mutex_lock (&fixture->mutex);
  while (fixture->n_calls < n)
    g_cond_wait (&fixture->cond, &fixture->mutex);
  g_mutex_unlock (&fixture->mutex);
}

static void
take_all (Fixture *fixture,
          guint    from,
          guint    to)
{
  for (guint n = from; n <= to; n++) {
    g_autoptr (PwSigned) found = pw_signer_take (fixture->signer, "id", n, NULL, NULL);
    g_autofree char *url = g_strdup_printf ("http://x/%u", n);

    /* The test may be faster than the threads: then a worker asks for itself. */
    if (found)
      g_assert_cmpstr (found->url, ==, url);
  }
}

static void
test_ahead (Fixture       *fixture,
            gconstpointer  batch)
{
  g_autoptr (PwSigned) found = NULL;

  expect (fixture, 41, 100);
  wait_for_calls (fixture, 1);
  /* Never all at once; more only when somebody had to wait. */
  g_assert_cmpuint (pw_signer_get_n_ready (fixture->signer), <=, 16);
  found = pw_signer_take (fixture->signer, "id", 41, NULL, NULL);
  g_assert_cmpstr (found->url, ==, "http://x/41");
  g_assert_null (pw_signer_take (fixture->signer, "id", 41, NULL, NULL));
  g_assert_null (pw_signer_take (fixture->signer, "id", 1, NULL, NULL));
  g_assert_null (pw_signer_take (fixture->signer, "other", 41, NULL, NULL));
  g_assert_null (pw_signer_take (fixture->signer, "id", 101, NULL, NULL));
  take_all (fixture, 42, 100);
  g_assert_cmpuint (fixture->n_parts, <=, 60);
  g_assert_cmpuint (fixture->most, <=, GPOINTER_TO_UINT (batch));
  pw_signer_forget (fixture->signer, "id");
  g_assert_cmpuint (pw_signer_get_n_ready (fixture->signer), ==, 0);
}

static void
test_rest (Fixture       *fixture,
           gconstpointer  batch)
{
  fixture->fails = TRUE;
  expect (fixture, 1, 1);
  wait_for_calls (fixture, 1);
  g_assert_null (pw_signer_take (fixture->signer, "id", 1, NULL, NULL));
  expect (fixture, 2, 3);
  g_mutex_lock (&fixture->mutex);
  fixture->fails = FALSE;
  g_assert_cmpuint (fixture->n_calls, ==, 1);
  g_mutex_unlock (&fixture->mutex);
  pw_signer_wake (fixture->signer);
  wait_for_calls (fixture, 2);
  {
    g_autoptr (PwSigned) found = pw_signer_take (fixture->signer, "id", 2, NULL, NULL);

    g_assert_nonnull (found);
  }
}

/* What ran out, or was refused, is not given out. */
static void
test_old (Fixture       *fixture,
          gconstpointer  batch)
{
  fixture->life_us = -1;
  expect (fixture, 1, 4);
  wait_for_calls (fixture, 1);
  g_assert_null (pw_signer_take (fixture->signer, "id", 1, NULL, NULL));
  g_mutex_lock (&fixture->mutex);
  fixture->life_us = G_TIME_SPAN_HOUR;
  g_mutex_unlock (&fixture->mutex);
  while (pw_signer_get_n_ready (fixture->signer) < 3)
    g_thread_yield ();
  pw_signer_drop (fixture->signer, "id");
  wait_for_calls (fixture, 2);
  {
    g_autoptr (PwSigned) found = pw_signer_take (fixture->signer, "id", 2, NULL, NULL);

    g_assert_nonnull (found);
  }
}

static void
test_stopped (Fixture       *fixture,
              gconstpointer  batch)
{
  HttpTransfer transfer = { .stop = 1 };

  g_mutex_lock (&fixture->mutex);
  expect (fixture, 1, 1);
  g_assert_null (pw_signer_take (fixture->signer, "id", 1, NULL, &transfer));
  g_mutex_unlock (&fixture->mutex);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, batch, func) \
        g_test_add (name, Fixture, GUINT_TO_POINTER (batch), set_up, func, tear_down)
  ADD ("/signer/one-by-one", 1, test_ahead);
  ADD ("/signer/batches", 64, test_ahead);
  ADD ("/signer/rest", 1, test_rest);
  ADD ("/signer/old", 4, test_old);
  ADD ("/signer/stopped", 1, test_stopped);
  return g_test_run ();
}
