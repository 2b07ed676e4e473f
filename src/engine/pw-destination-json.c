/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destination-json.h"

#include "engine/pw-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  const char *name;
  gsize offset;
} Switch;

#define SWITCH(name, member) { name, G_STRUCT_OFFSET (PwDestination, member) }

static const Switch switches[] = {
  SWITCH ("allow-http", allow_http),
  SWITCH ("allow-tiny-parts", allow_tiny_parts),
  SWITCH ("is-probed", is_probed),
  SWITCH ("etag-is-md5", etag_is_md5),
  SWITCH ("put-if-none-match", put_if_none_match),
};

/* The members that are neither texts nor switches. */
static const char *const other_members[] = {
  "kind", "dialect", "style", "store", "secrets", "if-exists", "part-size", "metadata", "checksum",
  NULL,
};

static gboolean
is_known_member (const char *name)
{
  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    if (g_str_equal (text->name, name)) {
      return TRUE;
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++) {
    if (g_str_equal (switches[i].name, name)) {
      return TRUE;
    }
  }
  return g_strv_contains (other_members, name);
}

static void
set_texts (JsonObject *object, PwDestination *self)
{
  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    const char *value = PW_DESTINATION_TEXT (self, text);
    g_autofree char *valid = value && *value ? g_utf8_make_valid (value, -1) : NULL;

    if (valid) {
      json_object_set_string_member (object, text->name, valid);
    }
  }
}

static void
set_metadata (JsonObject *object, char **metadata)
{
  JsonArray *array;

  if (!metadata || !*metadata) {
    return;
  }
  array = json_array_new ();
  for (char **item = metadata; *item; item++) {
    g_autofree char *valid = g_utf8_make_valid (*item, -1);

    json_array_add_string_element (array, valid);
  }
  json_object_set_array_member (object, "metadata", array);
}

static void
set_fault (GError **error, const char *member)
{
  g_set_error (error, PW_ERROR, PW_ERROR_DESTINATION,
               _("The stored destination cannot be understood: “%s” has no valid value."), member);
}

static gboolean
is_node_of (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* A member that is missing leaves its field as it is. */
static gboolean
get_texts (JsonObject *object, PwDestination *self, GError **error)
{
  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    JsonNode *node = json_object_get_member (object, text->name);

    if (!node) {
      continue;
    }
    if (!is_node_of (node, G_TYPE_STRING)) {
      set_fault (error, text->name);
      return FALSE;
    }
    g_free (PW_DESTINATION_TEXT (self, text));
    PW_DESTINATION_TEXT (self, text) = json_node_dup_string (node);
  }
  return TRUE;
}

static gboolean
get_switches (JsonObject *object, PwDestination *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++) {
    JsonNode *node = json_object_get_member (object, switches[i].name);

    if (!node) {
      continue;
    }
    if (!is_node_of (node, G_TYPE_BOOLEAN)) {
      set_fault (error, switches[i].name);
      return FALSE;
    }
    G_STRUCT_MEMBER (gboolean, self, switches[i].offset) = json_node_get_boolean (node);
  }
  return TRUE;
}

/* @choice: where the word stands in @ids; 0 if the member is missing. */
static gboolean
get_choice (JsonObject *object, const char *member, const char *const *ids, guint *choice,
            GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  *choice = 0;
  if (!node) {
    return TRUE;
  }
  for (guint i = 0; ids[i] && is_node_of (node, G_TYPE_STRING); i++) {
    if (g_str_equal (ids[i], json_node_get_string (node))) {
      *choice = i;
      return TRUE;
    }
  }
  set_fault (error, member);
  return FALSE;
}

static gboolean
get_choices (JsonObject *object, PwDestination *self, GError **error)
{
  guint kind, dialect, style, secrets, if_exists;

  if (!get_choice (object, "kind", pw_destination_kind_ids, &kind, error) ||
      !get_choice (object, "dialect", pw_dialect_ids, &dialect, error) ||
      !get_choice (object, "style", pw_style_ids, &style, error) ||
      !get_choice (object, "secrets", pw_secrets_ids, &secrets, error) ||
      !get_choice (object, "if-exists", pw_if_exists_ids, &if_exists, error)) {
    return FALSE;
  }
  self->kind = (PwDestinationKind) kind;
  self->dialect = (PwDialectKind) dialect;
  self->style = (S3Style) style;
  self->secrets = (PwSecrets) secrets;
  self->if_exists = (PwIfExists) if_exists;
  return TRUE;
}

