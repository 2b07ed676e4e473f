/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-legend.h"

#include "app/pw-part-map.h"
#include "app/pw-part-words.h"

#define SPACING 14
#define LINE_SPACING 4

/* As parts go through them, the last first. */
static const PwLook looks[] = {
  PW_LOOK_RESUMED, PW_LOOK_PROVED, PW_LOOK_SAFE, PW_LOOK_SENDING, PW_LOOK_RETRYING,
  PW_LOOK_WAITING,
};

struct _PwLegend {
  GtkWidget parent_instance;

  GtkWidget *items[G_N_ELEMENTS (looks)];
  GtkWidget *labels[G_N_ELEMENTS (looks)];
  GtkWidget *note;              /* the last child */
};

G_DEFINE_FINAL_TYPE (PwLegend, pw_legend, GTK_TYPE_WIDGET)

static void
get_natural (GtkWidget *child,
             int       *width,
             int       *height)
{
  GtkRequisition natural;

  gtk_widget_get_preferred_size (child, NULL, &natural);
  *width = natural.width;
  *height = natural.height;
}

static void
place (PwLegend  *self,
       GtkWidget *child,
       int        width,
       int        x,
       int        y,
       int        child_width,
       int        child_height)
{
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = width - x - child_width;
  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, child_width, child_height }, -1);
}

/* Lines are as high as the highest child. Returns the height of all; @is_real: places them. */
static int
lay_out (PwLegend *self,
         int       width,
         gboolean  is_real)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int x = 0, y = 0, line = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    int child_width, child_height;

    if (!gtk_widget_should_layout (child))
      continue;
    get_natural (child, &child_width, &child_height);
    child_width = MIN (child_width, width);
    line = MAX (line, child_height);
    if (x > 0 && x + child_width > width) {
      x = 0;
      y += line + LINE_SPACING;
    }
    if (child == self->note && x > 0)
      x = width - child_width;
    if (is_real)
      place (self, child, width, x, y, child_width, child_height);
    x += child_width + SPACING;
  }
  return y + line;
}

static void
pw_legend_measure (GtkWidget      *widget,
                   GtkOrientation  orientation,
                   int             for_size,
                   int            *minimum,
                   int            *natural,
                   int            *minimum_baseline,
                   int            *natural_baseline)
{
  PwLegend *self = PW_LEGEND (widget);

  if (orientation == GTK_ORIENTATION_VERTICAL) {
    *minimum = *natural = lay_out (self, for_size < 0 ? G_MAXINT / 2 : for_size, FALSE);
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    int least, width, height;

    if (!gtk_widget_should_layout (child))
      continue;
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    get_natural (child, &width, &height);
    *minimum = MAX (*minimum, least);
    *natural += width + SPACING;
  }
}

static void
pw_legend_size_allocate (GtkWidget *widget,
                         int        width,
                         int        height,
                         int        baseline)
{
  lay_out (PW_LEGEND (widget), width, TRUE);
}

static GtkSizeRequestMode
pw_legend_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

void
pw_legend_show (PwLegend      *self,
                const PwParts *parts)
{
  g_return_if_fail (PW_IS_LEGEND (self));

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++) {
    g_autofree char *text = pw_part_words_dup_count (parts, looks[i]);

    gtk_widget_set_visible (self->items[i], text != NULL);
    if (text)
      gtk_label_set_label (GTK_LABEL (self->labels[i]), text);
  }
}

void
pw_legend_set_note (PwLegend   *self,
                    const char *note)
{
  g_return_if_fail (PW_IS_LEGEND (self));

  gtk_label_set_label (GTK_LABEL (self->note), note);
}

static void
pw_legend_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pw_legend_parent_class)->dispose (object);
}

static void
pw_legend_class_init (PwLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_legend_dispose;
  widget_class->measure = pw_legend_measure;
  widget_class->size_allocate = pw_legend_size_allocate;
  widget_class->get_request_mode = pw_legend_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "legend");
}

static GtkWidget *
new_label (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return label;
}

static void
pw_legend_init (PwLegend *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++) {
    self->items[i] = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING / 2);
    self->labels[i] = new_label ();
    gtk_box_append (GTK_BOX (self->items[i]), pw_part_map_new_swatch (looks[i]));
    gtk_box_append (GTK_BOX (self->items[i]), self->labels[i]);
    gtk_widget_set_parent (self->items[i], GTK_WIDGET (self));
  }
  self->note = new_label ();
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
}

GtkWidget *
pw_legend_new (void)
{
  return g_object_new (PW_TYPE_LEGEND, NULL);
}
