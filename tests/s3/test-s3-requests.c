/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-requests.h"

#include <string.h>

#define KEY "a b/ü.mov"
#define URL "https://store.example/films/a%20b/%C3%BC.mov"
#define CRC_BASE64 "rosUhgp5mYg="

static S3Address *
new_address (void)
{
  g_autoptr (GError) error = NULL;
  S3Address *address = s3_address_new ("https://store.example", NULL, "films", S3_STYLE_PATH,
                                       &error);

  g_assert_no_error (error);
  return address;
}

static S3Checksum
read_checksum (S3ChecksumKind  kind,
               const char     *base64)
{
  S3Checksum checksum;

  g_assert_true (s3_checksum_from_base64 (&checksum, kind, base64));
  return checksum;
}

/* Takes @request, and compares it with "POST URL\nName: value\n…". */
static void
assert_request (HttpRequest *request,
                const char  *expected)
{
  g_autoptr (GString) summary = g_string_new (NULL);

  g_string_append_printf (summary, "%s %s\n", request->method, request->url);
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    g_string_append_printf (summary, "%s: %s\n", header->name, header->value);
  }
  g_assert_cmpstr (summary->str, ==, expected);
  http_request_free (request);
}

static void
test_simple_ones (void)
{
  g_autoptr (S3Address) address = new_address ();
  const char *id = "2~a/b+c=&d";

  assert_request (s3_request_abort (address, KEY, id),
                  "DELETE " URL "?uploadId=2~a%2Fb%2Bc%3D%26d\n");
  assert_request (s3_request_list_parts (address, KEY, id, 0),
                  "GET " URL "?uploadId=2~a%2Fb%2Bc%3D%26d\n");
  assert_request (s3_request_list_parts (address, KEY, id, 1000),
                  "GET " URL "?part-number-marker=1000&uploadId=2~a%2Fb%2Bc%3D%26d\n");
  assert_request (s3_request_list_uploads (address, NULL, NULL, ""),
                  "GET https://store.example/films?uploads=&encoding-type=url\n");
  assert_request (s3_request_list_uploads (address, "a/é", "k&l", "i=d"),
                  "GET https://store.example/films?uploads=&encoding-type=url&prefix=a%2F%C3%A9"
                  "&key-marker=k%26l&upload-id-marker=i%3Dd\n");
  assert_request (s3_request_head_object (address, KEY, FALSE), "HEAD " URL "\n");
  assert_request (s3_request_head_object (address, KEY, TRUE),
                  "HEAD " URL "\nx-amz-checksum-mode: ENABLED\n");
  assert_request (s3_request_head_bucket (address), "HEAD https://store.example/films\n");
  assert_request (s3_request_delete_object (address, KEY), "DELETE " URL "\n");
}

static const struct {
  S3ChecksumKind kind;
  const char *headers;
} create_cases[] = {
  { S3_CHECKSUM_NONE, "" },
  { S3_CHECKSUM_MD5, "" },
  { S3_CHECKSUM_CRC64NVME,
    "x-amz-checksum-algorithm: CRC64NVME\nx-amz-checksum-type: FULL_OBJECT\n" },
  { S3_CHECKSUM_CRC32C, "x-amz-checksum-algorithm: CRC32C\nx-amz-checksum-type: FULL_OBJECT\n" },
  { S3_CHECKSUM_SHA256, "x-amz-checksum-algorithm: SHA256\nx-amz-checksum-type: COMPOSITE\n" },
};

static void
test_create (void)
{
  g_autoptr (S3Address) address = new_address ();

  for (guint i = 0; i < G_N_ELEMENTS (create_cases); i++) {
    HttpRequest *request = s3_request_create (address, KEY, NULL, create_cases[i].kind);
    g_autofree char *expected = g_strconcat ("POST " URL "?uploads=\n", create_cases[i].headers,
                                             NULL);

    /* A POST needs a Content-Length, even of 0. */
    g_assert_nonnull (request->bytes);
    g_assert_cmpuint (request->body_size, ==, 0);
    assert_request (request, expected);
  }
}

static void
test_options (void)
{
  static const char *const metadata[] = { "Mtime", "1772323147.5", "author", "Zoë", NULL };
  g_autoptr (S3Address) address = new_address ();
  S3ObjectOptions options = {
    .content_type = "video/quicktime",
    .storage_class = "STANDARD_IA",
    .encryption = "aws:kms",
    .kms_key_id = "arn:aws:kms:eu-central-1:1:key/2",
    .acl = "bucket-owner-full-control",
    .tagging = "team=film&year=2026",
    .metadata = metadata,
    .content_disposition = "attachment; filename=\"a.mov\"",
    .cache_control = "",
  };

  assert_request (s3_request_put_object (address, KEY, &options, NULL, TRUE),
                  "PUT " URL "\n"
                  "Content-Type: video/quicktime\n"
                  "Content-Disposition: attachment; filename=\"a.mov\"\n"
                  "x-amz-storage-class: STANDARD_IA\n"
                  "x-amz-server-side-encryption: aws:kms\n"
                  "x-amz-server-side-encryption-aws-kms-key-id: arn:aws:kms:eu-central-1:1:key/2\n"
                  "x-amz-acl: bucket-owner-full-control\n"
                  "x-amz-tagging: team=film&year=2026\n"
                  "x-amz-meta-Mtime: 1772323147.5\n"
                  "x-amz-meta-author: =?UTF-8?B?Wm/Dqw==?=\n"
                  "If-None-Match: *\n");
}

