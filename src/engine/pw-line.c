/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-line.h"

#include "s3/s3-checksum.h"

#include <string.h>

#define TAIL ",\"crc\":\""      /* followed by 8 hex digits, "} and the end of the line */
#define TAIL_SIZE (sizeof TAIL - 1)
#define CRC_SIZE 8
#define END "\"}\n"
#define BASE64 "_base64"

static const char hex_digits[] = "0123456789abcdef";

static void
append_name (GString    *text,
             const char *name,
             const char *suffix)
{
  g_string_append_len (text, ",\"", 2);
  g_string_append (text, name);
  g_string_append (text, suffix);
  g_string_append_len (text, "\":", 2);
}

static gboolean
needs_escape (char c)
{
  return (guchar) c < 0x20 || c == 0x7f || c == '"' || c == '\\';
}

static void
append_escaped (GString    *text,
                const char *value)
{
  const char *plain = value;
  const char *p;

  for (p = value; *p != '\0'; p++) {
    if (!needs_escape (*p))
      continue;

    g_string_append_len (text, plain, p - plain);
    plain = p + 1;
    if (*p == '"' || *p == '\\') {
      g_string_append_c (text, '\\');
      g_string_append_c (text, *p);
    } else {
      char escape[] = { '\\', 'u', '0', '0', hex_digits[*p >> 4], hex_digits[*p & 15] };
      g_string_append_len (text, escape, sizeof escape);
    }
  }
  g_string_append_len (text, plain, p - plain);
}

static void
append_base64 (GString    *text,
               const char *value)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *) value, strlen (value));

  g_string_append (text, base64);
}

static void
append_digits (GString *text,
               guint64  value)
{
  char digits[20];
  guint i = sizeof digits;

  do {
    digits[--i] = (char) ('0' + value % 10);
    value /= 10;
  } while (value > 0);
  g_string_append_len (text, digits + i, sizeof digits - i);
}

/* Returns the first character behind the string's closing quote, or NULL. */
static char *
scan_string (char  *p,
             char **value)
{
  char *out = ++p;

  *value = out;
  while (*p != '"') {
    if ((guchar) *p < 0x20)
      return NULL;
    if (*p != '\\') {
      *out++ = *p++;
      continue;
    }
    if (p[1] == '"' || p[1] == '\\') {
      *out++ = p[1];
      p += 2;
      continue;
    }
    /* Only what append_escaped() writes. */
    if (strncmp (p, "\\u00", 4) != 0 || !g_ascii_isxdigit (p[4]) || !g_ascii_isxdigit (p[5]))
      return NULL;
    *out = (char) (g_ascii_xdigit_value (p[4]) << 4 | g_ascii_xdigit_value (p[5]));
    if (*out++ == '\0')
      return NULL;
    p += 6;
  }
  *out = '\0';

  return p + 1;
}

static char *
scan_value (char        *p,
            PwLineField *field)
{
  char *value = p;

  if (*p == '"') {
    p = scan_string (p, &value);
    field->value = value;
    field->is_string = TRUE;
    return p;
  }
  if (strncmp (p, "null", 4) == 0) {
    field->value = NULL;
    field->is_string = FALSE;
    return p + 4;
  }
  if (*p == '-')
    p++;
  if (!g_ascii_isdigit (*p))
    return NULL;
  while (g_ascii_isdigit (*p))
    p++;
  field->value = value;
  field->is_string = FALSE;

  return p;
}

static void
undo_base64 (PwLineField *field,
             char        *name)
{
  gsize length = strlen (name);
  char *value = (char *) field->value;

  if (!field->is_string || length < sizeof BASE64 || !g_str_has_suffix (name, BASE64))
    return;

  name[length - (sizeof BASE64 - 1)] = '\0';
  gsize size = 0;
  if (strlen (value) > 1)
    g_base64_decode_inplace (value, &size);
  value[size] = '\0';
}

/* From the brace to the NUL that stands where the checksum began. */
static gboolean
scan_fields (char   *p,
             PwLine *line)
{
  line->n_fields = 0;
  while (TRUE) {
    PwLineField *field = &line->fields[line->n_fields];
    char *name;

    if (line->n_fields == PW_LINE_MAX_FIELDS || p[1] != '"')
      return FALSE;
    p = scan_string (p + 1, &name);
    if (p == NULL || *p != ':')
      return FALSE;
    p = scan_value (p + 1, field);
    if (p == NULL || (*p != ',' && *p != '\0'))
      return FALSE;
    gboolean is_last = *p == '\0';
    *p = '\0';
    field->name = name;
    undo_base64 (field, name);
    line->n_fields++;
    if (is_last)
      return TRUE;
  }
}

