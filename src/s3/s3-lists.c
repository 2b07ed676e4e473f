/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-replies.h"
#include "s3/s3-xml.h"

#include <string.h>

/* The answers of ListParts and ListMultipartUploads. */

#define NO_SIZE G_MAXUINT64

static void
broken (GError     **error,
        const char  *fault)
{
  g_set_error (error, S3_REPLY_ERROR, S3_REPLY_ERROR_BROKEN,
               "The list is not one that an S3 store gives (%s).", fault);
}

/* The page, and the part that is being read. */
typedef struct {
  S3PartsPage *page;
  gboolean is_truncated;
  guint next_marker;
  guint part_number;
  guint64 size;
  char etag[S3_ETAG_SIZE];
  char *checksums[S3_N_CHECKSUMS];
} PartsReader;

static void
parts_reader_reset_part (PartsReader *self)
{
  self->part_number = 0;
  self->size = NO_SIZE;
  self->etag[0] = '\0';
  for (int kind = 0; kind < S3_N_CHECKSUMS; kind++) {
    g_clear_pointer (&self->checksums[kind], g_free);
  }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PartsReader, parts_reader_reset_part)

static gboolean
end_part_cb (gpointer record)
{
  PartsReader *reader = record;
  S3ListedPart part = { .part_number = reader->part_number, .size = reader->size };

  if (part.part_number == 0 || part.size == NO_SIZE || reader->etag[0] == '\0') {
    return FALSE;
  }
  memcpy (part.etag, reader->etag, sizeof part.etag);
  for (int kind = 0; kind < S3_N_CHECKSUMS && part.checksum.kind == S3_CHECKSUM_NONE; kind++) {
    if (reader->checksums[kind]) {
      s3_checksum_from_base64 (&part.checksum, kind, reader->checksums[kind]);
    }
  }
  g_array_append_val (reader->page->parts, part);
  parts_reader_reset_part (reader);
  return TRUE;
}

