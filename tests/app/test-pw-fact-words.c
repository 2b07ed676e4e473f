/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-fact-words.h"

#include "app-fixture.h"

#define NBSP "\302\240"

static void
assert_fact (PwUpload      *upload,
             const PwParts *parts,
             PwFact         fact,
             const char    *expected)
{
  g_autofree char *value = pw_fact_words_dup_value (fact, upload, parts);

  g_assert_cmpstr (value, ==, expected);
}

/* Nothing is told of that is not known. */
static void
test_waiting (void)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("film.mov");
  g_auto (PwParts) parts = { 0 };
  g_autofree char *started = pw_fact_words_dup_value (PW_FACT_STARTED, upload, &parts);
  static const PwFact none[] = {
    PW_FACT_PART_SIZE, PW_FACT_FINISHED, PW_FACT_VERIFIED, PW_FACT_AGAIN, PW_FACT_RESUMED,
    PW_FACT_UPLOAD_ID, PW_FACT_ETAG, PW_FACT_PEER, PW_FACT_REQUEST_ID,
  };

  assert_fact (upload, &parts, PW_FACT_FILE, "/home/ada/film.mov");
  assert_fact (upload, &parts, PW_FACT_KEY, "film.mov");
  assert_fact (upload, &parts, PW_FACT_SIZE, "1" NBSP "MB (1000000 bytes)");
  g_assert_nonnull (started);
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    assert_fact (upload, &parts, none[i], NULL);
}

static void
test_everything (void)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload_of ("film.mov", 3);
  g_auto (PwParts) parts = { 0 };

  upload->order->n_resumed = 2;
  upload->n_again = 1;
  upload->verification = g_strdup ("CRC64NVME of the whole object");
  upload->etag = g_strdup ("etag-3");
  upload->peer = g_strdup ("127.0.0.1:1");
  upload->request_id = g_strdup ("REQUEST");
  upload->finished = 1;
  g_assert_true (pw_parts_look (&parts, upload));
  assert_fact (upload, &parts, PW_FACT_PART_SIZE, "5" NBSP "MiB");
  assert_fact (upload, &parts, PW_FACT_AGAIN, "1 part");
  assert_fact (upload, &parts, PW_FACT_RESUMED, "2 times");
  assert_fact (upload, &parts, PW_FACT_UPLOAD_ID, "id at the store");
  assert_fact (upload, &parts, PW_FACT_ETAG, "etag-3");
  assert_fact (upload, &parts, PW_FACT_PEER, "127.0.0.1:1");
  assert_fact (upload, &parts, PW_FACT_REQUEST_ID, "REQUEST");
  assert_fact (upload, &parts, PW_FACT_VERIFIED, "CRC64NVME of the whole object");
  for (guint fact = 0; fact < PW_N_FACTS; fact++) {
    g_autofree char *value = pw_fact_words_dup_value (fact, upload, &parts);

    g_assert_nonnull (value);
    g_assert_nonnull (pw_fact_words_get_title (fact));
  }
}

/* A destination that nobody named is called by its address, once. */
static void
test_destination (void)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("a");
  g_auto (PwParts) parts = { 0 };

  g_free (upload->destination->name);
  upload->destination->name = g_strdup ("s3://bucket/");
  assert_fact (upload, &parts, PW_FACT_DESTINATION, "s3://bucket/");
  g_free (upload->destination->name);
  upload->destination->name = g_strdup ("Films");
  assert_fact (upload, &parts, PW_FACT_DESTINATION, "Films — s3://bucket/");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fact-words/waiting", test_waiting);
  g_test_add_func ("/fact-words/everything", test_everything);
  g_test_add_func ("/fact-words/destination", test_destination);

  return g_test_run ();
}
