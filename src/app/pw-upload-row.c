/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-upload-row.h"

#include <glib/gi18n.h>

#include "app/pw-bar.h"
#include "app/pw-spoken.h"
#include "app/pw-words.h"

#define EDGE 12                         /* pixels, as in the template */

struct _PwUploadRow {
  GtkBox parent_instance;

  GtkWidget *title_box;
  GtkWidget *title;
  GtkWidget *title_count;
  GtkWidget *clear;
  GtkWidget *body;
  GtkWidget *check;
  GtkWidget *icon;
  GtkWidget *name;
  GtkWidget *bar;
  GtkWidget *sentence;
  GtkWidget *help;
  GtkWidget *help_below;        /* the same where there is little room beside */
  GtkWidget *proved;
  GtkWidget *toggle;
  GtkWidget *menu;

  PwEntry *entry;
  gboolean is_narrow;
};

G_DEFINE_FINAL_TYPE (PwUploadRow, pw_upload_row, GTK_TYPE_BOX)

static const char *
get_section_title (PwSection section)
{
  switch (section) {
  case PW_SECTION_ACTIVE:
    return _("Uploading");
  case PW_SECTION_PROBLEMS:
    return _("Needs Attention");
  case PW_SECTION_FINISHED:
    return _("Finished");
  case PW_N_SECTIONS:
  default:
    return "";
  }
}

static void
set_class (GtkWidget  *widget,
           const char *name,
           gboolean    is_on)
{
  if (is_on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
set_target (GtkWidget  *button,
            const char *id)
{
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
}

static void
show_title (PwUploadRow *self)
{
  PwEntry *entry = self->entry;
  g_autofree char *count = g_strdup_printf ("%u", entry->count);

  gtk_label_set_label (GTK_LABEL (self->title), get_section_title (entry->section));
  gtk_label_set_label (GTK_LABEL (self->title_count), count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, get_section_title (entry->section),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, count, -1);
  gtk_widget_set_visible (self->clear, entry->section == PW_SECTION_FINISHED);
}

static void
show_edges (PwUploadRow *self)
{
  set_class (GTK_WIDGET (self), "first", self->entry->edges & PW_EDGE_FIRST);
  set_class (GTK_WIDGET (self), "last", self->entry->edges & PW_EDGE_LAST);
}

static void
show_bar (PwUploadRow *self,
          PwUpload    *upload)
{
  double size = upload->size > 0 ? (double) upload->size : 1;
  guint64 safe = pw_upload_get_safe (upload);
  gboolean is_resting = upload->state == PW_UPLOAD_PAUSED || upload->state == PW_UPLOAD_WAITING;

  gtk_widget_set_visible (self->bar, !pw_upload_is_over (upload)
                          && (upload->state != PW_UPLOAD_FAILED || safe > 0));
  set_class (self->bar, "paused", is_resting);
  set_class (self->bar, "problem", pw_words_is_error (upload));
  pw_bar_show (PW_BAR (self->bar), (double) safe / size,
               (double) MAX (pw_upload_get_sent (upload), safe) / size, NULL);
}

static void
show_help (PwUploadRow *self,
           PwUpload    *upload)
{
  PwHelp help = pw_words_get_help (upload);
  GtkWidget *shown = self->is_narrow ? self->help_below : self->help;

  gtk_widget_set_visible (self->help, help != PW_HELP_NONE && shown == self->help);
  gtk_widget_set_visible (self->help_below, help != PW_HELP_NONE && shown == self->help_below);
  if (help == PW_HELP_NONE)
    return;
  gtk_button_set_label (GTK_BUTTON (shown), pw_words_get_label (help));
  set_target (shown, upload->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (shown), pw_words_get_action (help));
}

static void
show_toggle (PwUploadRow *self,
             PwUpload    *upload)
{
  PwToggle toggle = pw_words_get_toggle (upload);
  gboolean may_resume = toggle == PW_TOGGLE_RESUME;
  const char *label = may_resume ? _("Resume") : _("Pause");

  if (toggle != PW_TOGGLE_NONE) {
    gtk_button_set_icon_name (GTK_BUTTON (self->toggle),
                              may_resume ? "media-playback-start-symbolic"
                                         : "media-playback-pause-symbolic");
    pw_spoken_set_tooltip (self->toggle, label);
  }
  gtk_widget_set_visible (self->toggle, toggle != PW_TOGGLE_NONE);
}

static void
show_progress (PwUploadRow *self)
{
  PwUpload *upload = self->entry->upload;
  g_autofree char *sentence = pw_words_dup_sentence (upload, g_get_real_time () / G_USEC_PER_SEC);

  show_bar (self, upload);
  gtk_label_set_label (GTK_LABEL (self->sentence), sentence);
}

static gboolean
is_cut (GtkWidget *label)
{
  return pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label)));
}

