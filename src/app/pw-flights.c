/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-flights.h"

#include <glib/gi18n.h>

#include "app/pw-flight-row.h"

/* A connection has nothing in hand for a moment between two parts: its row stays. */
#define MOST_IDLE 5

struct _PwFlights {
  GtkBox parent_instance;

  GtkWidget *connections;
  GtkWidget *list;

  GtkSizeGroup *names;
  GPtrArray *rows;              /* PwFlightRow by connection; borrowed */
};

G_DEFINE_FINAL_TYPE (PwFlights, pw_flights, GTK_TYPE_BOX)

static const PwFlight *
find_flight (const GArray *flights,
             guint         connection)
{
  for (guint i = 0; i < flights->len; i++) {
    if (g_array_index (flights, PwFlight, i).connection == connection)
      return &g_array_index (flights, PwFlight, i);
  }
  return NULL;
}

static void
remove_row (PwFlights *self,
            guint      i)
{
  gtk_list_box_remove (GTK_LIST_BOX (self->list), g_ptr_array_index (self->rows, i));
  g_ptr_array_remove_index (self->rows, i);
}

static void
ensure_row (PwFlights *self,
            guint      connection)
{
  GtkWidget *row;
  guint i;

  for (i = 0; i < self->rows->len; i++) {
    guint other = pw_flight_row_get_connection (g_ptr_array_index (self->rows, i));

    if (other == connection)
      return;
    if (other > connection)
      break;
  }
  row = pw_flight_row_new (connection, self->names);
  gtk_list_box_insert (GTK_LIST_BOX (self->list), row, (int) i);
  g_ptr_array_insert (self->rows, (int) i, row);
}

void
pw_flights_show (PwFlights    *self,
                 const GArray *flights,
                 gint64        now_us)
{
  g_return_if_fail (PW_IS_FLIGHTS (self));

  for (guint i = 0; i < flights->len; i++)
    ensure_row (self, g_array_index (flights, PwFlight, i).connection);
  for (guint i = self->rows->len; i > 0; i--) {
    PwFlightRow *row = g_ptr_array_index (self->rows, i - 1);

    pw_flight_row_show (row, find_flight (flights, pw_flight_row_get_connection (row)), now_us);
    if (pw_flight_row_get_n_idle (row) > MOST_IDLE)
      remove_row (self, i - 1);
  }
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

void
pw_flights_clear (PwFlights *self)
{
  while (self->rows->len > 0)
    remove_row (self, self->rows->len - 1);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
pw_flights_set_connections (PwFlights *self,
                            guint      n,
                            gboolean   is_tuned)
{
  g_autofree char *text = NULL;

  if (is_tuned)
    /* Translators: how many connections send at once, as many as serve. */
    text = g_strdup_printf (ngettext ("%u connection, automatic", "%u connections, automatic", n),
                            n);
  else
    text = g_strdup_printf (ngettext ("%u connection", "%u connections", n), n);
  gtk_label_set_label (GTK_LABEL (self->connections), text);
}

static void
pw_flights_finalize (GObject *object)
{
  g_ptr_array_unref (PW_FLIGHTS (object)->rows);
  g_object_unref (PW_FLIGHTS (object)->names);
  G_OBJECT_CLASS (pw_flights_parent_class)->finalize (object);
}

static void
pw_flights_class_init (PwFlightsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pw_flights_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-flights.ui");
  gtk_widget_class_bind_template_child (widget_class, PwFlights, connections);
  gtk_widget_class_bind_template_child (widget_class, PwFlights, list);
}

static void
pw_flights_init (PwFlights *self)
{
  self->rows = g_ptr_array_new ();
  self->names = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pw_flights_new (void)
{
  return g_object_new (PW_TYPE_FLIGHTS, NULL);
}
