/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-replies.h"
#include "s3/s3-xml.h"

#include <string.h>

G_DEFINE_QUARK (s3-reply-error-quark, s3_reply_error)

static const S3XmlField failure_fields[] = {
  { "Code", S3_XML_STRING, G_STRUCT_OFFSET (S3Failure, code), NULL },
  { "Message", S3_XML_STRING, G_STRUCT_OFFSET (S3Failure, message), NULL },
  { "Region", S3_XML_STRING, G_STRUCT_OFFSET (S3Failure, region), NULL },
  { "Endpoint", S3_XML_STRING, G_STRUCT_OFFSET (S3Failure, endpoint), NULL },
  { "RequestId", S3_XML_STRING, G_STRUCT_OFFSET (S3Failure, request_id), NULL },
  { NULL },
};

static void
broken (GError     **error,
        const char  *fault)
{
  g_set_error (error, S3_REPLY_ERROR, S3_REPLY_ERROR_BROKEN,
               "The answer is not one that an S3 store gives (%s).", fault);
}

/* Takes the header's value where the body said nothing. */
static void
fill_from_header (char               **field,
                  const HttpResponse  *response,
                  const char          *name)
{
  const char *value = http_response_get_header (response, name);

  if (!*field || **field == '\0') {
    g_free (*field);
    *field = value ? g_utf8_make_valid (value, -1) : g_strdup ("");
  }
}

static gint64
read_date_header (const HttpResponse *response,
                  const char         *name)
{
  const char *value = http_response_get_header (response, name);

  return value ? http_parse_date (value) : 0;
}

/* RFC 9110, 10.2.3: seconds, or a date. */
static guint
read_retry_after (const HttpResponse *response,
                  gint64              date)
{
  const char *value = http_response_get_header (response, "Retry-After");
  guint64 seconds;
  gint64 when;

  if (!value) {
    return 0;
  }
  if (s3_number_read (&seconds, value, G_MAXUINT)) {
    return (guint) seconds;
  }
  when = http_parse_date (value);
  return date != 0 && when > date ? (guint) MIN (when - date, G_MAXUINT) : 0;
}

S3Failure *
s3_failure_new (const HttpResponse *response)
{
  S3Failure *self;

  g_return_val_if_fail (response != NULL, NULL);

  self = g_new0 (S3Failure, 1);
  /* What stands before a cut is better than nothing. */
  s3_xml_read (response->body, "Error", failure_fields, self, NULL);
  self->status = response->status;
  fill_from_header (&self->region, response, "x-amz-bucket-region");
  fill_from_header (&self->request_id, response, "x-amz-request-id");
  self->code = self->code ? self->code : g_strdup ("");
  self->message = self->message ? self->message : g_strdup ("");
  self->endpoint = self->endpoint ? self->endpoint : g_strdup ("");
  self->date = response->date != 0 ? response->date : read_date_header (response, "Date");
  self->retry_after_s = read_retry_after (response, self->date);
  return self;
}

S3Failure *
s3_failure_copy (const S3Failure *self)
{
  S3Failure *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->code = g_strdup (self->code);
  copy->message = g_strdup (self->message);
  copy->region = g_strdup (self->region);
  copy->endpoint = g_strdup (self->endpoint);
  copy->request_id = g_strdup (self->request_id);
  return copy;
}

void
s3_failure_free (S3Failure *self)
{
  if (!self) {
    return;
  }
  g_free (self->code);
  g_free (self->message);
  g_free (self->region);
  g_free (self->endpoint);
  g_free (self->request_id);
  g_free (self);
}

