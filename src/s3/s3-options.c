/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-options.h"

#include <string.h>

/* RFC 2047, 2: an encoded word has at most 75 characters: "=?UTF-8?B?" + 60 of 45 bytes + "?=". */
#define WORD_SIZE 45

static void
set_text_header (HttpRequest *request,
                 const char  *name,
                 const char  *value)
{
  if (!value || *value == '\0') {
    return;
  }
  g_return_if_fail (s3_header_value_is_clean (value));

  http_request_set_header (request, name, value);
}

static gboolean
is_printable_ascii (const char *text)
{
  for (const char *c = text; *c; c++) {
    if (!g_ascii_isprint (*c)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* RFC 2047, as S3 itself shows such values (User Guide, "User-defined object metadata"). A text
 * that only looks like an encoded word is encoded too, so that it comes back as it was. */
static char *
dup_metadata_value (const char *text)
{
  GString *words;
  const char *end = text + strlen (text);

  if (is_printable_ascii (text) && s3_header_value_is_clean (text) && !strstr (text, "=?")) {
    return g_strdup (text);
  }
  words = g_string_new (NULL);
  while (text < end) {
    const char *stop = text + MIN (WORD_SIZE, end - text);
    g_autofree char *base64 = NULL;

    /* A character must not be cut in two (RFC 2047, 5). */
    while (stop < end && stop > text + 1 && ((guchar) *stop & 0xc0) == 0x80) {
      stop--;
    }
    base64 = g_base64_encode ((const guchar *) text, (gsize) (stop - text));
    g_string_append_printf (words, "%s=?UTF-8?B?%s?=", words->len > 0 ? " " : "", base64);
    text = stop;
  }
  return g_string_free (words, FALSE);
}

static void
set_metadata_header (HttpRequest *request,
                     const char  *name,
                     const char  *value)
{
  g_autofree char *header = NULL;
  g_autofree char *encoded = NULL;

  g_return_if_fail (s3_metadata_name_is_valid (name));
  g_return_if_fail (g_utf8_validate (value, -1, NULL));

  header = g_strconcat ("x-amz-meta-", name, NULL);
  encoded = dup_metadata_value (value);
  http_request_set_header (request, header, encoded);
}

gboolean
s3_header_value_is_clean (const char *text)
{
  gsize length;

  g_return_val_if_fail (text != NULL, FALSE);

  length = strlen (text);
  if (!g_utf8_validate (text, -1, NULL) ||
      (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))) {
    return FALSE;
  }
  for (const char *c = text; *c; c = g_utf8_next_char (c)) {
    if (g_unichar_iscntrl (g_utf8_get_char (c))) {
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
s3_metadata_name_is_valid (const char *name)
{
  g_return_val_if_fail (name != NULL, FALSE);

  for (const char *c = name; *c; c++) {
    if (!g_ascii_isalnum (*c) && !strchr ("-_.", *c)) {
      return FALSE;
    }
  }
  return *name != '\0';
}

void
s3_object_options_apply (const S3ObjectOptions *self,
                         HttpRequest           *request)
{
  g_return_if_fail (request != NULL);

  if (!self) {
    return;
  }
  set_text_header (request, "Content-Type", self->content_type);
  set_text_header (request, "Content-Disposition", self->content_disposition);
  set_text_header (request, "Cache-Control", self->cache_control);
  set_text_header (request, "x-amz-storage-class", self->storage_class);
  set_text_header (request, "x-amz-server-side-encryption", self->encryption);
  set_text_header (request, "x-amz-server-side-encryption-aws-kms-key-id", self->kms_key_id);
  set_text_header (request, "x-amz-acl", self->acl);
  set_text_header (request, "x-amz-tagging", self->tagging);
  for (const char *const *pair = self->metadata; pair && pair[0] && pair[1]; pair += 2) {
    set_metadata_header (request, pair[0], pair[1]);
  }
}
