/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destination.h"

#include "engine/pw-error.h"

#include <string.h>

static PwDestination *
new_valid (void)
{
  PwDestination *self = pw_destination_new ("Backups");

  self->bucket = g_strdup ("bucket");
  self->store = S3_STORE_AWS;
  return self;
}

static void
test_uri (void)
{
  static const struct {
    const char *uri, *endpoint, *region;
    const char *url, *key, *signed_region;
    S3StoreKind store;
  } cases[] = {
    { "s3://bucket", NULL, NULL, "https://bucket.s3.us-east-1.amazonaws.com", "f", "us-east-1",
      S3_STORE_AWS },
    { "S3://bucket/", NULL, "eu-central-1", "https://bucket.s3.eu-central-1.amazonaws.com", "f",
      "eu-central-1", S3_STORE_AWS },
    { "s3://bucket/a b/c", NULL, NULL, "https://bucket.s3.us-east-1.amazonaws.com", "a b/c/f",
      "us-east-1", S3_STORE_AWS },
    { "s3://bucket//a/", NULL, NULL, "https://bucket.s3.us-east-1.amazonaws.com", "a/f",
      "us-east-1", S3_STORE_AWS },
    { "s3://my.dotted.bucket/x", NULL, NULL, "https://s3.us-east-1.amazonaws.com/my.dotted.bucket",
      "x/f", "us-east-1", S3_STORE_AWS },
    { "s3://-bucket-", NULL, NULL, "https://s3.us-east-1.amazonaws.com/-bucket-", "f", "us-east-1",
      S3_STORE_AWS },
    { "s3://b-1", "http://127.0.0.1:9000", NULL, "http://127.0.0.1:9000/b-1", "f", "us-east-1",
      S3_STORE_GENERIC },
    { "s3://bucket", "https://s3.eu-west-3.amazonaws.com", NULL,
      "https://bucket.s3.eu-west-3.amazonaws.com", "f", "eu-west-3", S3_STORE_AWS },
    { "s3://bucket", "https://s3.dualstack.eu-west-3.amazonaws.com", NULL,
      "https://bucket.s3.dualstack.eu-west-3.amazonaws.com", "f", "eu-west-3", S3_STORE_AWS },
    { "s3://bucket", "https://s3.amazonaws.com", NULL, "https://bucket.s3.amazonaws.com", "f",
      "us-east-1", S3_STORE_AWS },
    { "s3://bucket", " https://s3.us-west-004.backblazeb2.com ", NULL,
      "https://s3.us-west-004.backblazeb2.com/bucket", "f", "us-west-004", S3_STORE_B2 },
    { "s3://bucket", "fra1.digitaloceanspaces.com", NULL,
      "https://fra1.digitaloceanspaces.com/bucket", "f", "fra1", S3_STORE_DIGITALOCEAN },
    { "s3://bucket", "https://abc.r2.cloudflarestorage.com", NULL,
      "https://abc.r2.cloudflarestorage.com/bucket", "f", "auto", S3_STORE_R2 },
    { "s3://bucket", "https://s3.fr-par.scw.cloud", "nl-ams", "https://s3.fr-par.scw.cloud/bucket",
      "f", "nl-ams", S3_STORE_SCALEWAY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PwDestination) destination =
      pw_destination_new_from_uri (cases[i].uri, cases[i].endpoint, cases[i].region, &error);
    g_autoptr (S3Address) address = NULL;
    g_autofree char *url = NULL, *key = NULL;

    g_assert_no_error (error);
    g_assert_true (g_str_has_prefix (cases[i].uri, destination->name));
    g_assert_true (g_str_has_suffix (destination->name, destination->bucket));
    g_assert_true (g_uuid_string_is_valid (destination->id));
    g_assert_cmpint (destination->store, ==, cases[i].store);
    address = pw_destination_dup_address (destination, &error);
    g_assert_no_error (error);
    url = s3_address_dup_url (address, "", NULL);
    g_assert_true (g_str_has_suffix (url, "/"));
    url[strlen (url) - 1] = '\0';
    g_assert_cmpstr (url, ==, cases[i].url);
    g_assert_cmpstr (address->region, ==, cases[i].signed_region);
    key = pw_destination_dup_key (destination, "/f");
    g_assert_cmpstr (key, ==, cases[i].key);
  }
}

