/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-answer.h"

#include "http/http-json.h"

#include <json-glib/json-glib.h>

/* Of brackets: what is asked for needs one. */
#define MAX_DEPTH 16

static const char *
get_string (JsonObject *object,
            const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return *json_node_get_string (node) ? json_node_get_string (node) : NULL;
}

static gint64
get_version (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "Version");

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return 0;
  return json_node_get_int (node);
}

static gboolean
read_expiration (JsonObject *object,
                 gint64     *expires)
{
  const char *text = get_string (object, "Expiration");

  *expires = 0;
  if (text)
    return aws_time_parse (text, expires);
  return !json_object_has_member (object, "Expiration")
         || json_object_get_null_member (object, "Expiration");
}

AwsAnswerVerdict
aws_answer_parse (const char *json,
                  gsize       length,
                  const char *token_member,
                  AwsAnswer  *answer)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = NULL;
  const char *access_key, *secret_key;
  gint64 expires;

  if (http_json_is_fit (json, length, MAX_DEPTH)
      && json_parser_load_from_data (parser, json, (gssize) length, NULL)
      && json_parser_get_root (parser) && JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    object = json_node_get_object (json_parser_get_root (parser));
  access_key = object ? get_string (object, "AccessKeyId") : NULL;
  secret_key = object ? get_string (object, "SecretAccessKey") : NULL;
  if (!access_key || !secret_key)
    return AWS_ANSWER_BROKEN;
  if (!read_expiration (object, &expires))
    return AWS_ANSWER_BAD_TIME;
  answer->credentials = s3_credentials_new (access_key, secret_key,
                                            get_string (object, token_member));
  answer->version = get_version (object);
  answer->expires = expires;
  return AWS_ANSWER_OK;
}

gboolean
aws_time_parse (const char *text,
                gint64     *time)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) parsed = g_date_time_new_from_iso8601 (text, utc);

  if (!parsed)
    return FALSE;
  *time = g_date_time_to_unix (parsed);
  return TRUE;
}