gboolean
s3_reply_check (const HttpResponse  *response,
                GError             **error)
{
  static const S3XmlField nothing[] = { { NULL } };
  g_autoptr (S3Failure) failure = NULL;
  gboolean is_success;

  g_return_val_if_fail (response != NULL, FALSE);

  is_success = response->status >= 200 && response->status < 300;
  if (is_success && !s3_xml_read (response->body, "Error", nothing, NULL, NULL)) {
    return TRUE;
  }
  failure = s3_failure_new (response);
  g_set_error (error, S3_REPLY_ERROR, S3_REPLY_ERROR_REFUSED,
               "The store refused: %s%s%s (HTTP status %u).",
               *failure->code ? failure->code : "it gave no reason",
               *failure->message ? ": " : "", failure->message, failure->status);
  return FALSE;
}

S3CreateReply *
s3_create_reply_parse (const HttpResponse  *response,
                       GError             **error)
{
  static const S3XmlField fields[] = {
    { "UploadId", S3_XML_STRING, G_STRUCT_OFFSET (S3CreateReply, upload_id), NULL },
    { NULL },
  };
  g_autoptr (S3CreateReply) self = g_new0 (S3CreateReply, 1);
  g_autofree char *fault = NULL;
  const char *algorithm;

  g_return_val_if_fail (response != NULL, NULL);

  if (!s3_reply_check (response, error)) {
    return NULL;
  }
  if (!s3_xml_read (response->body, "InitiateMultipartUploadResult", fields, self, &fault)) {
    broken (error, fault);
    return NULL;
  }
  if (!self->upload_id || *self->upload_id == '\0') {
    broken (error, "no UploadId");
    return NULL;
  }
  algorithm = http_response_get_header (response, "x-amz-checksum-algorithm");
  self->checksum = algorithm ? s3_checksum_from_name (algorithm) : S3_CHECKSUM_NONE;
  self->abort_date = g_strdup (http_response_get_header (response, "x-amz-abort-date"));
  return g_steal_pointer (&self);
}

void
s3_create_reply_free (S3CreateReply *self)
{
  if (!self) {
    return;
  }
  g_free (self->upload_id);
  g_free (self->abort_date);
  g_free (self);
}

/* A checksum of parts' checksums is "BASE64-3". What is no checksum of that kind proves nothing,
 * and counts as not told. */
static void
add_checksum (S3ObjectReply  *self,
              S3ChecksumKind  kind,
              const char     *text)
{
  const char *dash = strchr (text, '-');
  g_autofree char *base64 = g_strndup (text, dash ? (gsize) (dash - text) : strlen (text));
  gsize n = 0;

  while (n < G_N_ELEMENTS (self->checksums) && self->checksums[n].kind != S3_CHECKSUM_NONE) {
    n++;
  }
  if (n < G_N_ELEMENTS (self->checksums) &&
      s3_checksum_from_base64 (&self->checksums[n], kind, base64)) {
    self->is_composite = self->is_composite || dash != NULL;
  }
}

static gboolean
is_kms (const HttpResponse *response)
{
  const char *encryption = http_response_get_header (response, "x-amz-server-side-encryption");

  return (encryption && g_str_has_prefix (encryption, "aws:kms")) ||
         http_response_get_header (response, "x-amz-server-side-encryption-customer-algorithm");
}

/* What the headers say about an object, whichever call it was. @told: the checksums of the body. */
static S3ObjectReply *
object_reply_new (const HttpResponse *response,
                  char *const         told[S3_N_CHECKSUMS])
{
  S3ObjectReply *self = g_new0 (S3ObjectReply, 1);
  const char *type = http_response_get_header (response, "x-amz-checksum-type");

  for (S3ChecksumKind kind = S3_CHECKSUM_NONE + 1; kind < S3_N_CHECKSUMS; kind++) {
    const char *value = kind == S3_CHECKSUM_MD5
                        ? NULL
                        : http_response_get_header (response, s3_checksum_get_header (kind));

    if (value || (told && told[kind])) {
      add_checksum (self, kind, value ? value : told[kind]);
    }
  }
  self->is_composite = self->is_composite || (type && g_str_equal (type, "COMPOSITE"));
  self->version_id = g_strdup (http_response_get_header (response, "x-amz-version-id"));
  self->encrypted_by_kms = is_kms (response);
  return self;
}

