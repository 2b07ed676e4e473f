/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-connection-test.h"

#include <string.h>

#include "engine/pw-error.h"
#include "tests/engine/store-fixture.h"

typedef struct {
  PwConnectionTest *found;
  GError *error;
  guint n_steps;
  guint n_failed;
  gboolean is_done;
} Seen;

static void
seen_clear (Seen *seen)
{
  g_clear_pointer (&seen->found, pw_connection_test_free);
  g_clear_error (&seen->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static void
step_cb (PwProbeStep  step,
         const char  *sentence,
         gpointer     data)
{
  Seen *seen = data;

  g_assert_false (seen->is_done);
  seen->n_steps++;
  seen->n_failed += sentence != NULL;
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Seen *seen = data;

  seen->found = pw_connection_test_finish (result, &seen->error);
  seen->is_done = TRUE;
}

static void
run (PwDestination *destination,
     gboolean       has_keys,
     GCancellable  *cancellable,
     Seen          *seen)
{
  g_autoptr (PwCredentials) credentials = pw_credentials_new (destination);

  if (has_keys)
    store_fixture_set_keys (credentials);
  pw_connection_test_run (destination, credentials, cancellable, step_cb, done_cb, seen);
  while (!seen->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_good (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) destination = store_fixture_new_destination (store);
  g_auto (Seen) seen = { 0 };
  g_autofree char *words = NULL;

  run (destination, TRUE, NULL, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (seen.n_steps, ==, PW_N_PROBES);
  g_assert_cmpuint (seen.n_failed, ==, 0);
  words = pw_connection_test_dup_words (seen.found);
  g_assert_nonnull (strstr (words, "CRC64NVME"));
}

static void
test_bad (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, "create: status 403\n");
  g_autoptr (PwDestination) destination = store_fixture_new_destination (store);
  g_auto (Seen) seen = { 0 };
  g_autofree char *words = NULL;

  run (destination, TRUE, NULL, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (seen.n_failed, >=, 1);
  g_assert_false (pw_probe_is_usable (seen.found->probe));
  words = pw_connection_test_dup_words (seen.found);
  g_assert_cmpstr (words, ==, "");
}

static void
test_without_keys (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) destination = store_fixture_new_destination (store);
  g_auto (Seen) seen = { 0 };

  run (destination, FALSE, NULL, &seen);
  if (seen.found)
    g_assert_error (pw_probe_get_error (seen.found->probe), PW_ERROR,
                    PW_ERROR_CREDENTIALS_MISSING);
  else
    g_assert_error (seen.error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING);
}

static void
test_cancelled (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) destination = store_fixture_new_destination (store);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Seen) seen = { 0 };

  g_cancellable_cancel (cancellable);
  run (destination, TRUE, cancellable, &seen);
  g_assert_error (seen.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (seen.n_steps, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection-test/good", test_good);
  g_test_add_func ("/connection-test/bad", test_bad);
  g_test_add_func ("/connection-test/without-keys", test_without_keys);
  g_test_add_func ("/connection-test/cancelled", test_cancelled);
  return g_test_run ();
}
