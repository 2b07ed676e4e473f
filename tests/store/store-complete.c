/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-calls.h"

#include "store-answer.h"
#include "store-complete-list.h"
#include "store-digest.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static gboolean
refuse (StoreRequest *request,
        const char   *code,
        const char   *message)
{
  store_answer_refuse (request, code, message);
  return FALSE;
}

static gboolean
check_part_sum (StoreRequest          *request,
                const StoreUpload     *upload,
                const StorePart       *part,
                const StoreListedPart *listed)
{
  if (request->store->rules->ignores_checksums)
    return TRUE;
  /* Unproven against AWS. */
  if (upload->is_composite && listed->kind == S3_CHECKSUM_NONE)
    return refuse (request, "InvalidRequest", "The upload was created using a checksum. The "
                   "complete request must include the checksum for each part.");
  if (listed->kind == S3_CHECKSUM_NONE || part->sums[listed->kind].kind == S3_CHECKSUM_NONE)
    return TRUE;
  g_autofree char *text = store_digest_dup_text (&part->sums[listed->kind], 0);
  return g_str_equal (text, listed->checksum) ||
         refuse (request, "InvalidPart", "One or more of the specified parts has another checksum");
}

static gboolean
check_part_size (StoreRequest    *request,
                 const StorePart *first,
                 const StorePart *part,
                 guint number)
{
  guint64 smallest = request->store->min_part_size;

  if (request->store->rules->equal_parts && part->size != first->size)
    return refuse (request, "InvalidPart",
                   "All non-trailing parts must have the same length.");
  if (part->size >= smallest)
    return TRUE;
  g_autofree char *extra =
    g_strdup_printf ("<ProposedSize>%" G_GUINT64_FORMAT "</ProposedSize><MinSizeAllowed>%"
                     G_GUINT64_FORMAT "</MinSizeAllowed><PartNumber>%u</PartNumber>", part->size,
                     smallest, number);
  store_answer_error (request, 400, "EntityTooSmall",
                      "Your proposed upload is smaller than the minimum allowed size", extra);
  return FALSE;
}

static gboolean
check_listed (StoreRequest      *request,
              const StoreUpload *upload,
              const GArray      *list,
              guint i)
{
  const StoreListedPart *listed = &g_array_index (list, StoreListedPart, i);
  const StoreListedPart *first = &g_array_index (list, StoreListedPart, 0);
  const StorePart *part = store_upload_get_part (upload, listed->number);

  if (i > 0 && listed->number <= listed[-1].number)
    return refuse (request, "InvalidPartOrder", "The list of parts was not in ascending order.");
  g_autofree char *etag =
    part != NULL ? store_call_dup_etag (&part->sums[S3_CHECKSUM_MD5], upload->headers) : NULL;
  if (g_strcmp0 (etag, listed->etag) != 0)
    return refuse (request, "InvalidPart", "One or more of the specified parts could not be "
                   "found. The part may not have been uploaded, or the specified entity tag may "
                   "not match the part's entity tag.");
  /* S3 User Guide: with checksums the numbers are consecutive, else 500. Unproven against AWS. */
  if (upload->algorithm != S3_CHECKSUM_NONE && listed->number != i + 1)
    return refuse (request, "InternalError", "We encountered an internal error.");
  if (!check_part_sum (request, upload, part, listed))
    return FALSE;
  return i + 1 == list->len ||
         check_part_size (request, store_upload_get_part (upload, first->number), part,
                          listed->number);
}

static gboolean
combine (const StoreUpload *upload,
         const GArray      *list,
         S3ChecksumKind kind,
         S3Checksum        *whole)
{
  for (guint i = 0; i < list->len; i++) {
    guint number = g_array_index (list, StoreListedPart, i).number;
    const StorePart *part = store_upload_get_part (upload, number);

    if (part->sums[kind].kind == S3_CHECKSUM_NONE)
      return FALSE;
    if (i == 0)
      *whole = part->sums[kind];
    else
      s3_checksum_combine (whole, &part->sums[kind], part->size);
  }
  return TRUE;
}

/* The checksum of the parts' checksums (COMPOSITE), or the MD5 of their MD5s. */
static void
sum_of_sums (const StoreUpload *upload,
             const GArray      *list,
             S3ChecksumKind kind,
             S3Checksum        *sum)
{
  g_autoptr (StoreSums) sums = store_sums_new (1u << kind);
  S3Checksum results[STORE_N_SUMS];

  for (guint i = 0; i < list->len; i++) {
    guint number = g_array_index (list, StoreListedPart, i).number;
    const S3Checksum *one = &store_upload_get_part (upload, number)->sums[kind];
    store_sums_update (sums, one->bytes, one->size);
  }
  store_sums_finish (sums, results);
  *sum = results[kind];
}

