/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-handle.h"
#include "presign/presign-policy.h"

#include <string.h>

#define SECRET "0123456789abcdef0123456789abcdef"

static const struct {
  PresignKeyPolicy policy;
  const char *prefix;
  const char *user;
  const char *name;
  const char *key;              /* NULL = refused */
} made[] = {
  { PRESIGN_KEYS_AS_GIVEN, NULL, NULL, "a", "a" },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a/b c/ü", "up/a/b c/ü" },
  { PRESIGN_KEYS_AS_GIVEN, "up-", NULL, "a", "up-a" },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "up/a", "up/up/a" },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "...", "up/..." },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, ".a/..b", "up/.a/..b" },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "/a", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a/", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a//b", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "..", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "../a", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a/../b", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a/.", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a\nb", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a\x7f", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a\xc2\x85", NULL },
  { PRESIGN_KEYS_AS_GIVEN, "up/", NULL, "a\xff", NULL },
  { PRESIGN_KEYS_PER_USER, "up/", "alice", "a", "up/alice/a" },
  { PRESIGN_KEYS_PER_USER, NULL, "a@b.example", "a", "a@b.example/a" },
  { PRESIGN_KEYS_PER_USER, NULL, "auth0|5f/..", "a", "auth0%7C5f%2F../a" },
  { PRESIGN_KEYS_PER_USER, NULL, "..", "a", "%2E./a" },
  { PRESIGN_KEYS_PER_USER, NULL, "100%", "a", "100%25/a" },
  { PRESIGN_KEYS_PER_USER, NULL, NULL, "a", NULL },
  { PRESIGN_KEYS_PER_USER, NULL, "", "a", NULL },
};

static void
test_made (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (made); i++) {
    PresignConfig config = { .key_prefix = (char *) made[i].prefix, .key_policy = made[i].policy };
    PresignCaller caller = { .user = (char *) made[i].user };
    g_auto (PresignProblem) problem = { 0 };
    g_autofree char *key = presign_policy_dup_key (&config, &caller, made[i].name, &problem);

    g_assert_cmpstr (key, ==, made[i].key);
    if (key) {
      g_assert_true (presign_policy_check_key (&config, &caller, key, &problem));
    } else {
      g_assert_cmpuint (problem.status, ==, 403);
    }
  }
}

static const struct {
  PresignKeyPolicy policy;
  const char *user;
  const char *key;
  gboolean allowed;
} touched[] = {
  { PRESIGN_KEYS_AS_GIVEN, NULL, "up/a", TRUE },
  { PRESIGN_KEYS_AS_GIVEN, NULL, "up/", FALSE },
  { PRESIGN_KEYS_AS_GIVEN, NULL, "up", FALSE },
  { PRESIGN_KEYS_AS_GIVEN, NULL, "a", FALSE },
  { PRESIGN_KEYS_AS_GIVEN, NULL, "upper/a", FALSE },
  { PRESIGN_KEYS_AS_GIVEN, NULL, "up/../a", FALSE },
  { PRESIGN_KEYS_AS_GIVEN, NULL, "up//a", FALSE },
  { PRESIGN_KEYS_PER_USER, "alice", "up/alice/a", TRUE },
  { PRESIGN_KEYS_PER_USER, "alice", "up/bob/a", FALSE },
  { PRESIGN_KEYS_PER_USER, "alice", "up/alice2/a", FALSE },
  { PRESIGN_KEYS_PER_USER, "alice", "up/alice", FALSE },
  { PRESIGN_KEYS_PER_USER, "alice", "up/alice/../bob/a", FALSE },
  { PRESIGN_KEYS_PER_USER, "alice", "up/Alice/a", FALSE },
  { PRESIGN_KEYS_PER_USER, NULL, "up/alice/a", FALSE },
  { PRESIGN_KEYS_UNIQUE_PREFIX, NULL, "up/a", FALSE },
  { PRESIGN_KEYS_UNIQUE_PREFIX, NULL, "up/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/a", FALSE },
};

