/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sink-answer.h"

#include <string.h>

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SPACE " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
#define CHECKSUM "x-amz-checksum-"

/* What an object's ETag is when nothing tells its MD5: of the shape of a multipart upload's, so
 * that nobody takes it for one. */
#define ETAG "3858f62230ac3c915f300c664312c11f-1"

typedef struct {
  guint64 size;
  char *etag;                   /* NULL: ETAG */
  char *checksums;              /* header lines */
  gboolean is_whole;            /* else it is being uploaded in parts, and nobody sees it yet */
} Object;

static struct {
  GMutex mutex;                 /* guards all of it */
  GHashTable *objects;          /* path → Object; unfinished ones are at their path, too */
  guint64 n_requests;
  guint64 n_parts;
  guint64 n_puts;
  guint64 n_bytes;
  gint64 first_us;
  gint64 first_body_us;
} state;

static void
object_free (gpointer data)
{
  Object *self = data;

  g_free (self->etag);
  g_free (self->checksums);
  g_free (self);
}

void
sink_request_clear (SinkRequest *self)
{
  g_clear_pointer (&self->method, g_free);
  g_clear_pointer (&self->target, g_free);
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_clear_pointer (&self->md5, g_free);
}

void
sink_forget (void)
{
  g_mutex_lock (&state.mutex);
  g_clear_pointer (&state.objects, g_hash_table_unref);
  state.objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, object_free);
  state.n_requests = state.n_parts = state.n_puts = state.n_bytes = 0;
  state.first_us = state.first_body_us = 0;
  g_mutex_unlock (&state.mutex);
}

void
sink_note_request (gint64 now_us)
{
  g_mutex_lock (&state.mutex);
  if (state.first_us == 0)
    state.first_us = now_us;
  g_mutex_unlock (&state.mutex);
}

void
sink_note_body (gint64 now_us)
{
  g_mutex_lock (&state.mutex);
  if (state.first_body_us == 0)
    state.first_body_us = now_us;
  g_mutex_unlock (&state.mutex);
}

/* The sums that came with a request, but not how they are to be computed. */
static char *
dup_checksums (const SinkRequest *request)
{
  GString *lines = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (g_str_has_prefix (name, CHECKSUM) && !g_str_equal (name, CHECKSUM "algorithm")
        && !g_str_equal (name, CHECKSUM "type"))
      g_string_append_printf (lines, "%s: %s\r\n", (char *) name, (char *) value);
  }
  return g_string_free (lines, FALSE);
}

