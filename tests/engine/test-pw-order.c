/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-order.h"

#include "engine/pw-authority-keys.h"
#include "store-fixture.h"

static PwOrder *
new_order (PwDestination *destination)
{
  g_autoptr (PwCredentials) credentials = pw_credentials_new (destination);
  g_autoptr (GError) error = NULL;
  g_autoptr (PwAuthority) authority = pw_authority_keys_new (destination, credentials, &error);

  g_assert_no_error (error);
  return pw_order_new ("0123456789abcdef", "/tmp/a", "a", destination, authority, "/tmp");
}

static PwDestination *
new_destination (void)
{
  return pw_destination_new_from_uri ("s3://bucket", "http://127.0.0.1:1", NULL, NULL);
}

static void
test_plan (void)
{
  g_autoptr (PwDestination) destination = new_destination ();
  g_autoptr (PwOrder) order = new_order (destination);
  S3Plan plans[] = { { 25, 10, 3 }, { 0, 0, 0 }, { 1, 10, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (plans); i++) {
    pw_order_set_plan (order, &plans[i]);
    g_assert_cmpuint (order->plan.n_parts, ==, plans[i].n_parts);
    for (guint j = 0; j < plans[i].n_parts; j++) {
      g_assert_cmpuint (order->parts[j].part_number, ==, j + 1);
      g_assert_cmpstr (order->parts[j].etag, ==, "");
      g_assert_cmpint (order->states[j], ==, PW_PART_WAITING);
    }
  }
}

static void
test_options (void)
{
  g_autoptr (PwDestination) destination = new_destination ();
  g_autoptr (PwOrder) order = NULL;
  S3ObjectOptions options;

  destination->storage_class = g_strdup ("STANDARD_IA");
  destination->encryption = g_strdup ("aws:kms");
  destination->kms_key_id = g_strdup ("key");
  destination->acl = g_strdup ("private");
  destination->tagging = g_strdup ("a=b");
  destination->cache_control = g_strdup ("no-store");
  destination->metadata = g_strsplit ("name,value", ",", -1);
  order = new_order (destination);
  order->content_type = g_strdup ("text/plain");
  options = pw_order_get_options (order);
  g_assert_cmpstr (options.content_type, ==, "text/plain");
  g_assert_cmpstr (options.storage_class, ==, "STANDARD_IA");
  g_assert_cmpstr (options.encryption, ==, "aws:kms");
  g_assert_cmpstr (options.kms_key_id, ==, "key");
  g_assert_cmpstr (options.acl, ==, "private");
  g_assert_cmpstr (options.tagging, ==, "a=b");
  g_assert_cmpstr (options.cache_control, ==, "no-store");
  g_assert_cmpstr (options.metadata[1], ==, "value");

  /* The user's word goes before the guess. */
  destination->content_type = g_strdup ("video/mp4");
  g_assert_cmpstr (pw_order_get_options (order).content_type, ==, "video/mp4");
}

static void
test_references (void)
{
  g_autoptr (PwDestination) destination = new_destination ();
  PwOrder *order = new_order (destination);
  PwOrder *again = pw_order_ref (order);

  g_assert_true (again == order);
  pw_order_unref (again);
  pw_order_release (order);
  g_assert_cmpstr (order->path, ==, "/tmp/a");
  pw_order_unref (order);
  g_assert_finalize_object (g_steal_pointer (&destination));
}

static void
test_safe (void)
{
  static const gboolean expected[] = { FALSE, FALSE, FALSE, TRUE, TRUE, TRUE };

  for (guint8 state = PW_PART_WAITING; state <= PW_PART_PROVED; state++)
    g_assert_cmpint (pw_part_state_is_safe (state), ==, expected[state]);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/order/plan", test_plan);
  g_test_add_func ("/order/options", test_options);
  g_test_add_func ("/order/references", test_references);
  g_test_add_func ("/order/safe", test_safe);

  return g_test_run ();
}
