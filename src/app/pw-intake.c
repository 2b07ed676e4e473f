/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-intake.h"

#include <glib/gi18n.h>

static gboolean
add (PwUploads     *uploads,
     PwDestination *destination,
     GFile         *file)
{
  const char *path = g_file_peek_path (file);

  if (!path || !g_path_is_absolute (path))
    return FALSE;
  pw_uploads_add (uploads, path, destination, FALSE);
  return TRUE;
}

static char *
dup_complaint (guint n_refused)
{
  if (n_refused == 0)
    return NULL;
  return g_strdup_printf (ngettext ("%u file is not on this computer. Copy it here first.",
                                    "%u files are not on this computer. Copy them here first.",
                                    n_refused), n_refused);
}

char *
pw_intake_add_model (PwUploads     *uploads,
                     PwDestination *destination,
                     GListModel    *files)
{
  guint n_refused = 0;

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);

    n_refused += !add (uploads, destination, file);
  }
  return dup_complaint (n_refused);
}

char *
pw_intake_add_list (PwUploads     *uploads,
                    PwDestination *destination,
                    GdkFileList   *files)
{
  g_autoptr (GSList) list = gdk_file_list_get_files (files);
  guint n_refused = 0;

  for (GSList *link = list; link; link = link->next)
    n_refused += !add (uploads, destination, link->data);
  return dup_complaint (n_refused);
}
