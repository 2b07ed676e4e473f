/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-keyring-text.h"

#include <json-glib/json-glib.h>

char *
pw_keyring_text_new (const S3Credentials *credentials)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "access-key");
  json_builder_add_string_value (builder, credentials->access_key);
  json_builder_set_member_name (builder, "secret-key");
  json_builder_add_string_value (builder, credentials->secret_key);
  if (credentials->session_token) {
    json_builder_set_member_name (builder, "session-token");
    json_builder_add_string_value (builder, credentials->session_token);
  }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

S3Credentials *
pw_keyring_text_parse (const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;
  JsonObject *object;
  const char *access_key, *secret_key;

  if (!json_parser_load_from_data (parser, text, -1, NULL)) {
    return NULL;
  }
  root = json_parser_get_root (parser);
  object = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (!object) {
    return NULL;
  }
  access_key = json_object_get_string_member_with_default (object, "access-key", NULL);
  secret_key = json_object_get_string_member_with_default (object, "secret-key", NULL);
  if (!access_key || !secret_key) {
    return NULL;
  }
  return s3_credentials_new (access_key, secret_key,
                             json_object_get_string_member_with_default (object, "session-token",
                                                                         NULL));
}
