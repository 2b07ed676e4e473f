/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-spoken.h"

void
pw_spoken_set_name (GtkWidget  *button,
                    const char *name)
{
  GtkWidget *spoken = GTK_IS_MENU_BUTTON (button) ? gtk_widget_get_first_child (button) : button;

  gtk_accessible_update_property (GTK_ACCESSIBLE (spoken), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
tooltip_cb (GtkWidget *button)
{
  const char *tooltip = gtk_widget_get_tooltip_text (button);

  if (tooltip)
    pw_spoken_set_name (button, tooltip);
}

static gboolean
is_icon (GtkWidget *widget)
{
  /* One without anything gets its icon later. */
  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL
           || !gtk_button_get_child (GTK_BUTTON (widget));
  return GTK_IS_MENU_BUTTON (widget)
         && gtk_menu_button_get_icon_name (GTK_MENU_BUTTON (widget)) != NULL;
}

void
pw_spoken_name_buttons (GtkWidget *root)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child)) {
    if (!is_icon (child)) {
      pw_spoken_name_buttons (child);
      continue;
    }
    tooltip_cb (child);
    g_signal_connect (child, "notify::tooltip-text", G_CALLBACK (tooltip_cb), NULL);
  }
}

void
pw_spoken_set_tooltip (GtkWidget  *widget,
                       const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}
