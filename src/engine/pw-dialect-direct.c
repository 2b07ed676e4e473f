/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

/* S3 may take minutes to put 10,000 parts together. */
#define COMPLETE_TIMEOUT_MS (15 * 60 * 1000)

static void
set_body (HttpRequest *request,
          const PwAsk *ask)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *md5 = NULL;

  if (ask->body_func)
    http_request_set_body (request, ask->size, ask->body_func, ask->body_data);
  if (ask->op == PW_OP_COMPLETE) {
    bytes = s3_complete_body_new (ask->parts, ask->n_parts);
    http_request_set_bytes (request, bytes);
    request->response_timeout_ms = COMPLETE_TIMEOUT_MS;
  } else if (ask->op == PW_OP_CREATE) {
    bytes = g_bytes_new (NULL, 0);
    http_request_set_bytes (request, bytes);
  }
  /* The one header that S3 takes unsigned. */
  if (ask->checksum && ask->checksum->kind == S3_CHECKSUM_MD5
      && (ask->op == PW_OP_PART || ask->op == PW_OP_PUT)
      && !http_request_get_header (request, "Content-MD5")) {
    md5 = s3_checksum_dup_base64 (ask->checksum);
    http_request_set_header (request, "Content-MD5", md5);
  }
}

HttpRequest *
pw_dialect_make_direct (const PwAsk    *ask,
                        const PwSigned *signed_url)
{
  static const char *const methods[PW_N_OPS] = {
    [PW_OP_CREATE] = "POST", [PW_OP_PART] = "PUT", [PW_OP_PUT] = "PUT",
    [PW_OP_LIST_PARTS] = "GET", [PW_OP_COMPLETE] = "POST", [PW_OP_ABORT] = "DELETE",
    [PW_OP_DELETE] = "DELETE",
  };
  HttpRequest *request = http_request_new (methods[ask->op], signed_url->url);

  for (guint i = 0; signed_url->headers && i < signed_url->headers->len; i++) {
    const HttpHeader *header = &g_array_index (signed_url->headers, HttpHeader, i);

    http_request_set_header (request, header->name, header->value);
  }
  set_body (request, ask);
  return request;
}
