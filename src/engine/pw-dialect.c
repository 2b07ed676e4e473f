/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

#include <string.h>

#include "http/http-json.h"

/* A list of parts has three levels; a parser that recurses must not be led deeper. */
#define MAX_DEPTH 32
#define MAX_PART_NUMBER 10000

gboolean
pw_dialect_is_direct (const PwDialect *self,
                      PwOp             op)
{
  return op != PW_OP_SIGN && (self->signs_all || op == PW_OP_PART || op == PW_OP_PUT);
}

gboolean
pw_dialect_fail (GError     **error,
                 const char  *fault)
{
  g_set_error (error, S3_REPLY_ERROR, S3_REPLY_ERROR_BROKEN,
               "The answer is not one that such a backend gives (%s).", fault);
  return FALSE;
}

JsonNode *
pw_dialect_parse (const HttpResponse *response,
                  JsonNodeType        type,
                  GError            **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size = 0;
  const char *text = g_bytes_get_data (response->body, &size);
  JsonNode *root = NULL;

  if (size > 0 && g_utf8_validate (text, (gssize) size, NULL)
      && http_json_is_fit (text, size, MAX_DEPTH)
      && json_parser_load_from_data (parser, text, (gssize) size, NULL))
    root = json_parser_steal_root (parser);
  if (root && json_node_get_node_type (root) == type)
    return root;
  g_clear_pointer (&root, json_node_unref);
  pw_dialect_fail (error, "no JSON of the right kind");
  return NULL;
}

static JsonNode *
get_value (JsonObject *object,
           const char *name,
           GType       type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node
                                                                                         : NULL;
}

const char *
pw_dialect_get_string (JsonObject *object,
                       const char *name)
{
  JsonNode *node = get_value (object, name, G_TYPE_STRING);

  return node ? json_node_get_string (node) : NULL;
}

gint64
pw_dialect_get_int (JsonObject *object,
                    const char *name,
                    gint64      other)
{
  JsonNode *node = get_value (object, name, G_TYPE_INT64);

  return node ? json_node_get_int (node) : other;
}

gboolean
pw_dialect_get_boolean (JsonObject *object,
                        const char *name,
                        gboolean    other)
{
  JsonNode *node = get_value (object, name, G_TYPE_BOOLEAN);

  return node ? json_node_get_boolean (node) : other;
}

JsonArray *
pw_dialect_get_array (JsonObject *object,
                      const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
pw_dialect_get_object (JsonObject *object,
                       const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonBuilder *
pw_dialect_begin_json (void)
{
  JsonBuilder *builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  return builder;
}

void
pw_dialect_add_string (JsonBuilder *builder,
                       const char  *name,
                       const char  *value)
{
  if (!value)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

void
pw_dialect_add_int (JsonBuilder *builder,
                    const char  *name,
                    guint64      value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

HttpRequest *
pw_dialect_get (const char *method,
                const char *base,
                const char *route)
{
  g_autofree char *url = g_strconcat (base, route, NULL);
  HttpRequest *request = http_request_new (method, url);

  http_request_set_header (request, "Accept", "application/json");
  return request;
}

HttpRequest *
pw_dialect_post (const char  *base,
                 const char  *route,
                 JsonBuilder *builder)
{
  HttpRequest *request = pw_dialect_get ("POST", base, route);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  g_object_unref (builder);
  text = json_to_string (root, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));
  http_request_set_bytes (request, bytes);
  http_request_set_header (request, "Content-Type", "application/json");
  return request;
}

void
pw_dialect_add_parts (JsonBuilder *builder,
                      const char  *name,
                      const PwAsk *ask)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < ask->n_parts; i++) {
    json_builder_begin_object (builder);
    pw_dialect_add_int (builder, "PartNumber", ask->parts[i].part_number);
    pw_dialect_add_string (builder, "ETag", ask->parts[i].etag);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

gboolean
pw_dialect_copy_etag (char       *etag,
                      gsize       size,
                      const char *text)
{
  gsize length = text ? strlen (text) : 0;

  if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
    text++;
    length -= 2;
  }
  if (length == 0 || length >= size)
    return FALSE;
  memcpy (etag, text, length);
  etag[length] = '\0';
  return TRUE;
}

S3PartsPage *
pw_dialect_new_page (void)
{
  S3PartsPage *page = g_new0 (S3PartsPage, 1);

  page->parts = g_array_new (FALSE, TRUE, sizeof (S3ListedPart));
  return page;
}

gboolean
pw_dialect_take_parts (JsonArray   *array,
                       S3PartsPage *page,
                       GError     **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    gint64 n = object ? pw_dialect_get_int (object, "PartNumber", 0) : 0;
    gint64 size = object ? pw_dialect_get_int (object, "Size", -1) : -1;
    S3ListedPart part = { .part_number = (guint) n,
                          .size = size < 0 ? PW_SIZE_UNKNOWN : (guint64) size };

    if (n < 1 || n > MAX_PART_NUMBER
        || !pw_dialect_copy_etag (part.etag, sizeof part.etag,
                                  pw_dialect_get_string (object, "ETag")))
      return pw_dialect_fail (error, "a part without a number or an ETag");
    g_array_append_val (page->parts, part);
  }
  return TRUE;
}
