/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-answer.h"

#include <string.h>

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

/* S3 API Reference, "Error responses"; those that are not here are 400. */
static const struct {
  const char *code;
  guint status;
} statuses[] = {
  { "AccessDenied", 403 },
  { "InvalidAccessKeyId", 403 },
  { "RequestTimeTooSkewed", 403 },
  { "SignatureDoesNotMatch", 403 },
  { "NoSuchBucket", 404 },
  { "NoSuchKey", 404 },
  { "NoSuchUpload", 404 },
  { "MethodNotAllowed", 405 },
  { "BucketAlreadyOwnedByYou", 409 },
  { "BucketNotEmpty", 409 },
  { "MissingContentLength", 411 },
  { "PreconditionFailed", 412 },
  { "InvalidRange", 416 },
  { "InternalError", 500 },
  { "NotImplemented", 501 },
  { "InsufficientStorage", 507 },
};

static void
set_answer (StoreRequest *request,
            guint status,
            GBytes       *bytes)
{
  request->status = status;
  g_clear_pointer (&request->answer, g_bytes_unref);
  request->answer = bytes;
}

void
store_answer_empty (StoreRequest *request,
                    guint status)
{
  set_answer (request, status, NULL);
}

void
store_answer_xml (StoreRequest *request,
                  guint status,
                  GString      *xml)
{
  g_string_prepend (xml, DECLARATION);
  store_answer_set_header (request, "Content-Type", "application/xml");
  set_answer (request, status, g_string_free_to_bytes (xml));
}

void
store_answer_error (StoreRequest *request,
                    guint status,
                    const char   *code,
                    const char   *message,
                    const char   *extra)
{
  if (code == NULL) {
    store_answer_empty (request, status);
    return;
  }
  GString *xml = g_string_new ("<Error>");
  g_autofree char *resource = g_strdup_printf ("/%s%s%s",
                                               request->bucket != NULL ? request->bucket : "",
                                               request->key != NULL ? "/" : "",
                                               request->key != NULL ? request->key : "");
  store_xml_append (xml, "Code", code);
  store_xml_append (xml, "Message", message);
  if (extra != NULL)
    g_string_append (xml, extra);
  store_xml_append (xml, "Resource", resource);
  store_xml_append (xml, "RequestId", request->id);
  store_xml_append (xml, "HostId", "partway-store");
  g_string_append (xml, "</Error>");
  store_answer_xml (request, status, xml);
}

void
store_answer_refuse (StoreRequest *request,
                     const char   *code,
                     const char   *message)
{
  guint status = 400;

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    if (g_str_equal (statuses[i].code, code))
      status = statuses[i].status;
  }
  store_answer_error (request, status, code, message, NULL);
}

void
store_answer_set_header (StoreRequest *request,
                         const char   *name,
                         const char   *value)
{
  soup_message_headers_replace (request->headers, name, value);
}

void
store_answer_set_etag (StoreRequest *request,
                       const char   *etag)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", etag);

  store_answer_set_header (request, "ETag", quoted);
}

void
store_xml_append (GString    *xml,
                  const char *name,
                  const char *value)
{
  g_autofree char *safe = g_markup_escape_text (value, -1);

  g_string_append_printf (xml, "<%s>%s</%s>", name, safe, name);
}

void
store_xml_append_number (GString    *xml,
                         const char *name,
                         guint64 value)
{
  g_string_append_printf (xml, "<%s>%" G_GUINT64_FORMAT "</%s>", name, value, name);
}

char *
store_dup_iso_date (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);

  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%S.000Z");
}

char *
store_dup_http_date (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);

  return soup_date_time_to_string (date, SOUP_DATE_HTTP);
}