#define PART_CHECKSUM_FIELD(name) \
  { "Part/Checksum" #name, S3_XML_STRING, \
    G_STRUCT_OFFSET (PartsReader, checksums[S3_CHECKSUM_ ## name]), NULL }

S3PartsPage *
s3_parts_page_parse (const HttpResponse  *response,
                     GError             **error)
{
  static const S3XmlField fields[] = {
    { "IsTruncated", S3_XML_BOOLEAN, G_STRUCT_OFFSET (PartsReader, is_truncated), NULL },
    { "NextPartNumberMarker", S3_XML_UINT, G_STRUCT_OFFSET (PartsReader, next_marker), NULL },
    { "Part/PartNumber", S3_XML_UINT, G_STRUCT_OFFSET (PartsReader, part_number), NULL },
    { "Part/Size", S3_XML_UINT64, G_STRUCT_OFFSET (PartsReader, size), NULL },
    { "Part/ETag", S3_XML_ETAG, G_STRUCT_OFFSET (PartsReader, etag), NULL },
    PART_CHECKSUM_FIELD (CRC64NVME),
    PART_CHECKSUM_FIELD (CRC32C),
    PART_CHECKSUM_FIELD (SHA256),
    PART_CHECKSUM_FIELD (CRC32),
    PART_CHECKSUM_FIELD (SHA1),
    { "Part", S3_XML_END, 0, end_part_cb },
    { NULL },
  };
  g_autoptr (S3PartsPage) self = g_new0 (S3PartsPage, 1);
  g_auto (PartsReader) reader = { .page = self, .size = NO_SIZE };
  g_autofree char *fault = NULL;

  self->parts = g_array_new (FALSE, FALSE, sizeof (S3ListedPart));
  g_return_val_if_fail (response != NULL, NULL);

  if (!s3_reply_check (response, error)) {
    return NULL;
  }
  if (!s3_xml_read (response->body, "ListPartsResult", fields, &reader, &fault)) {
    broken (error, fault);
    return NULL;
  }
  self->is_truncated = reader.is_truncated;
  self->next_marker = reader.next_marker;
  if (self->is_truncated && self->next_marker == 0) {
    if (self->parts->len == 0) {
      broken (error, "more is said to follow, but not from where");
      return NULL;
    }
    self->next_marker = g_array_index (self->parts, S3ListedPart, self->parts->len - 1).part_number;
  }
  return g_steal_pointer (&self);
}

void
s3_parts_page_free (S3PartsPage *self)
{
  if (!self) {
    return;
  }
  g_array_unref (self->parts);
  g_free (self);
}

static void
listed_upload_free (gpointer data)
{
  S3ListedUpload *self = data;

  g_free (self->key);
  g_free (self->upload_id);
  g_free (self);
}

/* The page, and the upload that is being read. */
typedef struct {
  S3UploadsPage *page;
  gboolean is_truncated;
  char *encoding;
  char *next_key_marker;
  char *next_upload_id_marker;
  char *key;
  char *upload_id;
  char *initiated;
} UploadsReader;

static void
uploads_reader_clear (UploadsReader *self)
{
  g_free (self->encoding);
  g_free (self->next_key_marker);
  g_free (self->next_upload_id_marker);
  g_free (self->key);
  g_free (self->upload_id);
  g_free (self->initiated);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UploadsReader, uploads_reader_clear)

static gint64
read_iso_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time ? g_date_time_to_unix (time) : 0;
}

static gboolean
end_upload_cb (gpointer record)
{
  UploadsReader *reader = record;
  S3ListedUpload *upload;

  if (!reader->key || *reader->key == '\0' || !reader->upload_id || *reader->upload_id == '\0') {
    return FALSE;
  }
  upload = g_new0 (S3ListedUpload, 1);
  upload->key = g_steal_pointer (&reader->key);
  upload->upload_id = g_steal_pointer (&reader->upload_id);
  upload->initiated = read_iso_time (reader->initiated);
  g_clear_pointer (&reader->initiated, g_free);
  g_ptr_array_add (reader->page->uploads, upload);
  return TRUE;
}

/* S3 writes a blank as "+" (the encoding of HTML forms). */
static gboolean
url_decode (char **text)
{
  g_autofree char *decoded = NULL;

  g_strdelimit (*text, "+", ' ');
  decoded = g_uri_unescape_string (*text, NULL);
  if (!decoded || !g_utf8_validate (decoded, -1, NULL)) {
    return FALSE;
  }
  g_free (*text);
  *text = g_steal_pointer (&decoded);
  return TRUE;
}

static gboolean
url_decode_page (S3UploadsPage *page)
{
  for (guint i = 0; i < page->uploads->len; i++) {
    S3ListedUpload *upload = g_ptr_array_index (page->uploads, i);

    if (!url_decode (&upload->key)) {
      return FALSE;
    }
  }
  return !page->next_key_marker || url_decode (&page->next_key_marker);
}

/* A page that has more after it must say from where, or the caller would go round in circles. */
static gboolean
complete_markers (S3UploadsPage *page)
{
  const S3ListedUpload *last;

  if (!page->is_truncated || (page->next_key_marker && *page->next_key_marker)) {
    return TRUE;
  }
  if (page->uploads->len == 0) {
    return FALSE;
  }
  last = g_ptr_array_index (page->uploads, page->uploads->len - 1);
  g_free (page->next_key_marker);
  g_free (page->next_upload_id_marker);
  page->next_key_marker = g_strdup (last->key);
  page->next_upload_id_marker = g_strdup (last->upload_id);
  return TRUE;
}

S3UploadsPage *
s3_uploads_page_new (void)
{
  S3UploadsPage *self = g_new0 (S3UploadsPage, 1);

  self->uploads = g_ptr_array_new_with_free_func (listed_upload_free);
  return self;
}

void
s3_uploads_page_add (S3UploadsPage *self,
                     const char    *key,
                     const char    *upload_id,
                     gint64         initiated)
{
  S3ListedUpload *upload = g_new0 (S3ListedUpload, 1);

  upload->key = g_strdup (key);
  upload->upload_id = g_strdup (upload_id);
  upload->initiated = initiated;
  g_ptr_array_add (self->uploads, upload);
}

S3UploadsPage *
s3_uploads_page_parse (const HttpResponse  *response,
                       GError             **error)
{
  static const S3XmlField fields[] = {
    { "IsTruncated", S3_XML_BOOLEAN, G_STRUCT_OFFSET (UploadsReader, is_truncated), NULL },
    { "EncodingType", S3_XML_STRING, G_STRUCT_OFFSET (UploadsReader, encoding), NULL },
    { "NextKeyMarker", S3_XML_STRING, G_STRUCT_OFFSET (UploadsReader, next_key_marker), NULL },
    { "NextUploadIdMarker", S3_XML_STRING,
      G_STRUCT_OFFSET (UploadsReader, next_upload_id_marker), NULL },
    { "Upload/Key", S3_XML_STRING, G_STRUCT_OFFSET (UploadsReader, key), NULL },
    { "Upload/UploadId", S3_XML_STRING, G_STRUCT_OFFSET (UploadsReader, upload_id), NULL },
    { "Upload/Initiated", S3_XML_STRING, G_STRUCT_OFFSET (UploadsReader, initiated), NULL },
    { "Upload", S3_XML_END, 0, end_upload_cb },
    { NULL },
  };
  g_autoptr (S3UploadsPage) self = s3_uploads_page_new ();
  g_auto (UploadsReader) reader = { .page = self };
  g_autofree char *fault = NULL;

  g_return_val_if_fail (response != NULL, NULL);

  if (!s3_reply_check (response, error)) {
    return NULL;
  }
  if (!s3_xml_read (response->body, "ListMultipartUploadsResult", fields, &reader, &fault)) {
    broken (error, fault);
    return NULL;
  }
  self->is_truncated = reader.is_truncated;
  self->next_key_marker = g_steal_pointer (&reader.next_key_marker);
  self->next_upload_id_marker = g_steal_pointer (&reader.next_upload_id_marker);
  if (reader.encoding && g_str_equal (reader.encoding, "url") && !url_decode_page (self)) {
    broken (error, "a key that is not in the encoding that was announced");
    return NULL;
  }
  if (!complete_markers (self)) {
    broken (error, "more is said to follow, but not from where");
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
s3_uploads_page_free (S3UploadsPage *self)
{
  if (!self) {
    return;
  }
  g_ptr_array_unref (self->uploads);
  g_free (self->next_key_marker);
  g_free (self->next_upload_id_marker);
  g_free (self);
}
