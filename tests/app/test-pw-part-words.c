/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-part-words.h"

#include "app-fixture.h"

#define NBSP "\302\240"

static const struct {
  guint attempt;
  const char *text;
} tries[] = {
  { 0, NULL }, { 1, NULL }, { 2, "second try" }, { 3, "third try" }, { 5, "fifth try" },
  { 6, "try 6" }, { 40, "try 40" },
};

static void
test_tries (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++) {
    g_autofree char *text = pw_part_words_dup_try (tries[i].attempt);

    g_assert_cmpstr (text, ==, tries[i].text);
  }
}

static void
assert_part (PwParts    *parts,
             PwUpload   *upload,
             guint       part_number,
             const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (pw_parts_look (parts, upload));
  text = pw_part_words_dup_part (parts, upload, part_number);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_parts (void)
{
  static const struct { guint8 state; const char *text; } rows[] = {
    { PW_PART_WAITING, "Part 3: waiting" },
    { PW_PART_SENDING, "Part 3: waiting" },
    { PW_PART_RETRYING, "Part 3: failed, is tried again soon" },
    { PW_PART_SAFE, "Part 3: safe" },
    { PW_PART_RESUMED, "Part 3: safe from before" },
    { PW_PART_PROVED, "Part 3: safe from before, verified again" },
  };
  g_autoptr (PwUpload) upload = app_fixture_new_upload_of ("a", 5);
  g_auto (PwParts) parts = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    upload->order->states[2] = rows[i].state;
    assert_part (&parts, upload, 3, rows[i].text);
  }
}

static void
test_on_their_way (void)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload_of ("a", 5);
  g_auto (PwParts) parts = { 0 };
  PwJob *job = app_fixture_send (upload, 2, 1, 0);
  const PwAttempts attempts = { .n_transient = 1, .n_throttled = 1 };

  assert_part (&parts, upload, 2, "Part 2: being signed");
  upload->order->authority->is_presigned = TRUE;
  assert_part (&parts, upload, 2, "Part 2: waiting for its address");
  job->transfer.n_sent = (5 << 20) / 4;
  assert_part (&parts, upload, 2, "Part 2: 25 %");
  job->attempt = 2;
  assert_part (&parts, upload, 2, "Part 2: 25 %, second try");
  app_fixture_end (upload, job);
  pw_schedule_take_retry (&upload->schedule, upload->order, 2, 0, &attempts);
  assert_part (&parts, upload, 2, "Part 2: failed, is tried again soon, third try");
}

static void
test_counts (void)
{
  static const char *const expected[PW_N_LOOKS] = {
    [PW_LOOK_WAITING] = "1 waiting", [PW_LOOK_SENDING] = "2 on their way",
    [PW_LOOK_SAFE] = "2 safe", [PW_LOOK_RESUMED] = "1 resumed",
  };
  g_autoptr (PwUpload) upload = app_fixture_new_upload_of ("a", 6);
  g_auto (PwParts) parts = { 0 };
  PwJob *sending = app_fixture_send (upload, 4, 1, 9);
  PwJob *signing = app_fixture_send (upload, 5, 2, 0);
  g_autofree char *plan = NULL;

  upload->order->states[0] = PW_PART_RESUMED;
  upload->order->states[1] = upload->order->states[2] = PW_PART_SAFE;
  g_assert_true (pw_parts_look (&parts, upload));
  for (guint look = 0; look < PW_N_LOOKS; look++) {
    g_autofree char *text = pw_part_words_dup_count (&parts, look);

    g_assert_cmpstr (text, ==, expected[look]);
  }
  plan = pw_part_words_dup_plan (&parts);
  g_assert_cmpstr (plan, ==, "6 parts of 5" NBSP "MiB");
  app_fixture_end (upload, sending);
  app_fixture_end (upload, signing);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/part-words/tries", test_tries);
  g_test_add_func ("/part-words/parts", test_parts);
  g_test_add_func ("/part-words/on-their-way", test_on_their_way);
  g_test_add_func ("/part-words/counts", test_counts);

  return g_test_run ();
}
