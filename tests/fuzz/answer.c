/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "answer.h"

#include <string.h>

#define MAX_HEADERS 20

HttpResponse *
fuzz_answer_new (const guint8 *data,
                 gsize         size)
{
  g_autofree char *copy = g_strndup ((const char *) data, size);
  g_auto (GStrv) halves = g_strsplit (copy, "\n\n", 2);
  g_auto (GStrv) lines = g_strsplit (halves[0] != NULL ? halves[0] : "", "\n", MAX_HEADERS);
  HttpResponse *response = NULL;

  if (lines[0] == NULL)
    return NULL;
  response = http_response_new ((guint) g_ascii_strtoull (lines[0], NULL, 10) % 1000);
  for (guint i = 1; lines[i] != NULL; i++) {
    char *colon = strchr (lines[i], ':');

    if (colon == NULL || colon == lines[i])
      continue;
    *colon = '\0';
    http_response_add_header (response, lines[i], g_strchug (colon + 1));
  }
  g_clear_pointer (&response->body, g_bytes_unref);
  response->body = g_bytes_new (halves[1] != NULL ? halves[1] : "",
                                halves[1] != NULL ? strlen (halves[1]) : 0);
  return response;
}
