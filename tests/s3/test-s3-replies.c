/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-replies.h"

#include <string.h>

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define NAME_SPACE " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
#define ETAG "d41d8cd98f00b204e9800998ecf8427e"
#define CRC_BASE64 "rosUhgp5mYg="
#define CRC32C_BASE64 "4waSgw=="
#define INTERNAL_ERROR "<Error><Code>InternalError</Code><Message>Please try again.</Message>" \
                       "<RequestId>R1</RequestId><HostId>H1</HostId></Error>"
#define PORTAL "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body></body></html>"

#define CREATE DECLARATION "<InitiateMultipartUploadResult" NAME_SPACE "><Bucket>films</Bucket>" \
                           "<Key>k</Key><UploadId>2~id</UploadId></InitiateMultipartUploadResult>"
#define COMPLETE DECLARATION "<CompleteMultipartUploadResult" NAME_SPACE ">\n" \
                             " <Location>https://x</Location><ETag>&quot;" ETAG "-2&quot;</ETag>" \
                             "<ChecksumCRC64NVME>" CRC_BASE64 "</ChecksumCRC64NVME>" \
                             "<ChecksumType>FULL_OBJECT</ChecksumType>" \
                             "</CompleteMultipartUploadResult>"
#define PARTS DECLARATION "<ListPartsResult" NAME_SPACE "><Key>k</Key><Owner><ID>1</ID></Owner>" \
                          "<NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>2</MaxParts>" \
                          "<IsTruncated>true</IsTruncated>" \
                          "<Part><PartNumber>1</PartNumber><ETag>\"" ETAG "\"</ETag>" \
                          "<Size>5497558138880</Size><ChecksumCRC64NVME>" CRC_BASE64 \
                          "</ChecksumCRC64NVME></Part>\n" \
                          "<Part><ETag>x</ETag><Size>0</Size><PartNumber>2</PartNumber></Part>" \
                          "</ListPartsResult>"
#define UPLOADS DECLARATION "<ListMultipartUploadsResult" NAME_SPACE "><Bucket>films</Bucket>" \
                            "<NextKeyMarker>a+b%2Bc%01</NextKeyMarker>" \
                            "<NextUploadIdMarker>i+2</NextUploadIdMarker>" \
                            "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>" \
                            "<Upload><Key>a%2Fb</Key><UploadId>i+1</UploadId>" \
                            "<Owner><ID>Key</ID></Owner>" \
                            "<Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload>" \
                            "<Upload><Key>a+b%2Bc%01</Key><UploadId>i+2</UploadId></Upload>" \
                            "<CommonPrefixes><Prefix>p</Prefix></CommonPrefixes>" \
                            "</ListMultipartUploadsResult>"

/* @headers: "Name", "value", …, NULL; may be NULL. */
static HttpResponse *
response_new (guint              status,
              const char        *body,
              const char *const *headers)
{
  HttpResponse *response = http_response_new (status);

  g_bytes_unref (response->body);
  response->body = g_bytes_new (body, strlen (body));
  for (; headers && *headers; headers += 2) {
    http_response_add_header (response, headers[0], headers[1]);
  }
  return response;
}

