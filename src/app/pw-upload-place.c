/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-upload-place.h"

/* Until one was seen. */
#define USUAL_HEIGHT 64

struct _PwUploadPlace {
  GtkWidget parent_instance;

  PwRowHeights *heights;
  PwEntry *entry;
  GtkWidget *row;               /* the child; NULL while nobody sees it */
  gboolean is_narrow;
  gboolean is_choosing;
  gboolean is_chosen;
};

G_DEFINE_FINAL_TYPE (PwUploadPlace, pw_upload_place, GTK_TYPE_WIDGET)

static int *
get_height (PwUploadPlace *self)
{
  return &self->heights->of[self->entry->section][self->entry->upload != NULL];
}

/* The row. */

PwRowHeights *
pw_row_heights_new (void)
{
  return g_rc_box_new0 (PwRowHeights);
}

void
pw_row_heights_unref (PwRowHeights *self)
{
  g_rc_box_release (self);
}

static void
make_row (PwUploadPlace *self)
{
  GtkWidget *row = pw_upload_row_new ();

  self->row = row;
  pw_upload_row_set_narrow (PW_UPLOAD_ROW (row), self->is_narrow);
  pw_upload_row_set_choosing (PW_UPLOAD_ROW (row), self->is_choosing);
  pw_upload_row_set_chosen (PW_UPLOAD_ROW (row), self->is_chosen);
  pw_upload_row_show (PW_UPLOAD_ROW (row), self->entry);
  gtk_widget_set_parent (row, GTK_WIDGET (self));
}

void
pw_upload_place_set_seen (PwUploadPlace *self,
                          gboolean       is_seen)
{
  if (is_seen && !self->row && self->entry)
    make_row (self);
  else if (!is_seen && !gtk_widget_get_focus_child (GTK_WIDGET (self)))
    g_clear_pointer (&self->row, gtk_widget_unparent);
}

gboolean
pw_upload_place_has_row (PwUploadPlace *self)
{
  return self->row != NULL;
}

void
pw_upload_place_show (PwUploadPlace *self,
                      PwEntry       *entry)
{
  g_set_object (&self->entry, entry);
  if (self->row)
    pw_upload_row_show (PW_UPLOAD_ROW (self->row), entry);
}

PwEntry *
pw_upload_place_get_entry (PwUploadPlace *self)
{
  return self->entry;
}

void
pw_upload_place_set_narrow (PwUploadPlace *self,
                            gboolean       is_narrow)
{
  self->is_narrow = is_narrow;
  if (self->row)
    pw_upload_row_set_narrow (PW_UPLOAD_ROW (self->row), is_narrow);
}

void
pw_upload_place_set_choosing (PwUploadPlace *self,
                              gboolean       is_choosing)
{
  self->is_choosing = is_choosing;
  if (self->row)
    pw_upload_row_set_choosing (PW_UPLOAD_ROW (self->row), is_choosing);
}

void
pw_upload_place_set_chosen (PwUploadPlace *self,
                            gboolean       is_chosen)
{
  self->is_chosen = is_chosen;
  if (self->row)
    pw_upload_row_set_chosen (PW_UPLOAD_ROW (self->row), is_chosen);
}

/* The widget. */

static gboolean
pw_upload_place_grab_focus (GtkWidget *widget)
{
  PwUploadPlace *self = PW_UPLOAD_PLACE (widget);

  pw_upload_place_set_seen (self, TRUE);
  return self->row && gtk_widget_grab_focus (self->row);
}

static gboolean
pw_upload_place_focus (GtkWidget       *widget,
                       GtkDirectionType direction)
{
  PwUploadPlace *self = PW_UPLOAD_PLACE (widget);

  pw_upload_place_set_seen (self, TRUE);
  return self->row && gtk_widget_child_focus (self->row, direction);
}

static void
pw_upload_place_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  PwUploadPlace *self = PW_UPLOAD_PLACE (widget);

  if (self->row)
    gtk_widget_measure (self->row, orientation, for_size, minimum, natural, NULL, NULL);
  else if (orientation == GTK_ORIENTATION_HORIZONTAL || !self->entry)
    *minimum = *natural = 0;
  else
    *minimum = *natural = *get_height (self) > 0 ? *get_height (self) : USUAL_HEIGHT;
}

static void
pw_upload_place_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  PwUploadPlace *self = PW_UPLOAD_PLACE (widget);

  if (!self->row)
    return;
  if (self->entry)
    *get_height (self) = height;
  gtk_widget_size_allocate (self->row, &(GtkAllocation) { 0, 0, width, height }, baseline);
}

static GtkSizeRequestMode
pw_upload_place_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
pw_upload_place_dispose (GObject *object)
{
  PwUploadPlace *self = PW_UPLOAD_PLACE (object);

  g_clear_pointer (&self->row, gtk_widget_unparent);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (pw_upload_place_parent_class)->dispose (object);
}

static void
pw_upload_place_finalize (GObject *object)
{
  pw_row_heights_unref (PW_UPLOAD_PLACE (object)->heights);
  G_OBJECT_CLASS (pw_upload_place_parent_class)->finalize (object);
}

static void
pw_upload_place_class_init (PwUploadPlaceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_upload_place_dispose;
  G_OBJECT_CLASS (klass)->finalize = pw_upload_place_finalize;
  widget_class->focus = pw_upload_place_focus;
  widget_class->grab_focus = pw_upload_place_grab_focus;
  widget_class->measure = pw_upload_place_measure;
  widget_class->size_allocate = pw_upload_place_size_allocate;
  widget_class->get_request_mode = pw_upload_place_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "place");
}

static void
pw_upload_place_init (PwUploadPlace *self)
{
}

GtkWidget *
pw_upload_place_new (PwRowHeights *heights)
{
  PwUploadPlace *self = g_object_new (PW_TYPE_UPLOAD_PLACE, NULL);

  self->heights = g_rc_box_acquire (heights);
  return GTK_WIDGET (self);
}