static gboolean
check_whole_sum (StoreRequest      *request,
                 const StoreUpload *upload,
                 const S3Checksum  *whole)
{
  const char *type = store_request_get_header (request, "x-amz-checksum-type");

  /* What Create did not declare is not compared, as was observed of AWS by others; unproven
   * here. */
  if (upload->algorithm == S3_CHECKSUM_NONE)
    return TRUE;
  if (type != NULL && g_str_equal (type, "COMPOSITE") != upload->is_composite)
    return refuse (request, "InvalidRequest", "The checksum type is not the upload's.");
  const char *claim = store_request_get_header (request,
                                                s3_checksum_get_header (upload->algorithm));
  if (claim == NULL)
    return TRUE;
  g_autofree char *text = store_digest_dup_text (whole, 0);
  gsize length = strlen (text);
  if (strncmp (text, claim, length) == 0 && (claim[length] == '\0' || claim[length] == '-'))
    return TRUE;
  return refuse (request, "BadDigest", "The checksum you specified did not match the calculated "
                 "checksum.");
}

static gboolean
check_object_size (StoreRequest *request,
                   guint64 size)
{
  const char *text = store_request_get_header (request, "x-amz-mp-object-size");
  guint64 claim;

  if (text == NULL)
    return TRUE;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &claim, NULL) && claim == size)
    return TRUE;
  return refuse (request, "InvalidRequest", "The provided 'x-amz-mp-object-size' header does not "
                 "match what was computed.");
}

/* Two bytes change places; with nothing to exchange, one bit changes. */
static void
swap_bytes (int fd)
{
  guint8 bytes[65536];
  gssize n = pread (fd, bytes, sizeof bytes, 0);
  gssize other = 1;

  if (n < 1)
    return;
  while (other < n && bytes[other] == bytes[0])
    other++;
  guint8 first = bytes[0];
  bytes[0] = other < n ? bytes[other] : first ^ 1;
  if (other < n)
    bytes[other] = first;
  if (pwrite (fd, bytes, (gsize) n, 0) != n)
    g_warning ("The bytes could not be exchanged");
}

/* The parts, one after the other, in a new file. */
static char *
join_parts (StoreRequest      *request,
            const StoreUpload *upload,
            const GArray      *list)
{
  g_autofree char *temp = NULL;
  int fd = store_disk_open_temp (request->store->root, &temp);
  gboolean ok = fd >= 0;

  for (guint i = 0; ok && i < list->len; i++) {
    guint number = g_array_index (list, StoreListedPart, i).number;
    g_autofree char *path = store_upload_dup_part_path (upload, number);
    ok = store_disk_append (fd, path);
  }
  if (ok && store_request_get_action (request, STORE_ACTION_SWAP_BYTES) != NULL)
    swap_bytes (fd);
  if (fd >= 0)
    close (fd);
  return ok ? g_steal_pointer (&temp) : NULL;
}

static void
sum_file (const char *path,
          guint kinds,
          S3Checksum *sums)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autoptr (StoreSums) summer = store_sums_new (kinds);

  if (file != NULL)
    store_sums_update (summer, g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  store_sums_finish (summer, sums);
}

static char *
dup_object_etag (const StoreRequest *request,
                 const StoreUpload  *upload,
                 const GArray       *list)
{
  S3Checksum md5;

  sum_of_sums (upload, list, S3_CHECKSUM_MD5, &md5);
  if (request->store->rules->etag_without_rule ||
      store_request_get_action (request, STORE_ACTION_SWAP_BYTES) != NULL)
    md5.bytes[0] ^= 0xff;
  g_autofree char *hex = s3_checksum_dup_hex (&md5);
  return g_strdup_printf ("%s-%u", hex, list->len);
}

static void
tell_complete (StoreRequest      *request,
               const StoreObject *object)
{
  g_autofree char *location = g_strdup_printf ("http://%s/%s/%s", request->host, request->bucket,
                                               object->key);
  g_autofree char *told = store_call_dup_told_etag (request, object->etag);
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", told != NULL ? told : "");
  gboolean no_etag = told == NULL || request->store->rules->empty_complete_etag;
  GString *xml = g_string_new ("<CompleteMultipartUploadResult "
                               "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");

  store_xml_append (xml, "Location", location);
  store_xml_append (xml, "Bucket", request->bucket);
  store_xml_append (xml, "Key", object->key);
  store_xml_append (xml, "ETag", no_etag ? "" : quoted);
  for (guint i = 0; i < STORE_N_SUMS; i++) {
    if (object->sums[i].kind == S3_CHECKSUM_NONE)
      continue;
    g_autofree char *text = store_digest_dup_text (&object->sums[i], object->n_composite);
    store_xml_append (xml, store_digest_get_element (i), text);
    store_xml_append (xml, "ChecksumType", object->n_composite > 0 ? "COMPOSITE" : "FULL_OBJECT");
  }
  g_string_append (xml, "</CompleteMultipartUploadResult>");
  store_call_echo_encryption (request, object->headers);
  store_answer_xml (request, 200, xml);
}