/* What is compared of a failure. */
static const struct {
  const char *name;
  guint status;
  const char *body;
  const char *headers[9];
  const char *code;
  const char *message;
  const char *region;
  const char *endpoint;
  const char *request_id;
  gint64 date;
  guint retry_after_s;
} failures[] = {
  { "xml", 404, "<Error><Code>NoSuchUpload</Code><Message>Gone &amp; forgotten</Message>"
    "<UploadId>u</UploadId><RequestId>R</RequestId></Error>",
    { "x-amz-request-id", "header", "Date", "Tue, 24 Feb 2026 10:00:00 GMT" },
    "NoSuchUpload", "Gone & forgotten", "", "", "R", 1771927200, 0 },
  { "region", 301, "<Error><Code>PermanentRedirect</Code><Endpoint>films.s3.eu-west-1.amazonaws.com"
    "</Endpoint></Error>", { "x-amz-bucket-region", "eu-west-1" },
    "PermanentRedirect", "", "eu-west-1", "films.s3.eu-west-1.amazonaws.com", "", 0, 0 },
  { "region-in-body", 400, "<Error><Code>AuthorizationHeaderMalformed</Code>"
    "<Region>eu-west-2</Region></Error>", { NULL },
    "AuthorizationHeaderMalformed", "", "eu-west-2", "", "", 0, 0 },
  { "head", 403, "", { "x-amz-request-id", "R2" }, "", "", "", "", "R2", 0, 0 },
  { "slow-down", 503, "<Error><Code>SlowDown</Code></Error>", { "Retry-After", "17" },
    "SlowDown", "", "", "", "", 0, 17 },
  { "retry-date", 503, "", { "Retry-After", "Tue, 24 Feb 2026 10:01:30 GMT",
                             "Date", "Tue, 24 Feb 2026 10:00:00 GMT" },
    "", "", "", "", "", 1771927200, 90 },
  { "retry-date-past", 503, "", { "Retry-After", "Tue, 24 Feb 2026 09:00:00 GMT",
                                  "Date", "Tue, 24 Feb 2026 10:00:00 GMT" },
    "", "", "", "", "", 1771927200, 0 },
  { "retry-nonsense", 503, "", { "Retry-After", "-5" }, "", "", "", "", "", 0, 0 },
  { "retry-huge", 503, "", { "Retry-After", "99999999999999999999" }, "", "", "", "", "", 0, 0 },
  { "page", 502, "<html><body>Bad Gateway", { NULL }, "", "", "", "", "", 0, 0 },
  { "cut", 500, "<Error><Code>InternalError</Code><Mess", { NULL },
    "InternalError", "", "", "", "", 0, 0 },
  { "under-200", 200, "  \n\n" DECLARATION INTERNAL_ERROR, { NULL },
    "InternalError", "Please try again.", "", "", "R1", 0, 0 },
  { "twice", 400, "<Error><Code>A</Code><Code>B</Code></Error>", { NULL },
    "B", "", "", "", "", 0, 0 },
  { "not-utf8-header", 403, "", { "x-amz-request-id", "a\xff" }, "", "", "", "", "a\uFFFD", 0, 0 },
};

static void
test_failure (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (HttpResponse) response = response_new (failures[i].status, failures[i].body,
                                                    failures[i].headers);
  g_autoptr (S3Failure) original = s3_failure_new (response);
  g_autoptr (S3Failure) failure = s3_failure_copy (original);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&original, s3_failure_free);
  g_assert_cmpuint (failure->status, ==, failures[i].status);
  g_assert_cmpstr (failure->code, ==, failures[i].code);
  g_assert_cmpstr (failure->message, ==, failures[i].message);
  g_assert_cmpstr (failure->region, ==, failures[i].region);
  g_assert_cmpstr (failure->endpoint, ==, failures[i].endpoint);
  g_assert_cmpstr (failure->request_id, ==, failures[i].request_id);
  g_assert_cmpint (failure->date, ==, failures[i].date);
  g_assert_cmpuint (failure->retry_after_s, ==, failures[i].retry_after_s);

  g_assert_false (s3_reply_check (response, &error));
  g_assert_error (error, S3_REPLY_ERROR, S3_REPLY_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, failure->code));
}

typedef enum { CREATE_REPLY, OBJECT_REPLY, COMPLETE_REPLY, PARTS_REPLY, UPLOADS_REPLY } Reply;

