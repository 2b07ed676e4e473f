/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-setting.h"

#include "s3/s3-limits.h"

#include <string.h>

gboolean
presign_read_text (const PresignSetting  *setting,
                   const char            *text,
                   gpointer               field,
                   char                 **must)
{
  char **value = field;

  if (!g_utf8_validate (text, -1, NULL)) {
    *must = g_strdup ("text in UTF-8");
    return FALSE;
  }
  g_free (*value);
  *value = *text ? g_strdup (text) : NULL;
  return TRUE;
}

gboolean
presign_read_number (const PresignSetting  *setting,
                     const char            *text,
                     gpointer               field,
                     char                 **must)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, setting->least, setting->most, &number, NULL)) {
    *must = g_strdup_printf ("a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                             setting->least, setting->most);
    return FALSE;
  }
  *(guint *) field = (guint) number;
  return TRUE;
}

gboolean
presign_read_port (const PresignSetting  *setting,
                   const char            *text,
                   gpointer               field,
                   char                 **must)
{
  guint64 number = 0;
  gboolean none = g_str_equal (text, "none");

  if (!none && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL)) {
    *must = g_strdup ("a number from 0 to 65535, or “none”");
    return FALSE;
  }
  *(int *) field = none ? -1 : (int) number;
  return TRUE;
}

static guint64
get_unit (const char *name)
{
  static const struct {
    const char *name;
    guint64 size;
  } units[] = {
    { "", 1 }, { "B", 1 }, { "KiB", S3_KIB }, { "MiB", S3_MIB }, { "GiB", S3_GIB },
    { "TiB", S3_TIB },
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_ascii_strcasecmp (name, units[i].name) == 0) {
      return units[i].size;
    }
  }
  return 0;
}

gboolean
presign_read_size (const PresignSetting  *setting,
                   const char            *text,
                   gpointer               field,
                   char                 **must)
{
  gsize n_digits = strspn (text, "0123456789");
  g_autofree char *digits = g_strndup (text, n_digits);
  const char *name = text + n_digits + strspn (text + n_digits, " ");
  guint64 unit = get_unit (name);
  guint64 number = 0;

  if (unit == 0 || !g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64 / unit, &number, NULL) ||
      number * unit < setting->least || number * unit > setting->most) {
    g_autofree char *least = g_format_size_full (setting->least, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *most = g_format_size_full (setting->most, G_FORMAT_SIZE_IEC_UNITS);

    *must = g_strdup_printf ("a size from %s to %s, such as “16 MiB”", least, most);
    return FALSE;
  }
  *(guint64 *) field = number * unit;
  return TRUE;
}

gboolean
presign_read_boolean (const PresignSetting  *setting,
                      const char            *text,
                      gpointer               field,
                      char                 **must)
{
  gboolean yes = g_str_equal (text, "true") || g_str_equal (text, "1");

  if (!yes && !g_str_equal (text, "false") && !g_str_equal (text, "0")) {
    *must = g_strdup ("“true” or “false”");
    return FALSE;
  }
  *(gboolean *) field = yes;
  return TRUE;
}

gboolean
presign_read_choice (const PresignSetting  *setting,
                     const char            *text,
                     gpointer               field,
                     char                 **must)
{
  g_autofree char *all = NULL;

  for (guint i = 0; setting->choices[i]; i++) {
    if (g_str_equal (text, setting->choices[i])) {
      *(guint *) field = i;
      return TRUE;
    }
  }
  all = g_strjoinv ("”, “", (char **) setting->choices);
  *must = g_strdup_printf ("one of “%s”", all);
  return FALSE;
}

gboolean
presign_read_list (const PresignSetting  *setting,
                   const char            *text,
                   gpointer               field,
                   char                 **must)
{
  g_auto (GStrv) words = g_strsplit_set (text, ", \t", -1);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  char ***value = field;

  for (char **word = words; *word; word++) {
    if (**word) {
      g_ptr_array_add (list, g_strdup (*word));
    }
  }
  g_ptr_array_add (list, NULL);
  g_strfreev (*value);
  *value = (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
  return TRUE;
}