static void
test_uri_refused (void)
{
  static const struct {
    const char *uri, *endpoint, *region;
  } cases[] = {
    { "", NULL, NULL }, { "bucket", NULL, NULL }, { "s3:/bucket", NULL, NULL },
    { "s3://", NULL, NULL }, { "s3:///prefix", NULL, NULL }, { "s3://b", NULL, NULL },
    { "s3://bu cket", NULL, NULL }, { "s3://bucket?x", NULL, NULL },
    { "s3://buck\net", NULL, NULL },
    { "s3://bucket/a\nb", NULL, NULL }, { "s3://bucket/\xff", NULL, NULL },
    { "s3://bucket/\xe2\x80\xae" "fdp.exe", NULL, NULL },
    { "s3://bucket--x-s3", NULL, NULL }, { "s3://bucket", "ftp://host", NULL },
    { "s3://bucket", "https://user:word@host", NULL }, { "s3://bucket", "https://host/?q", NULL },
    { "s3://bucket", NULL, "eu/west" }, { "s3://bucket", NULL, "eu\nwest" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (pw_destination_new_from_uri (cases[i].uri, cases[i].endpoint, cases[i].region,
                                                &error));
    g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
    g_assert_null (strstr (error->message, "word"));
    g_assert_null (strchr (error->message, '\n'));
  }
}

static void
test_http (void)
{
  static const struct {
    const char *endpoint;
    gboolean is_refused;
  } cases[] = {
    { "http://store.example.com", TRUE }, { "http://10.0.0.1:9000", TRUE },
    { "http://localhost.example.com", TRUE }, { "http://localhost:9000", FALSE },
    { "http://127.0.0.1", FALSE }, { "http://[::1]:9000", FALSE }, { "localhost:9000", FALSE },
    { "https://store.example.com", FALSE },
  };
  static const PwDestinationKind kinds[] = { PW_DESTINATION_S3, PW_DESTINATION_PRESIGN };

  for (guint i = 0; i < G_N_ELEMENTS (cases) * G_N_ELEMENTS (kinds); i++) {
    g_autoptr (PwDestination) destination = new_valid ();
    g_autoptr (GError) error = NULL;

    destination->kind = kinds[i % 2];
    destination->endpoint = g_strdup (cases[i / 2].endpoint);
    g_assert_cmpint (pw_destination_check (destination, &error), ==, !cases[i / 2].is_refused);
    if (cases[i / 2].is_refused) {
      g_assert_error (error, PW_ERROR, PW_ERROR_INSECURE);
    }
    destination->allow_http = TRUE;
    g_assert_true (pw_destination_check (destination, NULL));
  }
}

static void
test_text_checked (void)
{
  static const struct {
    gsize offset;
    const char *good, *bad;
  } cases[] = {
#define CASE(member, good, bad) { G_STRUCT_OFFSET (PwDestination, member), good, bad }
    CASE (id, "x", ""), CASE (id, "x", "a\nb"),
    CASE (name, "Büro 2", ""), CASE (name, "a", " a"), CASE (name, "a", "a\tb"),
    CASE (name, "a", "\xff"),
    CASE (endpoint, "https://host", "https://"), CASE (endpoint, "", "https://ho\rst"),
    CASE (bucket, "Old_Bucket", "a..b"), CASE (bucket, "abc", ""), CASE (bucket, "abc", "ab"),
    CASE (prefix, "a/b c/ü", "a\x7f"), CASE (region, "auto", "a b"),
    CASE (ca_file, "/etc/ca.pem", "ca.pem"),
    CASE (storage_class, "STANDARD_IA", "A B"), CASE (acl, "bucket-owner-full-control", "a:b"),
    CASE (encryption, "AES256", "aes"), CASE (encryption, "aws:kms:dsse", "AES256\r\nX: y"),
    CASE (tagging, "a=b&c=d%20e", "a"), CASE (tagging, "a=", "=b"),
    CASE (tagging, "a=b", "a=b&a=c"),
    CASE (tagging, "a=b", "a=b c"), CASE (tagging, "a=%C3%BC", "a=%zz"),
    CASE (tagging, "1=&2=&3=&4=&5=&6=&7=&8=&9=&10=", "1=&2=&3=&4=&5=&6=&7=&8=&9=&10=&11="),
    CASE (cache_control, "max-age=60", "max-age=\xc3\xbc"),
    CASE (content_type, "text/plain; charset=utf-8", "text"),
#undef CASE
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwDestination) destination = new_valid ();
    char **field = G_STRUCT_MEMBER_P (destination, cases[i].offset);
    g_autoptr (GError) error = NULL;

    g_free (*field);
    *field = g_strdup (cases[i].good);
    g_assert_true (pw_destination_check (destination, &error));
    g_assert_no_error (error);
    g_free (*field);
    *field = g_strdup (cases[i].bad);
    g_test_message ("case %u", i);
    g_assert_false (pw_destination_check (destination, &error));
    g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
    g_assert_true (g_str_has_suffix (error->message, ".") || strchr (error->message, ','));
  }
}