static gboolean
read_crc (const char *text,
          guint32    *crc)
{
  guint32 value = 0;

  for (guint i = 0; i < CRC_SIZE; i++) {
    const char *digit = text[i] != '\0' ? strchr (hex_digits, text[i]) : NULL;
    if (digit == NULL)
      return FALSE;
    value = value << 4 | (guint32) (digit - hex_digits);
  }
  *crc = value;

  return TRUE;
}

/* @text[0] to @text[@length - 1], the newline included. */
static gboolean
scan_line (char   *text,
           gsize   length,
           PwLine *line)
{
  const gsize tail_size = TAIL_SIZE + CRC_SIZE + sizeof END - 1;
  guint32 crc;

  if (length <= tail_size || text[0] != '{')
    return FALSE;
  char *tail = text + length - tail_size;
  if (memcmp (tail, TAIL, TAIL_SIZE) != 0
      || memcmp (tail + TAIL_SIZE + CRC_SIZE, END, sizeof END - 1) != 0
      || !read_crc (tail + TAIL_SIZE, &crc)
      || s3_crc32c (0, text, tail - text) != crc)
    return FALSE;
  *tail = '\0';

  return scan_fields (text, line) && line->n_fields > 0 && g_str_equal (line->fields[0].name, "t")
         && line->fields[0].is_string;
}

static const PwLineField *
find_field (const PwLine *self,
            const char   *name)
{
  for (guint i = 0; i < self->n_fields; i++) {
    if (g_str_equal (self->fields[i].name, name))
      return &self->fields[i];
  }

  return NULL;
}

void
pw_line_begin (GString    *text,
               const char *type)
{
  g_string_append_len (text, "{\"t\":\"", 6);
  g_string_append (text, type);
  g_string_append_c (text, '"');
}

void
pw_line_add_string (GString    *text,
                    const char *name,
                    const char *value)
{
  if (value == NULL) {
    append_name (text, name, "");
    g_string_append_len (text, "null", 4);
    return;
  }

  gboolean is_utf8 = g_utf8_validate (value, -1, NULL);
  append_name (text, name, is_utf8 ? "" : BASE64);
  g_string_append_c (text, '"');
  if (is_utf8)
    append_escaped (text, value);
  else
    append_base64 (text, value);
  g_string_append_c (text, '"');
}

void
pw_line_add_int64 (GString    *text,
                   const char *name,
                   gint64      value)
{
  append_name (text, name, "");
  if (value < 0)
    g_string_append_c (text, '-');
  append_digits (text, value < 0 ? -(guint64) value : (guint64) value);
}

void
pw_line_add_uint64 (GString    *text,
                    const char *name,
                    guint64     value)
{
  append_name (text, name, "");
  append_digits (text, value);
}

void
pw_line_end (GString *text,
             gsize    start)
{
  guint32 crc = s3_crc32c (0, text->str + start, text->len - start);
  char digits[CRC_SIZE];

  for (guint i = 0; i < CRC_SIZE; i++)
    digits[i] = hex_digits[crc >> (28 - 4 * i) & 15];
  g_string_append_len (text, TAIL, TAIL_SIZE);
  g_string_append_len (text, digits, CRC_SIZE);
  g_string_append_len (text, END, sizeof END - 1);
}

void
pw_line_reader_init (PwLineReader *self,
                     char         *text,
                     gsize         length)
{
  self->next = text;
  self->end = text + length;
}

PwLineResult
pw_line_reader_next (PwLineReader *self,
                     PwLine       *line)
{
  char *text = self->next;

  if (text == self->end)
    return PW_LINE_END;

  char *newline = memchr (text, '\n', self->end - text);
  if (newline == NULL)
    return PW_LINE_TORN;
  self->next = newline + 1;

  return scan_line (text, newline + 1 - text, line) ? PW_LINE_OK : PW_LINE_DAMAGED;
}

const char *
pw_line_get_type (const PwLine *self)
{
  return self->fields[0].value;
}

gboolean
pw_line_has (const PwLine *self,
             const char   *name)
{
  return find_field (self, name) != NULL;
}

const char *
pw_line_get_string (const PwLine *self,
                    const char   *name)
{
  const PwLineField *field = find_field (self, name);

  return field != NULL && field->is_string ? field->value : NULL;
}

gboolean
pw_line_get_int64 (const PwLine *self,
                   const char   *name,
                   gint64       *value)
{
  const PwLineField *field = find_field (self, name);

  if (field == NULL || field->is_string || field->value == NULL)
    return FALSE;

  return g_ascii_string_to_signed (field->value, 10, G_MININT64, G_MAXINT64, value, NULL);
}

gboolean
pw_line_get_uint64 (const PwLine *self,
                    const char   *name,
                    guint64      *value)
{
  const PwLineField *field = find_field (self, name);

  if (field == NULL || field->is_string || field->value == NULL)
    return FALSE;

  return g_ascii_string_to_unsigned (field->value, 10, 0, G_MAXUINT64, value, NULL);
}
