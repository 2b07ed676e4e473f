/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-query.h"

#include <string.h>

static char *
decode (const char *text,
        gsize       length)
{
  g_autofree char *copy = g_strdelimit (g_strndup (text, length), "+", ' ');
  g_autofree char *decoded = g_uri_unescape_string (copy, NULL);

  return decoded && g_utf8_validate (decoded, -1, NULL) ? g_steal_pointer (&decoded) : NULL;
}

char **
presign_query_parse (const char *url)
{
  const char *query = strchr (url, '?');
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);

  for (query = query ? query + 1 : ""; *query; query += *query == '&') {
    gsize length = strcspn (query, "&");
    gsize name_length = strcspn (query, "=&");
    gsize skip = name_length < length ? name_length + 1 : length;
    char *name = decode (query, name_length);
    char *value = decode (query + skip, length - skip);

    g_ptr_array_add (items, name);
    g_ptr_array_add (items, value);
    if (!name || !value) {
      return NULL;
    }
    query += length;
  }
  g_ptr_array_add (items, NULL);
  return (char **) g_ptr_array_steal (items, NULL);
}

const char *
presign_query_get (char       **query,
                   const char  *name)
{
  for (; query[0]; query += 2) {
    if (g_str_equal (query[0], name)) {
      return query[1];
    }
  }
  return NULL;
}

gboolean
presign_query_get_number (char       **query,
                          const char  *name,
                          guint        most,
                          guint       *number)
{
  const char *text = presign_query_get (query, name);
  guint64 value = 0;

  if (!text || *text == '\0') {
    return TRUE;
  }
  if (!g_ascii_string_to_unsigned (text, 10, 0, most, &value, NULL)) {
    return FALSE;
  }
  *number = (guint) value;
  return TRUE;
}
