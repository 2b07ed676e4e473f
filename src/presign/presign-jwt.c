/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-jwt.h"

#include "http/http-json.h"

#include <cjose/jws.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TOKEN (8 * 1024)
#define MAX_DEPTH 8

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cjose_jws_t, cjose_jws_release)

const char *
presign_jwt_get_message (PresignJwtVerdict verdict)
{
  static const char *const messages[] = {
    [PRESIGN_JWT_OK] = "",
    [PRESIGN_JWT_BROKEN] = "The token is not valid.",
    [PRESIGN_JWT_UNKNOWN_KEY] = "The token is signed with a key that is not known here.",
    [PRESIGN_JWT_EXPIRED] = "The token has expired.",
    [PRESIGN_JWT_TOO_EARLY] = "The token is not valid yet.",
    [PRESIGN_JWT_OTHER_AUDIENCE] = "The token is for another audience.",
    [PRESIGN_JWT_OTHER_ISSUER] = "The token is from another issuer.",
    [PRESIGN_JWT_NO_USER] = "The token does not say who you are.",
  };

  return messages[verdict];
}

/* "crit" names what a reader must understand (RFC 7515, 4.1.11), and this one understands none. */
static gboolean
get_header (cjose_jws_t  *jws,
            const char  **alg,
            const char  **kid)
{
  cjose_header_t *header = cjose_jws_get_protected (jws);
  char *critical = header ? cjose_header_get_raw (header, "crit", NULL) : NULL;

  if (!header || critical) {
    free (critical);
    return FALSE;
  }
  *alg = cjose_header_get (header, CJOSE_HDR_ALG, NULL);
  *kid = cjose_header_get (header, CJOSE_HDR_KID, NULL);
  return *alg && (g_str_equal (*alg, "HS256") || g_str_equal (*alg, "RS256") ||
                  g_str_equal (*alg, "ES256"));
}

static PresignJwtVerdict
check_signature (cjose_jws_t         *jws,
                 const PresignKeyset *keys)
{
  const char *alg = NULL;
  const char *kid = NULL;
  const cjose_jwk_t *key;
  guint at = 0;
  gboolean found = FALSE;

  if (!get_header (jws, &alg, &kid)) {
    return PRESIGN_JWT_BROKEN;
  }
  while ((key = presign_keyset_next (keys, alg, kid, &at))) {
    found = TRUE;
    if (cjose_jws_verify (jws, key, NULL)) {
      return PRESIGN_JWT_OK;
    }
  }
  return found || g_str_equal (alg, "HS256") ? PRESIGN_JWT_BROKEN : PRESIGN_JWT_UNKNOWN_KEY;
}

/* Unix seconds, also with a fraction; FALSE: absent, or no number. */
static gboolean
get_time (JsonObject *claims,
          const char *name,
          gint64     *time)
{
  JsonNode *node = json_object_get_member (claims, name);
  GType type = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                                    : G_TYPE_INVALID;
  double value;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) {
    return FALSE;
  }
  value = json_node_get_double (node);
  if (!(value >= 0 && value < 1e15)) {
    return FALSE;
  }
  *time = (gint64) value;
  return TRUE;
}

static gboolean
holds_text (JsonNode   *node,
            const char *text)
{
  return node && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_STRING &&
         g_str_equal (json_node_get_string (node), text);
}

/* "aud" is one text, or several (RFC 7519, 4.1.3). */
static gboolean
holds_audience (JsonNode   *node,
                const char *audience)
{
  JsonArray *array;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node)) {
    return holds_text (node, audience);
  }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (holds_text (json_array_get_element (array, i), audience)) {
      return TRUE;
    }
  }
  return FALSE;
}

static char *
dup_user (JsonObject *claims,
          const char *name)
{
  JsonNode *node = json_object_get_member (claims, name);
  GType type = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                                    : G_TYPE_INVALID;

  if (type == G_TYPE_STRING && *json_node_get_string (node)) {
    return g_strdup (json_node_get_string (node));
  }
  return type == G_TYPE_INT64 ? g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node))
                              : NULL;
}

static PresignJwtVerdict
check_claims (JsonObject             *claims,
              const PresignJwtRules  *rules,
              char                  **user,
              gint64                 *expires)
{
  gint64 until = 0;
  gint64 from = 0;
  char *name;

  if (!get_time (claims, "exp", &until)) {
    return PRESIGN_JWT_BROKEN;
  }
  if (rules->now >= until + PRESIGN_JWT_LEEWAY) {
    return PRESIGN_JWT_EXPIRED;
  }
  if (json_object_has_member (claims, "nbf") && !get_time (claims, "nbf", &from)) {
    return PRESIGN_JWT_BROKEN;
  }
  if (rules->now + PRESIGN_JWT_LEEWAY < from) {
    return PRESIGN_JWT_TOO_EARLY;
  }
  if (rules->audience && !holds_audience (json_object_get_member (claims, "aud"),
                                          rules->audience)) {
    return PRESIGN_JWT_OTHER_AUDIENCE;
  }
  if (rules->issuer && !holds_text (json_object_get_member (claims, "iss"), rules->issuer)) {
    return PRESIGN_JWT_OTHER_ISSUER;
  }
  name = dup_user (claims, rules->user_claim);
  if (!name) {
    return PRESIGN_JWT_NO_USER;
  }
  *user = name;
  *expires = until;
  return PRESIGN_JWT_OK;
}

/* HEADER.PAYLOAD.SIGNATURE (RFC 7515, 7.1). */
static gboolean
is_compact (const char *token)
{
  for (guint i = 0; i < 3; i++) {
    gsize length = strcspn (token, ".");

    if (!presign_base64url_is_fit (token, length) || (token[length] == '.') != (i < 2)) {
      return FALSE;
    }
    token += length + (i < 2);
  }
  return TRUE;
}

PresignJwtVerdict
presign_jwt_check (const char             *token,
                   const PresignJwtRules  *rules,
                   char                  **user,
                   gint64                 *expires)
{
  gsize length = strlen (token);
  g_autoptr (cjose_jws_t) jws = length <= MAX_TOKEN && is_compact (token)
                                ? cjose_jws_import (token, length, NULL) : NULL;
  g_autoptr (JsonParser) parser = NULL;
  PresignJwtVerdict verdict;
  uint8_t *text = NULL;
  size_t size = 0;
  JsonNode *root;

  verdict = jws ? check_signature (jws, rules->keys) : PRESIGN_JWT_BROKEN;
  if (verdict != PRESIGN_JWT_OK) {
    return verdict;
  }
  parser = json_parser_new_immutable ();
  if (!cjose_jws_get_plaintext (jws, &text, &size, NULL) ||
      !http_json_is_fit ((const char *) text, size, MAX_DEPTH) ||
      !json_parser_load_from_data (parser, (const char *) text, (gssize) size, NULL)) {
    return PRESIGN_JWT_BROKEN;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    return PRESIGN_JWT_BROKEN;
  }
  return check_claims (json_node_get_object (root), rules, user, expires);
}
