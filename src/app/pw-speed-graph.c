/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-speed-graph.h"

#include <string.h>

#define HEIGHT 64
#define LEAST_SECONDS 60u       /* a line of a few seconds is not drawn from edge to edge */
#define LINE 2.0
#define AREA_ALPHA 0.12

struct _PwSpeedGraph {
  GtkWidget parent_instance;

  guint n_speeds;
  guint64 speeds[PW_PROGRESS_HISTORY];  /* bytes/s of each second, the oldest first */
  guint64 most;
};

G_DEFINE_FINAL_TYPE (PwSpeedGraph, pw_speed_graph, GTK_TYPE_WIDGET)

guint
pw_speed_graph_get_seconds (PwSpeedGraph *self)
{
  return MAX (self->n_speeds, LEAST_SECONDS);
}

/* The mean of three seconds: parts that end together would be teeth. Nothing stays nothing. */
static double
get_smooth (PwSpeedGraph *self,
            guint         i)
{
  guint first = MAX (i, 1) - 1, last = MIN (i + 1, self->n_speeds - 1);
  double sum = 0;

  if (self->speeds[i] == 0)
    return 0;
  for (guint j = first; j <= last; j++)
    sum += (double) self->speeds[j];
  return sum / (last - first + 1);
}

static void
trace (PwSpeedGraph *self,
       cairo_t      *cr,
       double        width,
       double        height)
{
  double step = width / (pw_speed_graph_get_seconds (self) - 1);
  double begin = width - step * (self->n_speeds - 1);

  for (guint i = 0; i < self->n_speeds; i++) {
    double share = get_smooth (self, i) / (double) self->most;

    cairo_line_to (cr, begin + step * i, LINE + (height - 2 * LINE) * (1 - MIN (share, 1)));
  }
}

static void
draw (PwSpeedGraph  *self,
      cairo_t       *cr,
      const GdkRGBA *color,
      double         width,
      double         height)
{
  double begin = width - width * (self->n_speeds - 1) / (pw_speed_graph_get_seconds (self) - 1);

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL) {
    cairo_translate (cr, width, 0);
    cairo_scale (cr, -1, 1);
  }
  trace (self, cr, width, height);
  cairo_line_to (cr, width, height);
  cairo_line_to (cr, begin, height);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * AREA_ALPHA);
  cairo_fill (cr);

  trace (self, cr, width, height);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, LINE);
  gdk_cairo_set_source_rgba (cr, color);
  cairo_stroke (cr);
}

static void
pw_speed_graph_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  PwSpeedGraph *self = PW_SPEED_GRAPH (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  GdkRGBA color;
  cairo_t *cr;

  if (self->n_speeds < 2 || self->most == 0 || width < 2)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw (self, cr, &color, width, height);
  cairo_destroy (cr);
}

void
pw_speed_graph_show (PwSpeedGraph     *self,
                     const PwProgress *progress)
{
  guint64 speeds[PW_PROGRESS_HISTORY];
  guint n;

  g_return_if_fail (PW_IS_SPEED_GRAPH (self));

  n = pw_progress_get_history (progress, speeds, PW_PROGRESS_HISTORY);
  if (n == self->n_speeds && memcmp (speeds, self->speeds, n * sizeof *speeds) == 0)
    return;
  self->n_speeds = n;
  self->most = 0;
  memcpy (self->speeds, speeds, n * sizeof *speeds);
  for (guint i = 0; i < n; i++)
    self->most = MAX (self->most, speeds[i]);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pw_speed_graph_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  *minimum = *natural = HEIGHT;
}

static void
pw_speed_graph_class_init (PwSpeedGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = pw_speed_graph_snapshot;
  widget_class->measure = pw_speed_graph_measure;
  gtk_widget_class_set_css_name (widget_class, "graph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pw_speed_graph_init (PwSpeedGraph *self)
{
}

GtkWidget *
pw_speed_graph_new (void)
{
  return g_object_new (PW_TYPE_SPEED_GRAPH, NULL);
}
