/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-choices.h"

#define IDS "pw-choices"

static GPtrArray *
get_ids (AdwComboRow *row)
{
  GPtrArray *ids = g_object_get_data (G_OBJECT (row), IDS);

  if (ids)
    return ids;
  ids = g_ptr_array_new_with_free_func (g_free);
  g_object_set_data_full (G_OBJECT (row), IDS, ids, (GDestroyNotify) g_ptr_array_unref);
  return ids;
}

void
pw_choices_clear (AdwComboRow *row)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  g_ptr_array_set_size (get_ids (row), 0);
  adw_combo_row_set_model (row, G_LIST_MODEL (list));
}

void
pw_choices_add (AdwComboRow *row,
                const char  *id,
                const char  *title)
{
  if (!adw_combo_row_get_model (row))
    pw_choices_clear (row);
  g_ptr_array_add (get_ids (row), g_strdup (id));
  gtk_string_list_append (GTK_STRING_LIST (adw_combo_row_get_model (row)), title);
}

void
pw_choices_set (AdwComboRow *row,
                const char  *id)
{
  GPtrArray *ids = get_ids (row);
  guint position;

  if (!id)
    id = "";
  if (!g_ptr_array_find_with_equal_func (ids, id, g_str_equal, &position)) {
    pw_choices_add (row, id, id);
    position = ids->len - 1;
  }
  adw_combo_row_set_selected (row, position);
}

const char *
pw_choices_get (AdwComboRow *row)
{
  GPtrArray *ids = get_ids (row);
  guint position = adw_combo_row_get_selected (row);

  return position < ids->len ? g_ptr_array_index (ids, position) : "";
}
