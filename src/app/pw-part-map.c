/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-part-map.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/pw-map-painter.h"

#define SMALLEST_WIDTH 10
#define RING 2

enum { PROP_TEXT = 1, N_PROPS };

static GParamSpec *props[N_PROPS];

struct _PwPartMap {
  GtkWidget parent_instance;

  GtkEventControllerFocus *focus;       /* borrowed */
  PwMapPainter painter;
  guint cursor;                 /* a cell; PW_MAP_NONE: nowhere yet */
  char *text;
  PwPartTextFunc text_func;
  gpointer text_data;
};

G_DEFINE_FINAL_TYPE (PwPartMap, pw_part_map, GTK_TYPE_WIDGET)

/* Painting. */

static GdkRGBA
lookup (GtkWidget  *widget,
        const char *name,
        float       alpha)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (context, name, &color))
    gtk_style_context_get_color (context, &color);
  color.alpha *= alpha;
  return color;
}

static GdkRGBA
darken (GdkRGBA color)
{
  const float rest = 0.62f;

  return (GdkRGBA) { color.red * rest, color.green * rest, color.blue * rest, color.alpha };
}

static gboolean
is_high_contrast (GtkWidget *widget)
{
  GdkDisplay *display = gtk_widget_get_display (widget);

  return adw_style_manager_get_high_contrast (adw_style_manager_get_for_display (display));
}

static void
mix (PwPartMap *self,
     int        scale)
{
  GtkWidget *widget = GTK_WIDGET (self);
  PwCellColors colors = {
    .waiting = lookup (widget, "window_fg_color", is_high_contrast (widget) ? 0.4f : 0.12f),
    .sending = lookup (widget, "accent_bg_color", 0.45f),
    .sent = lookup (widget, "accent_bg_color", 0.8f),
    .retrying = lookup (widget, "warning_bg_color", 1),
    .safe = lookup (widget, "accent_bg_color", 1),
    .resumed = darken (lookup (widget, "accent_bg_color", 1)),
  };

  pw_map_painter_mix (&self->painter, scale, &colors);
}

static void
append_ring (PwPartMap   *self,
             GtkSnapshot *snapshot)
{
  GdkRGBA color = lookup (GTK_WIDGET (self), "window_fg_color", 1);
  const PwMapLayout *layout = &self->painter.layout;
  float widths[4] = { RING, RING, RING, RING };
  GdkRGBA colors[4] = { color, color, color, color };
  graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) pw_map_layout_get_x (layout, self->cursor),
                                             (float) pw_map_layout_get_y (layout, self->cursor),
                                             (float) layout->cell_width,
                                             (float) layout->cell_height);
  GskRoundedRect outline;

  graphene_rect_inset (&rect, -RING - 1, -RING - 1);
  gsk_rounded_rect_init_from_rect (&outline, &rect, RING + 1);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

static void
pw_part_map_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  PwPartMap *self = PW_PART_MAP (widget);
  int scale = gtk_widget_get_scale_factor (widget);

  if (self->painter.layout.columns == 0)
    return;
  if (!pw_map_painter_is_mixed (&self->painter, scale))
    mix (self, scale);
  pw_map_painter_draw (&self->painter, snapshot);
  if (self->cursor != PW_MAP_NONE && gtk_widget_has_visible_focus (widget))
    append_ring (self, snapshot);
}

/* Size. */

static void
pw_part_map_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  PwPartMap *self = PW_PART_MAP (widget);
  PwMapLayout layout;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = *natural = SMALLEST_WIDTH;
    return;
  }
  pw_map_layout_make (&layout, self->painter.n_cells, MAX (for_size, SMALLEST_WIDTH), FALSE);
  *minimum = *natural = pw_map_layout_get_height (&layout);
}

static void
lay_out (PwPartMap *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  pw_map_painter_lay_out (&self->painter, gtk_widget_get_width (widget),
                          gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL);
  gtk_widget_queue_draw (widget);
}

static void
pw_part_map_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  PwPartMap *self = PW_PART_MAP (widget);

  if (self->painter.layout.width != width || self->painter.layout.n_cells != self->painter.n_cells)
    lay_out (self);
}

static void
pw_part_map_css_changed (GtkWidget         *widget,
                         GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (pw_part_map_parent_class)->css_changed (widget, change);
  pw_map_painter_forget (&PW_PART_MAP (widget)->painter);
  gtk_widget_queue_draw (widget);
}

static void
pw_part_map_direction_changed (GtkWidget        *widget,
                               GtkTextDirection  before)
{
  lay_out (PW_PART_MAP (widget));
}

/* What it says. */

static char *
dup_text (PwPartMap *self,
          guint      cell)
{
  return self->text_func ? self->text_func (cell + 1, self->text_data) : NULL;
}

static void
show_text (PwPartMap *self)
{
  g_autofree char *text = NULL;

  if (self->cursor != PW_MAP_NONE && gtk_event_controller_focus_is_focus (self->focus))
    text = dup_text (self, self->cursor);
  if (g_strcmp0 (text, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->text ? self->text : _("Parts"), -1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXT]);
}

static gboolean
pw_part_map_query_tooltip (GtkWidget  *widget,
                           int         x,
                           int         y,
                           gboolean    by_keyboard,
                           GtkTooltip *tooltip)
{
  PwPartMap *self = PW_PART_MAP (widget);
  const PwMapLayout *layout = &self->painter.layout;
  guint cell = by_keyboard ? self->cursor : pw_map_layout_get_cell (layout, x, y);
  g_autofree char *text = cell < self->painter.n_cells ? dup_text (self, cell) : NULL;

  if (!text)
    return FALSE;
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle) {
    pw_map_layout_get_x (layout, cell), pw_map_layout_get_y (layout, cell), layout->cell_width,
    layout->cell_height,
  });
  return TRUE;
}

