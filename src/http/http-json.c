/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-json.h"

#include <string.h>

typedef struct {
  guint depth;                  /* brackets that are open */
  gboolean is_in_text;
  gboolean is_in_word;          /* a number, or a name as in true, without any bracket */
  gboolean is_over;             /* the one value has ended */
} Look;

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* FALSE: no JSON has that outside of a text. */
static gboolean
take (Look *look,
      char  c,
      guint most)
{
  if (is_blank (c)) {
    look->is_over = look->is_over || look->is_in_word;
    return TRUE;
  }
  if (look->is_over || (look->is_in_word && strchr ("\"{[", c) != NULL))
    return FALSE;
  switch (c) {
  case '"':
    look->is_in_text = TRUE;
    return TRUE;
  case '{':
  case '[':
    return ++look->depth <= most;
  case '}':
  case ']':
    if (look->depth == 0)
      return FALSE;
    look->is_over = --look->depth == 0;
    return TRUE;
  case ',':
  case ':':
    return look->depth > 0;
  default:
    look->is_in_word = look->depth == 0;
    return g_ascii_isalnum (c) || c == '+' || c == '-' || c == '.';
  }
}

gboolean
http_json_is_fit (const char *text,
                  gsize       length,
                  guint       depth)
{
  Look look = { 0 };

  if (length > 0 && memchr (text, '\0', length) != NULL)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!look.is_in_text) {
      if (!take (&look, text[i], depth))
        return FALSE;
    } else if (text[i] == '\\') {
      if (length - i >= 6 && memcmp (text + i, "\\u0000", 6) == 0)
        return FALSE;
      i++;
    } else if (text[i] == '"') {
      look.is_in_text = FALSE;
      look.is_over = look.depth == 0;
    }
  }
  return TRUE;
}