/* Parses and throws away; TRUE if it could be read. */
static gboolean
parse (Reply                reply,
       const HttpResponse  *response,
       GError             **error)
{
  g_autoptr (S3CreateReply) create = NULL;
  g_autoptr (S3ObjectReply) object = NULL;
  g_autoptr (S3PartsPage) parts = NULL;
  g_autoptr (S3UploadsPage) uploads = NULL;

  switch (reply) {
  case CREATE_REPLY:
    return (create = s3_create_reply_parse (response, error)) != NULL;
  case OBJECT_REPLY:
    return (object = s3_object_reply_parse (response, error)) != NULL;
  case COMPLETE_REPLY:
    return (object = s3_complete_reply_parse (response, error)) != NULL;
  case PARTS_REPLY:
    return (parts = s3_parts_page_parse (response, error)) != NULL;
  case UPLOADS_REPLY:
    return (uploads = s3_uploads_page_parse (response, error)) != NULL;
  default:
    g_assert_not_reached ();
  }
}

#define PARTS_WITH(inner) "<ListPartsResult>" inner "</ListPartsResult>"
#define UPLOADS_WITH(inner) "<ListMultipartUploadsResult>" inner "</ListMultipartUploadsResult>"
#define PART(number, size, etag) "<Part><PartNumber>" number "</PartNumber><Size>" size "</Size>" \
                                 "<ETag>" etag "</ETag></Part>"
#define LONG_ETAG ETAG ETAG ETAG ETAG

