/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-json.h"

#include "http/http-json.h"
#include "s3/s3-options.h"

#include <string.h>

/* As FastAPI: any JSON type, or none said. A page of another origin cannot send the former without
 * being allowed to. */
static gboolean
is_said_to_be_json (const HttpRequest *request)
{
  const char *type = http_request_get_header (request, "Content-Type");
  g_autofree char *main_type = type ? g_ascii_strdown (type, (gssize) strcspn (type, ";")) : NULL;

  if (!main_type) {
    return TRUE;
  }
  g_strchomp (main_type);
  return g_str_equal (main_type, "application/json") ||
         (g_str_has_prefix (main_type, "application/") && g_str_has_suffix (main_type, "+json"));
}

JsonObject *
presign_json_parse (const HttpRequest *request,
                    PresignProblem    *problem)
{
  gsize size = 0;
  const char *text = request->bytes ? g_bytes_get_data (request->bytes, &size) : NULL;
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (size == 0) {
    presign_problem_add_fault (problem, NULL, "value_error.missing", "field required");
    return NULL;
  }
  if (!is_said_to_be_json (request)) {
    presign_problem_add_fault (problem, NULL, "type_error.dict", "value is not a valid dict");
    return NULL;
  }
  parser = json_parser_new_immutable ();
  if (!http_json_is_fit (text, size, PRESIGN_JSON_DEPTH) ||
      !json_parser_load_from_data (parser, text, (gssize) size, NULL)) {
    presign_problem_add_fault (problem, NULL, "value_error.jsondecode", "the body is no JSON");
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    presign_problem_add_fault (problem, NULL, "type_error.dict", "value is not a valid dict");
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

/* FALSE: it is absent, or null, and @problem says so unless it is @optional. */
static JsonNode *
get_member (JsonObject     *object,
            const char     *name,
            gboolean        optional,
            PresignProblem *problem)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node && !JSON_NODE_HOLDS_NULL (node)) {
    return node;
  }
  if (!optional) {
    presign_problem_add_fault (problem, name,
                               node ? "type_error.none.not_allowed" : "value_error.missing",
                               node ? "none is not an allowed value" : "field required");
  }
  return NULL;
}

gboolean
presign_json_get_text (JsonObject      *object,
                       const char      *name,
                       gboolean         optional,
                       gsize            most,
                       const char     **text,
                       PresignProblem  *problem)
{
  JsonNode *node = get_member (object, name, optional, problem);
  const char *value;

  if (!node) {
    return optional;
  }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
    return presign_problem_add_fault (problem, name, "type_error.str", "str type expected");
  }
  value = json_node_get_string (node);
  if (strlen (value) > most) {
    return presign_problem_add_fault (problem, name, "value_error.any_str.max_length",
                                      "the text is too long");
  }
  *text = value;
  return TRUE;
}

static gboolean
read_number (JsonNode *node,
             guint64   most,
             guint64  *number)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type == G_TYPE_STRING) {
    return g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0, most, number, NULL);
  }
  if (type == G_TYPE_INT64 && json_node_get_int (node) >= 0) {
    *number = (guint64) json_node_get_int (node);
    return *number <= most;
  }
  if (type == G_TYPE_DOUBLE) {
    double value = json_node_get_double (node);

    /* Beyond 2⁵³ a double is no whole number that anybody meant. */
    if (value >= 0 && value <= 9007199254740992.0 && (double) (guint64) value == value) {
      *number = (guint64) value;
      return *number <= most;
    }
  }
  return FALSE;
}

gboolean
presign_json_get_number (JsonObject     *object,
                         const char     *name,
                         gboolean        optional,
                         guint64         least,
                         guint64         most,
                         guint64        *number,
                         PresignProblem *problem)
{
  JsonNode *node = get_member (object, name, optional, problem);
  guint64 value = 0;

  if (!node) {
    return optional;
  }
  if (!read_number (node, most, &value) || value < least) {
    return presign_problem_add_fault (problem, name, "type_error.integer",
                                      "value is not a valid integer");
  }
  *number = value;
  return TRUE;
}

