/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-upload-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/pw-bar.h"
#include "app/pw-fact-row.h"
#include "app/pw-fact-words.h"
#include "app/pw-flights.h"
#include "app/pw-legend.h"
#include "app/pw-part-map.h"
#include "app/pw-part-words.h"
#include "app/pw-speed-graph.h"
#include "app/pw-spoken.h"
#include "app/pw-words.h"
#include "engine/pw-format.h"

struct _PwUploadPage {
  GtkBox parent_instance;

  GtkWidget *title;
  GtkWidget *menu;
  GtkWidget *toggle;
  GtkWidget *percent;
  GtkWidget *sentence;
  GtkWidget *help;
  GtkWidget *bar;
  GtkWidget *map_card;
  GtkWidget *map;
  GtkWidget *legend;
  GtkWidget *flights;
  GtkWidget *graph_card;
  GtkWidget *graph;
  GtkWidget *since;
  GtkWidget *speed;
  GtkWidget *facts;

  PwUploads *uploads;
  PwUpload *upload;
  PwParts parts;
  GCancellable *cancellable;    /* of reading them from the journal */
  GtkWidget *fact_rows[PW_N_FACTS];
};

G_DEFINE_FINAL_TYPE (PwUploadPage, pw_upload_page, GTK_TYPE_BOX)

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

static gboolean
is_gone (PwUpload *upload)
{
  return upload->state == PW_UPLOAD_ABORTING || upload->state == PW_UPLOAD_REMOVED;
}

/* How it stands. */

static void
show_head (PwUploadPage *self)
{
  PwUpload *upload = self->upload;
  double size = upload->size > 0 ? (double) upload->size : 1;
  guint64 safe = pw_upload_get_safe (upload);
  g_autofree char *sentence = pw_words_dup_sentence (upload, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *percent = NULL;
  double share = upload->state == PW_UPLOAD_DONE ? 1 : MIN ((double) safe / size, 1);

  percent = g_strdup_printf (_("%d %%"), (int) (share * 100));
  gtk_label_set_label (GTK_LABEL (self->percent), percent);
  gtk_widget_set_visible (self->percent, upload->state != PW_UPLOAD_SKIPPED);
  gtk_label_set_label (GTK_LABEL (self->sentence), sentence);
  pw_bar_show (PW_BAR (self->bar), share, (double) pw_upload_get_sent (upload) / size, NULL);
}

static void
show_help (PwUploadPage *self)
{
  PwHelp help = pw_words_get_help (self->upload);

  gtk_widget_set_visible (self->help, help != PW_HELP_NONE);
  if (help == PW_HELP_NONE)
    return;
  gtk_button_set_label (GTK_BUTTON (self->help), pw_words_get_label (help));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->help), pw_words_get_action (help));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->help), "s", self->upload->id);
}

