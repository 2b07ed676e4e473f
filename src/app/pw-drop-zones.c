/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-drop-zones.h"

#include <glib/gi18n.h>

#define LEAVE_MS 150
/* Small enough for four in a row. */
#define SMALL_CHARS 12

struct _PwDropZones {
  GtkBox parent_instance;

  GtkWidget *others;            /* zones of those that are not chosen */
  GListModel *destinations;     /* or NULL */
  PwDestination *chosen;        /* or NULL */
  guint leave_id;
};

enum { DROPPED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PwDropZones, pw_drop_zones, GTK_TYPE_BOX)

GPtrArray *
pw_drop_zones_choose (GListModel    *destinations,
                      PwDestination *chosen)
{
  GPtrArray *zones = g_ptr_array_new_with_free_func (g_object_unref);

  if (chosen)
    g_ptr_array_add (zones, g_object_ref (chosen));
  for (guint i = 0; i < g_list_model_get_n_items (destinations); i++) {
    g_autoptr (PwDestination) destination = g_list_model_get_item (destinations, i);

    if (zones->len < PW_MAX_DROP_ZONES
        && (!chosen || !g_str_equal (destination->id, chosen->id)))
      g_ptr_array_add (zones, g_object_ref (destination));
  }
  return zones;
}

/* Drops. */

static gboolean
drop_cb (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         PwDropZones   *self)
{
  PwDestination *destination = g_object_get_data (G_OBJECT (target), "destination");

  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[DROPPED], 0, destination ? destination : self->chosen,
                 g_value_get_boxed (value));
  return TRUE;
}

static void
take_drops (PwDropZones   *self,
            GtkWidget     *widget,
            PwDestination *destination)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  if (destination)
    g_object_set_data_full (G_OBJECT (target), "destination", g_object_ref (destination),
                            g_object_unref);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}

/* Zones. */

static GtkWidget *
new_label (const char         *text,
           PangoEllipsizeMode ellipsize,
           int max_width_chars,
           const char         *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  if (ellipsize != PANGO_ELLIPSIZE_NONE)
    gtk_label_set_max_width_chars (GTK_LABEL (label), max_width_chars);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
new_zone (PwDropZones   *self,
          PwDestination *destination)
{
  GtkWidget *zone = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_add_css_class (zone, "zone");
  take_drops (self, zone, destination);
  return zone;
}

static void
add_large (PwDropZones   *self,
           PwDestination *destination)
{
  GtkWidget *zone = new_zone (self, destination);
  GtkWidget *icon = gtk_image_new_from_icon_name ("partway-upload-symbolic"), *title;
  g_autofree char *text = NULL, *uri = NULL;

  /* Translators: the name of a destination. */
  text = destination ? g_strdup_printf (_("Drop to Upload to %s"), destination->name)
                     : g_strdup (_("Drop to Upload"));
  title = new_label (text, PANGO_ELLIPSIZE_NONE, -1, "title-2");
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (title), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (title), GTK_JUSTIFY_CENTER);
  gtk_image_set_pixel_size (GTK_IMAGE (icon), 64);
  gtk_widget_set_vexpand (icon, TRUE);
  gtk_widget_set_valign (icon, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (zone), icon);
  gtk_box_append (GTK_BOX (zone), title);
  uri = destination ? pw_destination_dup_uri (destination) : g_strdup ("");
  gtk_box_append (GTK_BOX (zone), new_label (uri, PANGO_ELLIPSIZE_MIDDLE, -1, "dim-label"));
  gtk_widget_set_vexpand (gtk_widget_get_last_child (zone), TRUE);
  gtk_widget_set_valign (gtk_widget_get_last_child (zone), GTK_ALIGN_START);
  gtk_widget_set_vexpand (zone, TRUE);
  gtk_box_prepend (GTK_BOX (self), zone);
}

static void
add_small (PwDropZones   *self,
           PwDestination *destination)
{
  GtkWidget *zone = new_zone (self, destination);
  g_autofree char *uri = pw_destination_dup_uri (destination);

  gtk_box_append (GTK_BOX (zone), new_label (destination->name, PANGO_ELLIPSIZE_END, SMALL_CHARS,
                                             "heading"));
  gtk_box_append (GTK_BOX (zone), new_label (uri, PANGO_ELLIPSIZE_MIDDLE, SMALL_CHARS,
                                             "dim-label"));
  gtk_flow_box_append (GTK_FLOW_BOX (self->others), zone);
}

