/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-visible-rows.h"

#include "app/pw-upload-place.h"

/* Made for one frame, where others moved away; more would hold it up. */
#define ROWS_A_FRAME 3

struct _PwVisibleRows {
  GtkWidget *view;
  PwRowHeights *heights;
  GPtrArray *places;            /* PwUploadPlace that are bound; borrowed */
  GdkFrameClock *clock;         /* while there is one; borrowed */
  gulong layout_id;
  double scrolled_to;           /* when it was laid out last; below 0 = never */
  guint tick_id;                /* while rows are to be made with the next frame */
  gboolean is_narrow;
  gboolean is_choosing;
};

/* Places and what they show. */

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          PwVisibleRows             *self)
{
  /* Else GTK 4.12 and newer focus what is around a row, where its own keys do not arrive. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (item), "focusable"))
    g_object_set (item, "focusable", FALSE, NULL);
  gtk_list_item_set_child (item, pw_upload_place_new (self->heights));
}

static void
selected_cb (GtkListItem   *item,
             GParamSpec    *spec,
             PwUploadPlace *place)
{
  pw_upload_place_set_chosen (place, gtk_list_item_get_selected (item));
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         PwVisibleRows             *self)
{
  PwUploadPlace *place = PW_UPLOAD_PLACE (gtk_list_item_get_child (item));
  PwEntry *entry = gtk_list_item_get_item (item);

  gtk_list_item_set_activatable (item, entry->upload != NULL);
  /* A click that chooses is an activation; selecting by itself, it would undo that. */
  gtk_list_item_set_selectable (item, FALSE);
  pw_upload_place_set_narrow (place, self->is_narrow);
  pw_upload_place_set_choosing (place, self->is_choosing);
  pw_upload_place_set_chosen (place, gtk_list_item_get_selected (item));
  pw_upload_place_show (place, entry);
  g_signal_connect_object (item, "notify::selected", G_CALLBACK (selected_cb), place, 0);
  g_ptr_array_add (self->places, place);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           PwVisibleRows             *self)
{
  PwUploadPlace *place = PW_UPLOAD_PLACE (gtk_list_item_get_child (item));

  g_signal_handlers_disconnect_by_data (item, place);
  pw_upload_place_show (place, NULL);
  g_ptr_array_remove_fast (self->places, place);
}

/* What is in sight. */

/* The view itself hides what is beyond its edges, and leaves it where it was. */
static gboolean
is_in_sight (PwVisibleRows *self,
             GtkWidget    *place)
{
  graphene_rect_t bounds;
  float top, bottom;

  if (!gtk_widget_get_mapped (place) || !gtk_widget_compute_bounds (place, self->view, &bounds))
    return FALSE;
  top = graphene_rect_get_y (&bounds);
  bottom = top + graphene_rect_get_height (&bounds);
  return bottom > 0 && top < (float) gtk_widget_get_height (self->view);
}

/* Places in sight that have no row. The others give theirs back. */
static GPtrArray *
find_due (PwVisibleRows *self)
{
  GPtrArray *due = g_ptr_array_new ();

  for (guint i = 0; i < self->places->len; i++) {
    GtkWidget *place = g_ptr_array_index (self->places, i);

    if (!is_in_sight (self, place))
      pw_upload_place_set_seen (PW_UPLOAD_PLACE (place), FALSE);
    else if (!pw_upload_place_has_row (PW_UPLOAD_PLACE (place)))
      g_ptr_array_add (due, place);
  }
  return due;
}

static void
make_rows (GPtrArray *due,
           guint      most)
{
  for (guint i = 0; i < MIN (due->len, most); i++)
    pw_upload_place_set_seen (g_ptr_array_index (due, i), TRUE);
}