/* The answers that say all in their headers have no body; a page in its place is from a gateway
 * that wants somebody to log in. */
static gboolean
has_page (const HttpResponse *response)
{
  const char *type = http_response_get_header (response, "Content-Type");

  return type && g_ascii_strncasecmp (type, "text/html", strlen ("text/html")) == 0 &&
         g_bytes_get_size (response->body) > 0;
}

S3ObjectReply *
s3_object_reply_parse (const HttpResponse  *response,
                       GError             **error)
{
  g_autoptr (S3ObjectReply) self = NULL;
  const char *etag;
  const char *length;

  g_return_val_if_fail (response != NULL, NULL);

  if (!s3_reply_check (response, error)) {
    return NULL;
  }
  if (has_page (response)) {
    broken (error, "a web page");
    return NULL;
  }
  self = object_reply_new (response, NULL);
  etag = http_response_get_header (response, "ETag");
  if (!etag || !s3_etag_read (self->etag, etag)) {
    broken (error, etag ? "an ETag that is too long" : "no ETag");
    return NULL;
  }
  length = http_response_get_header (response, "Content-Length");
  if (length && !s3_number_read (&self->size, length, G_MAXUINT64)) {
    broken (error, "a Content-Length that is no number");
    return NULL;
  }
  self->content_type = g_strdup (http_response_get_header (response, "Content-Type"));
  self->modified = read_date_header (response, "Last-Modified");
  return g_steal_pointer (&self);
}

typedef struct {
  char etag[S3_ETAG_SIZE];
  char *type;
  char *checksums[S3_N_CHECKSUMS];
} CompleteXml;

static void
complete_xml_clear (CompleteXml *self)
{
  g_free (self->type);
  for (int kind = 0; kind < S3_N_CHECKSUMS; kind++) {
    g_free (self->checksums[kind]);
  }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CompleteXml, complete_xml_clear)

#define CHECKSUM_FIELD(name) \
  { "Checksum" #name, S3_XML_STRING, \
    G_STRUCT_OFFSET (CompleteXml, checksums[S3_CHECKSUM_ ## name]), NULL }

S3ObjectReply *
s3_complete_reply_parse (const HttpResponse  *response,
                         GError             **error)
{
  static const S3XmlField fields[] = {
    { "ETag", S3_XML_ETAG, G_STRUCT_OFFSET (CompleteXml, etag), NULL },
    { "ChecksumType", S3_XML_STRING, G_STRUCT_OFFSET (CompleteXml, type), NULL },
    CHECKSUM_FIELD (CRC64NVME),
    CHECKSUM_FIELD (CRC32C),
    CHECKSUM_FIELD (SHA256),
    CHECKSUM_FIELD (CRC32),
    CHECKSUM_FIELD (SHA1),
    { NULL },
  };
  g_auto (CompleteXml) xml = { 0 };
  g_autofree char *fault = NULL;
  S3ObjectReply *self;

  g_return_val_if_fail (response != NULL, NULL);

  if (!s3_reply_check (response, error)) {
    return NULL;
  }
  if (!s3_xml_read (response->body, "CompleteMultipartUploadResult", fields, &xml, &fault)) {
    broken (error, fault);
    return NULL;
  }
  self = object_reply_new (response, xml.checksums);
  memcpy (self->etag, xml.etag, sizeof self->etag);
  self->is_composite = self->is_composite || (xml.type && g_str_equal (xml.type, "COMPOSITE"));
  return self;
}

void
s3_object_reply_free (S3ObjectReply *self)
{
  if (!self) {
    return;
  }
  g_free (self->version_id);
  g_free (self->content_type);
  g_free (self);
}

const S3Checksum *
s3_object_reply_get_checksum (const S3ObjectReply *self,
                              S3ChecksumKind       kind)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (self->checksums); i++) {
    if (kind != S3_CHECKSUM_NONE && self->checksums[i].kind == kind) {
      return &self->checksums[i];
    }
  }
  return NULL;
}
