/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-fact-row.h"

#include <glib/gi18n.h>

#define TOLD_SECONDS 2

struct _PwFactRow {
  GtkListBoxRow parent_instance;

  GtkWidget *title;
  GtkWidget *value;
  GtkWidget *copy;

  guint told_id;                /* while the button says that it did it */
};

G_DEFINE_FINAL_TYPE (PwFactRow, pw_fact_row, GTK_TYPE_LIST_BOX_ROW)

static void
show_button (PwFactRow *self)
{
  gboolean is_told = self->told_id != 0;

  gtk_button_set_icon_name (GTK_BUTTON (self->copy),
                            is_told ? "object-select-symbolic" : "edit-copy-symbolic");
  gtk_widget_set_tooltip_text (self->copy, is_told ? _("Copied") : _("Copy"));
}

static gboolean
told_cb (gpointer data)
{
  PwFactRow *self = data;

  self->told_id = 0;
  show_button (self);
  return G_SOURCE_REMOVE;
}

static void
copy_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *target)
{
  PwFactRow *self = PW_FACT_ROW (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          gtk_label_get_label (GTK_LABEL (self->value)));
  g_clear_handle_id (&self->told_id, g_source_remove);
  self->told_id = g_timeout_add_seconds (TOLD_SECONDS, told_cb, self);
  show_button (self);
}

void
pw_fact_row_show (PwFactRow  *self,
                  const char *value)
{
  g_return_if_fail (PW_IS_FACT_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self), value != NULL);
  /* What somebody selected stays so as long as it is true. */
  if (value && !g_str_equal (value, gtk_label_get_label (GTK_LABEL (self->value))))
    gtk_label_set_label (GTK_LABEL (self->value), value);
}

static void
pw_fact_row_dispose (GObject *object)
{
  g_clear_handle_id (&PW_FACT_ROW (object)->told_id, g_source_remove);
  G_OBJECT_CLASS (pw_fact_row_parent_class)->dispose (object);
}

static void
pw_fact_row_class_init (PwFactRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_fact_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-fact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PwFactRow, title);
  gtk_widget_class_bind_template_child (widget_class, PwFactRow, value);
  gtk_widget_class_bind_template_child (widget_class, PwFactRow, copy);
  gtk_widget_class_install_action (widget_class, "fact.copy", NULL, copy_cb);
}

static void
pw_fact_row_init (PwFactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  show_button (self);
}

GtkWidget *
pw_fact_row_new (const char *title)
{
  PwFactRow *self = g_object_new (PW_TYPE_FACT_ROW, NULL);
  g_autofree char *label = g_strdup_printf (_("Copy %s"), title);

  gtk_label_set_label (GTK_LABEL (self->title), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return GTK_WIDGET (self);
}