/* Asked for when it is wanted: each change of a tooltip's text asks the display where the pointer
 * is, and waits for the answer. */
static gboolean
tooltip_cb (GtkWidget   *widget,
            int          x,
            int          y,
            gboolean     by_keyboard,
            GtkTooltip  *tooltip,
            PwUploadRow *self)
{
  PwUpload *upload = self->entry ? self->entry->upload : NULL;

  if (!upload || (widget == self->sentence && !is_cut (widget)))
    return FALSE;
  gtk_tooltip_set_text (tooltip, widget == self->name
                                   ? upload->key
                                   : gtk_label_get_label (GTK_LABEL (self->sentence)));
  return TRUE;
}

/* What went wrong is told in full; how it goes on may be cut where there is room. */
static void
show_room (PwUploadRow *self,
           gboolean     has_failed)
{
  gboolean may_wrap = has_failed || self->is_narrow;
  int lines = has_failed ? 3 : 2;

  gtk_label_set_wrap (GTK_LABEL (self->sentence), may_wrap);
  /* A number of lines is filled also where nothing may wrap. */
  gtk_label_set_lines (GTK_LABEL (self->sentence), may_wrap ? lines : -1);
}

static void
show_state (PwUploadRow *self)
{
  PwUpload *upload = self->entry->upload;
  gboolean has_failed = pw_words_is_error (upload);

  show_help (self, upload);
  show_toggle (self, upload);
  gtk_widget_set_visible (self->proved, upload->state == PW_UPLOAD_DONE && upload->verification);
  show_room (self, upload->state == PW_UPLOAD_FAILED);
  set_class (self->sentence, "error", has_failed);
  set_class (self->sentence, "dim-label", !has_failed);
  show_progress (self);
}

static void
show_file (PwUploadRow *self)
{
  PwUpload *upload = self->entry->upload;
  g_autofree char *type = g_content_type_guess (upload->name, NULL, 0, NULL);
  g_autoptr (GIcon) icon = g_content_type_get_icon (type);

  gtk_image_set_from_gicon (GTK_IMAGE (self->icon), icon);
  gtk_label_set_label (GTK_LABEL (self->name), upload->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, upload->name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, upload->name, -1);
  set_target (self->toggle, upload->id);
}

/* What the menu offers follows from the state, so it is made when it is opened. */
static void
menu_cb (GtkMenuButton *button,
         gpointer       data)
{
  PwUploadRow *self = data;
  g_autoptr (GMenu) menu = NULL;

  if (!self->entry || !self->entry->upload)
    return;
  menu = pw_words_new_menu (self->entry->upload);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

/* A screen reader is told of moves, not of every byte. */
static void
state_cb (PwUploadRow *self)
{
  show_state (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  gtk_label_get_label (GTK_LABEL (self->sentence)), -1);
}

static void
progress_cb (PwUploadRow *self)
{
  show_progress (self);
}

void
pw_upload_row_show (PwUploadRow *self,
                    PwEntry     *entry)
{
  g_return_if_fail (PW_IS_UPLOAD_ROW (self));

  if (self->entry == entry)
    return;
  if (self->entry)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  if (self->entry && self->entry->upload)
    g_signal_handlers_disconnect_by_data (self->entry->upload, self);
  g_set_object (&self->entry, entry);
  /* What it offers is of the upload before. */
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->menu));
  if (!entry)
    return;

  gtk_widget_set_visible (self->title_box, !entry->upload);
  gtk_widget_set_visible (self->body, entry->upload != NULL);
  if (!entry->upload) {
    show_title (self);
    g_signal_connect_swapped (entry, "notify::count", G_CALLBACK (show_title), self);
    return;
  }
  show_file (self);
  state_cb (self);
  show_edges (self);
  g_signal_connect_swapped (entry, "notify::edges", G_CALLBACK (show_edges), self);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (state_cb), self);
  g_signal_connect_swapped (entry->upload, "notify::asked", G_CALLBACK (state_cb), self);
  g_signal_connect_swapped (entry->upload, "progress", G_CALLBACK (progress_cb), self);
}

