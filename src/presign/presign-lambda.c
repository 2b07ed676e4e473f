/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-lambda.h"

#include "http/http-json.h"
#include "presign/presign-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define DEPTH 32                /* claims of an authorizer may be deep */
/* What may stand in a path as it is (RFC 3986, 3.3), and what is encoded already. */
#define PATH_CHARACTERS "/%!$&'()*+,;=:@"
#define QUERY_CHARACTERS PATH_CHARACTERS "?"

void
presign_event_clear (PresignEvent *self)
{
  g_clear_pointer (&self->request, http_request_free);
  g_clear_pointer (&self->peer, g_free);
}

static gboolean
refuse (GError     **error,
        const char  *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, what);
  return FALSE;
}

static JsonObject *
get_object (JsonObject *object,
            const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_text (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ?
         json_node_get_string (node) : NULL;
}

static const char *
get_member (JsonObject *object,
            const char *name)
{
  return object ? get_text (json_object_get_member (object, name)) : NULL;
}

/* An HTTP API puts the stage before the path; a domain of one's own does not. */
static const char *
without_stage (const char *path,
               const char *stage)
{
  gsize length = stage ? strlen (stage) : 0;

  if (length > 0 && path[0] == '/' && strncmp (path + 1, stage, length) == 0 &&
      (path[1 + length] == '/' || path[1 + length] == '\0')) {
    path += 1 + length;
  }
  return *path ? path : "/";
}

static char *
dup_url (JsonObject *root,
         JsonObject *context)
{
  const char *raw = get_member (root, "rawPath");
  const char *query = get_member (root, "rawQueryString");
  const char *path = without_stage (raw ? raw : "/", get_member (context, "stage"));
  g_autofree char *path_part = g_uri_escape_string (path, PATH_CHARACTERS, FALSE);
  g_autofree char *query_part = query ? g_uri_escape_string (query, QUERY_CHARACTERS, FALSE) : NULL;

  return g_strconcat (*path == '/' ? "" : "/", path_part,
                      query_part && *query_part ? "?" : NULL, query_part, NULL);
}

static gboolean
is_fit (const char *text)
{
  return strpbrk (text, "\r\n") == NULL;
}

static void
copy_headers (HttpRequest *request,
              JsonObject  *headers)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!headers) {
    return;
  }
  json_object_iter_init (&iter, headers);
  while (json_object_iter_next (&iter, &name, &node)) {
    const char *value = get_text (node);

    if (value && *name && is_fit (name) && is_fit (value)) {
      http_request_set_header (request, name, value);
    }
  }
}

static void
copy_cookies (HttpRequest *request,
              JsonObject  *root)
{
  JsonNode *node = json_object_get_member (root, "cookies");
  JsonArray *cookies = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; cookies && i < json_array_get_length (cookies); i++) {
    const char *cookie = get_text (json_array_get_element (cookies, i));

    if (cookie && is_fit (cookie)) {
      g_string_append_printf (list, "%s%s", list->len > 0 ? "; " : "", cookie);
    }
  }
  if (list->len > 0) {
    http_request_set_header (request, "Cookie", list->str);
  }
}

