/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-fault.h"

#include "engine/pw-error.h"

/* One field of a good destination, made wrong. */
static const struct {
  const char *member;
  const char *value;
  PwField field;
} cases[] = {
  { "name", "", PW_FIELD_NAME },
  { "name", " x", PW_FIELD_NAME },
  { "endpoint", "ftp://x", PW_FIELD_ENDPOINT },
  { "endpoint", "http://store.example", PW_FIELD_ALLOW_HTTP },
  { "endpoint", "https://store.example", PW_FIELD_NONE },
  { "region", "a\nb", PW_FIELD_REGION },
  { "bucket", "", PW_FIELD_BUCKET },
  { "bucket", "a b", PW_FIELD_BUCKET },
  { "prefix", "a\tb", PW_FIELD_PREFIX },
  { "ca-file", "relative.pem", PW_FIELD_CA_FILE },
  { "storage-class", "two words", PW_FIELD_CLASS },
  { "encryption", "rot13", PW_FIELD_ENCRYPTION },
  { "kms-key-id", "key", PW_FIELD_KMS_KEY },
  { "acl", "NO", PW_FIELD_NONE },
};

static PwDestination *
new_good (void)
{
  return pw_destination_new_from_uri ("s3://bucket/below", NULL, "eu-central-1", NULL);
}

static void
test_fields (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwDestination) destination = new_good ();
    g_autoptr (GError) error = NULL;
    const PwDestinationText *text = pw_destination_texts;

    while (!g_str_equal (text->name, cases[i].member))
      text++;
    g_free (PW_DESTINATION_TEXT (destination, text));
    PW_DESTINATION_TEXT (destination, text) = g_strdup (cases[i].value);
    g_assert_cmpint (pw_fault_find (destination, &error), ==, cases[i].field);
    g_assert_cmpint (error == NULL, ==, pw_destination_check (destination, NULL));
  }
}

static void
test_others (void)
{
  g_autoptr (PwDestination) destination = new_good ();
  g_autoptr (PwDestination) backend = pw_destination_new_presign ("https://up.example", NULL);

  g_assert_cmpint (pw_fault_find (destination, NULL), ==, PW_FIELD_NONE);
  destination->part_size = 1;
  g_assert_cmpint (pw_fault_find (destination, NULL), ==, PW_FIELD_PART_SIZE);
  destination->secrets = PW_SECRETS_PROFILE;
  g_assert_cmpint (pw_fault_find (destination, NULL), ==, PW_FIELD_PROFILE);

  g_assert_cmpint (pw_fault_find (backend, NULL), ==, PW_FIELD_NONE);
  backend->auth_header = g_strdup ("Host");
  g_assert_cmpint (pw_fault_find (backend, NULL), ==, PW_FIELD_HEADER);
  g_free (backend->endpoint);
  backend->endpoint = NULL;
  g_assert_cmpint (pw_fault_find (backend, NULL), ==, PW_FIELD_ENDPOINT);
}

/* The sentence speaks of the field that is blamed. */
static void
test_sentence (void)
{
  g_autoptr (PwDestination) destination = new_good ();
  g_autoptr (GError) error = NULL;

  g_free (destination->bucket);
  destination->bucket = g_strdup ("a b");
  destination->acl = g_strdup ("NO");
  g_assert_cmpint (pw_fault_find (destination, &error), ==, PW_FIELD_NONE);
  g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fault/fields", test_fields);
  g_test_add_func ("/fault/others", test_others);
  g_test_add_func ("/fault/sentence", test_sentence);
  return g_test_run ();
}
