/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-lane.h"

#include "engine/pw-authority-keys.h"
#include "engine/pw-error.h"
#include "store-fixture.h"

static PwDestination *
new_destination (const char *endpoint,
                 PwSecrets   secrets)
{
  PwDestination *destination = pw_destination_new ("d");

  destination->bucket = g_strdup ("bucket");
  destination->endpoint = g_strdup (endpoint);
  destination->secrets = secrets;
  return destination;
}

static void
never_cb (gpointer data)
{
  g_assert_not_reached ();
}

static void
test_open (void)
{
  g_autoptr (PwDestination) destination = new_destination ("http://127.0.0.1:1",
                                                           PW_SECRETS_SESSION);
  PwLane *lane = pw_lane_new (destination, "{}");
  PwAuthority *authority;

  g_assert_null (pw_lane_dup_learned (lane));
  g_assert_true (pw_lane_open (lane, FALSE, never_cb, NULL));
  authority = lane->authority;
  g_assert_true (pw_lane_open (lane, FALSE, never_cb, NULL));
  g_assert_true (lane->authority == authority);
  pw_lane_unref (lane);
  g_assert_finalize_object (g_steal_pointer (&destination));
}

static void
test_refused (void)
{
  g_autoptr (PwDestination) destination = new_destination ("http://store.example",
                                                           PW_SECRETS_SESSION);
  PwLane *lane = pw_lane_new (destination, "{}");

  for (guint i = 0; i < 2; i++) {
    g_assert_false (pw_lane_open (lane, FALSE, never_cb, NULL));
    g_assert_error (lane->error, PW_ERROR, PW_ERROR_INSECURE);
    g_assert_true (pw_lane_is_to_blame (lane->error));
    pw_lane_retry (lane);
    g_assert_no_error (lane->error);
  }
  pw_lane_unref (lane);
}

/* Without a keyring (no session bus here) the lane says so once it has asked. */
static void
ready_cb (gpointer data)
{
  g_object_set_data (data, "ready", GINT_TO_POINTER (TRUE));
}

static void
test_keyring (void)
{
  g_autoptr (PwDestination) destination = new_destination ("http://127.0.0.1:1",
                                                           PW_SECRETS_KEYRING);
  g_autoptr (GObject) user = g_object_new (G_TYPE_OBJECT, NULL);
  PwLane *lane = pw_lane_new (destination, "{}");

  g_assert_false (pw_lane_open (lane, FALSE, ready_cb, user));
  g_assert_no_error (lane->error);
  g_assert_true (lane->is_preparing);
  /* Asked once, however often it is opened. */
  g_assert_false (pw_lane_open (lane, FALSE, never_cb, user));
  while (!g_object_get_data (user, "ready"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (pw_lane_open (lane, FALSE, never_cb, user));
  g_assert_error (lane->error, PW_ERROR, PW_ERROR_KEYRING_ABSENT);

  /* Keys typed in for this session do without. */
  store_fixture_set_keys (lane->credentials);
  pw_lane_retry (lane);
  g_assert_true (pw_lane_open (lane, FALSE, never_cb, user));
  pw_lane_unref (lane);
  g_assert_finalize_object (g_steal_pointer (&user));
}

/* The lane goes while the keyring is still being asked. */
static void
test_gone (void)
{
  g_autoptr (PwDestination) destination = new_destination ("http://127.0.0.1:1",
                                                           PW_SECRETS_KEYRING);
  g_autoptr (GObject) user = g_object_new (G_TYPE_OBJECT, NULL);
  PwLane *lane = pw_lane_new (destination, "{}");

  g_assert_false (pw_lane_open (lane, FALSE, ready_cb, user));
  pw_lane_unref (lane);
  while (!g_object_get_data (user, "ready"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (g_steal_pointer (&destination));
}

static void
test_learned (void)
{
  g_autoptr (PwDestination) destination = new_destination ("http://127.0.0.1:1",
                                                           PW_SECRETS_SESSION);
  PwLane *lane = pw_lane_new (destination, "{}");
  g_autoptr (PwDestination) learned = NULL;

  g_assert_true (pw_lane_open (lane, FALSE, never_cb, NULL));
  g_assert_null (pw_lane_dup_learned (lane));
  pw_authority_set_checksum (lane->authority, S3_CHECKSUM_MD5);
  g_assert_null (pw_lane_dup_learned (lane));
  g_atomic_int_set (&lane->authority->etag_rule, PW_ETAG_FREE);
  learned = pw_lane_dup_learned (lane);
  g_assert_true (learned->is_probed);
  g_assert_cmpint (learned->checksum, ==, S3_CHECKSUM_MD5);
  g_assert_false (learned->etag_is_md5);
  g_assert_cmpstr (learned->id, ==, destination->id);
  g_assert_false (destination->is_probed);
  pw_lane_unref (lane);
}

static void
test_blame (void)
{
  static const PwError blamed[] = {
    PW_ERROR_OFFLINE, PW_ERROR_NETWORK, PW_ERROR_RESOLVE, PW_ERROR_CERTIFICATE, PW_ERROR_CA_FILE,
    PW_ERROR_PROXY, PW_ERROR_INSECURE, PW_ERROR_CREDENTIALS_MISSING, PW_ERROR_CREDENTIALS_EXPIRED,
    PW_ERROR_CREDENTIALS_WRONG, PW_ERROR_KEYRING_LOCKED, PW_ERROR_KEYRING_ABSENT,
    PW_ERROR_KEYRING_REFUSED, PW_ERROR_NO_SUCH_BUCKET, PW_ERROR_DESTINATION, PW_ERROR_PRESIGN,
  };
  g_autoptr (GError) foreign = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");
  guint n = 0;

  for (guint code = 0; code <= PW_ERROR_LAST; code++) {
    g_autoptr (GError) error = g_error_new_literal (PW_ERROR, (gint) code, "x");

    n += pw_lane_is_to_blame (error);
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (blamed));
  for (guint i = 0; i < G_N_ELEMENTS (blamed); i++) {
    g_autoptr (GError) error = g_error_new_literal (PW_ERROR, (gint) blamed[i], "x");

    g_assert_true (pw_lane_is_to_blame (error));
  }
  g_assert_false (pw_lane_is_to_blame (NULL));
  g_assert_false (pw_lane_is_to_blame (foreign));
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lane/open", test_open);
  g_test_add_func ("/lane/refused", test_refused);
  g_test_add_func ("/lane/keyring", test_keyring);
  g_test_add_func ("/lane/gone", test_gone);
  g_test_add_func ("/lane/learned", test_learned);
  g_test_add_func ("/lane/blame", test_blame);

  return g_test_run ();
}
