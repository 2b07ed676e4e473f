/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

#include <string.h>

#include "engine/pw-error.h"

#define MAX_TEXT 2000

/* Codes that mean something to an upload; the longer ones first where one holds another. */
static const char *const codes[] = {
  "NoSuchUpload", "NoSuchBucket", "NoSuchKey", "InvalidPartOrder", "InvalidPart", "EntityTooSmall",
  "EntityTooLarge", "SlowDown", "AccessDenied", "ExpiredToken", "InvalidAccessKeyId",
  "SignatureDoesNotMatch", "InvalidToken", "InternalError", "ServiceUnavailable",
  "RequestTimeTooSkewed", "RequestTimeout", "PreconditionFailed", "ConditionalRequestConflict",
  "QuotaExceeded", "TooManyParts", "InvalidStorageClass", "NotImplemented", "ThrottlingException",
  "TooManyRequests", "KeyTooLongError", "BadDigest", "AllAccessDisabled",
};

/* What S3 and its SDKs say where the code itself was lost on the way. */
static const struct {
  const char *words;
  const char *code;
} phrases[] = {
  { "specified upload does not exist", "NoSuchUpload" },
  { "specified multipart upload does not exist", "NoSuchUpload" },
  { "specified bucket does not exist", "NoSuchBucket" },
  { "specified parts could not be found", "InvalidPart" },
  { "reduce your request rate", "SlowDown" },
  { "provided token has expired", "ExpiredToken" },
  { "security token included in the request is expired", "ExpiredToken" },
  { "not authorized to perform", "AccessDenied" },
  { "access denied", "AccessDenied" },
};

/* boto3: "An error occurred (NoSuchUpload) when calling the ListParts operation: …" */
static char *
find_in_brackets (const char *text)
{
  const char *begin = strstr (text, "error occurred (");
  gsize length;

  if (!begin)
    return NULL;
  begin += strlen ("error occurred (");
  length = strcspn (begin, ")");
  /* A HEAD has but a status: "(404)". */
  if (length == 0 || length > 64 || begin[length] != ')' || g_ascii_isdigit (*begin))
    return NULL;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (begin[i]) && begin[i] != '.')
      return NULL;
  }
  return g_strndup (begin, length);
}

static char *
find_code (const char *text)
{
  char *code = find_in_brackets (text);
  g_autofree char *lower = NULL;

  for (guint i = 0; !code && i < G_N_ELEMENTS (codes); i++) {
    if (strstr (text, codes[i]))
      code = g_strdup (codes[i]);
  }
  if (code)
    return code;
  lower = g_ascii_strdown (text, -1);
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++) {
    if (strstr (lower, phrases[i].words))
      return g_strdup (phrases[i].code);
  }
  return g_strdup ("");
}

/* [{"loc": ["body", "partNumber"], "msg": "field required", "type": …}] */
static char *
dup_fields (JsonArray *array)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (json_array_get_length (array), 8); i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *words = object ? pw_dialect_get_string (object, "msg") : NULL;
    JsonArray *place = object ? pw_dialect_get_array (object, "loc") : NULL;
    guint depth = place ? json_array_get_length (place) : 0;
    JsonNode *last = depth > 0 ? json_array_get_element (place, depth - 1) : NULL;

    if (!words)
      continue;
    if (last && JSON_NODE_HOLDS_VALUE (last) && json_node_get_string (last))
      g_string_append_printf (text, "%s%s: %s", text->len ? "; " : "",
                              json_node_get_string (last), words);
    else
      g_string_append_printf (text, "%s%s", text->len ? "; " : "", words);
  }
  return g_string_free (text, FALSE);
}

static char *
dup_words (JsonObject *object)
{
  static const char *const names[] = { "detail", "message", "error", "Message", "errorMessage" };
  JsonArray *fields = pw_dialect_get_array (object, "detail");
  JsonObject *inner = pw_dialect_get_object (object, "error");

  if (fields)
    return dup_fields (fields);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (pw_dialect_get_string (object, names[i]))
      return g_strndup (pw_dialect_get_string (object, names[i]), MAX_TEXT);
  }
  if (inner && pw_dialect_get_string (inner, "message"))
    return g_strndup (pw_dialect_get_string (inner, "message"), MAX_TEXT);
  return g_strdup ("");
}

static void
replace (char      **field,
         const char *value)
{
  if (!value)
    return;
  g_free (*field);
  *field = g_utf8_make_valid (value, -1);
}

/* v2 says more than the others. */
static void
take_v2 (S3Failure  *self,
         JsonObject *object)
{
  gint64 retry_after = pw_dialect_get_int (object, "retryAfter", 0);

  replace (&self->code, pw_dialect_get_string (object, "code"));
  replace (&self->request_id, pw_dialect_get_string (object, "requestId"));
  if (retry_after > 0)
    self->retry_after_s = (guint) MIN (retry_after, G_MAXINT);
  /* A code of its own that it calls passing is as good as S3's. */
  if (pw_dialect_get_boolean (object, "retryable", FALSE)
      && pw_error_classify_failure (self) == PW_ERROR_REFUSED)
    replace (&self->code, "ServiceUnavailable");
}

S3Failure *
pw_dialect_read_failure (const HttpResponse *response)
{
  S3Failure *self = s3_failure_new (response);
  g_autoptr (JsonNode) root = pw_dialect_parse (response, JSON_NODE_OBJECT, NULL);
  JsonObject *object = root ? json_node_get_object (root) : NULL;
  g_autofree char *words = object ? dup_words (object) : NULL;
  g_autofree char *code = NULL;

  replace (&self->request_id, http_response_get_header (response, "x-request-id"));
  if (!object)
    return self;
  replace (&self->message, words);
  if (pw_dialect_get_string (object, "code")) {
    take_v2 (self, object);
    return self;
  }
  code = find_code (words);
  replace (&self->code, code);
  return self;
}