/* The cursor. */

static void
put_cursor (PwPartMap *self,
            guint      cell)
{
  self->cursor = cell;
  show_text (self);
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* @args: cells or rows to move by. Beyond the edge the focus goes on to the next widget. */
static gboolean
move (PwPartMap *self,
      gint64     by)
{
  gint64 cell = self->cursor == PW_MAP_NONE ? 0 : (gint64) self->cursor + by;

  if (cell < 0 || cell >= (gint64) self->painter.n_cells)
    return FALSE;
  put_cursor (self, (guint) cell);
  return TRUE;
}

static gboolean
move_cb (GtkWidget *widget,
         GVariant  *args,
         gpointer   data)
{
  PwPartMap *self = PW_PART_MAP (widget);
  int cells, rows;

  g_variant_get (args, "(ii)", &cells, &rows);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    cells = -cells;
  return move (self, cells + rows * (gint64) self->painter.layout.columns);
}

static gboolean
home_end_cb (GtkWidget *widget,
             GVariant  *args,
             gpointer   data)
{
  PwPartMap *self = PW_PART_MAP (widget);

  if (self->painter.n_cells > 0)
    put_cursor (self, g_variant_get_boolean (args) ? self->painter.n_cells - 1 : 0);
  return TRUE;
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n,
            double           x,
            double           y,
            PwPartMap       *self)
{
  guint cell = pw_map_layout_get_cell (&self->painter.layout, x, y);

  if (cell == PW_MAP_NONE)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  put_cursor (self, cell);
}

/* The first part of interest is the first that is not safe. */
static void
focus_cb (PwPartMap *self)
{
  guint cell = 0;

  if (self->cursor == PW_MAP_NONE && self->painter.n_cells > 0) {
    while (cell < self->painter.n_cells - 1 && self->painter.looks[cell] >= PW_LOOK_SAFE)
      cell++;
    self->cursor = cell;
  }
  show_text (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What is shown. */

void
pw_part_map_set_text_func (PwPartMap      *self,
                           PwPartTextFunc  func,
                           gpointer        user_data)
{
  self->text_func = func;
  self->text_data = user_data;
}

void
pw_part_map_show (PwPartMap    *self,
                  const guint8 *looks,
                  guint         n_parts,
                  const GArray *flights)
{
  guint n_before;

  g_return_if_fail (PW_IS_PART_MAP (self));

  n_before = self->painter.n_cells;
  if (pw_map_painter_show (&self->painter, looks, n_parts, flights))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  if (n_parts != n_before) {
    self->cursor = PW_MAP_NONE;
    gtk_widget_queue_resize (GTK_WIDGET (self));
  }
  show_text (self);
}

const char *
pw_part_map_get_text (PwPartMap *self)
{
  return self->text;
}

/* The object. */

static void
pw_part_map_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *spec)
{
  if (id == PROP_TEXT)
    g_value_set_string (value, PW_PART_MAP (object)->text);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
pw_part_map_finalize (GObject *object)
{
  PwPartMap *self = PW_PART_MAP (object);

  pw_map_painter_clear (&self->painter);
  g_free (self->text);
  G_OBJECT_CLASS (pw_part_map_parent_class)->finalize (object);
}

static void
bind_keys (GtkWidgetClass *widget_class)
{
  static const struct { guint key, keypad; int cells, rows; } moves[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++) {
    gtk_widget_class_add_binding (widget_class, moves[i].key, 0, move_cb, "(ii)", moves[i].cells,
                                  moves[i].rows);
    gtk_widget_class_add_binding (widget_class, moves[i].keypad, 0, move_cb, "(ii)",
                                  moves[i].cells, moves[i].rows);
  }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, home_end_cb, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Home, 0, home_end_cb, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, home_end_cb, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_End, 0, home_end_cb, "b", TRUE);
}

static GtkSizeRequestMode
pw_part_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pw_part_map_class_init (PwPartMapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = pw_part_map_get_property;
  object_class->finalize = pw_part_map_finalize;
  widget_class->snapshot = pw_part_map_snapshot;
  widget_class->get_request_mode = pw_part_map_get_request_mode;
  widget_class->measure = pw_part_map_measure;
  widget_class->size_allocate = pw_part_map_size_allocate;
  widget_class->css_changed = pw_part_map_css_changed;
  widget_class->direction_changed = pw_part_map_direction_changed;
  widget_class->query_tooltip = pw_part_map_query_tooltip;
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "partmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  bind_keys (widget_class);
}

static void
listen (PwPartMap *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  self->focus = GTK_EVENT_CONTROLLER_FOCUS (gtk_event_controller_focus_new ());
  g_signal_connect_swapped (self->focus, "notify::is-focus", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->focus));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Parts"), -1);
}

static void
pw_part_map_init (PwPartMap *self)
{
  self->cursor = PW_MAP_NONE;
  pw_map_painter_init (&self->painter);
  listen (self);
}

GtkWidget *
pw_part_map_new (void)
{
  return g_object_new (PW_TYPE_PART_MAP, NULL);
}

GtkWidget *
pw_part_map_new_swatch (PwLook look)
{
  PwPartMap *self = g_object_new (PW_TYPE_PART_MAP, "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  guint8 looks[] = { (guint8) look };

  pw_part_map_show (self, looks, 1, NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  return GTK_WIDGET (self);
}