static void
show_toggle (PwUploadPage *self)
{
  PwToggle toggle = pw_words_get_toggle (self->upload);
  gboolean may_resume = toggle == PW_TOGGLE_RESUME;
  const char *label = may_resume ? _("Resume") : _("Pause");

  gtk_widget_set_visible (self->toggle, toggle != PW_TOGGLE_NONE);
  gtk_button_set_icon_name (GTK_BUTTON (self->toggle),
                            may_resume ? "media-playback-start-symbolic"
                                       : "media-playback-pause-symbolic");
  pw_spoken_set_tooltip (self->toggle, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* The parts. */

static void
show_plan (PwUploadPage *self)
{
  const char *text = pw_part_map_get_text (PW_PART_MAP (self->map));
  g_autofree char *plan = text ? NULL : pw_part_words_dup_plan (&self->parts);

  pw_legend_set_note (PW_LEGEND (self->legend), text ? text : plan);
}

static void
show_parts (PwUploadPage *self,
            const GArray *flights)
{
  gboolean has_parts = self->parts.plan.n_parts > 0;

  gtk_widget_set_visible (self->map_card, has_parts);
  gtk_widget_set_visible (self->bar, !has_parts && !pw_upload_is_over (self->upload));
  if (!has_parts)
    return;
  pw_part_map_show (PW_PART_MAP (self->map), self->parts.looks, self->parts.plan.n_parts, flights);
  pw_legend_show (PW_LEGEND (self->legend), &self->parts);
  show_plan (self);
}

static char *
part_text_cb (guint    part_number,
              gpointer data)
{
  PwUploadPage *self = data;

  if (part_number > self->parts.plan.n_parts)
    return NULL;
  return pw_part_words_dup_part (&self->parts, self->upload, part_number);
}

static void
show_flights (PwUploadPage *self,
              const GArray *flights)
{
  if (!pw_upload_is_active (self->upload)) {
    pw_flights_clear (PW_FLIGHTS (self->flights));
    return;
  }
  pw_flights_set_connections (PW_FLIGHTS (self->flights),
                              pw_uploads_get_connections (self->uploads),
                              pw_uploads_is_tuned (self->uploads));
  pw_flights_show (PW_FLIGHTS (self->flights), flights, g_get_monotonic_time ());
}

/* The speed. */

static void
show_graph (PwUploadPage *self)
{
  const PwProgress *progress = self->upload->progress;
  g_autofree char *duration = NULL, *since = NULL, *speed = NULL, *now = NULL, *label = NULL;
  guint64 second;

  gtk_widget_set_visible (self->graph_card, progress
                          && pw_progress_get_history (progress, &second, 1) > 0);
  if (!progress)
    return;
  pw_speed_graph_show (PW_SPEED_GRAPH (self->graph), progress);
  duration = pw_format_duration (pw_speed_graph_get_seconds (PW_SPEED_GRAPH (self->graph)));
  /* Translators: where the line of a graph begins: "5 minutes ago". */
  since = g_strdup_printf (_("%s ago"), duration);
  speed = pw_format_speed (pw_upload_is_active (self->upload)
                           ? pw_progress_get_speed (progress) : 0);
  /* Translators: where the line of a graph ends: "98 MB/s now". */
  now = g_strdup_printf (_("%s now"), speed);
  /* Translators: what a graph shows, for a screen reader; a duration, then a speed. */
  label = g_strdup_printf (_("Speed of the last %s, %s now"), duration, speed);
  gtk_label_set_label (GTK_LABEL (self->since), since);
  gtk_label_set_label (GTK_LABEL (self->speed), now);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->graph),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* The facts. */

static void
show_facts (PwUploadPage *self)
{
  for (guint fact = 0; fact < PW_N_FACTS; fact++) {
    g_autofree char *value = pw_fact_words_dup_value (fact, self->upload, &self->parts);

    pw_fact_row_show (PW_FACT_ROW (self->fact_rows[fact]), value);
  }
}

static void
make_facts (PwUploadPage *self)
{
  for (guint fact = 0; fact < PW_N_FACTS; fact++) {
    self->fact_rows[fact] = pw_fact_row_new (pw_fact_words_get_title (fact));
    gtk_list_box_append (GTK_LIST_BOX (self->facts), self->fact_rows[fact]);
  }
}

/* All of it. */

static void
show_progress (PwUploadPage *self)
{
  g_autoptr (GArray) flights = pw_upload_get_flights (self->upload);

  pw_parts_look (&self->parts, self->upload);
  show_head (self);
  show_parts (self, flights);
  show_flights (self, flights);
  show_graph (self);
  show_facts (self);
}

static void
show_state (PwUploadPage *self)
{
  PwUpload *upload = self->upload;
  gboolean is_resting = upload->state == PW_UPLOAD_PAUSED || upload->state == PW_UPLOAD_WAITING;

  set_class (self->bar, "paused", is_resting);
  set_class (self->bar, "problem", pw_words_is_error (upload));
  set_class (self->sentence, "error", pw_words_is_error (upload));
  set_class (self->sentence, "dim-label", !pw_words_is_error (upload));
  show_help (self);
  show_toggle (self);
  show_progress (self);
}

/* What was not taken up since the program began: its journal knows. */

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  PwUploadPage *self = data;
  g_auto (PwParts) parts = { 0 };
  guint64 safe;

  /* Where it was cancelled the page is gone. */
  if (!pw_parts_read_finish (&parts, &safe, result) || self->parts.looks)
    return;
  self->parts = parts;
  parts = (PwParts) { 0 };
  pw_upload_set_known_safe (self->upload, safe);
}

static void
read_parts (PwUploadPage *self)
{
  self->cancellable = g_cancellable_new ();
  pw_parts_read_async (pw_uploads_get_journals (self->uploads), self->upload, self->cancellable,
                       read_cb, self);
}

static void
show_title (PwUploadPage *self)
{
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->title), self->upload->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->upload->name, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->toggle), "s", self->upload->id);
}