static void
test_checksums (void)
{
  g_autoptr (S3Address) address = new_address ();
  S3Checksum crc = read_checksum (S3_CHECKSUM_CRC64NVME, CRC_BASE64);
  S3Checksum md5 = read_checksum (S3_CHECKSUM_MD5, "1B2M2Y8AsgTpgAmY7PhCfg==");
  S3Checksum none = { S3_CHECKSUM_NONE };

  assert_request (s3_request_upload_part (address, KEY, "id", 10000, &crc),
                  "PUT " URL "?uploadId=id&partNumber=10000\n"
                  "x-amz-checksum-crc64nvme: " CRC_BASE64 "\n");
  assert_request (s3_request_upload_part (address, KEY, "id", 1, &md5),
                  "PUT " URL "?uploadId=id&partNumber=1\nContent-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\n");
  assert_request (s3_request_upload_part (address, KEY, "id", 1, NULL),
                  "PUT " URL "?uploadId=id&partNumber=1\n");
  assert_request (s3_request_put_object (address, KEY, NULL, &none, FALSE), "PUT " URL "\n");
  assert_request (s3_request_put_object (address, KEY, NULL, &crc, FALSE),
                  "PUT " URL "\nx-amz-checksum-crc64nvme: " CRC_BASE64 "\n");
}

static void
test_complete (void)
{
  g_autoptr (S3Address) address = new_address ();
  S3Checksum crc = read_checksum (S3_CHECKSUM_CRC64NVME, CRC_BASE64);
  S3CompletedPart parts[] = {
    { 1, "aa", crc },
    { 2, "b<\"&\x01", read_checksum (S3_CHECKSUM_MD5, "1B2M2Y8AsgTpgAmY7PhCfg==") },
    { 3, "cc", { S3_CHECKSUM_NONE } },
  };
  HttpRequest *request = s3_request_complete (address, KEY, "id", parts, 3, &crc, 20000000001,
                                              TRUE);
  g_autoptr (GBytes) body = g_bytes_ref (request->bytes);
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

  g_assert_cmpuint (request->body_size, ==, g_bytes_get_size (body));
  g_assert_cmpuint (request->response_timeout_ms, >=, 10 * 60 * 1000);
  g_assert_cmpstr (text, ==,
                   "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                   "<Part><PartNumber>1</PartNumber><ETag>&quot;aa&quot;</ETag>"
                   "<ChecksumCRC64NVME>" CRC_BASE64 "</ChecksumCRC64NVME></Part>"
                   "<Part><PartNumber>2</PartNumber>"
                   "<ETag>&quot;b&lt;&quot;&amp;&#x1;&quot;</ETag></Part>"
                   "<Part><PartNumber>3</PartNumber><ETag>&quot;cc&quot;</ETag></Part>"
                   "</CompleteMultipartUpload>");
  assert_request (request,
                  "POST " URL "?uploadId=id\n"
                  "Content-Type: application/xml\n"
                  "If-None-Match: *\n"
                  "x-amz-checksum-crc64nvme: " CRC_BASE64 "\n"
                  "x-amz-checksum-type: FULL_OBJECT\n"
                  "x-amz-mp-object-size: 20000000001\n");
  assert_request (s3_request_complete (address, KEY, "id", parts, 1, NULL, 5, FALSE),
                  "POST " URL "?uploadId=id\nContent-Type: application/xml\n");
}

static void
test_complete_with_all_parts (void)
{
  g_autoptr (S3Address) address = new_address ();
  g_autofree S3CompletedPart *parts = g_new0 (S3CompletedPart, 10000);
  g_autoptr (HttpRequest) request = NULL;

  for (guint i = 0; i < 10000; i++) {
    parts[i].part_number = i + 1;
    g_strlcpy (parts[i].etag, "d41d8cd98f00b204e9800998ecf8427e", sizeof parts[i].etag);
    parts[i].checksum = read_checksum (S3_CHECKSUM_CRC64NVME, CRC_BASE64);
  }
  request = s3_request_complete (address, KEY, "id", parts, 10000, NULL, 0, FALSE);
  /* S3 takes at most 1 MiB in other operations, and 10,000 parts here: it must hold them all. */
  g_assert_cmpuint (request->body_size, >, 10000 * 130);
  g_assert_cmpuint (request->body_size, <, 10000 * 180);
}