static void
test_touched (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (touched); i++) {
    PresignConfig config = { .key_prefix = (char *) "up/", .key_policy = touched[i].policy,
                             .handle_secret = (char *) SECRET };
    PresignCaller caller = { .user = (char *) touched[i].user };
    g_auto (PresignProblem) problem = { 0 };

    g_test_message ("%s", touched[i].key);
    g_assert_cmpint (presign_policy_check_key (&config, &caller, touched[i].key, &problem), ==,
                     touched[i].allowed);
    g_assert_cmpuint (problem.status, ==, touched[i].allowed ? 0 : 403);
  }
}

static gboolean
may_touch (const PresignConfig *config,
           const char          *user,
           const char          *key)
{
  PresignCaller caller = { .user = (char *) user };
  g_auto (PresignProblem) problem = { 0 };

  return presign_policy_check_key (config, &caller, key, &problem);
}

/* A key is its uploader's, whatever of it is changed. */
static void
test_handles (void)
{
  PresignConfig config = { .key_prefix = (char *) "up/", .key_policy = PRESIGN_KEYS_UNIQUE_PREFIX,
                           .handle_secret = (char *) SECRET };
  PresignConfig other = config;
  PresignCaller alice = { .user = (char *) "alice" };
  g_auto (PresignProblem) problem = { 0 };
  g_autofree char *key = presign_policy_dup_key (&config, &alice, "d/a", &problem);
  g_autofree char *again = presign_policy_dup_key (&config, &alice, "d/a", &problem);
  g_autofree char *renamed = g_strconcat (key, "b", NULL);

  g_assert_nonnull (key);
  g_assert_cmpstr (key, !=, again);
  g_assert_true (may_touch (&config, "alice", key));
  g_assert_false (may_touch (&config, "bob", key));
  g_assert_false (may_touch (&config, NULL, key));
  g_assert_false (may_touch (&config, "alice", renamed));
  other.handle_secret = (char *) "fedcba9876543210fedcba9876543210";
  g_assert_false (may_touch (&other, "alice", key));
  for (gsize i = strlen ("up/"); i < strlen ("up/") + PRESIGN_HANDLE_LENGTH; i++) {
    g_autofree char *forged = g_strdup (key);

    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    g_assert_false (may_touch (&config, "alice", forged));
  }
}

/* Where nobody is known there is no secret: the prefix and the form alone. */
static void
test_handles_of_nobody (void)
{
  PresignConfig config = { .key_policy = PRESIGN_KEYS_UNIQUE_PREFIX };
  PresignCaller nobody = { 0 };
  g_auto (PresignProblem) problem = { 0 };
  g_autofree char *key = presign_policy_dup_key (&config, &nobody, "a", &problem);

  g_assert_true (may_touch (&config, NULL, key));
  g_assert_false (may_touch (&config, NULL, "short/a"));
  g_assert_false (may_touch (&config, NULL, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!/a"));
}

static void
test_length (void)
{
  PresignConfig config = { .key_prefix = (char *) "up/" };
  PresignCaller caller = { 0 };
  g_auto (PresignProblem) problem = { 0 };
  g_autofree char *name = g_strnfill (1021, 'a');
  g_autofree char *long_name = g_strnfill (1022, 'a');
  g_autofree char *key = presign_policy_dup_key (&config, &caller, name, &problem);

  g_assert_nonnull (key);
  g_assert_null (presign_policy_dup_key (&config, &caller, long_name, &problem));
  g_assert_cmpuint (problem.status, ==, 403);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/policy/made", test_made);
  g_test_add_func ("/presign/policy/touched", test_touched);
  g_test_add_func ("/presign/policy/handles", test_handles);
  g_test_add_func ("/presign/policy/handles-of-nobody", test_handles_of_nobody);
  g_test_add_func ("/presign/policy/length", test_length);
  return g_test_run ();
}