PwEntry *
pw_upload_row_get_entry (PwUploadRow *self)
{
  return self->entry;
}

void
pw_upload_row_set_narrow (PwUploadRow *self,
                          gboolean     is_narrow)
{
  self->is_narrow = is_narrow;
  if (self->entry && self->entry->upload)
    show_state (self);
}

void
pw_upload_row_set_choosing (PwUploadRow *self,
                            gboolean     is_choosing)
{
  gtk_widget_set_visible (self->check, is_choosing);
  gtk_widget_set_margin_start (self->icon, is_choosing ? 0 : EDGE);
}

void
pw_upload_row_set_chosen (PwUploadRow *self,
                          gboolean     is_chosen)
{
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->check), is_chosen);
}

/* The keys. A GtkListView gives the focus to what is inside a row, where there is something, and
 * never from one widget inside to the next; so the row takes it, and hands it on. */

static gboolean
pw_upload_row_grab_focus (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  if (!root || !gtk_widget_get_mapped (widget))
    return FALSE;
  gtk_root_set_focus (root, widget);
  return TRUE;
}

static gboolean
pw_upload_row_focus (GtkWidget       *widget,
                     GtkDirectionType direction)
{
  if (gtk_widget_is_focus (widget) || gtk_widget_get_focus_child (widget))
    return FALSE;
  return gtk_widget_grab_focus (widget);
}

/* The first that has the focus, or holds it: an index; -1 = the row itself. */
static int
find_focus (PwUploadRow *self,
            GPtrArray   *buttons)
{
  for (guint i = 0; i < buttons->len; i++) {
    GtkWidget *button = g_ptr_array_index (buttons, i);

    if (gtk_widget_is_focus (button) || gtk_widget_get_focus_child (button))
      return (int) i;
  }
  return -1;
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  key,
        guint                  code,
        GdkModifierType        modifiers,
        PwUploadRow           *self)
{
  GtkWidget *all[] = { self->clear, self->help, self->help_below, self->toggle, self->menu };
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();
  int step = key == GDK_KEY_ISO_Left_Tab ? -1 : 1, next;

  if (key != GDK_KEY_Tab && key != GDK_KEY_ISO_Left_Tab)
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    if (gtk_widget_get_mapped (all[i]))
      g_ptr_array_add (buttons, all[i]);
  }
  if (step < 0 && gtk_widget_is_focus (GTK_WIDGET (self)))
    return GDK_EVENT_PROPAGATE;
  next = find_focus (self, buttons) + step;
  if (next >= (int) buttons->len)
    return GDK_EVENT_PROPAGATE;
  return gtk_widget_grab_focus (next < 0 ? GTK_WIDGET (self) : g_ptr_array_index (buttons, next));
}

static void
pw_upload_row_dispose (GObject *object)
{
  pw_upload_row_show (PW_UPLOAD_ROW (object), NULL);
  G_OBJECT_CLASS (pw_upload_row_parent_class)->dispose (object);
}

#define BIND(child) \
  gtk_widget_class_bind_template_child (widget_class, PwUploadRow, child)

static void
pw_upload_row_class_init (PwUploadRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_upload_row_dispose;
  widget_class->focus = pw_upload_row_focus;
  widget_class->grab_focus = pw_upload_row_grab_focus;
  g_type_ensure (PW_TYPE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-upload-row.ui");
  BIND (title_box);
  BIND (title);
  BIND (title_count);
  BIND (clear);
  BIND (body);
  BIND (check);
  BIND (icon);
  BIND (name);
  BIND (bar);
  BIND (sentence);
  BIND (help);
  BIND (help_below);
  BIND (proved);
  BIND (toggle);
  BIND (menu);
}

static void
pw_upload_row_init (PwUploadRow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Hidden so far: a tooltip that is given to what is visible asks the display, and waits. */
  gtk_widget_set_visible (self->menu, TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  pw_spoken_name_buttons (GTK_WIDGET (self));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->menu), menu_cb, self, NULL);
  g_signal_connect (self->name, "query-tooltip", G_CALLBACK (tooltip_cb), self);
  g_signal_connect (self->sentence, "query-tooltip", G_CALLBACK (tooltip_cb), self);
}

GtkWidget *
pw_upload_row_new (void)
{
  return g_object_new (PW_TYPE_UPLOAD_ROW, NULL);
}
