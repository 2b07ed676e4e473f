/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-xml.h"

#include <string.h>

/* S3 needs four; what is deeper is not from S3. */
#define MAX_DEPTH 32

#define BYTE_ORDER_MARK "\357\273\277"

typedef struct {
  const char *root;
  const S3XmlField *fields;
  gpointer record;
  GString *path;                /* of the open element, from below the root: "/Part/ETag" */
  GString *text;                /* of the open element, since its last tag */
  guint depth;
  gboolean seen_root;
} Reader;

static const char *
local_name (const char *name)
{
  const char *colon = strchr (name, ':');

  return colon ? colon + 1 : name;
}

static gboolean
set_boolean (gboolean   *value,
             const char *text)
{
  if (!g_str_equal (text, "true") && !g_str_equal (text, "false")) {
    return FALSE;
  }
  *value = *text == 't';
  return TRUE;
}

static gboolean
set_uint (guint      *value,
          const char *text)
{
  guint64 number;

  if (!s3_number_read (&number, text, G_MAXUINT)) {
    return FALSE;
  }
  *value = (guint) number;
  return TRUE;
}

/* Blanks around a string are left: they may belong to a key. */
static gboolean
set_field (const S3XmlField *field,
           gpointer          record,
           char             *text)
{
  gpointer place = (char *) record + field->offset;

  if (field->kind == S3_XML_STRING) {
    g_free (*(char **) place);
    *(char **) place = g_strdup (text);
    return TRUE;
  }
  g_strstrip (text);
  switch (field->kind) {
  case S3_XML_ETAG:
    return s3_etag_read (place, text);
  case S3_XML_BOOLEAN:
    return set_boolean (place, text);
  case S3_XML_UINT:
    return set_uint (place, text);
  case S3_XML_UINT64:
    return s3_number_read (place, text, G_MAXUINT64);
  case S3_XML_END:
    return field->end (record);
  case S3_XML_STRING:
  default:
    g_assert_not_reached ();
  }
}

static void
start_element_cb (GMarkupParseContext  *context,
                  const char           *name,
                  const char          **attribute_names,
                  const char          **attribute_values,
                  gpointer              user_data,
                  GError              **error)
{
  Reader *reader = user_data;

  g_string_truncate (reader->text, 0);
  if (reader->depth++ == 0) {
    if (reader->seen_root || !g_str_equal (local_name (name), reader->root)) {
      g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_UNKNOWN_ELEMENT,
                   "<%s> where <%s> should be", name, reader->root);
    }
    reader->seen_root = TRUE;
    return;
  }
  if (reader->depth > MAX_DEPTH) {
    g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "nested too deeply");
    return;
  }
  g_string_append_printf (reader->path, "/%s", local_name (name));
}

static void
end_element_cb (GMarkupParseContext  *context,
                const char           *name,
                gpointer              user_data,
                GError              **error)
{
  Reader *reader = user_data;

  if (--reader->depth == 0) {
    return;
  }
  for (const S3XmlField *field = reader->fields; field->path; field++) {
    if (g_str_equal (field->path, reader->path->str + 1) &&
        !set_field (field, reader->record, reader->text->str)) {
      g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                   "<%s> does not hold what it should", name);
      return;
    }
  }
  g_string_truncate (reader->text, 0);
  g_string_truncate (reader->path, (gsize) (strrchr (reader->path->str, '/') - reader->path->str));
}

static void
text_cb (GMarkupParseContext  *context,
         const char           *text,
         gsize                 length,
         gpointer              user_data,
         GError              **error)
{
  Reader *reader = user_data;

  if (reader->depth > 0) {
    g_string_append_len (reader->text, text, (gssize) length);
    return;
  }
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isspace (text[i])) {
      g_set_error (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "text beside the root");
      return;
    }
  }
}

gboolean
s3_xml_read (GBytes            *document,
             const char        *root,
             const S3XmlField  *fields,
             gpointer           record,
             char             **fault)
{
  static const GMarkupParser parser = { start_element_cb, end_element_cb, text_cb, NULL, NULL };
  g_autoptr (GString) path = g_string_new (NULL);
  g_autoptr (GString) element_text = g_string_new (NULL);
  Reader reader = { root, fields, record, path, element_text, 0, FALSE };
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (document, &size);

  if (size >= 3 && memcmp (data, BYTE_ORDER_MARK, 3) == 0) {
    data += 3;
    size -= 3;
  }
  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  /* An empty document has no data to point at. */
  if (!g_markup_parse_context_parse (context, size > 0 ? data : "", (gssize) size, &error) ||
      !g_markup_parse_context_end_parse (context, &error)) {
    if (fault) {
      /* GMarkup repeats what it could not read. */
      *fault = g_utf8_make_valid (error->message, -1);
    }
    return FALSE;
  }
  if (!reader.seen_root && fault) {
    *fault = g_strdup ("no element");
  }
  return reader.seen_root;
}

gboolean
s3_etag_read (char        etag[S3_ETAG_SIZE],
              const char *text)
{
  gsize length;

  if (g_str_has_prefix (text, "W/\"")) {
    text += 2;
  }
  length = strlen (text);
  if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
    text++;
    length -= 2;
  }
  if (length >= S3_ETAG_SIZE) {
    return FALSE;
  }
  memcpy (etag, text, length);
  etag[length] = '\0';
  return TRUE;
}

gboolean
s3_number_read (guint64    *number,
                const char *text,
                guint64     maximum)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, maximum, &value, NULL)) {
    return FALSE;
  }
  *number = value;
  return TRUE;
}
