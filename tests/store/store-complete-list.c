/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-complete-list.h"

#include "store-digest.h"

#include <string.h>

typedef struct {
  GArray *parts;
  StoreListedPart part;
  GString *text;
} Reader;

static void
start_cb (GMarkupParseContext *context,
          const char          *name,
          const char         **attribute_names,
          const char         **attribute_values,
          gpointer user_data,
          GError             **error)
{
  Reader *reader = user_data;

  if (g_str_equal (name, "Part"))
    memset (&reader->part, 0, sizeof reader->part);
  g_string_truncate (reader->text, 0);
}

static void
text_cb (GMarkupParseContext *context,
         const char          *text,
         gsize length,
         gpointer user_data,
         GError             **error)
{
  Reader *reader = user_data;

  g_string_append_len (reader->text, text, (gssize) length);
}

static void
read_etag (StoreListedPart *part,
           const char      *text)
{
  gsize length = strlen (text);

  if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
    text++;
    length -= 2;
  }
  g_strlcpy (part->etag, text, MIN (length + 1, sizeof part->etag));
}

static void
end_cb (GMarkupParseContext *context,
        const char          *name,
        gpointer user_data,
        GError             **error)
{
  Reader *reader = user_data;
  const char *text = g_strstrip (reader->text->str);

  if (g_str_equal (name, "Part")) {
    g_array_append_val (reader->parts, reader->part);
  } else if (g_str_equal (name, "PartNumber")) {
    reader->part.number = (guint) g_ascii_strtoull (text, NULL, 10);
  } else if (g_str_equal (name, "ETag")) {
    read_etag (&reader->part, text);
  }
  for (S3ChecksumKind kind = S3_CHECKSUM_NONE + 1; kind < S3_N_CHECKSUMS; kind++) {
    if (g_strcmp0 (name, store_digest_get_element (kind)) == 0) {
      reader->part.kind = kind;
      g_strlcpy (reader->part.checksum, text, sizeof reader->part.checksum);
    }
  }
  g_string_truncate (reader->text, 0);
}

GArray *
store_complete_list_parse (GBytes *body)
{
  const GMarkupParser parser = { start_cb, end_cb, text_cb, NULL, NULL };
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (StoreListedPart));
  g_autoptr (GString) text = g_string_new (NULL);
  Reader reader = { .parts = parts, .text = text };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &reader, NULL);
  gsize size;
  const char *data = g_bytes_get_data (body, &size);

  if (!g_markup_parse_context_parse (context, data, (gssize) size, NULL) ||
      !g_markup_parse_context_end_parse (context, NULL) || parts->len == 0)
    return NULL;
  return g_steal_pointer (&parts);
}