/* What is refused, and what a strict eye might refuse but is right (error -1). */
static const struct {
  const char *name;
  Reply reply;
  guint status;
  const char *body;
  const char *headers[5];
  int error;
} cases[] = {
  { "create/refused", CREATE_REPLY, 403, "<Error><Code>AccessDenied</Code></Error>", { NULL },
    S3_REPLY_ERROR_REFUSED },
  { "create/no-id", CREATE_REPLY, 200, "<InitiateMultipartUploadResult/>", { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "create/empty-id", CREATE_REPLY, 200, "<InitiateMultipartUploadResult><UploadId/>"
    "</InitiateMultipartUploadResult>", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/id-elsewhere", CREATE_REPLY, 200, "<InitiateMultipartUploadResult><X><UploadId>u"
    "</UploadId></X></InitiateMultipartUploadResult>", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/empty", CREATE_REPLY, 200, "", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/blank", CREATE_REPLY, 200, " \n", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/comment", CREATE_REPLY, 200, "<!-- nothing -->", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/portal", CREATE_REPLY, 200, PORTAL, { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/json", CREATE_REPLY, 200, "{\"UploadId\": \"x\"}", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/two-roots", CREATE_REPLY, 200, CREATE "<a/>", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/same-root-twice", CREATE_REPLY, 200,
    "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
    "</InitiateMultipartUploadResult><InitiateMultipartUploadResult/>", { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "create/text-after", CREATE_REPLY, 200, CREATE "x", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/not-utf8", CREATE_REPLY, 200, "<InitiateMultipartUploadResult><UploadId>\xff</UploadId>"
    "</InitiateMultipartUploadResult>", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "create/redirect", CREATE_REPLY, 307, CREATE, { NULL }, S3_REPLY_ERROR_REFUSED },
  { "create/blanks-before", CREATE_REPLY, 200, "\n \r\n\n" CREATE "\n", { NULL }, -1 },
  { "create/byte-order-mark", CREATE_REPLY, 200, "\xef\xbb\xbf" CREATE, { NULL }, -1 },
  { "create/prefix", CREATE_REPLY, 200, "<s3:InitiateMultipartUploadResult xmlns:s3='x'>"
    "<s3:UploadId>u</s3:UploadId></s3:InitiateMultipartUploadResult>", { NULL }, -1 },
  { "create/cdata", CREATE_REPLY, 200, "<InitiateMultipartUploadResult>"
    "<UploadId><![CDATA[u]]></UploadId></InitiateMultipartUploadResult>", { NULL }, -1 },

  { "object/ok", OBJECT_REPLY, 200, "", { "ETag", "\"" ETAG "\"" }, -1 },
  { "object/no-etag", OBJECT_REPLY, 200, "", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "object/long-etag", OBJECT_REPLY, 200, "", { "ETag", LONG_ETAG }, S3_REPLY_ERROR_BROKEN },
  { "object/bad-length", OBJECT_REPLY, 200, "", { "ETag", "x", "Content-Length", "+5" },
    S3_REPLY_ERROR_BROKEN },
  { "object/portal", OBJECT_REPLY, 200, PORTAL,
    { "ETag", "\"1-2\"", "Content-Type", "Text/HTML; charset=utf-8" }, S3_REPLY_ERROR_BROKEN },
  { "object/head-page", OBJECT_REPLY, 200, "", { "ETag", "x", "Content-Type", "text/html" }, -1 },
  { "object/error-under-200", OBJECT_REPLY, 200, INTERNAL_ERROR, { "ETag", "x" },
    S3_REPLY_ERROR_REFUSED },
  { "object/404", OBJECT_REPLY, 404, "", { NULL }, S3_REPLY_ERROR_REFUSED },

  { "complete/error-under-200", COMPLETE_REPLY, 200, "\n\n  " DECLARATION "\n" INTERNAL_ERROR,
    { NULL }, S3_REPLY_ERROR_REFUSED },
  { "complete/cut-error", COMPLETE_REPLY, 200, "<Error><Code>InternalErr", { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "complete/only-blanks", COMPLETE_REPLY, 200, "     ", { NULL }, S3_REPLY_ERROR_BROKEN },
  { "complete/portal", COMPLETE_REPLY, 200, PORTAL, { NULL }, S3_REPLY_ERROR_BROKEN },
  { "complete/empty-etag", COMPLETE_REPLY, 200, "<CompleteMultipartUploadResult><ETag></ETag>"
    "</CompleteMultipartUploadResult>", { NULL }, -1 },
  { "complete/long-etag", COMPLETE_REPLY, 200, "<CompleteMultipartUploadResult><ETag>" LONG_ETAG
    "</ETag></CompleteMultipartUploadResult>", { NULL }, S3_REPLY_ERROR_BROKEN },

  { "parts/none", PARTS_REPLY, 200, PARTS_WITH (""), { NULL }, -1 },
  { "parts/no-number", PARTS_REPLY, 200, PARTS_WITH ("<Part><ETag>x</ETag><Size>1</Size></Part>"),
    { NULL }, S3_REPLY_ERROR_BROKEN },
  { "parts/no-size", PARTS_REPLY, 200,
    PARTS_WITH (PART ("1", "5", "x") "<Part><PartNumber>2</PartNumber><ETag>x</ETag></Part>"),
    { NULL }, S3_REPLY_ERROR_BROKEN },
  { "parts/no-etag", PARTS_REPLY, 200, PARTS_WITH (PART ("1", "5", "")), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "parts/number-0", PARTS_REPLY, 200, PARTS_WITH (PART ("0", "5", "x")), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "parts/negative", PARTS_REPLY, 200, PARTS_WITH (PART ("1", "-5", "x")), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "parts/fraction", PARTS_REPLY, 200, PARTS_WITH (PART ("1", "5.0", "x")), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "parts/overflow", PARTS_REPLY, 200, PARTS_WITH (PART ("1", "18446744073709551616", "x")),
    { NULL }, S3_REPLY_ERROR_BROKEN },
  { "parts/number-overflow", PARTS_REPLY, 200, PARTS_WITH (PART ("4294967297", "5", "x")), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "parts/blanks-around", PARTS_REPLY, 200, PARTS_WITH (PART (" 1\n", " 5 ", " \"x\" ")), { NULL },
    -1 },
  { "parts/boolean", PARTS_REPLY, 200, PARTS_WITH ("<IsTruncated>maybe</IsTruncated>"), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "parts/endless", PARTS_REPLY, 200, PARTS_WITH ("<IsTruncated>true</IsTruncated>"), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "parts/no-marker", PARTS_REPLY, 200,
    PARTS_WITH ("<IsTruncated>true</IsTruncated>" PART ("7", "5", "x")), { NULL }, -1 },

  { "uploads/none", UPLOADS_REPLY, 200, UPLOADS_WITH (""), { NULL }, -1 },
  { "uploads/no-key", UPLOADS_REPLY, 200, UPLOADS_WITH ("<Upload><UploadId>u</UploadId></Upload>"),
    { NULL }, S3_REPLY_ERROR_BROKEN },
  { "uploads/no-id", UPLOADS_REPLY, 200, UPLOADS_WITH ("<Upload><Key>k</Key></Upload>"), { NULL },
    S3_REPLY_ERROR_BROKEN },
  { "uploads/bad-encoding", UPLOADS_REPLY, 200, UPLOADS_WITH (
      "<EncodingType>url</EncodingType><Upload><Key>%zz</Key><UploadId>u</UploadId></Upload>"),
    { NULL }, S3_REPLY_ERROR_BROKEN },
  { "uploads/nul", UPLOADS_REPLY, 200, UPLOADS_WITH (
      "<EncodingType>url</EncodingType><Upload><Key>a%00</Key><UploadId>u</UploadId></Upload>"),
    { NULL }, S3_REPLY_ERROR_BROKEN },
  { "uploads/not-utf8", UPLOADS_REPLY, 200, UPLOADS_WITH (
      "<EncodingType>url</EncodingType><Upload><Key>%FF</Key><UploadId>u</UploadId></Upload>"),
    { NULL }, S3_REPLY_ERROR_BROKEN },
  { "uploads/endless", UPLOADS_REPLY, 200, UPLOADS_WITH ("<IsTruncated>true</IsTruncated>"),
    { NULL }, S3_REPLY_ERROR_BROKEN },
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (HttpResponse) response = response_new (cases[i].status, cases[i].body,
                                                    cases[i].headers);
  g_autoptr (GError) error = NULL;
  gboolean could = parse (cases[i].reply, response, &error);

  if (cases[i].error == -1) {
    g_assert_no_error (error);
    g_assert_true (could);
  } else {
    g_assert_error (error, S3_REPLY_ERROR, cases[i].error);
    g_assert_false (could);
    g_assert_false (parse (cases[i].reply, response, NULL));
  }
}

static void
test_create (void)
{
  const char *headers[] = { "X-Amz-Checksum-Algorithm", "CRC64NVME",
                            "x-amz-abort-date", "Sat, 07 Mar 2026 00:00:00 GMT", NULL };
  g_autoptr (HttpResponse) response = response_new (200, CREATE, headers);
  g_autoptr (HttpResponse) silent = response_new (200, CREATE, NULL);
  g_autoptr (S3CreateReply) reply = s3_create_reply_parse (response, NULL);
  g_autoptr (S3CreateReply) other = s3_create_reply_parse (silent, NULL);

  g_assert_cmpstr (reply->upload_id, ==, "2~id");
  g_assert_cmpint (reply->checksum, ==, S3_CHECKSUM_CRC64NVME);
  g_assert_cmpstr (reply->abort_date, ==, "Sat, 07 Mar 2026 00:00:00 GMT");
  g_assert_cmpint (other->checksum, ==, S3_CHECKSUM_NONE);
  g_assert_null (other->abort_date);
}

static void
assert_checksum (const S3ObjectReply *reply,
                 S3ChecksumKind       kind,
                 const char          *base64)
{
  const S3Checksum *checksum = s3_object_reply_get_checksum (reply, kind);
  g_autofree char *text = NULL;

  g_assert_nonnull (checksum);
  text = s3_checksum_dup_base64 (checksum);
  g_assert_cmpstr (text, ==, base64);
}

static void
test_object (void)
{
  const char *headers[] = {
    "ETag", "W/\"" ETAG "-3\"", "Content-Length", "5497558138880", "Content-Type", "video/mp4",
    "Last-Modified", "Tue, 24 Feb 2026 10:00:00 GMT", "x-amz-version-id", "v1",
    "x-amz-checksum-crc32c", CRC32C_BASE64, "x-amz-checksum-crc64nvme", CRC_BASE64,
    "x-amz-checksum-sha1", "not base64", "x-amz-checksum-type", "FULL_OBJECT",
    "x-amz-server-side-encryption", "AES256", NULL,
  };
  g_autoptr (HttpResponse) response = response_new (200, "", headers);
  g_autoptr (S3ObjectReply) reply = s3_object_reply_parse (response, NULL);

  g_assert_cmpstr (reply->etag, ==, ETAG "-3");
  g_assert_cmpuint (reply->size, ==, 5497558138880);
  g_assert_cmpstr (reply->content_type, ==, "video/mp4");
  g_assert_cmpstr (reply->version_id, ==, "v1");
  g_assert_cmpint (reply->modified, ==, 1771927200);
  g_assert_false (reply->is_composite);
  g_assert_false (reply->encrypted_by_kms);
  g_assert_cmpint (reply->checksums[0].kind, ==, S3_CHECKSUM_CRC64NVME);
  g_assert_cmpint (reply->checksums[1].kind, ==, S3_CHECKSUM_CRC32C);
  g_assert_cmpint (reply->checksums[2].kind, ==, S3_CHECKSUM_NONE);
  assert_checksum (reply, S3_CHECKSUM_CRC64NVME, CRC_BASE64);
  assert_checksum (reply, S3_CHECKSUM_CRC32C, CRC32C_BASE64);
  g_assert_null (s3_object_reply_get_checksum (reply, S3_CHECKSUM_SHA1));
  g_assert_null (s3_object_reply_get_checksum (reply, S3_CHECKSUM_NONE));
}

static const struct {
  const char *headers[3];
  gboolean is_composite;
  gboolean encrypted_by_kms;
} object_cases[] = {
  { { "x-amz-checksum-crc32c", CRC32C_BASE64 "-3" }, TRUE, FALSE },
  { { "x-amz-checksum-type", "COMPOSITE" }, TRUE, FALSE },
  { { "x-amz-checksum-type", "FULL_OBJECT" }, FALSE, FALSE },
  { { "x-amz-server-side-encryption", "aws:kms" }, FALSE, TRUE },
  { { "x-amz-server-side-encryption", "aws:kms:dsse" }, FALSE, TRUE },
  { { "x-amz-server-side-encryption-customer-algorithm", "AES256" }, FALSE, TRUE },
};

static void
test_object_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (object_cases); i++) {
    g_autoptr (HttpResponse) response = response_new (200, "", object_cases[i].headers);
    g_autoptr (S3ObjectReply) reply = NULL;

    http_response_add_header (response, "etag", "x");
    reply = s3_object_reply_parse (response, NULL);
    g_assert_cmpint (reply->is_composite, ==, object_cases[i].is_composite);
    g_assert_cmpint (reply->encrypted_by_kms, ==, object_cases[i].encrypted_by_kms);
    g_assert_cmpuint (reply->size, ==, 0);
    g_assert_null (reply->version_id);
  }
}

static void
test_complete (void)
{
  const char *headers[] = { "x-amz-version-id", "v2", "Content-Length", "300",
                            "x-amz-checksum-crc32c", CRC32C_BASE64, NULL };
  g_autoptr (HttpResponse) response = response_new (200, "   \n" COMPLETE, headers);
  g_autoptr (S3ObjectReply) reply = s3_complete_reply_parse (response, NULL);

  g_assert_cmpstr (reply->etag, ==, ETAG "-2");
  g_assert_cmpstr (reply->version_id, ==, "v2");
  g_assert_cmpuint (reply->size, ==, 0);
  g_assert_false (reply->is_composite);
  g_assert_cmpint (reply->checksums[0].kind, ==, S3_CHECKSUM_CRC64NVME);
  assert_checksum (reply, S3_CHECKSUM_CRC64NVME, CRC_BASE64);
  assert_checksum (reply, S3_CHECKSUM_CRC32C, CRC32C_BASE64);
}

static void
test_complete_composite (void)
{
  g_autoptr (HttpResponse) response = response_new (
    200, "<CompleteMultipartUploadResult><ETag/><ChecksumType>COMPOSITE</ChecksumType>"
    "<ChecksumCRC32C>" CRC32C_BASE64 "-2</ChecksumCRC32C></CompleteMultipartUploadResult>", NULL);
  g_autoptr (S3ObjectReply) reply = s3_complete_reply_parse (response, NULL);

  g_assert_cmpstr (reply->etag, ==, "");
  g_assert_true (reply->is_composite);
  assert_checksum (reply, S3_CHECKSUM_CRC32C, CRC32C_BASE64);
}

static void
test_parts (void)
{
  g_autoptr (HttpResponse) response = response_new (200, PARTS, NULL);
  g_autoptr (S3PartsPage) page = s3_parts_page_parse (response, NULL);
  const S3ListedPart *parts = (const S3ListedPart *) page->parts->data;
  g_autofree char *base64 = s3_checksum_dup_base64 (&parts[0].checksum);

  g_assert_true (page->is_truncated);
  g_assert_cmpuint (page->next_marker, ==, 2);
  g_assert_cmpuint (page->parts->len, ==, 2);
  g_assert_cmpuint (parts[0].part_number, ==, 1);
  g_assert_cmpuint (parts[0].size, ==, 5497558138880);
  g_assert_cmpstr (parts[0].etag, ==, ETAG);
  g_assert_cmpint (parts[0].checksum.kind, ==, S3_CHECKSUM_CRC64NVME);
  g_assert_cmpstr (base64, ==, CRC_BASE64);
  g_assert_cmpuint (parts[1].part_number, ==, 2);
  g_assert_cmpuint (parts[1].size, ==, 0);
  g_assert_cmpstr (parts[1].etag, ==, "x");
  g_assert_cmpint (parts[1].checksum.kind, ==, S3_CHECKSUM_NONE);
}

static void
test_parts_without_marker (void)
{
  g_autoptr (HttpResponse) response = response_new (
    200, PARTS_WITH ("<IsTruncated>true</IsTruncated>" PART ("7", "5", "x")), NULL);
  g_autoptr (S3PartsPage) page = s3_parts_page_parse (response, NULL);

  g_assert_cmpuint (page->next_marker, ==, 7);
}

static void
test_uploads (void)
{
  g_autoptr (HttpResponse) response = response_new (200, UPLOADS, NULL);
  g_autoptr (S3UploadsPage) page = s3_uploads_page_parse (response, NULL);
  const S3ListedUpload *first = g_ptr_array_index (page->uploads, 0);
  const S3ListedUpload *second = g_ptr_array_index (page->uploads, 1);

  g_assert_cmpuint (page->uploads->len, ==, 2);
  g_assert_true (page->is_truncated);
  g_assert_cmpstr (page->next_key_marker, ==, "a b+c\x01");
  g_assert_cmpstr (page->next_upload_id_marker, ==, "i+2");
  g_assert_cmpstr (first->key, ==, "a/b");
  g_assert_cmpstr (first->upload_id, ==, "i+1");
  g_assert_cmpint (first->initiated, ==, 1289422113);
  g_assert_cmpstr (second->key, ==, "a b+c\x01");
  g_assert_cmpint (second->initiated, ==, 0);
}

/* A store that does not know encoding-type sends keys as they are. */
static void
test_uploads_plain (void)
{
  g_autoptr (HttpResponse) response = response_new (
    200, UPLOADS_WITH ("<Upload><Key> a+b%20 </Key><UploadId>u</UploadId></Upload>"
                       "<IsTruncated>true</IsTruncated>"), NULL);
  g_autoptr (S3UploadsPage) page = s3_uploads_page_parse (response, NULL);
  const S3ListedUpload *upload = g_ptr_array_index (page->uploads, 0);

  g_assert_cmpstr (upload->key, ==, " a+b%20 ");
  g_assert_cmpstr (page->next_key_marker, ==, " a+b%20 ");
  g_assert_cmpstr (page->next_upload_id_marker, ==, "u");
}

static const struct {
  Reply reply;
  const char *body;
} whole[] = {
  { CREATE_REPLY, CREATE }, { COMPLETE_REPLY, COMPLETE }, { PARTS_REPLY, PARTS },
  { UPLOADS_REPLY, UPLOADS }, { COMPLETE_REPLY, INTERNAL_ERROR },
};

static gboolean
parse_bytes (Reply       reply,
             const char *data,
             gsize       size)
{
  g_autoptr (HttpResponse) response = http_response_new (200);
  g_autoptr (S3Failure) failure = NULL;
  g_autoptr (GError) error = NULL;
  gboolean could;

  g_bytes_unref (response->body);
  response->body = g_bytes_new (data, size);
  failure = s3_failure_new (response);
  could = parse (reply, response, &error);
  g_assert_true (could == (error == NULL));
  g_assert_true (could || g_utf8_validate (error->message, -1, NULL));
  return could;
}

/* A cut answer is never taken for a whole one. */
static void
test_prefixes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (whole); i++) {
    gsize size = strlen (whole[i].body);

    for (gsize n = 0; n < size; n++) {
      g_assert_false (parse_bytes (whole[i].reply, whole[i].body, n));
    }
  }
}

static void
test_mutations (void)
{
  for (guint round = 0; round < 20000; round++) {
    guint i = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (whole));
    gsize size = strlen (whole[i].body);
    g_autofree char *body = g_strdup (whole[i].body);
    int n = g_test_rand_int_range (1, 5);

    while (n-- > 0) {
      gsize at = (gsize) g_test_rand_int_range (0, (gint32) size);
      gsize from = (gsize) g_test_rand_int_range (0, (gint32) size);

      if (n % 2 == 0) {
        body[at] = (char) g_test_rand_int_range (0, 256);
      } else {
        memmove (body + at, body + from, MIN (16, size - MAX (at, from)));
      }
    }
    parse_bytes (whole[i].reply, body, size);
  }
}

