/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-list-page.h"

#include <glib/gi18n.h>

#include "app/pw-limit-menu.h"
#include "app/pw-spoken.h"
#include "app/pw-visible-rows.h"
#include "engine/pw-format.h"

#define ITEM_CHARS 28

struct _PwListPage {
  GtkBox parent_instance;

  GtkWidget *title;
  GtkWidget *add;
  GtkWidget *destination;
  GtkWidget *destination_name;
  GtkWidget *search_toggle;
  GtkWidget *pause_all;
  GtkWidget *pause_all_below;   /* the same where the header has no room for it */
  GtkWidget *search_bar;
  GtkWidget *search_entry;
  GtkWidget *filter;
  GtkWidget *stack;
  GtkWidget *first_try;
  GtkWidget *first_choose;
  GtkWidget *first_destination;
  GtkWidget *list;
  GtkWidget *chosen_bar;
  GtkWidget *chosen_count;
  GtkWidget *for_chosen;
  GtkWidget *footer;
  GtkWidget *totals;
  GtkWidget *limit;

  PwUploads *uploads;
  PwDestinations *destinations;
  PwSections *sections;
  GtkSelectionModel *choice;    /* of several; NULL = not choosing */
  PwVisibleRows *rows;
  gboolean is_loaded;
  gboolean is_narrow;
};

G_DEFINE_FINAL_TYPE (PwListPage, pw_list_page, GTK_TYPE_BOX)

/* What is seen. */

static void
show_stack (PwListPage *self)
{
  gboolean has_any = g_list_model_get_n_items (G_LIST_MODEL (self->uploads)) > 0;
  gboolean is_shown = g_list_model_get_n_items (G_LIST_MODEL (self->sections)) > 0;
  gboolean is_narrowed = gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (self->search_bar));
  const char *page = "loading";

  if (is_shown)
    page = "list";
  else if (is_narrowed && has_any)
    page = "nothing";
  else if (self->is_loaded)
    page = "empty";
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), page);
  gtk_widget_set_visible (self->search_toggle, has_any);
}

/* With a destination files may be chosen; without one it comes first. */
static void
show_first_steps (PwListPage *self)
{
  gboolean has_any = g_list_model_get_n_items (G_LIST_MODEL (self->destinations)) > 0;
  gboolean may_try = !has_any && g_getenv ("PARTWAY_TRY_IT") != NULL;

  gtk_widget_set_visible (self->first_try, may_try);
  gtk_widget_set_visible (self->first_choose, has_any);
  if (has_any || may_try)
    gtk_widget_remove_css_class (self->first_destination, "suggested-action");
  else
    gtk_widget_add_css_class (self->first_destination, "suggested-action");
  gtk_widget_set_visible (self->first_destination, !has_any);
  gtk_widget_set_visible (self->destination, has_any);
}

/* A menu is as wide as its longest item, and takes a line below for the sign of a key. */
static char *
dup_item (const char *name)
{
  g_autofree char *start = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), ITEM_CHARS));
  g_auto (GStrv) pieces = g_strsplit (start, "_", -1);
  g_autofree char *label = g_strjoinv ("__", pieces);

  return g_strconcat (label, g_str_equal (start, name) ? "" : "…", NULL);
}

static void
show_destinations (PwListPage *self)
{
  GListModel *model = G_LIST_MODEL (self->destinations);
  g_autoptr (GMenu) menu = g_menu_new (), names = g_menu_new (), more = g_menu_new ();

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwDestination) destination = g_list_model_get_item (model, i);
    g_autofree char *label = dup_item (destination->name);
    g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

    g_menu_item_set_action_and_target (item, "win.destination", "s", destination->id);
    g_menu_append_item (names, item);
  }
  g_menu_append (more, _("_Add a Destination…"), "win.add-destination");
  g_menu_append (more, _("_Destinations"), "win.show-destinations");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (names));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->destination), G_MENU_MODEL (menu));
  show_first_steps (self);
}

void
pw_list_page_set_destination (PwListPage    *self,
                              PwDestination *destination)
{
  g_autofree char *uri = destination ? pw_destination_dup_uri (destination) : NULL;

  gtk_label_set_label (GTK_LABEL (self->destination_name), destination ? destination->name : "");
  pw_spoken_set_tooltip (self->destination, uri);
  pw_spoken_set_name (self->destination, destination ? destination->name : _("Destination"));
}

void
pw_list_page_set_limit (PwListPage *self,
                        guint64     limit)
{
  g_autofree char *label = pw_limit_menu_dup_label (limit);
  g_autoptr (GMenu) menu = pw_limit_menu_new (limit);

  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->limit), label);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->limit), G_MENU_MODEL (menu));
}