/* A store or a checksum that this version does not know is treated as an unknown one. */
static gboolean
get_names (JsonObject *object, PwDestination *self, GError **error)
{
  JsonNode *store = json_object_get_member (object, "store");
  JsonNode *checksum = json_object_get_member (object, "checksum");

  if (store && !is_node_of (store, G_TYPE_STRING)) {
    set_fault (error, "store");
    return FALSE;
  }
  if (checksum && !is_node_of (checksum, G_TYPE_STRING)) {
    set_fault (error, "checksum");
    return FALSE;
  }
  self->store = store ? s3_limits_for_id (json_node_get_string (store))->kind : S3_STORE_GENERIC;
  self->checksum = checksum ? s3_checksum_from_name (json_node_get_string (checksum))
                            : S3_CHECKSUM_NONE;
  return TRUE;
}

static gboolean
get_part_size (JsonObject *object, PwDestination *self, GError **error)
{
  JsonNode *node = json_object_get_member (object, "part-size");

  if (!node) {
    return TRUE;
  }
  if (!is_node_of (node, G_TYPE_INT64) || json_node_get_int (node) < 0) {
    set_fault (error, "part-size");
    return FALSE;
  }
  self->part_size = (guint64) json_node_get_int (node);
  return TRUE;
}

static gboolean
get_metadata (JsonObject *object, PwDestination *self, GError **error)
{
  JsonNode *node = json_object_get_member (object, "metadata");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array;

  if (!node) {
    return TRUE;
  }
  array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (!array || json_array_get_length (array) % 2 != 0) {
    set_fault (error, "metadata");
    return FALSE;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);

    if (!is_node_of (item, G_TYPE_STRING)) {
      set_fault (error, "metadata");
      return FALSE;
    }
    g_strv_builder_add (builder, json_node_get_string (item));
  }
  self->metadata = g_strv_builder_end (builder);
  return TRUE;
}

static void
keep_unknown (JsonObject *object, JsonObject *older)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, older);
  while (json_object_iter_next (&iter, &name, &node)) {
    if (!is_known_member (name)) {
      json_object_set_member (object, name, json_node_copy (node));
    }
  }
}

JsonNode *
pw_destination_to_node (PwDestination *self,
                        JsonObject    *older)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node;

  g_return_val_if_fail (PW_IS_DESTINATION (self), NULL);

  set_texts (object, self);
  json_object_set_string_member (object, "kind", pw_destination_kind_ids[self->kind]);
  if (self->dialect != PW_DIALECT_AUTO) {
    json_object_set_string_member (object, "dialect", pw_dialect_ids[self->dialect]);
  }
  json_object_set_string_member (object, "style", pw_style_ids[self->style]);
  json_object_set_string_member (object, "store", s3_limits_for_kind (self->store)->id);
  json_object_set_string_member (object, "secrets", pw_secrets_ids[self->secrets]);
  json_object_set_string_member (object, "if-exists", pw_if_exists_ids[self->if_exists]);
  json_object_set_int_member (object, "part-size", (gint64) MIN (self->part_size, G_MAXINT64));
  set_metadata (object, self->metadata);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++) {
    json_object_set_boolean_member (object, switches[i].name,
                                    G_STRUCT_MEMBER (gboolean, self, switches[i].offset));
  }
  if (self->checksum != S3_CHECKSUM_NONE) {
    json_object_set_string_member (object, "checksum", s3_checksum_get_name (self->checksum));
  }
  if (older) {
    keep_unknown (object, older);
  }
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return node;
}

PwDestination *
pw_destination_from_node (JsonNode  *node,
                          GError   **error)
{
  g_autoptr (PwDestination) self = pw_destination_new (NULL);
  JsonObject *object;

  g_return_val_if_fail (node != NULL, NULL);

  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_DESTINATION,
                         _("The stored destination cannot be understood."));
    return NULL;
  }
  object = json_node_get_object (node);
  if (!get_texts (object, self, error) || !get_choices (object, self, error) ||
      !get_names (object, self, error) || !get_part_size (object, self, error) ||
      !get_switches (object, self, error) || !get_metadata (object, self, error)) {
    return NULL;
  }
  return g_steal_pointer (&self);
}

char *
pw_destination_to_json (PwDestination *self)
{
  g_autoptr (JsonNode) node = NULL;

  g_return_val_if_fail (PW_IS_DESTINATION (self), NULL);

  node = pw_destination_to_node (self, NULL);
  return json_to_string (node, FALSE);
}

PwDestination *
pw_destination_from_json (const char  *json,
                          GError     **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  g_return_val_if_fail (json != NULL, NULL);

  if (!json_parser_load_from_data (parser, json, -1, NULL) || !json_parser_get_root (parser)) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_DESTINATION,
                         _("The stored destination cannot be understood."));
    return NULL;
  }
  return pw_destination_from_node (json_parser_get_root (parser), error);
}