static gboolean
tick_cb (GtkWidget     *view,
         GdkFrameClock *clock,
         gpointer       data)
{
  PwVisibleRows *self = data;
  /* Out of sight as a whole, it keeps its rows for when it comes back. */
  g_autoptr (GPtrArray) due = gtk_widget_get_mapped (view) ? find_due (self) : NULL;

  if (due)
    make_rows (due, ROWS_A_FRAME);
  if (due && due->len > ROWS_A_FRAME)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
has_scrolled (PwVisibleRows *self)
{
  GtkAdjustment *vertical = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));
  double before = self->scrolled_to;

  self->scrolled_to = gtk_adjustment_get_value (vertical);
  return before < self->scrolled_to || before > self->scrolled_to;
}

/* After sizes were given out, and before anything is painted: a place that gets its row asks for
 * sizes once more, still in the same frame. So all come at once where the person scrolled; where
 * many others moved away, some with each of the next frames. */
static void
layout_cb (PwVisibleRows *self)
{
  g_autoptr (GPtrArray) due = NULL;

  if (!gtk_widget_get_mapped (self->view))
    return;
  due = find_due (self);
  if (has_scrolled (self) || (self->tick_id == 0 && due->len <= ROWS_A_FRAME))
    make_rows (due, G_MAXUINT);
  else if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (self->view, tick_cb, self, NULL);
}

static void
realize_cb (PwVisibleRows *self)
{
  self->clock = gtk_widget_get_frame_clock (self->view);
  self->layout_id = g_signal_connect_data (self->clock, "layout", G_CALLBACK (layout_cb), self,
                                           NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
unrealize_cb (PwVisibleRows *self)
{
  if (self->clock)
    g_signal_handler_disconnect (self->clock, self->layout_id);
  self->clock = NULL;
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (self->view, self->tick_id);
  self->tick_id = 0;
}

void
pw_visible_rows_set_narrow (PwVisibleRows *self,
                            gboolean      is_narrow)
{
  self->is_narrow = is_narrow;
  for (guint i = 0; i < self->places->len; i++)
    pw_upload_place_set_narrow (g_ptr_array_index (self->places, i), is_narrow);
}

void
pw_visible_rows_set_choosing (PwVisibleRows *self,
                              gboolean      is_choosing)
{
  self->is_choosing = is_choosing;
  for (guint i = 0; i < self->places->len; i++)
    pw_upload_place_set_choosing (g_ptr_array_index (self->places, i), is_choosing);
}

PwUpload *
pw_visible_rows_get_focused (PwVisibleRows *self)
{
  GtkRoot *root = gtk_widget_get_root (self->view);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child = focus ? gtk_widget_get_first_child (focus) : NULL;
  GtkWidget *place = NULL;
  PwEntry *entry;

  if (PW_IS_UPLOAD_PLACE (child))
    place = child;
  else if (focus)
    place = gtk_widget_get_ancestor (focus, PW_TYPE_UPLOAD_PLACE);
  entry = place ? pw_upload_place_get_entry (PW_UPLOAD_PLACE (place)) : NULL;
  return entry ? entry->upload : NULL;
}

PwVisibleRows *
pw_visible_rows_new (GtkListView *view)
{
  PwVisibleRows *self = g_new0 (PwVisibleRows, 1);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->view = GTK_WIDGET (view);
  self->scrolled_to = -1;
  self->places = g_ptr_array_new ();
  self->heights = pw_row_heights_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), self);
  gtk_list_view_set_factory (view, factory);
  g_signal_connect_swapped (view, "realize", G_CALLBACK (realize_cb), self);
  g_signal_connect_swapped (view, "unrealize", G_CALLBACK (unrealize_cb), self);
  return self;
}

void
pw_visible_rows_free (PwVisibleRows *self)
{
  GtkListItemFactory *factory = gtk_list_view_get_factory (GTK_LIST_VIEW (self->view));

  unrealize_cb (self);
  g_signal_handlers_disconnect_by_data (self->view, self);
  /* A place that has the focus is kept by its window, and unbound with it. */
  g_signal_handlers_disconnect_by_data (factory, self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->view), NULL);
  g_ptr_array_unref (self->places);
  pw_row_heights_unref (self->heights);
  g_free (self);
}