static char *
dup_totals (const PwTotals   *totals,
            const PwProgress *progress)
{
  gint64 left = pw_progress_get_seconds_left (progress);
  g_autofree char *speed = pw_format_speed (pw_progress_get_speed (progress));
  g_autofree char *duration = NULL;

  if (totals->n_active == 0 && totals->n_troubled > 0)
    return g_strdup (_("Waiting"));
  if (totals->n_active == 0)
    return g_strdup (totals->n_paused > 0 ? _("Paused") : "");
  if (left < 0)
    return g_steal_pointer (&speed);
  duration = pw_format_duration (left);
  /* Translators: speed and time: "146 MB/s — 8 minutes left". */
  return g_strdup_printf (_("%s — %s left"), speed, duration);
}

static gboolean
has_unfinished (const PwTotals *totals)
{
  return totals->n_done + totals->n_failed < totals->n_uploads;
}

static void
show_pause_all (PwListPage     *self,
                const PwTotals *totals)
{
  GtkWidget *shown = self->is_narrow ? self->pause_all_below : self->pause_all;
  gboolean is_paused = totals->n_paused > 0 && totals->n_active == 0 && totals->n_troubled == 0
                       && totals->n_done + totals->n_failed + totals->n_paused == totals->n_uploads;
  const char *label = is_paused ? _("Resume All") : _("Pause All");
  const char *icon = is_paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic";

  gtk_widget_set_visible (self->pause_all,
                          shown == self->pause_all && has_unfinished (totals));
  gtk_widget_set_visible (self->pause_all_below,
                          shown == self->pause_all_below && has_unfinished (totals));
  /* An icon that is given anew is laid out anew, and with it the window. */
  if (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (shown)), icon) != 0)
    gtk_button_set_icon_name (GTK_BUTTON (shown), icon);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (shown),
                                  is_paused ? "win.resume-all" : "win.pause-all");
  pw_spoken_set_tooltip (shown, label);
}

void
pw_list_page_show_totals (PwListPage *self)
{
  PwTotals totals;
  g_autofree char *text = NULL;

  pw_uploads_get_totals (self->uploads, &totals);
  text = dup_totals (&totals, pw_uploads_get_progress (self->uploads));
  gtk_label_set_label (GTK_LABEL (self->totals), text);
  gtk_action_bar_set_revealed (GTK_ACTION_BAR (self->footer),
                               has_unfinished (&totals) && !self->choice);
  show_pause_all (self, &totals);
}

void
pw_list_page_set_loaded (PwListPage *self)
{
  self->is_loaded = TRUE;
  show_stack (self);
}

/* Rows. */

static void
activate_cb (GtkListView *list,
             guint        position,
             PwListPage  *self)
{
  g_autoptr (PwEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->sections), position);

  if (!entry || !entry->upload)
    return;
  if (self->choice && gtk_selection_model_is_selected (self->choice, position))
    gtk_selection_model_unselect_item (self->choice, position);
  else if (self->choice)
    gtk_selection_model_select_item (self->choice, position, FALSE);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-upload", "s", entry->upload->id);
}

PwUpload *
pw_list_page_get_focused (PwListPage *self)
{
  return pw_visible_rows_get_focused (self->rows);
}

void
pw_list_page_set_narrow (PwListPage *self,
                         gboolean    is_narrow)
{
  if (is_narrow == self->is_narrow)
    return;
  self->is_narrow = is_narrow;
  gtk_widget_set_visible (self->title, !is_narrow);
  gtk_label_set_wrap (GTK_LABEL (self->totals), is_narrow);
  gtk_label_set_ellipsize (GTK_LABEL (self->totals),
                           is_narrow ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  pw_list_page_show_totals (self);
  pw_visible_rows_set_narrow (self->rows, is_narrow);
}

/* Choosing several. */

static void
show_chosen (PwListPage *self)
{
  g_autoptr (GtkBitset) chosen = gtk_selection_model_get_selection (self->choice);
  gulong n = (gulong) gtk_bitset_get_size (chosen);
  g_autofree char *text = g_strdup_printf (ngettext ("%lu selected", "%lu selected", n), n);

  gtk_label_set_label (GTK_LABEL (self->chosen_count), text);
  gtk_widget_set_sensitive (self->for_chosen, n > 0);
}

static void
chosen_cb (GtkSelectionModel *choice,
           guint              position,
           guint              n_items,
           PwListPage        *self)
{
  show_chosen (self);
}

static GtkSelectionModel *
new_plain (PwListPage *self)
{
  return GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->sections))));
}

static GtkSelectionModel *
new_choice (PwListPage *self)
{
  GListModel *model = g_object_ref (G_LIST_MODEL (self->sections));

  return GTK_SELECTION_MODEL (gtk_multi_selection_new (model));
}

void
pw_list_page_set_choosing (PwListPage *self,
                           gboolean    is_choosing)
{
  g_autoptr (GtkSelectionModel) model = is_choosing ? new_choice (self) : new_plain (self);

  if (is_choosing == (self->choice != NULL))
    return;
  self->choice = is_choosing ? model : NULL;
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), model);
  pw_visible_rows_set_choosing (self->rows, is_choosing);
  gtk_action_bar_set_revealed (GTK_ACTION_BAR (self->chosen_bar), is_choosing);
  if (is_choosing) {
    g_signal_connect (model, "selection-changed", G_CALLBACK (chosen_cb), self);
    show_chosen (self);
  }
  pw_list_page_show_totals (self);
}