gboolean
presign_json_get_boolean (JsonObject     *object,
                          const char     *name,
                          gboolean       *value,
                          PresignProblem *problem)
{
  JsonNode *node = get_member (object, name, TRUE, problem);

  if (!node) {
    return TRUE;
  }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN) {
    return presign_problem_add_fault (problem, name, "type_error.bool",
                                      "value could not be parsed to a boolean");
  }
  *value = json_node_get_boolean (node);
  return TRUE;
}

static char *
dup_metadata_value (JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type == G_TYPE_STRING) {
    return g_strdup (json_node_get_string (node));
  }
  if (type == G_TYPE_INT64) {
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  }
  if (type == G_TYPE_DOUBLE) {
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    return g_strdup (g_ascii_dtostr (digits, sizeof digits, json_node_get_double (node)));
  }
  if (type == G_TYPE_BOOLEAN) {
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  }
  return NULL;
}

GPtrArray *
presign_json_get_metadata (JsonObject     *object,
                           const char     *name,
                           PresignProblem *problem)
{
  JsonNode *node = get_member (object, name, TRUE, problem);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  if (node && !JSON_NODE_HOLDS_OBJECT (node)) {
    presign_problem_add_fault (problem, name, "type_error.dict", "value is not a valid dict");
    return NULL;
  }
  if (node) {
    json_object_iter_init_ordered (&iter, json_node_get_object (node));
    while (json_object_iter_next_ordered (&iter, &key, &member)) {
      char *value = dup_metadata_value (member);

      if (!value && JSON_NODE_HOLDS_NULL (member)) {
        continue;
      }
      if (!value || !s3_metadata_name_is_valid (key)) {
        g_free (value);
        presign_problem_add_fault (problem, name, "value_error",
                                   "names are letters, digits, - _ and .; values are texts");
        return NULL;
      }
      g_ptr_array_add (items, g_strdup (key));
      g_ptr_array_add (items, value);
    }
  }
  g_ptr_array_add (items, NULL);
  return g_steal_pointer (&items);
}

gboolean
presign_json_get_array (JsonObject      *object,
                        const char      *name,
                        JsonArray      **array,
                        PresignProblem  *problem)
{
  JsonNode *node = get_member (object, name, FALSE, problem);

  if (!node) {
    return FALSE;
  }
  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    return presign_problem_add_fault (problem, name, "type_error.list",
                                      "value is not a valid list");
  }
  *array = json_node_get_array (node);
  return TRUE;
}

void
presign_json_append (GString    *json,
                     const char *text)
{
  g_string_append_c (json, '"');
  for (;;) {
    gsize plain = strcspn (text, "\"\\\b\f\n\r\t\001\002\003\004\005\006\007\013\016\017\020\021"
                                 "\022\023\024\025\026\027\030\031\032\033\034\035\036\037");

    g_string_append_len (json, text, (gssize) plain);
    text += plain;
    if (*text == '\0') {
      break;
    }
    switch (*text) {
    case '"': g_string_append (json, "\\\""); break;
    case '\\': g_string_append (json, "\\\\"); break;
    case '\b': g_string_append (json, "\\b"); break;
    case '\f': g_string_append (json, "\\f"); break;
    case '\n': g_string_append (json, "\\n"); break;
    case '\r': g_string_append (json, "\\r"); break;
    case '\t': g_string_append (json, "\\t"); break;
    default: g_string_append_printf (json, "\\u%04x", (guchar) *text); break;
    }
    text++;
  }
  g_string_append_c (json, '"');
}

void
presign_json_append_name (GString    *json,
                          const char *name)
{
  if (json->len > 0 && !strchr ("{[,", json->str[json->len - 1])) {
    g_string_append_c (json, ',');
  }
  presign_json_append (json, name);
  g_string_append_c (json, ':');
}

void
presign_json_append_text (GString    *json,
                          const char *name,
                          const char *text)
{
  if (text) {
    presign_json_append_name (json, name);
    presign_json_append (json, text);
  }
}

void
presign_json_append_number (GString    *json,
                            const char *name,
                            guint64     number)
{
  presign_json_append_name (json, name);
  g_string_append_printf (json, "%" G_GUINT64_FORMAT, number);
}

void
presign_json_append_boolean (GString    *json,
                             const char *name,
                             gboolean    value)
{
  presign_json_append_name (json, name);
  g_string_append (json, value ? "true" : "false");
}