/* In hex: of the body, or what the client says it is. */
static char *
dup_md5 (const SinkRequest *request)
{
  const char *told = g_hash_table_lookup (request->headers, "content-md5");
  g_autofree guchar *bytes = NULL;
  gsize size = 0;
  GString *hex;

  if (request->md5)
    return g_strdup (request->md5);
  if (told)
    bytes = g_base64_decode (told, &size);
  if (size != 16)
    return g_strdup (ETAG);
  hex = g_string_new (NULL);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

static void
put (const SinkRequest *request,
     const char        *path,
     gboolean           is_part,
     SinkAnswer        *answer)
{
  g_autofree char *checksums = dup_checksums (request);
  g_autofree char *md5 = dup_md5 (request);
  Object *object;

  g_string_append_printf (answer->headers, "ETag: \"%s\"\r\n%s", md5, checksums);
  g_mutex_lock (&state.mutex);
  state.n_bytes += request->n_bytes;
  state.n_parts += is_part;
  state.n_puts += !is_part;
  object = g_hash_table_lookup (state.objects, path);
  if (!object) {
    object = g_new0 (Object, 1);
    g_hash_table_insert (state.objects, g_strdup (path), object);
  }
  if (!is_part) {
    object->size = 0;
    g_free (object->etag);
    g_free (object->checksums);
    object->etag = g_steal_pointer (&md5);
    object->checksums = g_steal_pointer (&checksums);
    object->is_whole = TRUE;
  }
  object->size += request->n_bytes;
  g_mutex_unlock (&state.mutex);
}

static void
create (const SinkRequest *request,
        const char        *path,
        SinkAnswer        *answer)
{
  static const char *const echoed[] = { CHECKSUM "algorithm", CHECKSUM "type" };

  for (guint i = 0; i < G_N_ELEMENTS (echoed); i++) {
    const char *value = g_hash_table_lookup (request->headers, echoed[i]);

    if (value)
      g_string_append_printf (answer->headers, "%s: %s\r\n", echoed[i], value);
  }
  g_mutex_lock (&state.mutex);
  g_hash_table_insert (state.objects, g_strdup (path), g_new0 (Object, 1));
  g_mutex_unlock (&state.mutex);
  g_string_append (answer->body, XML "<InitiateMultipartUploadResult" SPACE
                   "<Bucket>bucket</Bucket><Key>key</Key><UploadId>sink-upload-1</UploadId>"
                   "</InitiateMultipartUploadResult>");
}

static void
complete (const SinkRequest *request,
          const char        *path,
          SinkAnswer        *answer)
{
  const char *crc = g_hash_table_lookup (request->headers, CHECKSUM "crc64nvme");
  Object *object;

  g_mutex_lock (&state.mutex);
  object = g_hash_table_lookup (state.objects, path);
  if (object) {
    object->is_whole = TRUE;
    g_free (object->checksums);
    object->checksums = crc ? g_strdup_printf (CHECKSUM "crc64nvme: %s\r\n"
                                               CHECKSUM "type: FULL_OBJECT\r\n", crc) : NULL;
  }
  g_mutex_unlock (&state.mutex);
  g_string_append (answer->body, XML "<CompleteMultipartUploadResult" SPACE
                   "<Location>http://127.0.0.1/bucket/key</Location><Bucket>bucket</Bucket>"
                   "<Key>key</Key><ETag>&quot;" ETAG "&quot;</ETag>");
  if (crc)
    g_string_append_printf (answer->body, "<ChecksumCRC64NVME>%s</ChecksumCRC64NVME>"
                            "<ChecksumType>FULL_OBJECT</ChecksumType>", crc);
  g_string_append (answer->body, "</CompleteMultipartUploadResult>");
}

/* A bucket is there, an object only after it came. */
static void
head (const char *path,
      SinkAnswer *answer)
{
  const char *slash = strchr (path + 1, '/');
  const Object *object;

  if (!slash || slash[1] == '\0')
    return;
  g_mutex_lock (&state.mutex);
  object = g_hash_table_lookup (state.objects, path);
  if (object && object->is_whole)
    g_string_append_printf (answer->headers, "ETag: \"%s\"\r\n%s"
                            "Content-Length: %" G_GUINT64_FORMAT "\r\n",
                            object->etag ? object->etag : ETAG,
                            object->checksums ? object->checksums : "", object->size);
  else
    answer->status = 404;
  g_mutex_unlock (&state.mutex);
}

static void
list (const char *query,
      SinkAnswer *answer)
{
  if (strstr (query, "uploadId="))
    g_string_append (answer->body, XML "<ListPartsResult" SPACE "<Bucket>bucket</Bucket>"
                     "<UploadId>sink-upload-1</UploadId><IsTruncated>false</IsTruncated>"
                     "</ListPartsResult>");
  else if (strstr (query, "uploads"))
    g_string_append (answer->body, XML "<ListMultipartUploadsResult" SPACE
                     "<Bucket>bucket</Bucket><IsTruncated>false</IsTruncated>"
                     "</ListMultipartUploadsResult>");
  else if (strstr (query, "location"))
    g_string_append (answer->body, XML "<LocationConstraint" SPACE "</LocationConstraint>");
  else
    g_string_append (answer->body, XML "<ListBucketResult" SPACE "<Name>bucket</Name>"
                     "<KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>"
                     "</ListBucketResult>");
}

static void
tell_counts (SinkAnswer *answer)
{
  g_mutex_lock (&state.mutex);
  g_string_append_printf (answer->body,
                          "{\"requests\": %" G_GUINT64_FORMAT ", \"parts\": %" G_GUINT64_FORMAT
                          ", \"puts\": %" G_GUINT64_FORMAT ", \"bytes\": %" G_GUINT64_FORMAT
                          ", \"first_us\": %" G_GINT64_FORMAT
                          ", \"first_body_us\": %" G_GINT64_FORMAT "}\n",
                          state.n_requests, state.n_parts, state.n_puts, state.n_bytes,
                          state.first_us, state.first_body_us);
  g_mutex_unlock (&state.mutex);
}

void
sink_answer (const SinkRequest *request,
             SinkAnswer        *answer)
{
  const char *query = strchr (request->target, '?');
  g_autofree char *path = query ? g_strndup (request->target, (gsize) (query - request->target))
                                : g_strdup (request->target);

  answer->status = 200;
  query = query ? query + 1 : "";
  if (g_str_equal (path, "/-/counts")) {
    tell_counts (answer);
    return;
  }
  if (g_str_equal (path, "/-/forget")) {
    sink_forget ();
    return;
  }

  g_mutex_lock (&state.mutex);
  state.n_requests++;
  g_mutex_unlock (&state.mutex);
  if (g_str_equal (request->method, "PUT"))
    put (request, path, strstr (query, "partNumber=") != NULL, answer);
  else if (g_str_equal (request->method, "POST") && strstr (query, "uploadId="))
    complete (request, path, answer);
  else if (g_str_equal (request->method, "POST"))
    create (request, path, answer);
  else if (g_str_equal (request->method, "HEAD"))
    head (path, answer);
  else if (g_str_equal (request->method, "DELETE"))
    answer->status = 204;
  else
    list (query, answer);
}