static void
test_depth (void)
{
  g_autoptr (GString) body = g_string_new ("<ListPartsResult>");

  for (int i = 0; i < 100000; i++) {
    g_string_append (body, "<Part>");
  }
  g_assert_false (parse_bytes (PARTS_REPLY, body->str, body->len));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree char *path = g_strconcat ("/s3/replies/failure/", failures[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_failure);
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/s3/replies/case/", cases[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
  }
  g_test_add_func ("/s3/replies/create", test_create);
  g_test_add_func ("/s3/replies/object", test_object);
  g_test_add_func ("/s3/replies/object/kinds", test_object_kinds);
  g_test_add_func ("/s3/replies/complete", test_complete);
  g_test_add_func ("/s3/replies/complete/composite", test_complete_composite);
  g_test_add_func ("/s3/replies/parts", test_parts);
  g_test_add_func ("/s3/replies/parts/without-marker", test_parts_without_marker);
  g_test_add_func ("/s3/replies/uploads", test_uploads);
  g_test_add_func ("/s3/replies/uploads/plain", test_uploads_plain);
  g_test_add_func ("/s3/replies/prefixes", test_prefixes);
  g_test_add_func ("/s3/replies/mutations", test_mutations);
  g_test_add_func ("/s3/replies/depth", test_depth);
  return g_test_run ();
}
