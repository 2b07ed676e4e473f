/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-handle.h"

#include <string.h>

#include "http/http-error.h"

static gboolean
is_clean (const char *text)
{
  for (; *text != '\0'; text++) {
    if (g_ascii_iscntrl (*text) && *text != '\t')
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_sendable (const HttpHeader *header)
{
  return is_clean (header->name) && strpbrk (header->name, ":; \t") == NULL
         && is_clean (header->value);
}

static struct curl_slist *
append (struct curl_slist *list,
        const char        *line)
{
  struct curl_slist *longer = curl_slist_append (list, line);

  g_assert (longer != NULL);
  return longer;
}

static struct curl_slist *
append_header (struct curl_slist *list,
               const HttpHeader  *header)
{
  /* A semicolon is libcurl's way to say "empty"; a colon with nothing behind it means "none". */
  g_autofree char *line = *header->value != '\0'
                          ? g_strdup_printf ("%s: %s", header->name, header->value)
                          : g_strdup_printf ("%s;", header->name);

  return append (list, line);
}

/* Every body goes the way of PUT: that one adds no Content-Type of its own. */
static void
set_method (CURL              *easy,
            const HttpRequest *request)
{
  gboolean has_body = request->body_size > 0
                      || g_str_equal (request->method, "PUT")
                      || g_str_equal (request->method, "POST");

  curl_easy_setopt (easy, CURLOPT_HTTPGET, 1L);
  if (has_body) {
    curl_easy_setopt (easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt (easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t) request->body_size);
  } else if (g_str_equal (request->method, "HEAD")) {
    curl_easy_setopt (easy, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, request->method);
}

struct curl_slist *
http_handle_set_request (CURL               *easy,
                         const HttpRequest  *request,
                         GError            **error)
{
  struct curl_slist *list = NULL;

  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    if (!is_sendable (header)) {
      curl_slist_free_all (list);
      g_set_error_literal (error, HTTP_ERROR, HTTP_ERROR_PROTOCOL,
                           "A header of the request holds a character that HTTP does not allow.");
      return NULL;
    }
    list = append_header (list, header);
  }

  /* libcurl adds both unless told not to; waiting for "100 Continue" costs a round trip or more. */
  list = append (list, "Expect:");
  if (http_request_get_header (request, "Accept") == NULL)
    list = append (list, "Accept:");

  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, list);
  set_method (easy, request);
  return list;
}