static void
clear (PwDropZones *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != self->others)
    gtk_box_remove (GTK_BOX (self), child);
  while ((child = gtk_widget_get_first_child (self->others)))
    gtk_flow_box_remove (GTK_FLOW_BOX (self->others), child);
}

static void
build (PwDropZones *self)
{
  g_autoptr (GPtrArray) zones = pw_drop_zones_choose (self->destinations, self->chosen);

  clear (self);
  add_large (self, zones->len > 0 ? g_ptr_array_index (zones, 0) : NULL);
  for (guint i = 1; i < zones->len; i++)
    add_small (self, g_ptr_array_index (zones, i));
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->others), MAX (zones->len, 2) - 1);
  gtk_widget_set_visible (self->others, zones->len > 1);
}

/* A drag over the window. */

static gboolean
has_files (GdkDrop *drop)
{
  g_autoptr (GdkContentFormats) formats = NULL;

  if (!drop)
    return FALSE;
  formats = gdk_content_formats_union_deserialize_gtypes (
    gdk_content_formats_ref (gdk_drop_get_formats (drop)));
  return gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST);
}

/* FALSE also where nobody can tell. */
static gboolean
is_still_over (PwDropZones *self)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  GdkSurface *surface = native ? gtk_native_get_surface (native) : NULL;
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (GTK_WIDGET (self)));
  GdkModifierType state = 0;
  double x, y;

  return surface && seat
         && gdk_surface_get_device_position (surface, gdk_seat_get_pointer (seat), &x, &y, &state)
         && state & GDK_BUTTON1_MASK && x >= 0 && y >= 0 && x < gdk_surface_get_width (surface)
         && y < gdk_surface_get_height (surface);
}

static gboolean
left_cb (gpointer data)
{
  PwDropZones *self = data;

  if (is_still_over (self))
    return G_SOURCE_CONTINUE;
  self->leave_id = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  return G_SOURCE_REMOVE;
}

/* X11 lets a drag leave and enter at each of its moves: zones must not blink, nor go while the
 * pointer rests. */
static void
over_cb (GtkDropControllerMotion *motion,
         GParamSpec              *spec,
         PwDropZones             *self)
{
  gboolean is_over = gtk_drop_controller_motion_contains_pointer (motion);

  g_clear_handle_id (&self->leave_id, g_source_remove);
  if (!is_over && gtk_widget_get_visible (GTK_WIDGET (self)))
    self->leave_id = g_timeout_add (LEAVE_MS, left_cb, self);
  if (!is_over || !self->destinations || gtk_widget_get_visible (GTK_WIDGET (self))
      || !has_files (gtk_drop_controller_motion_get_drop (motion)))
    return;
  build (self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
pw_drop_zones_dispose (GObject *object)
{
  PwDropZones *self = PW_DROP_ZONES (object);

  g_clear_handle_id (&self->leave_id, g_source_remove);
  g_clear_object (&self->destinations);
  g_clear_object (&self->chosen);
  G_OBJECT_CLASS (pw_drop_zones_parent_class)->dispose (object);
}

static void
pw_drop_zones_class_init (PwDropZonesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pw_drop_zones_dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "dropzones");
  signals[DROPPED] = g_signal_new ("dropped", PW_TYPE_DROP_ZONES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, PW_TYPE_DESTINATION, GDK_TYPE_FILE_LIST);
}

static void
pw_drop_zones_init (PwDropZones *self)
{
  self->others = gtk_flow_box_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->others), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->others), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->others), 2);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->others), 12);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->others), 12);
  gtk_box_append (GTK_BOX (self), self->others);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
pw_drop_zones_watch (PwDropZones *self,
                     GtkWidget   *window)
{
  GtkEventController *motion = gtk_drop_controller_motion_new ();

  g_signal_connect_object (motion, "notify::contains-pointer", G_CALLBACK (over_cb), self, 0);
  gtk_widget_add_controller (window, motion);
  /* What misses the zones, or is let go before they are there, goes where all goes. */
  take_drops (self, window, NULL);
}

void
pw_drop_zones_set (PwDropZones   *self,
                   GListModel    *destinations,
                   PwDestination *chosen)
{
  g_set_object (&self->destinations, destinations);
  g_set_object (&self->chosen, chosen);
}
