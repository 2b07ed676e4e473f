/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-bar.h"

#include <glib/gi18n.h>

#define HEIGHT 8
#define SENT_ALPHA 0.55f

struct _PwBar {
  GtkWidget parent_instance;

  double safe;
  double sent;
};

G_DEFINE_FINAL_TYPE (PwBar, pw_bar, GTK_TYPE_WIDGET)

static void
append (GtkSnapshot *snapshot,
        const GdkRGBA *color,
        float          alpha,
        float          from,
        float          to,
        float          height)
{
  GdkRGBA shade = *color;

  if (to <= from)
    return;
  shade.alpha *= alpha;
  gtk_snapshot_append_color (snapshot, &shade, &GRAPHENE_RECT_INIT (from, 0, to - from, height));
}

static void
pw_bar_snapshot (GtkWidget   *widget,
                 GtkSnapshot *snapshot)
{
  PwBar *self = PW_BAR (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  float safe = (float) self->safe * width, sent = (float) self->sent * width;
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GskRoundedRect shape;
  GdkRGBA color, trough;

  gtk_style_context_get_color (context, &color);
  if (!gtk_style_context_lookup_color (context, "trough_color", &trough))
    trough = (GdkRGBA) { color.red, color.green, color.blue, 0.15f };
  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (0, 0, width, height), height / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL) {
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width, 0));
    gtk_snapshot_scale (snapshot, -1, 1);
  }
  append (snapshot, &trough, 1, sent, width, height);
  append (snapshot, &color, SENT_ALPHA, safe, sent, height);
  append (snapshot, &color, 1, 0, safe, height);
  gtk_snapshot_pop (snapshot);
}

static void
pw_bar_measure (GtkWidget      *widget,
                GtkOrientation  orientation,
                int             for_size,
                int            *minimum,
                int            *natural,
                int            *minimum_baseline,
                int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 5 * HEIGHT;
}

static void
pw_bar_class_init (PwBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = pw_bar_snapshot;
  widget_class->measure = pw_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "bar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
pw_bar_init (PwBar *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 100.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.0, -1);
}

GtkWidget *
pw_bar_new (void)
{
  return g_object_new (PW_TYPE_BAR, NULL);
}

void
pw_bar_show (PwBar      *self,
             double      safe,
             double      sent,
             const char *text)
{
  g_autofree char *percent = NULL;

  g_return_if_fail (PW_IS_BAR (self));

  safe = CLAMP (safe, 0, 1);
  sent = CLAMP (sent, safe, 1);
  if (safe == self->safe && sent == self->sent)
    return;
  self->safe = safe;
  self->sent = sent;
  if (!text)
    text = percent = g_strdup_printf (_("%d %%"), (int) (safe * 100));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, safe * 100,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