static void
test_long_prefix (void)
{
  g_autoptr (PwDestination) destination = new_valid ();

  destination->prefix = g_strnfill (1022, 'a');
  g_assert_true (pw_destination_check (destination, NULL));
  g_free (destination->prefix);
  destination->prefix = g_strnfill (1023, 'a');
  g_assert_false (pw_destination_check (destination, NULL));
}

static void
test_kms (void)
{
  static const char *const good[] = {
    "1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab", "alias/my-key",
    "arn:aws:kms:us-east-2:111122223333:key/1234abcd", "arn:aws-cn:kms:cn-north-1:1:alias/x/y",
  };
  static const char *const bad[] = {
    "alias/", "a/b", "a:b", "key id", "arn:aws:s3:us-east-2:1:key/x",
    "arn:aws:kms:us-east-2:1:key/",
    "arn:aws:kms::1:key/x", "ü", "x\r\ny",
  };
  g_autoptr (PwDestination) destination = new_valid ();

  destination->encryption = g_strdup ("aws:kms");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_free (destination->kms_key_id);
    destination->kms_key_id = g_strdup (good[i]);
    g_assert_true (pw_destination_check (destination, NULL));
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_free (destination->kms_key_id);
    destination->kms_key_id = g_strdup (bad[i]);
    g_assert_false (pw_destination_check (destination, NULL));
  }
  g_free (destination->kms_key_id);
  destination->kms_key_id = g_strdup (good[0]);
  g_free (destination->encryption);
  destination->encryption = g_strdup ("AES256");
  g_assert_false (pw_destination_check (destination, NULL));
}

static void
test_metadata (void)
{
  g_autofree char *long_value = g_strnfill (2048 - 1, 'v');
  g_autofree char *too_long_value = g_strnfill (2048, 'v');
  const struct {
    const char *items[5];
    gboolean is_good;
  } cases[] = {
    { { "a", "b", NULL }, TRUE }, { { "a", "", "b-c", "x y", NULL }, TRUE },
    { { "a", NULL }, FALSE }, { { "", "b", NULL }, FALSE }, { { "a b", "c", NULL }, FALSE },
    { { "a", "\xc3\xbc", NULL }, FALSE }, { { "a", "b\r\nHost: x", NULL }, FALSE },
    { { "a", "b", "A", "c", NULL }, FALSE }, { { "a:", "b", NULL }, FALSE },
    { { "a", long_value, NULL }, TRUE }, { { "a", too_long_value, NULL }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwDestination) destination = new_valid ();

    destination->metadata = g_strdupv ((char **) cases[i].items);
    g_assert_cmpint (pw_destination_check (destination, NULL), ==, cases[i].is_good);
  }
}

static void
test_part_size (void)
{
  static const struct {
    S3StoreKind store;
    guint64 size;
    gboolean is_tiny_allowed, is_good;
  } cases[] = {
    { S3_STORE_AWS, 0, FALSE, TRUE }, { S3_STORE_AWS, 5 * S3_MIB, FALSE, TRUE },
    { S3_STORE_AWS, 5 * S3_MIB - 1, FALSE, FALSE }, { S3_STORE_AWS, 1, TRUE, TRUE },
    { S3_STORE_AWS, 5 * S3_GIB, FALSE, TRUE }, { S3_STORE_AWS, 5 * S3_GIB + 1, TRUE, FALSE },
    { S3_STORE_R2, 5 * S3_GIB, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwDestination) destination = new_valid ();

    destination->store = cases[i].store;
    destination->part_size = cases[i].size;
    destination->allow_tiny_parts = cases[i].is_tiny_allowed;
    g_assert_cmpint (pw_destination_check (destination, NULL), ==, cases[i].is_good);
  }
}

static void
test_profile (void)
{
  g_autoptr (PwDestination) destination = new_valid ();

  destination->secrets = PW_SECRETS_PROFILE;
  g_assert_false (pw_destination_check (destination, NULL));
  destination->profile = g_strdup ("work");
  g_assert_true (pw_destination_check (destination, NULL));
}

/* Every field has a value of its own, so that one that is forgotten or swapped shows. */
static PwDestination *
new_full (void)
{
  PwDestination *self = new_valid ();

  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    g_free (PW_DESTINATION_TEXT (self, text));
    PW_DESTINATION_TEXT (self, text) = g_strdup_printf ("value “of” %s\n", text->name);
  }
  self->metadata = g_strsplit ("a,1,b,", ",", -1);
  self->kind = PW_DESTINATION_PRESIGN;
  self->dialect = PW_DIALECT_SIGN;
  self->style = S3_STYLE_PATH;
  self->store = S3_STORE_SCALEWAY;
  self->secrets = PW_SECRETS_SESSION;
  self->if_exists = PW_IF_EXISTS_SKIP;
  self->part_size = 5 * S3_GIB + 1;
  self->checksum = S3_CHECKSUM_CRC64NVME;
  self->allow_http = self->allow_tiny_parts = self->is_probed = TRUE;
  self->etag_is_md5 = self->put_if_none_match = TRUE;
  return self;
}

