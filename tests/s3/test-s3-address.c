/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-address.h"

#include <string.h>

/* The URL of the key "k", or the error that is to come. */
static const struct {
  const char *name;
  const char *endpoint;
  const char *region;
  const char *bucket;
  S3Style style;
  const char *url;
  int error;
} cases[] = {
  { "aws", NULL, "eu-central-1", "films", S3_STYLE_AUTO,
    "https://films.s3.eu-central-1.amazonaws.com/k", 0 },
  { "aws/no-region", "", "", "films", S3_STYLE_AUTO,
    "https://films.s3.us-east-1.amazonaws.com/k", 0 },
  { "aws/china", NULL, "cn-north-1", "films", S3_STYLE_AUTO,
    "https://films.s3.cn-north-1.amazonaws.com.cn/k", 0 },
  { "aws/sovereign", NULL, "eusc-de-east-1", "films", S3_STYLE_AUTO,
    "https://films.s3.eusc-de-east-1.amazonaws.eu/k", 0 },
  { "aws/dotted", NULL, "eu-west-1", "films.example.com", S3_STYLE_AUTO,
    "https://s3.eu-west-1.amazonaws.com/films.example.com/k", 0 },
  { "aws/old-name", NULL, "us-east-1", "Old_Films", S3_STYLE_AUTO,
    "https://s3.us-east-1.amazonaws.com/Old_Films/k", 0 },
  { "aws/path", NULL, "eu-west-1", "films", S3_STYLE_PATH,
    "https://s3.eu-west-1.amazonaws.com/films/k", 0 },
  { "aws/dualstack", "https://s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1", "films",
    S3_STYLE_AUTO, "https://films.s3.dualstack.eu-west-1.amazonaws.com/k", 0 },
  { "aws/accelerate", "s3-accelerate.amazonaws.com", "eu-west-1", "films", S3_STYLE_AUTO,
    "https://films.s3-accelerate.amazonaws.com/k", 0 },
  { "aws/accelerate/dualstack", "s3-accelerate.dualstack.amazonaws.com", NULL, "films",
    S3_STYLE_AUTO, "https://films.s3-accelerate.dualstack.amazonaws.com/k", 0 },
  { "aws/accelerate/dotted", "s3-accelerate.amazonaws.com", NULL, "films.a", S3_STYLE_AUTO,
    NULL, S3_ADDRESS_ERROR_BUCKET },
  { "aws/accelerate/path", "s3-accelerate.amazonaws.com", NULL, "films", S3_STYLE_PATH,
    NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "aws/bucket-in-endpoint", "https://films.s3.eu-west-1.amazonaws.com/", "eu-west-1", "films",
    S3_STYLE_AUTO, "https://films.s3.eu-west-1.amazonaws.com/k", 0 },
  { "aws/bucket-in-endpoint/path", "https://films.s3.eu-west-1.amazonaws.com/", "eu-west-1",
    "films", S3_STYLE_PATH, "https://s3.eu-west-1.amazonaws.com/films/k", 0 },
  { "aws/other-bucket-in-endpoint", "https://books.s3.eu-west-1.amazonaws.com/", "eu-west-1",
    "films", S3_STYLE_AUTO, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "aws/vpc", "https://bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com", "us-east-1",
    "films", S3_STYLE_AUTO,
    "https://bucket.vpce-1a2b-5e6f.s3.us-east-1.vpce.amazonaws.com/films/k", 0 },
  { "aws/lookalike", "https://s3.amazonaws.com.example", NULL, "films", S3_STYLE_AUTO,
    "https://s3.amazonaws.com.example/films/k", 0 },

  { "custom", "https://Store.Example:8443", "auto", "films", S3_STYLE_AUTO,
    "https://store.example:8443/films/k", 0 },
  { "custom/own-port", "https://store.example:443/", NULL, "films", S3_STYLE_AUTO,
    "https://store.example/films/k", 0 },
  { "custom/own-port/http", "http://store.example:80", NULL, "films", S3_STYLE_AUTO,
    "http://store.example/films/k", 0 },
  { "custom/other-port", "http://store.example:443", NULL, "films", S3_STYLE_AUTO,
    "http://store.example:443/films/k", 0 },
  { "custom/scheme-case", "HTTPS://store.example", NULL, "films", S3_STYLE_AUTO,
    "https://store.example/films/k", 0 },
  { "custom/no-scheme", "store.example:9000", NULL, "films", S3_STYLE_AUTO,
    "https://store.example:9000/films/k", 0 },
  { "custom/no-scheme/loopback", "localhost:9000", NULL, "films", S3_STYLE_AUTO,
    "http://localhost:9000/films/k", 0 },
  { "custom/no-scheme/loopback-ip", "127.0.0.1", NULL, "films", S3_STYLE_AUTO,
    "http://127.0.0.1/films/k", 0 },
  { "custom/loopback-tls", "https://localhost:9000", NULL, "films", S3_STYLE_AUTO,
    "https://localhost:9000/films/k", 0 },
  { "custom/virtual", "https://store.example", NULL, "films", S3_STYLE_VIRTUAL_HOST,
    "https://films.store.example/k", 0 },
  { "custom/virtual/dotted/tls", "https://store.example", NULL, "films.a", S3_STYLE_VIRTUAL_HOST,
    NULL, S3_ADDRESS_ERROR_BUCKET },
  { "custom/virtual/dotted/plain", "http://store.example", NULL, "films.a", S3_STYLE_VIRTUAL_HOST,
    "http://films.a.store.example/k", 0 },
  { "custom/virtual/capital", "http://store.example", NULL, "Films", S3_STYLE_VIRTUAL_HOST,
    NULL, S3_ADDRESS_ERROR_BUCKET },
  { "custom/virtual/ip", "http://192.0.2.7", NULL, "films", S3_STYLE_VIRTUAL_HOST,
    NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "custom/path", "https://gate.example/s3/v 1/", NULL, "films", S3_STYLE_AUTO,
    "https://gate.example/s3/v%201/films/k", 0 },
  { "custom/path/encoded-once", "https://gate.example/v%201", NULL, "films", S3_STYLE_AUTO,
    "https://gate.example/v%201/films/k", 0 },
  { "custom/path/virtual", "https://gate.example/s3", NULL, "films", S3_STYLE_VIRTUAL_HOST,
    "https://films.gate.example/s3/k", 0 },
  { "custom/ipv6", "http://[::1]:9000", NULL, "films", S3_STYLE_AUTO,
    "http://[::1]:9000/films/k", 0 },
  { "custom/ipv6/long-form", "[2001:DB8:0:0::7]", NULL, "films", S3_STYLE_AUTO,
    "https://[2001:db8::7]/films/k", 0 },
  { "custom/idn", "https://bücher.example", NULL, "films", S3_STYLE_AUTO,
    "https://xn--bcher-kva.example/films/k", 0 },
  { "custom/underscore", "http://my_store:9000", NULL, "films", S3_STYLE_AUTO,
    "http://my_store:9000/films/k", 0 },

  { "bad/scheme", "ftp://store.example", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/no-host", "https://", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/only-path", "/srv/store", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/blank", "https://my store", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/encoded-blank", "https://my%20store", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/line", "https://store%0d%0aX:1", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/port", "https://store:99999", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/port-0", "https://store:0", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/query", "https://store/?a=b", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/fragment", "https://store/#a", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/user", "https://me:pass@store", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/short-ip", "http://10.1", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/zone", "http://[fe80::1%25eth0]", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/double-dot", "http://a..b", NULL, "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/region", NULL, "eu/central", "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/region-not-utf8", NULL, "eu\xff", "films", 0, NULL, S3_ADDRESS_ERROR_ENDPOINT },
  { "bad/bucket/none", NULL, NULL, NULL, 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/bucket/empty", NULL, NULL, "", 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/bucket/short", NULL, NULL, "ab", 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/bucket/slash", NULL, NULL, "films/2026", 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/bucket/dots", NULL, NULL, "a/../b", 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/bucket/only-dots", NULL, NULL, "...", 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/bucket/arn", NULL, NULL, "arn:aws:s3:::films", 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/bucket/not-utf8", NULL, NULL, "fil\xffms", 0, NULL, S3_ADDRESS_ERROR_BUCKET },
  { "bad/directory-bucket", NULL, NULL, "films--use1-az4--x-s3", 0, NULL,
    S3_ADDRESS_ERROR_DIRECTORY },
};

static void
test_address (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (S3Address) address = s3_address_new (cases[i].endpoint, cases[i].region,
                                                  cases[i].bucket, cases[i].style, &error);
  g_autoptr (S3Address) copy = NULL;
  g_autofree char *url = NULL;

  if (!cases[i].url) {
    g_assert_null (address);
    g_assert_error (error, S3_ADDRESS_ERROR, cases[i].error);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_null (strstr (error->message, "pass"));
    return;
  }
  g_assert_no_error (error);
  copy = s3_address_copy (address);
  g_clear_pointer (&address, s3_address_free);
  url = s3_address_dup_url (copy, "k", NULL);
  g_assert_cmpstr (url, ==, cases[i].url);
  g_assert_cmpstr (copy->bucket, ==, cases[i].bucket);
  g_assert_cmpstr (copy->region, ==, cases[i].region && *cases[i].region ? cases[i].region
                                                                           : "us-east-1");
  g_assert_nonnull (strstr (url, copy->host));
}

static const struct {
  const char *endpoint;
  gboolean is_loopback;
} loopback_cases[] = {
  { "http://localhost", TRUE },
  { "https://LOCALHOST:1", TRUE },
  { "http://s3.localhost:9000", TRUE },
  { "http://127.0.0.1", TRUE },
  { "http://127.255.0.9", TRUE },
  { "http://[::1]:9000", TRUE },
  { "http://[0:0:0:0:0:0:0:1]", TRUE },
  { "http://128.0.0.1", FALSE },
  { "http://127.example.com", FALSE },
  { "http://localhost.example.com", FALSE },
  { "http://notlocalhost", FALSE },
  { "http://[2001:db8::1]", FALSE },
  { NULL, FALSE },
};

static void
test_loopback (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (loopback_cases); i++) {
    g_autoptr (S3Address) address = s3_address_new (loopback_cases[i].endpoint, NULL, "films",
                                                    S3_STYLE_AUTO, NULL);

    g_assert_nonnull (address);
    g_assert_cmpint (address->is_loopback, ==, loopback_cases[i].is_loopback);
  }
}

static const struct {
  const char *key;
  const char *encoded;
} key_cases[] = {
  { "a b+c%d", "a%20b%2Bc%25d" },
  { "a%20b", "a%2520b" },
  { "a//b/", "a//b/" },
  { "/a", "/a" },
  { "./x/../y", "./x/../y" },
  { "A-Z_a.z~0", "A-Z_a.z~0" },
  { "=&?#;:@", "%3D%26%3F%23%3B%3A%40" },
  { "é日🎬", "%C3%A9%E6%97%A5%F0%9F%8E%AC" },
  { "\x01\x7f\n", "%01%7F%0A" },
};

static void
test_keys (void)
{
  g_autoptr (S3Address) address = s3_address_new ("http://h", NULL, "films", S3_STYLE_PATH, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (key_cases); i++) {
    g_autofree char *url = s3_address_dup_url (address, key_cases[i].key, "a=b");
    g_autofree char *expected = g_strconcat ("http://h/films/", key_cases[i].encoded, "?a=b", NULL);
    g_autofree char *back = g_uri_unescape_string (key_cases[i].encoded, NULL);
    g_autofree char *no_slash = s3_uri_encode (key_cases[i].key, FALSE);

    g_assert_cmpstr (url, ==, expected);
    g_assert_cmpstr (back, ==, key_cases[i].key);
    g_assert_null (strchr (no_slash, '/'));
  }
}

static void
test_bucket_itself (void)
{
  g_autoptr (S3Address) path = s3_address_new ("http://h/x", NULL, "films", S3_STYLE_PATH, NULL);
  g_autoptr (S3Address) virtual = s3_address_new (NULL, NULL, "films", S3_STYLE_AUTO, NULL);
  g_autofree char *one = s3_address_dup_url (path, NULL, "uploads=");
  g_autofree char *two = s3_address_dup_url (virtual, NULL, "uploads=");
  g_autofree char *three = s3_address_dup_url (virtual, NULL, "");

  g_assert_cmpstr (one, ==, "http://h/x/films?uploads=");
  g_assert_cmpstr (two, ==, "https://films.s3.us-east-1.amazonaws.com/?uploads=");
  g_assert_cmpstr (three, ==, "https://films.s3.us-east-1.amazonaws.com/");
}

static void
test_key_check (void)
{
  g_autofree char *longest = g_strnfill (1024, 'k');
  g_autofree char *too_long = g_strnfill (1025, 'k');
  /* 1,024 bytes count, not characters. */
  GString *wide = g_string_new (NULL);
  const char *bad[] = { NULL, "", too_long, "\xff", NULL };

  for (int i = 0; i < 513; i++) {
    g_string_append (wide, "é");
  }
  bad[4] = wide->str;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (s3_key_check (bad[i], &error));
    g_assert_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_KEY);
    g_assert_false (s3_key_check (bad[i], NULL));
  }
  g_assert_true (s3_key_check (longest, NULL));
  g_assert_true (s3_key_check ("a//\x01 é", NULL));
  g_string_free (wide, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/s3/address/", cases[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_address);
  }
  g_test_add_func ("/s3/address/loopback", test_loopback);
  g_test_add_func ("/s3/address/keys", test_keys);
  g_test_add_func ("/s3/address/bucket-itself", test_bucket_itself);
  g_test_add_func ("/s3/address/key-check", test_key_check);
  return g_test_run ();
}