static char *
dup_decoded_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GString *decoded = g_string_new (NULL);

  for (char **word = words; *word; word++) {
    g_autofree guchar *bytes = NULL;
    gsize size;

    g_assert_true (g_str_has_prefix (*word, "=?UTF-8?B?"));
    g_assert_true (g_str_has_suffix (*word, "?="));
    g_assert_cmpuint (strlen (*word), <=, 75);
    (*word)[strlen (*word) - 2] = '\0';
    bytes = g_base64_decode (*word + strlen ("=?UTF-8?B?"), &size);
    g_assert_true (g_utf8_validate ((const char *) bytes, (gssize) size, NULL));
    g_string_append_len (decoded, (const char *) bytes, (gssize) size);
  }
  return g_string_free (decoded, FALSE);
}

static const struct {
  const char *value;
  gboolean is_plain;
} metadata_cases[] = {
  { "plain text, =1?", TRUE },
  { "", TRUE },
  { "Zoë", FALSE },
  { "line\r\nx-amz-acl: public-read", FALSE },
  { "tab\t", FALSE },
  { " blank before", FALSE },
  { "=?UTF-8?B?Wm/Dqw==?=", FALSE },
  { "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語", FALSE },
  { "a🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬", FALSE },
};

static void
test_metadata (void)
{
  g_autoptr (S3Address) address = new_address ();

  for (guint i = 0; i < G_N_ELEMENTS (metadata_cases); i++) {
    const char *const metadata[] = { "m", metadata_cases[i].value, NULL };
    S3ObjectOptions options = { .metadata = metadata };
    g_autoptr (HttpRequest) request = s3_request_put_object (address, KEY, &options, NULL, FALSE);
    const char *sent = http_request_get_header (request, "x-amz-meta-m");
    g_autofree char *decoded = NULL;

    g_assert_nonnull (sent);
    decoded = metadata_cases[i].is_plain ? g_strdup (sent) : dup_decoded_words (sent);
    g_assert_cmpstr (decoded, ==, metadata_cases[i].value);
  }
}

static const struct {
  const char *text;
  gboolean is_clean;
} clean_cases[] = {
  { "", TRUE }, { "a b", TRUE }, { "é", TRUE },
  { "a\r\nb: c", FALSE }, { "a\n", FALSE }, { "\x7f", FALSE }, { "\t", FALSE }, { "\xff", FALSE },
  { " a", FALSE }, { "a ", FALSE }, { "\xc2\x85", FALSE },
};

static void
test_predicates (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (clean_cases); i++) {
    g_assert_cmpint (s3_header_value_is_clean (clean_cases[i].text), ==, clean_cases[i].is_clean);
  }
  g_assert_true (s3_metadata_name_is_valid ("Last-Modified_1.x"));
  g_assert_false (s3_metadata_name_is_valid (""));
  g_assert_false (s3_metadata_name_is_valid ("a:b"));
  g_assert_false (s3_metadata_name_is_valid ("a\r\nb"));
  g_assert_false (s3_metadata_name_is_valid ("é"));
}

/* The last line of defence: the header is left out, nothing gets through. */
static void
test_injection (void)
{
  static const char *const bad_name[] = { "a\r\nx-amz-acl", "v", NULL };
  const S3ObjectOptions hostile[] = {
    { .content_type = "a\r\nx-amz-acl: public-read" },
    { .tagging = "a=b\nx: y" },
    { .content_disposition = "\r\n\r\nbody" },
    { .metadata = bad_name },
  };
  g_autoptr (S3Address) address = new_address ();
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR);

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*assertion*failed*");
    assert_request (s3_request_put_object (address, KEY, &hostile[i], NULL, FALSE),
                    "PUT " URL "\n");
    g_test_assert_expected_messages ();
  }
  g_log_set_always_fatal (fatal);
}

/* A DELETE without its upload id would delete the object itself. */
static void
test_without_id (void)
{
  g_autoptr (S3Address) address = new_address ();
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR);

  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*upload_id*");
  g_assert_null (s3_request_abort (address, KEY, ""));
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*upload_id*");
  g_assert_null (s3_request_upload_part (address, KEY, "", 1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*s3_key_check*");
  g_assert_null (s3_request_delete_object (address, ""));
  g_test_assert_expected_messages ();
  g_log_set_always_fatal (fatal);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/s3/requests/simple-ones", test_simple_ones);
  g_test_add_func ("/s3/requests/create", test_create);
  g_test_add_func ("/s3/requests/options", test_options);
  g_test_add_func ("/s3/requests/checksums", test_checksums);
  g_test_add_func ("/s3/requests/complete", test_complete);
  g_test_add_func ("/s3/requests/complete/all-parts", test_complete_with_all_parts);
  g_test_add_func ("/s3/requests/metadata", test_metadata);
  g_test_add_func ("/s3/requests/predicates", test_predicates);
  g_test_add_func ("/s3/requests/injection", test_injection);
  g_test_add_func ("/s3/requests/without-id", test_without_id);
  return g_test_run ();
}
