/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect-find.h"

#include <glib/gi18n-lib.h>

#include "engine/pw-error.h"

static HttpResponse *
ask (PwAuthority  *authority,
     PwExchange   *exchange,
     const char   *route,
     GError      **error)
{
  return pw_authority_ask (authority, exchange, &(PwAsk) { .op = PW_OP_FIND, .route = route },
                           error);
}

static S3ChecksumKind
choose_checksum (JsonArray *names)
{
  for (guint i = 0; names && i < json_array_get_length (names); i++) {
    JsonNode *node = json_array_get_element (names, i);
    const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

    if (name && s3_checksum_from_name (name) == S3_CHECKSUM_CRC64NVME)
      return S3_CHECKSUM_CRC64NVME;
  }
  return S3_CHECKSUM_MD5;
}

static guint64
get_size (JsonObject *object,
          const char *name)
{
  return (guint64) MAX (0, pw_dialect_get_int (object, name, 0));
}

gboolean
pw_dialect_read_capabilities (const HttpResponse *response,
                              PwDialectFacts     *facts)
{
  static const struct {
    const char *name;
    PwAbility ability;
  } members[] = {
    { "abort", PW_CAN_ABORT }, { "putObject", PW_CAN_PUT },
    { "listUploads", PW_CAN_LIST_UPLOADS }, { "head", PW_CAN_HEAD },
  };
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, NULL);
  JsonObject *object = root ? json_node_get_object (root) : NULL;

  if (!object || response->status != 200 || !json_object_has_member (object, "version")
      || !json_object_has_member (object, "maxParts"))
    return FALSE;
  *facts = pw_dialect_partway.facts;
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    if (!pw_dialect_get_boolean (object, members[i].name, TRUE))
      facts->abilities &= ~(gint) members[i].ability;
  }
  facts->checksum = choose_checksum (pw_dialect_get_array (object, "checksums"));
  facts->min_part_size = get_size (object, "minPartSize");
  facts->max_part_size = get_size (object, "maxPartSize");
  facts->max_parts = (guint) MIN (get_size (object, "maxParts"), G_MAXUINT);
  facts->max_object_size = get_size (object, "maxObjectSize");
  return TRUE;
}

static gboolean
is_companion (const HttpResponse *response)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, NULL);
  JsonObject *object = root ? json_node_get_object (root) : NULL;

  if (!object)
    return FALSE;
  if (response->status == 200)
    return pw_dialect_get_string (object, "url") && pw_dialect_get_string (object, "method");
  return response->status >= 400 && pw_dialect_get_string (object, "error")
         && !json_object_has_member (object, "detail");
}

static gboolean
is_fastapi (const HttpResponse *response)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, NULL);

  return root && response->status == 200
         && pw_dialect_get_string (json_node_get_object (root), "message");
}

static const PwDialect *
find_auto (PwAuthority     *authority,
           PwExchange      *exchange,
           PwDialectFacts  *facts,
           GError         **error)
{
  g_autoptr (HttpResponse) v2 = ask (authority, exchange, "/v2/capabilities", error);
  g_autoptr (HttpResponse) companion = NULL, fastapi = NULL;

  if (!v2)
    return NULL;
  if (pw_dialect_read_capabilities (v2, facts))
    return &pw_dialect_partway;
  companion = ask (authority, exchange,
                   "/s3/params?filename=partway.bin&type=application%2Foctet-stream", error);
  if (!companion)
    return NULL;
  if (is_companion (companion)) {
    *facts = pw_dialect_companion.facts;
    return &pw_dialect_companion;
  }
  fastapi = ask (authority, exchange, "/", error);
  if (!fastapi)
    return NULL;
  if (is_fastapi (fastapi)) {
    *facts = pw_dialect_fastapi.facts;
    return &pw_dialect_fastapi;
  }
  exchange->verdict = PW_VERDICT_STOP;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_PRESIGN,
                       _("The server answers, but not like any backend that is known. Check its "
                         "address, or say which dialect it speaks."));
  return NULL;
}

const PwDialect *
pw_dialect_find (PwAuthority     *authority,
                 PwExchange      *exchange,
                 PwDialectKind    kind,
                 PwDialectFacts  *facts,
                 GError         **error)
{
  static const PwDialect *const dialects[PW_N_DIALECTS] = {
    [PW_DIALECT_FASTAPI] = &pw_dialect_fastapi, [PW_DIALECT_COMPANION] = &pw_dialect_companion,
    [PW_DIALECT_SIGN] = &pw_dialect_sign, [PW_DIALECT_PARTWAY] = &pw_dialect_partway,
  };
  g_autoptr (HttpResponse) response = NULL;

  if (kind == PW_DIALECT_AUTO)
    return find_auto (authority, exchange, facts, error);
  *facts = dialects[kind]->facts;
  if (kind != PW_DIALECT_PARTWAY)
    return dialects[kind];
  response = ask (authority, exchange, "/v2/capabilities", error);
  if (!response)
    return NULL;
  if (pw_dialect_read_capabilities (response, facts))
    return dialects[kind];
  exchange->verdict = PW_VERDICT_STOP;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_PRESIGN, pw_error_get_title (PW_ERROR_PRESIGN));
  return NULL;
}
