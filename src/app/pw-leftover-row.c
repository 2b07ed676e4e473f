/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-leftover-row.h"

#include <glib/gi18n.h>

#include "app/pw-spoken.h"

struct _PwLeftoverRow {
  AdwActionRow parent_instance;

  PwLeftover *leftover;
  GtkWidget *check;             /* or NULL */
};

G_DEFINE_FINAL_TYPE (PwLeftoverRow, pw_leftover_row, ADW_TYPE_ACTION_ROW)

static void
add_button (PwLeftoverRow *self,
            GtkWidget     *button,
            const char    *action,
            const char    *id)
{
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
}

/* What a list here has is that list's to remove. */
static void
add_known (PwLeftoverRow *self,
           gboolean       is_listed)
{
  GtkWidget *label;

  if (is_listed) {
    GtkWidget *show = gtk_button_new_with_label (_("Show"));

    gtk_widget_set_tooltip_text (show, _("In the list here"));
    add_button (self, show, "win.show-upload", self->leftover->known_id);
    return;
  }
  label = gtk_label_new (_("In another list here"));
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), label);
}

static void
toggled_cb (PwLeftoverRow *self)
{
  self->leftover->is_chosen = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->check));
  gtk_widget_activate_action (GTK_WIDGET (self), "unfinished.show-chosen", NULL);
}

static void
add_actions (PwLeftoverRow *self)
{
  const char *upload_id = self->leftover->upload_id;
  GtkWidget *resume = gtk_button_new_with_label (_("Resume…"));
  GtkWidget *trash = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_tooltip_text (resume, _("Choose the file and send what is missing"));
  add_button (self, resume, "unfinished.resume", upload_id);
  gtk_widget_set_tooltip_text (trash, _("Delete…"));
  pw_spoken_set_name (trash, _("Delete…"));
  gtk_widget_add_css_class (trash, "flat");
  add_button (self, trash, "unfinished.delete-one", upload_id);
}

/* What stands at the edge: something to choose it by, or its room. */
static void
add_edge (PwLeftoverRow *self,
          GtkSizeGroup  *edge)
{
  GtkWidget *widget = self->check;

  if (self->check) {
    gtk_widget_set_valign (self->check, GTK_ALIGN_CENTER);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    self->leftover->key, -1);
    g_signal_connect_object (self->check, "toggled", G_CALLBACK (toggled_cb), self,
                             G_CONNECT_SWAPPED);
  } else {
    widget = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  }
  gtk_size_group_add_widget (edge, widget);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), widget);
}

static void
pw_leftover_row_dispose (GObject *object)
{
  g_clear_object (&PW_LEFTOVER_ROW (object)->leftover);
  G_OBJECT_CLASS (pw_leftover_row_parent_class)->dispose (object);
}

static void
pw_leftover_row_class_init (PwLeftoverRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pw_leftover_row_dispose;
}

static void
pw_leftover_row_init (PwLeftoverRow *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 2);
}

GtkWidget *
pw_leftover_row_new (PwLeftover   *leftover,
                     gboolean      is_listed,
                     GtkSizeGroup *edge)
{
  PwLeftoverRow *self = g_object_new (PW_TYPE_LEFTOVER_ROW, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *sentence = pw_leftover_dup_sentence (leftover, now);

  self->leftover = g_object_ref (leftover);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), leftover->key);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), sentence);
  if (leftover->known_id) {
    add_known (self, is_listed);
  } else {
    self->check = gtk_check_button_new ();
    add_actions (self);
  }
  if (edge)
    add_edge (self, edge);
  return GTK_WIDGET (self);
}

void
pw_leftover_row_set_chosen (PwLeftoverRow *self,
                            gboolean       is_chosen)
{
  g_return_if_fail (PW_IS_LEFTOVER_ROW (self));

  if (self->check)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->check), is_chosen);
}

PwLeftover *
pw_leftover_row_get (PwLeftoverRow *self)
{
  g_return_val_if_fail (PW_IS_LEFTOVER_ROW (self), NULL);

  return self->leftover;
}
