/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-call.h"

#include "presign/presign-parts.h"
#include "presign/presign-policy.h"
#include "s3/s3-replies.h"

#include <stdlib.h>
#include <string.h>

HttpResponse *
presign_reply_json (guint    status,
                    GString *json)
{
  HttpResponse *response = http_response_new (status);

  g_bytes_unref (response->body);
  response->body = g_string_free_to_bytes (json);
  http_response_add_header (response, "Content-Type", "application/json");
  return response;
}

/* Of presign_reply_json(), whose first header it is. */
void
presign_response_set_type (HttpResponse *response,
                           const char   *type)
{
  HttpHeader *header = &g_array_index (response->headers, HttpHeader, 0);

  g_free (header->value);
  header->value = g_strdup (type);
}

guint
presign_call_get_lifetime (const PresignCall *call)
{
  gint64 left = call->caller->expires > 0 ? call->caller->expires - call->now : G_MAXINT64;

  return (guint) CLAMP (left, 1, (gint64) call->config->url_lifetime);
}

gboolean
presign_call_check_upload (const PresignCall *call,
                           const char        *key,
                           const char        *upload_id,
                           PresignProblem    *problem)
{
  if (!presign_policy_check_key (call->config, call->caller, key, problem)) {
    return FALSE;
  }
  if (!presign_token_is_clean (upload_id)) {
    return presign_problem_set (problem, 404, "NoSuchUpload", "This is no upload's id.");
  }
  return TRUE;
}

GArray *
presign_call_list_parts (const PresignCall *call,
                         const char        *key,
                         const char        *upload_id,
                         PresignProblem    *problem)
{
  PresignAsk ask = { .op = PRESIGN_OP_LIST_PARTS, .key = key, .upload_id = upload_id };
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (S3ListedPart));
  gboolean goes_on = TRUE;

  while (goes_on) {
    g_autoptr (HttpResponse) answer = presign_store_ask (call->store, &ask, call->now, call->client,
                                                         problem);
    g_autoptr (GError) error = NULL;
    g_autoptr (S3PartsPage) page = answer ? s3_parts_page_parse (answer, &error) : NULL;

    if (!page) {
      if (answer) {
        presign_problem_set_error (problem, presign_op_get_name (ask.op), error);
      }
      return NULL;
    }
    g_array_append_vals (parts, page->parts->data, page->parts->len);
    /* A list that goes back would go on for ever. */
    goes_on = page->is_truncated && page->next_marker > ask.marker && parts->len < 10000;
    ask.marker = page->next_marker;
  }
  return g_steal_pointer (&parts);
}

guint
presign_call_get_max_parts (const PresignCall *call)
{
  return call->config->max_parts > 0 ? call->config->max_parts : 10000;
}

static int
compare_part_numbers (const void *a,
                      const void *b)
{
  guint one = ((const S3CompletedPart *) a)->part_number;
  guint other = ((const S3CompletedPart *) b)->part_number;

  return one < other ? -1 : one > other;
}

static gboolean
check_size (const PresignCall *call,
            const PresignAsk  *ask,
            PresignProblem    *problem)
{
  g_autoptr (GArray) parts = presign_call_list_parts (call, ask->key, ask->upload_id, problem);
  guint64 size = 0;

  for (guint i = 0; parts && i < parts->len; i++) {
    const S3ListedPart *part = &g_array_index (parts, S3ListedPart, i);
    S3CompletedPart wanted = { .part_number = part->part_number };

    if (bsearch (&wanted, ask->parts, ask->n_parts, sizeof wanted, compare_part_numbers)) {
      size += part->size;
    }
  }
  if (parts && size > call->config->max_object_size) {
    return presign_problem_set (problem, 413, "EntityTooLarge",
                                "The object would be larger than %" G_GUINT64_FORMAT " bytes.",
                                call->config->max_object_size);
  }
  return parts != NULL;
}

HttpResponse *
presign_call_complete (const PresignCall *call,
                       const PresignAsk  *ask,
                       PresignProblem    *problem)
{
  if (ask->n_parts > presign_call_get_max_parts (call)) {
    presign_problem_set (problem, 400, "InvalidRequest", "An object has at most %u parts here.",
                         presign_call_get_max_parts (call));
    return NULL;
  }
  if (call->config->max_object_size > 0 && !check_size (call, ask, problem)) {
    return NULL;
  }
  return presign_store_ask (call->store, ask, call->now, call->client, problem);
}

S3CreateReply *
presign_call_create (const PresignCall *call,
                     const char        *key,
                     S3ObjectOptions   *options,
                     S3ChecksumKind     kind,
                     PresignProblem    *problem)
{
  PresignAsk ask = { .op = PRESIGN_OP_CREATE, .key = key, .options = options, .kind = kind };
  g_autoptr (HttpResponse) answer = NULL;
  g_autoptr (GError) error = NULL;
  S3CreateReply *reply;

  presign_policy_force (call->config, options);
  answer = presign_store_ask (call->store, &ask, call->now, call->client, problem);
  reply = answer ? s3_create_reply_parse (answer, &error) : NULL;
  if (answer && !reply) {
    presign_problem_set_error (problem, presign_op_get_name (ask.op), error);
  }
  return reply;
}