gboolean
pw_list_page_is_choosing (PwListPage *self)
{
  return self->choice != NULL;
}

GPtrArray *
pw_list_page_get_chosen (PwListPage *self)
{
  GPtrArray *uploads = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) chosen = NULL;
  GtkBitsetIter iter;
  guint position;

  if (!self->choice)
    return uploads;
  chosen = gtk_selection_model_get_selection (self->choice);
  for (gboolean is_there = gtk_bitset_iter_init_first (&iter, chosen, &position); is_there;
       is_there = gtk_bitset_iter_next (&iter, &position)) {
    g_autoptr (PwEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->sections), position);

    if (entry && entry->upload)
      g_ptr_array_add (uploads, g_object_ref (entry->upload));
  }
  return uploads;
}

/* Search and filter. */

void
pw_list_page_start_search (PwListPage *self)
{
  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->search_bar), TRUE);
  gtk_widget_grab_focus (self->search_entry);
}

void
pw_list_page_stop_search (PwListPage *self)
{
  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->search_bar), FALSE);
}

static void
search_cb (PwListPage *self)
{
  gboolean is_on = gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (self->search_bar));

  pw_sections_set_search (self->sections,
                          is_on ? gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) : NULL);
  pw_sections_set_filter (self->sections,
                          is_on ? gtk_drop_down_get_selected (GTK_DROP_DOWN (self->filter))
                                : PW_FILTER_ALL);
  show_stack (self);
}

/* The object. */

static void
pw_list_page_dispose (GObject *object)
{
  PwListPage *self = PW_LIST_PAGE (object);

  if (self->uploads)
    g_signal_handlers_disconnect_by_data (self->uploads, self);
  if (self->destinations)
    g_signal_handlers_disconnect_by_data (self->destinations, self);
  if (self->sections)
    g_signal_handlers_disconnect_by_data (self->sections, self);
  if (self->rows)
    gtk_list_view_set_model (GTK_LIST_VIEW (self->list), NULL);
  g_clear_pointer (&self->rows, pw_visible_rows_free);
  g_clear_object (&self->sections);
  g_clear_object (&self->uploads);
  g_clear_object (&self->destinations);
  G_OBJECT_CLASS (pw_list_page_parent_class)->dispose (object);
}

#define BIND(child) \
  gtk_widget_class_bind_template_child (widget_class, PwListPage, child)

static void
pw_list_page_class_init (PwListPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_list_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-list-page.ui");
  BIND (title);
  BIND (add);
  BIND (destination);
  BIND (destination_name);
  BIND (search_toggle);
  BIND (pause_all);
  BIND (pause_all_below);
  BIND (search_bar);
  BIND (search_entry);
  BIND (filter);
  BIND (stack);
  BIND (first_try);
  BIND (first_choose);
  BIND (first_destination);
  BIND (list);
  BIND (chosen_bar);
  BIND (chosen_count);
  BIND (for_chosen);
  BIND (footer);
  BIND (totals);
  BIND (limit);
}

static void
pw_list_page_init (PwListPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  pw_spoken_name_buttons (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->search_bar),
                                GTK_EDITABLE (self->search_entry));
  g_signal_connect_swapped (self->search_entry, "search-changed", G_CALLBACK (search_cb), self);
  g_signal_connect_swapped (self->search_bar, "notify::search-mode-enabled",
                            G_CALLBACK (search_cb), self);
  g_signal_connect_swapped (self->filter, "notify::selected", G_CALLBACK (search_cb), self);
  g_signal_connect (self->list, "activate", G_CALLBACK (activate_cb), self);
}

static void
connect_list (PwListPage *self)
{
  g_autoptr (GtkSelectionModel) plain = new_plain (self);

  self->rows = pw_visible_rows_new (GTK_LIST_VIEW (self->list));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), plain);
}

GtkWidget *
pw_list_page_new (PwUploads      *uploads,
                  PwDestinations *destinations)
{
  PwListPage *self = g_object_new (PW_TYPE_LIST_PAGE, NULL);

  self->uploads = g_object_ref (uploads);
  self->destinations = g_object_ref (destinations);
  self->sections = pw_sections_new (G_LIST_MODEL (uploads));
  connect_list (self);
  g_signal_connect_swapped (self->sections, "items-changed", G_CALLBACK (show_stack), self);
  g_signal_connect_swapped (destinations, "items-changed", G_CALLBACK (show_destinations), self);
  show_destinations (self);
  show_stack (self);
  return GTK_WIDGET (self);
}

PwSections *
pw_list_page_get_sections (PwListPage *self)
{
  return self->sections;
}
