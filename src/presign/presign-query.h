/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The query of a request's URL, as forms write it ("+" is a blank). Pure; any thread. */

/* "name", "value", …, NULL, decoded; g_strfreev() frees it. NULL: something in it is not UTF-8, or
 * holds a NUL or a broken escape. */
char      **presign_query_parse (const char        *url);

/* The first of that name, borrowed; NULL if there is none. */
const char *presign_query_get   (char             **query,
                                 const char        *name);

/* A number from 0 to @most; untouched where there is none. FALSE: it is no such number. */
gboolean    presign_query_get_number (char       **query,
                                      const char  *name,
                                      guint        most,
                                      guint       *number);
