/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-size.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
get_factor (const char *unit,
            double     *factor)
{
  static const char prefixes[] = "kmgtp";
  g_autofree char *lower = g_ascii_strdown (unit, -1);
  const char *prefix;
  double base = 1024, value = 1;

  if (g_str_has_suffix (lower, "/s"))
    lower[strlen (lower) - 2] = '\0';
  if (*lower == '\0' || g_str_equal (lower, "b")) {
    *factor = 1;
    return TRUE;
  }
  prefix = strchr (prefixes, lower[0]);
  if (!prefix)
    return FALSE;
  if (g_str_equal (lower + 1, "b"))
    base = 1000;
  else if (lower[1] != '\0' && !g_str_equal (lower + 1, "ib") && !g_str_equal (lower + 1, "i"))
    return FALSE;
  for (const char *p = prefixes; p <= prefix; p++)
    value *= base;
  *factor = value;
  return TRUE;
}

gboolean
cli_parse_size (const char  *text,
                guint64     *bytes,
                GError     **error)
{
  char *unit = NULL;
  double number = g_ascii_strtod (text, &unit), factor;

  if (unit == text || !(number >= 0) || !get_factor (unit, &factor)
      || number * factor >= (double) G_MAXINT64) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("“%s” is no size. Write it like 8MiB, 500K or 1.5G."), text);
    return FALSE;
  }
  *bytes = (guint64) (number * factor);
  return TRUE;
}