/* The kind of checksum that the object gets, and it; kind NONE if it gets none. */
static void
sum_object (StoreRequest      *request,
            const StoreUpload *upload,
            const GArray      *list,
            S3Checksum        *whole)
{
  S3ChecksumKind kind = upload->algorithm;

  memset (whole, 0, sizeof *whole);
  if (upload->is_composite)
    sum_of_sums (upload, list, kind, whole);
  else if (kind != S3_CHECKSUM_NONE)
    combine (upload, list, kind, whole);
  else if (request->store->rules->adds_crc64nvme)
    combine (upload, list, S3_CHECKSUM_CRC64NVME, whole);
}

static gboolean
check_list (StoreRequest      *request,
            const StoreUpload *upload,
            const GArray      *list,
            guint64           *size)
{
  *size = 0;
  for (guint i = 0; i < list->len; i++) {
    if (!check_listed (request, upload, list, i))
      return FALSE;
    *size += store_upload_get_part (upload,
                                    g_array_index (list, StoreListedPart, i).number)->size;
  }
  return check_object_size (request, *size);
}

static gboolean
make_object (StoreRequest      *request,
             const StoreUpload *upload,
             const GArray      *list,
             StoreObject       *object)
{
  g_autofree char *temp = join_parts (request, upload, list);

  if (temp == NULL)
    return refuse (request, "InternalError", "The disk refused");
  for (guint i = 0; i < STORE_N_SUMS; i++) {
    S3Checksum sums[STORE_N_SUMS];

    if (object->sums[i].kind == S3_CHECKSUM_NONE ||
        store_request_get_action (request, STORE_ACTION_SWAP_BYTES) == NULL)
      continue;
    sum_file (temp, 1u << i, sums);
    object->sums[i] = sums[i];
  }
  object->headers = g_hash_table_ref (upload->headers);
  object->etag = dup_object_etag (request, upload, list);
  object->modified = request->now;
  object->n_composite = upload->is_composite ? list->len : 0;
  if (store_object_save (object, request->store->root, request->bucket, temp))
    return TRUE;
  g_unlink (temp);
  return refuse (request, "InternalError", "The disk refused");
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  const StoreListedPart *one = a;
  const StoreListedPart *other = b;

  return (one->number > other->number) - (one->number < other->number);
}

/* A second Complete of an upload that is an object by now, where that is a success. */
static gboolean
answer_again (StoreRequest *request)
{
  const char *id = store_request_get_query (request, "uploadId");

  if (!request->store->rules->lax_complete || id == NULL ||
      !g_hash_table_contains (request->store->completed, id))
    return FALSE;
  g_autoptr (StoreObject) object = store_object_load (request->store->root, request->bucket,
                                                      request->key);
  if (object != NULL)
    tell_complete (request, object);
  return object != NULL;
}

void
store_call_complete (StoreRequest *request)
{
  const StoreRules *rules = request->store->rules;
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (request->message));
  g_autoptr (StoreObject) object = store_object_new (request->key);
  S3Checksum whole;

  if (answer_again (request))
    return;
  StoreUpload *upload = store_call_find_upload (request);
  if (upload == NULL)
    return;
  g_autoptr (GArray) list = store_complete_list_parse (body);
  if (list == NULL) {
    refuse (request, "MalformedXML", "The XML you provided was not well-formed or did not "
            "validate against our published schema");
    return;
  }
  if (rules->lax_complete)
    g_array_sort (list, compare_numbers);
  if (!rules->ignores_complete_conditions && !store_call_check_condition (request))
    return;
  if (!check_list (request, upload, list, &object->size))
    return;
  sum_object (request, upload, list, &whole);
  if (!check_whole_sum (request, upload, &whole))
    return;
  object->sums[whole.kind] = whole;
  if (!make_object (request, upload, list, object))
    return;
  g_hash_table_add (request->store->completed, g_strdup (upload->id));
  store_uploads_remove (request->store->uploads, upload);
  tell_complete (request, object);
}
