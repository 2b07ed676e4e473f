/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-calls.h"

#include "store-answer.h"

#include "s3/s3-address.h"

#include <string.h>

/* Where a page begins: after that upload of that key, or after all uploads of that key. */
static gboolean
is_after (const StoreUpload *upload,
          const char        *key,
          const char        *id,
          gboolean          *seen_id)
{
  int order = key != NULL ? strcmp (upload->key, key) : 1;

  if (order != 0 || id == NULL || id[0] == '\0')
    return order > 0;
  if (*seen_id)
    return TRUE;
  *seen_id = g_str_equal (upload->id, id);
  return FALSE;
}

static void
append_key (GString    *xml,
            const char *name,
            const char *key,
            gboolean encode)
{
  g_autofree char *safe = encode ? s3_uri_encode (key, TRUE) : g_strdup (key);

  store_xml_append (xml, name, safe);
}

static void
append_upload (GString           *xml,
               const StoreUpload *upload,
               gboolean encode)
{
  g_autofree char *initiated = store_dup_iso_date (upload->initiated);

  g_string_append (xml, "<Upload>");
  append_key (xml, "Key", upload->key, encode);
  store_xml_append (xml, "UploadId", upload->id);
  store_xml_append (xml, "StorageClass", "STANDARD");
  store_xml_append (xml, "Initiated", initiated);
  g_string_append (xml, "</Upload>");
}

/* What the faults let the list show. */
static GPtrArray *
find_uploads (StoreRequest *request,
              const char   *prefix)
{
  if (store_request_get_action (request, STORE_ACTION_EMPTY) != NULL)
    return g_ptr_array_new ();
  return store_uploads_sorted (request->store->uploads, request->bucket, prefix);
}

void
store_call_list_uploads (StoreRequest *request)
{
  const char *prefix = store_request_get_query (request, "prefix");
  const char *key = store_request_get_query (request, "key-marker");
  const char *id = store_request_get_query (request, "upload-id-marker");
  gboolean encode = g_strcmp0 (store_request_get_query (request, "encoding-type"), "url") == 0;
  guint most = store_request_get_count (request, "max-uploads", 1000, 1000);
  g_autoptr (GPtrArray) uploads = find_uploads (request, prefix != NULL ? prefix : "");
  g_autoptr (GString) items = g_string_new (NULL);
  const StoreUpload *last = NULL;
  gboolean seen_id = FALSE, is_cut = FALSE;
  guint n = 0;

  for (guint i = 0; i < uploads->len && !is_cut; i++) {
    const StoreUpload *upload = g_ptr_array_index (uploads, i);

    if (!is_after (upload, key, id, &seen_id))
      continue;
    is_cut = n == most;
    if (is_cut)
      break;
    append_upload (items, upload, encode);
    last = upload;
    n++;
  }
  GString *xml = g_string_new ("<ListMultipartUploadsResult "
                               "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  store_xml_append (xml, "Bucket", request->bucket);
  append_key (xml, "Prefix", prefix != NULL ? prefix : "", encode);
  append_key (xml, "KeyMarker", key != NULL ? key : "", encode);
  store_xml_append (xml, "UploadIdMarker", id != NULL ? id : "");
  append_key (xml, "NextKeyMarker", last != NULL ? last->key : "", encode);
  store_xml_append (xml, "NextUploadIdMarker", last != NULL ? last->id : "");
  if (encode)
    store_xml_append (xml, "EncodingType", "url");
  store_xml_append_number (xml, "MaxUploads", most);
  store_xml_append (xml, "IsTruncated", is_cut ? "true" : "false");
  g_string_append_len (xml, items->str, (gssize) items->len);
  g_string_append (xml, "</ListMultipartUploadsResult>");
  store_answer_xml (request, 200, xml);
}
