/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-exchange.h"

#include <string.h>

static char *
dup_url (SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *path = g_uri_get_path (uri);
  const char *query = g_uri_get_query (uri);

  return g_strconcat (*path ? path : "/", query ? "?" : NULL, query, NULL);
}

static void
copy_headers (HttpRequest        *request,
              SoupMessageHeaders *headers)
{
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    const char *before = http_request_get_header (request, name);
    g_autofree char *list = before ? g_strconcat (before, ", ", value, NULL) : NULL;

    http_request_set_header (request, name, list ? list : value);
  }
}

gboolean
presign_exchange_has_clear_end (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *coding = soup_message_headers_get_list (headers, "Transfer-Encoding");
  const char *length = soup_message_headers_get_list (headers, "Content-Length");

  if (coding) {
    return !length && g_ascii_strcasecmp (coding, "chunked") == 0;
  }
  return !length || (*length && strspn (length, "0123456789") == strlen (length));
}

HttpRequest *
presign_exchange_new_request (SoupServerMessage *message)
{
  g_autofree char *url = dup_url (message);
  HttpRequest *request = http_request_new (soup_server_message_get_method (message), url);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  copy_headers (request, soup_server_message_get_request_headers (message));
  if (body->length > 0 && soup_message_body_get_accumulate (body)) {
    g_autoptr (GBytes) bytes = soup_message_body_flatten (body);

    http_request_set_bytes (request, bytes);
  }
  return request;
}

void
presign_exchange_set_response (SoupServerMessage  *message,
                               const HttpResponse *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, response->status, NULL);
  for (guint i = 0; i < response->headers->len; i++) {
    const HttpHeader *header = &g_array_index (response->headers, HttpHeader, i);

    soup_message_headers_append (headers, header->name, header->value);
  }
  if (g_bytes_get_size (response->body) > 0) {
    soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                    response->body);
  }
}

gboolean
presign_exchange_has_body (SoupServerMessage  *message,
                           const HttpResponse *response)
{
  return g_bytes_get_size (response->body) > 0 && response->status != 204 &&
         response->status != 304 && strcmp (soup_server_message_get_method (message), "HEAD") != 0;
}