static void
leave (PwUploadPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void
state_cb (PwUploadPage *self)
{
  show_title (self);
  show_state (self);
  /* Under another page "back" would close that one: then it leaves when it is seen again. */
  if (is_gone (self->upload) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    leave (self);
}

static void
pw_upload_page_map (GtkWidget *widget)
{
  PwUploadPage *self = PW_UPLOAD_PAGE (widget);

  GTK_WIDGET_CLASS (pw_upload_page_parent_class)->map (widget);
  if (is_gone (self->upload))
    leave (self);
}

/* Nothing stays to be seen of it, although it may still be brought back. */
static void
remove_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *target)
{
  g_autoptr (PwUploadPage) self = g_object_ref (PW_UPLOAD_PAGE (widget));

  gtk_widget_activate_action (widget, "win.remove-upload", "s", self->upload->id);
  leave (self);
}

/* What the menu offers follows from the state, so it is made when it is opened. */
static void
menu_cb (GtkMenuButton *button,
         gpointer       data)
{
  PwUploadPage *self = data;
  g_autoptr (GMenu) menu = pw_words_new_page_menu (self->upload);

  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
pw_upload_page_dispose (GObject *object)
{
  PwUploadPage *self = PW_UPLOAD_PAGE (object);

  if (self->upload) {
    g_signal_handlers_disconnect_by_data (self->upload, self);
    g_signal_handlers_disconnect_by_data (self->map, self);
    pw_part_map_set_text_func (PW_PART_MAP (self->map), NULL, NULL);
  }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->upload);
  g_clear_object (&self->uploads);
  G_OBJECT_CLASS (pw_upload_page_parent_class)->dispose (object);
}

static void
pw_upload_page_finalize (GObject *object)
{
  pw_parts_clear (&PW_UPLOAD_PAGE (object)->parts);
  G_OBJECT_CLASS (pw_upload_page_parent_class)->finalize (object);
}

#define BIND(child) \
  gtk_widget_class_bind_template_child (widget_class, PwUploadPage, child)

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (PW_TYPE_BAR);
  g_type_ensure (PW_TYPE_PART_MAP);
  g_type_ensure (PW_TYPE_LEGEND);
  g_type_ensure (PW_TYPE_FLIGHTS);
  g_type_ensure (PW_TYPE_SPEED_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-upload-page.ui");
  BIND (title);
  BIND (menu);
  BIND (toggle);
  BIND (percent);
  BIND (sentence);
  BIND (help);
  BIND (bar);
  BIND (map_card);
  BIND (map);
  BIND (legend);
  BIND (flights);
  BIND (graph_card);
  BIND (graph);
  BIND (since);
  BIND (speed);
  BIND (facts);
}

static void
pw_upload_page_class_init (PwUploadPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_upload_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = pw_upload_page_finalize;
  widget_class->map = pw_upload_page_map;
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "page.remove-upload", "s", remove_cb);
}

static void
pw_upload_page_init (PwUploadPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  make_facts (self);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->menu), menu_cb, self, NULL);
  pw_part_map_set_text_func (PW_PART_MAP (self->map), part_text_cb, self);
}

GtkWidget *
pw_upload_page_new (PwUploads *uploads,
                    PwUpload  *upload)
{
  PwUploadPage *self = g_object_new (PW_TYPE_UPLOAD_PAGE, NULL);

  self->uploads = g_object_ref (uploads);
  self->upload = g_object_ref (upload);
  show_title (self);
  show_state (self);
  g_signal_connect_swapped (upload, "notify::state", G_CALLBACK (state_cb), self);
  g_signal_connect_swapped (upload, "notify::asked", G_CALLBACK (show_state), self);
  g_signal_connect_swapped (upload, "progress", G_CALLBACK (show_progress), self);
  g_signal_connect_swapped (self->map, "notify::text", G_CALLBACK (show_plan), self);
  if (!self->parts.looks && !pw_upload_is_over (upload))
    read_parts (self);
  return GTK_WIDGET (self);
}

PwUpload *
pw_upload_page_get_upload (PwUploadPage *self)
{
  return self->upload;
}
