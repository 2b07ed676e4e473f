/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-limit-menu.h"

#include <glib/gi18n.h>

#include "engine/pw-format.h"

#define MB ((guint64) 1000 * 1000)

char *
pw_limit_menu_dup_label (guint64 limit)
{
  return limit > 0 ? pw_format_speed (limit) : g_strdup (_("No Limit"));
}

static void
offer (GMenu   *menu,
       guint64  limit)
{
  g_autofree char *label = pw_limit_menu_dup_label (limit);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "app.limit", "t", limit);
  g_menu_append_item (menu, item);
}

GMenu *
pw_limit_menu_new (guint64 limit)
{
  static const guint64 usual[] = { 0, 1 * MB, 5 * MB, 20 * MB, 100 * MB };
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) limits = g_menu_new (), other = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++) {
    if (i > 0 && limit > usual[i - 1] && limit < usual[i])
      offer (limits, limit);
    offer (limits, usual[i]);
  }
  if (limit > usual[G_N_ELEMENTS (usual) - 1])
    offer (limits, limit);
  g_menu_append (other, _("_Other…"), "app.preferences");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (limits));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (other));
  return menu;
}
