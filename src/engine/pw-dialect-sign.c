/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

/* One route that signs any call, as signRequest of Uppy's @uppy/aws-s3 does: S3 itself answers all
 * the rest. Which call is meant follows from the method and the fields. The key in an answer counts
 * where an object is made. */

static HttpRequest *
sign_request (const char  *base,
              const PwAsk *ask)
{
  static const char *const methods[PW_N_OPS] = {
    [PW_OP_CREATE] = "POST", [PW_OP_PART] = "PUT", [PW_OP_PUT] = "PUT",
    [PW_OP_LIST_PARTS] = "GET", [PW_OP_COMPLETE] = "POST", [PW_OP_ABORT] = "DELETE",
  };
  const PwAsk *subject = ask->subject;
  JsonBuilder *builder;

  if (ask->op != PW_OP_SIGN || !methods[subject->op])
    return NULL;
  builder = pw_dialect_begin_json ();
  pw_dialect_add_string (builder, "method", methods[subject->op]);
  pw_dialect_add_string (builder, "key", subject->key);
  pw_dialect_add_string (builder, "uploadId", subject->upload_id);
  if (subject->op == PW_OP_PART)
    pw_dialect_add_int (builder, "partNumber", ask->wanted[0].part_number);
  if (subject->options)
    pw_dialect_add_string (builder, "contentType", subject->options->content_type);
  return pw_dialect_post (base, "", builder);
}

static GPtrArray *
sign_read_signed (const PwAsk        *ask,
                  const HttpResponse *response,
                  GError            **error)
{
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, error);
  g_autoptr (PwSigned) found = NULL;
  GPtrArray *urls;
  JsonObject *object;
  const char *key;

  if (!root)
    return NULL;
  object = json_node_get_object (root);
  key = pw_dialect_get_string (object, "key");
  found = pw_signed_new (pw_dialect_get_string (object, "url"), -1, response, error);
  if (!found
      || !pw_signed_take_headers (found, pw_dialect_get_object (object, "headers"), error))
    return NULL;
  if (key && !s3_key_check (key, NULL)) {
    pw_dialect_fail (error, "no key");
    return NULL;
  }
  found->key = g_strdup (key);
  found->is_form = json_object_has_member (object, "fields");
  found->part_number = ask->wanted[0].part_number;
  urls = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_signed_free);
  g_ptr_array_add (urls, g_steal_pointer (&found));
  return urls;
}

const PwDialect pw_dialect_sign = {
  .kind = PW_DIALECT_SIGN,
  .name = "sign",
  .facts = { .abilities = PW_CAN_ABORT, .checksum = S3_CHECKSUM_MD5 },
  .batch = 1,
  .signs_all = TRUE,
  .request = sign_request,
  .read_signed = sign_read_signed,
};
