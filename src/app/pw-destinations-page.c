/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-destinations-page.h"

#include <glib/gi18n.h>

#include "app/pw-presets.h"

struct _PwDestinationsPage {
  GtkBox parent_instance;

  GtkStack *stack;
  GtkListBox *list;

  GListModel *destinations;
};

G_DEFINE_FINAL_TYPE (PwDestinationsPage, pw_destinations_page, GTK_TYPE_BOX)

/* Which of two buckets of the same name it is. */
static char *
dup_subtitle (PwDestination *destination)
{
  PwPreset preset = pw_preset_find (destination);
  const PwPresetInfo *info = pw_preset_get (preset);
  g_autofree char *uri = pw_destination_dup_uri (destination);

  if (preset == PW_PRESET_BACKEND)
    return g_steal_pointer (&uri);
  return g_strdup_printf ("%s — %s", uri, info->endpoint && *info->endpoint == '\0'
                          ? destination->endpoint : info->name);
}

static GtkWidget *
new_row (gpointer item,
         gpointer data)
{
  PwDestination *destination = item;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  GtkWidget *next = gtk_image_new_from_icon_name ("go-next-symbolic");
  g_autofree char *subtitle = dup_subtitle (destination);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), destination->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", destination->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.edit-destination");

  gtk_actionable_set_action_target (GTK_ACTIONABLE (remove), "s", destination->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (remove), "win.remove-destination");
  gtk_widget_set_tooltip_text (remove, _("Remove"));
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), next);
  return row;
}

static void
show_state (PwDestinationsPage *self)
{
  gboolean is_empty = g_list_model_get_n_items (self->destinations) == 0;

  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "list");
}

static void
pw_destinations_page_dispose (GObject *object)
{
  PwDestinationsPage *self = PW_DESTINATIONS_PAGE (object);

  if (self->destinations)
    g_signal_handlers_disconnect_by_data (self->destinations, self);
  g_clear_object (&self->destinations);
  G_OBJECT_CLASS (pw_destinations_page_parent_class)->dispose (object);
}

static void
pw_destinations_page_class_init (PwDestinationsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_destinations_page_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/partway/Partway/pw-destinations-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PwDestinationsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PwDestinationsPage, list);
}

static void
pw_destinations_page_init (PwDestinationsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pw_destinations_page_new (PwDestinations *destinations)
{
  PwDestinationsPage *self = g_object_new (PW_TYPE_DESTINATIONS_PAGE, NULL);

  self->destinations = g_object_ref (G_LIST_MODEL (destinations));
  gtk_list_box_bind_model (self->list, self->destinations, new_row, NULL, NULL);
  g_signal_connect_swapped (destinations, "items-changed", G_CALLBACK (show_state), self);
  show_state (self);
  return GTK_WIDGET (self);
}