static void
test_json (void)
{
  g_autoptr (PwDestination) full = new_full ();
  g_autoptr (PwDestination) copy = pw_destination_copy (full);
  g_autofree char *json = pw_destination_to_json (full);
  g_autofree char *copy_json = pw_destination_to_json (copy);
  g_autofree char *again_json = NULL;
  g_autoptr (PwDestination) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (strchr (json, '\n'));
  g_assert_cmpstr (copy_json, ==, json);
  again = pw_destination_from_json (json, &error);
  g_assert_no_error (error);
  again_json = pw_destination_to_json (again);
  g_assert_cmpstr (again_json, ==, json);
  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    g_assert_cmpstr (PW_DESTINATION_TEXT (again, text), ==, PW_DESTINATION_TEXT (full, text));
    g_assert_cmpstr (PW_DESTINATION_TEXT (copy, text), ==, PW_DESTINATION_TEXT (full, text));
  }
  g_assert_true (g_strv_equal ((const char *const *) again->metadata,
                               (const char *const *) full->metadata));
  g_assert_cmpint (again->kind, ==, full->kind);
  g_assert_cmpint (again->dialect, ==, full->dialect);
  g_assert_cmpint (again->style, ==, full->style);
  g_assert_cmpint (again->store, ==, full->store);
  g_assert_cmpint (again->secrets, ==, full->secrets);
  g_assert_cmpint (again->if_exists, ==, full->if_exists);
  g_assert_cmpint (again->checksum, ==, full->checksum);
  g_assert_cmpuint (again->part_size, ==, full->part_size);
  g_assert_true (again->allow_http && again->allow_tiny_parts && again->is_probed &&
                 again->etag_is_md5 && again->put_if_none_match);
  g_assert_true (copy->allow_http && copy->allow_tiny_parts && copy->is_probed &&
                 copy->etag_is_md5 && copy->put_if_none_match);
}

static void
test_json_refused (void)
{
  static const char *const cases[] = {
    "", "{", "[]", "1", "null", "{\"name\":1}", "{\"bucket\":null}", "{\"kind\":\"ftp\"}",
    "{\"dialect\":\"klingon\"}", "{\"kind\":1}",
    "{\"secrets\":\"vault\"}", "{\"style\":[]}", "{\"if-exists\":\"later\"}",
    "{\"part-size\":-1}", "{\"part-size\":\"1\"}", "{\"part-size\":1.5}", "{\"metadata\":{}}",
    "{\"metadata\":[\"a\"]}", "{\"metadata\":[\"a\",1]}", "{\"allow-http\":1}", "{\"store\":1}",
    "{\"checksum\":false}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (pw_destination_from_json (cases[i], &error));
    g_assert_error (error, PW_ERROR, PW_ERROR_DESTINATION);
  }
}

static void
test_json_defaults (void)
{
  g_autoptr (PwDestination) destination =
    pw_destination_from_json ("{\"store\":\"of tomorrow\",\"checksum\":\"X\",\"new\":{}}", NULL);

  g_assert_true (g_uuid_string_is_valid (destination->id));
  g_assert_null (destination->name);
  g_assert_cmpint (destination->store, ==, S3_STORE_GENERIC);
  g_assert_cmpint (destination->checksum, ==, S3_CHECKSUM_NONE);
  g_assert_cmpint (destination->secrets, ==, PW_SECRETS_KEYRING);
}

static void
test_finalize (void)
{
  PwDestination *destination = new_full ();
  g_autofree char *uri = pw_destination_dup_uri (destination);

  g_assert_cmpstr (uri, ==, destination->endpoint);
  g_assert_finalize_object (destination);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-destination/uri", test_uri);
  g_test_add_func ("/pw-destination/uri/refused", test_uri_refused);
  g_test_add_func ("/pw-destination/http", test_http);
  g_test_add_func ("/pw-destination/check/texts", test_text_checked);
  g_test_add_func ("/pw-destination/check/long-prefix", test_long_prefix);
  g_test_add_func ("/pw-destination/check/kms", test_kms);
  g_test_add_func ("/pw-destination/check/metadata", test_metadata);
  g_test_add_func ("/pw-destination/check/part-size", test_part_size);
  g_test_add_func ("/pw-destination/check/profile", test_profile);
  g_test_add_func ("/pw-destination/json", test_json);
  g_test_add_func ("/pw-destination/json/refused", test_json_refused);
  g_test_add_func ("/pw-destination/json/defaults", test_json_defaults);
  g_test_add_func ("/pw-destination/finalize", test_finalize);
  return g_test_run ();
}