static gboolean
is_true (JsonObject *root,
         const char *name)
{
  JsonNode *node = json_object_get_member (root, name);

  return node && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

static gboolean
copy_body (HttpRequest  *request,
           JsonObject   *root,
           GError      **error)
{
  const char *body = get_member (root, "body");
  g_autoptr (GBytes) bytes = NULL;

  if (!body || !*body) {
    return TRUE;
  }
  if (is_true (root, "isBase64Encoded")) {
    gsize size;
    guchar *data = g_base64_decode (body, &size);

    bytes = g_bytes_new_take (data, size);
    if (size == 0) {
      return refuse (error, "The event's body is not in base64.");
    }
  } else {
    bytes = g_bytes_new (body, strlen (body));
  }
  http_request_set_bytes (request, bytes);
  return TRUE;
}

static gboolean
read_event (JsonObject    *root,
            PresignEvent  *event,
            GError       **error)
{
  JsonObject *context = get_object (root, "requestContext");
  JsonObject *http = get_object (context, "http");
  const char *method = get_member (http, "method");
  const char *peer = get_member (http, "sourceIp");
  const char *domain = get_member (context, "domainName");
  g_autofree char *url = NULL;
  g_autoptr (HttpRequest) request = NULL;

  if (!method || !*method || g_strcmp0 (get_member (root, "version"), "2.0") != 0) {
    return refuse (error, "The event is no HTTP request in format 2.0, as function URLs and HTTP "
                   "APIs send it.");
  }
  url = dup_url (root, context);
  request = http_request_new (method, url);
  copy_headers (request, get_object (root, "headers"));
  copy_cookies (request, root);
  if (domain && is_fit (domain) && !http_request_get_header (request, "Host")) {
    http_request_set_header (request, "Host", domain);
  }
  if (!copy_body (request, root, error)) {
    return FALSE;
  }
  event->request = g_steal_pointer (&request);
  event->peer = g_strdup (peer && g_hostname_is_ip_address (peer) ? peer : "");
  return TRUE;
}

gboolean
presign_lambda_parse (const char    *json,
                      gsize          length,
                      PresignEvent  *event,
                      GError       **error)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (!http_json_is_fit (json, length, DEPTH)) {
    return refuse (error, "The event is no JSON that can be read.");
  }
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, json, (gssize) length, NULL)) {
    return refuse (error, "The event is no JSON.");
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    return refuse (error, "The event is no JSON object.");
  }
  return read_event (json_node_get_object (root), event, error);
}

static gboolean
is_before (const HttpResponse *response,
           guint               index,
           const char         *name)
{
  for (guint i = 0; i < index; i++) {
    if (g_ascii_strcasecmp (g_array_index (response->headers, HttpHeader, i).name, name) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
append_headers (GString            *json,
                const HttpResponse *response)
{
  g_string_append (json, ",\"headers\":{");
  for (guint i = 0; i < response->headers->len; i++) {
    const HttpHeader *first = &g_array_index (response->headers, HttpHeader, i);
    g_autoptr (GString) list = g_string_new (first->value);

    if (g_ascii_strcasecmp (first->name, "Set-Cookie") == 0 ||
        is_before (response, i, first->name)) {
      continue;
    }
    for (guint j = i + 1; j < response->headers->len; j++) {
      const HttpHeader *other = &g_array_index (response->headers, HttpHeader, j);

      if (g_ascii_strcasecmp (other->name, first->name) == 0) {
        g_string_append_printf (list, ", %s", other->value);
      }
    }
    if (!g_str_has_suffix (json->str, "{")) {
      g_string_append_c (json, ',');
    }
    presign_json_append (json, first->name);
    g_string_append_c (json, ':');
    presign_json_append (json, list->str);
  }
  g_string_append_c (json, '}');
}

static void
append_cookies (GString            *json,
                const HttpResponse *response)
{
  gboolean has_any = FALSE;

  for (guint i = 0; i < response->headers->len; i++) {
    const HttpHeader *header = &g_array_index (response->headers, HttpHeader, i);

    if (g_ascii_strcasecmp (header->name, "Set-Cookie") == 0) {
      g_string_append (json, has_any ? "," : ",\"cookies\":[");
      presign_json_append (json, header->value);
      has_any = TRUE;
    }
  }
  g_string_append (json, has_any ? "]" : "");
}

static void
append_body (GString      *json,
             GBytes       *body)
{
  gsize size;
  const char *data = g_bytes_get_data (body, &size);
  gboolean is_text = size == 0 || g_utf8_validate_len (data, size, NULL);
  g_autofree char *text = is_text ? g_strndup (size > 0 ? data : "", size) :
                          g_base64_encode ((const guchar *) data, size);

  g_string_append (json, ",\"body\":");
  presign_json_append (json, text);
  g_string_append_printf (json, ",\"isBase64Encoded\":%s}", is_text ? "false" : "true");
}

char *
presign_lambda_dup_result (const HttpResponse *response)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"statusCode\":%u", response->status);
  append_headers (json, response);
  append_cookies (json, response);
  append_body (json, response->body);
  return g_string_free (json, FALSE);
}

char *
presign_lambda_dup_error (const char *type,
                          const char *message)
{
  GString *json = g_string_new ("{\"errorMessage\":");

  presign_json_append (json, message);
  g_string_append (json, ",\"errorType\":");
  presign_json_append (json, type);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
