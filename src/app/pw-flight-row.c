/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-flight-row.h"

#include <glib/gi18n.h>

#include "app/pw-bar.h"
#include "app/pw-meter.h"
#include "app/pw-part-words.h"
#include "app/pw-spoken.h"
#include "engine/pw-format.h"

struct _PwFlightRow {
  GtkListBoxRow parent_instance;

  GtkWidget *names;
  GtkWidget *name;
  GtkWidget *detail;
  GtkWidget *bar;
  GtkWidget *speed;

  guint connection;
  guint part_number;
  guint attempt;                /* 0: nothing was shown yet */
  guint n_idle;
  PwMeter meter;
};

G_DEFINE_FINAL_TYPE (PwFlightRow, pw_flight_row, GTK_TYPE_LIST_BOX_ROW)

static void
show_part (PwFlightRow    *self,
           const PwFlight *flight)
{
  g_autofree char *name = pw_part_words_dup_name (flight->part_number);
  g_autofree char *connection = g_strdup_printf (_("Connection %u"), self->connection);
  g_autofree char *again = pw_part_words_dup_try (flight->attempt);
  g_autofree char *both = NULL;

  /* Translators: connection, and how often it tried: "Connection 3 · third try". */
  both = again ? g_strdup_printf (_("%s · %s"), connection, again) : g_strdup (connection);
  self->part_number = flight->part_number;
  self->attempt = flight->attempt;
  self->meter = (PwMeter) { 0 };
  gtk_label_set_label (GTK_LABEL (self->name), name);
  gtk_label_set_label (GTK_LABEL (self->detail), both);
  pw_spoken_set_tooltip (self->detail, again ? both : NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_speed (PwFlightRow    *self,
            const PwFlight *flight)
{
  guint64 speed = pw_meter_get_speed (&self->meter);
  g_autofree char *text = speed > 0 ? pw_format_speed (speed) : NULL;

  gtk_label_set_label (GTK_LABEL (self->speed),
                       flight->sent > 0 ? (text ? text : "") : _("Signing"));
}

void
pw_flight_row_show (PwFlightRow    *self,
                    const PwFlight *flight,
                    gint64          now_us)
{
  double fill;

  g_return_if_fail (PW_IS_FLIGHT_ROW (self));

  if (!flight) {
    self->n_idle++;
    return;
  }
  self->n_idle = 0;
  if (self->part_number != flight->part_number || self->attempt != flight->attempt)
    show_part (self, flight);
  pw_meter_feed (&self->meter, now_us, flight->sent);
  fill = (double) flight->sent / (double) MAX (flight->size, 1);
  pw_bar_show (PW_BAR (self->bar), fill, fill, NULL);
  show_speed (self, flight);
}

guint
pw_flight_row_get_connection (PwFlightRow *self)
{
  return self->connection;
}

guint
pw_flight_row_get_n_idle (PwFlightRow *self)
{
  return self->n_idle;
}

static void
pw_flight_row_class_init (PwFlightRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (PW_TYPE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-flight-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PwFlightRow, names);
  gtk_widget_class_bind_template_child (widget_class, PwFlightRow, name);
  gtk_widget_class_bind_template_child (widget_class, PwFlightRow, detail);
  gtk_widget_class_bind_template_child (widget_class, PwFlightRow, bar);
  gtk_widget_class_bind_template_child (widget_class, PwFlightRow, speed);
}

static void
pw_flight_row_init (PwFlightRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pw_flight_row_new (guint         connection,
                   GtkSizeGroup *names)
{
  PwFlightRow *self = g_object_new (PW_TYPE_FLIGHT_ROW, NULL);

  self->connection = connection;
  gtk_size_group_add_widget (names, self->names);
  return GTK_WIDGET (self);
}
