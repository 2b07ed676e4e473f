/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-complaint.h"

struct _PwComplaint {
  GtkWidget *line;              /* a row of its own */
  GtkLabel *label;
  GtkWidget *row;               /* that it stands below; or NULL */
};

PwComplaint *
pw_complaint_new (void)
{
  PwComplaint *self = g_new0 (PwComplaint, 1);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_widget_set_margin_top (label, 9);
  gtk_widget_set_margin_bottom (label, 9);
  gtk_widget_add_css_class (label, "error");
  gtk_widget_add_css_class (label, "caption");
  self->label = GTK_LABEL (label);
  self->line = g_object_ref_sink (adw_preferences_row_new ());
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self->line), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->line), FALSE);
  gtk_widget_set_focusable (self->line, FALSE);
  return self;
}

static void
take_away (PwComplaint *self)
{
  GtkWidget *list = gtk_widget_get_parent (self->line);

  if (self->row) {
    gtk_widget_remove_css_class (self->row, "error");
    gtk_accessible_reset_state (GTK_ACCESSIBLE (self->row), GTK_ACCESSIBLE_STATE_INVALID);
    g_object_remove_weak_pointer (G_OBJECT (self->row), (gpointer *) &self->row);
  }
  self->row = NULL;
  if (list)
    gtk_list_box_remove (GTK_LIST_BOX (list), self->line);
}

void
pw_complaint_show (PwComplaint *self,
                   GtkWidget   *row,
                   const char  *sentence)
{
  GtkWidget *list = row ? gtk_widget_get_parent (row) : NULL;

  if (row && row == self->row) {
    gtk_label_set_text (self->label, sentence);
    return;
  }
  take_away (self);
  if (!GTK_IS_LIST_BOX (list))
    return;
  g_set_weak_pointer (&self->row, row);
  gtk_label_set_text (self->label, sentence);
  if (GTK_IS_EDITABLE (row))
    gtk_widget_add_css_class (row, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                               GTK_ACCESSIBLE_INVALID_TRUE, -1);
  gtk_list_box_insert (GTK_LIST_BOX (list), self->line,
                       gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + 1);
}

void
pw_complaint_free (PwComplaint *self)
{
  take_away (self);
  g_object_unref (self->line);
  g_free (self);
}
