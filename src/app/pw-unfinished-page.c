/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-unfinished-page.h"

#include <glib/gi18n.h>

#include "app/pw-dialogs.h"
#include "app/pw-leftover-row.h"
#include "engine/pw-adopt.h"
#include "engine/pw-error.h"
#include "engine/pw-format.h"

struct _PwUnfinishedPage {
  GtkBox parent_instance;

  AdwToastOverlay *toasts;
  GtkDropDown *destination;
  GtkWidget *more;
  GtkStack *stack;
  AdwStatusPage *failed;
  GtkWidget *again;
  GtkListBox *list;
  GtkWidget *limit;
  GtkActionBar *chosen_bar;
  GtkLabel *chosen_count;

  PwUploads *uploads;
  PwDestinations *destinations;
  PwDestination *shown;         /* whose list it is, or NULL */
  GPtrArray *found;             /* PwLeftover, row by row; or NULL */
  GPtrArray *going;             /* those that are being asked about, or deleted; or NULL */
  char *resuming;               /* upload id that a file is chosen for; or NULL */
  GCancellable *cancellable;    /* of what is asked of the store */
};

G_DEFINE_FINAL_TYPE (PwUnfinishedPage, pw_unfinished_page, GTK_TYPE_BOX)

static void
tell (PwUnfinishedPage *self,
      const char       *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* What is chosen. */

static GPtrArray *
get_chosen (PwUnfinishedPage *self)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; self->found && i < self->found->len; i++) {
    PwLeftover *leftover = g_ptr_array_index (self->found, i);

    if (leftover->is_chosen)
      g_ptr_array_add (chosen, g_object_ref (leftover));
  }
  return chosen;
}

static guint64
sum (GPtrArray *leftovers)
{
  guint64 size = 0;

  for (guint i = 0; i < leftovers->len; i++)
    size += ((PwLeftover *) g_ptr_array_index (leftovers, i))->size;
  return size;
}

static void
show_chosen (PwUnfinishedPage *self)
{
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  g_autofree char *size = pw_format_size (sum (chosen));
  g_autofree char *text = NULL;

  /* Translators: how many are selected, and their size. */
  text = g_strdup_printf (ngettext ("%u selected, %s", "%u selected, %s", chosen->len),
                          chosen->len, size);
  gtk_label_set_label (self->chosen_count, text);
  gtk_action_bar_set_revealed (self->chosen_bar, chosen->len > 0);
}

static void
show_chosen_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *target)
{
  show_chosen (PW_UNFINISHED_PAGE (widget));
}

/* @target: days; 0 = all, less = none. */
static void
choose_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *target)
{
  PwUnfinishedPage *self = PW_UNFINISHED_PAGE (widget);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint32 days = g_variant_get_int32 (target);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++) {
    PwLeftover *leftover = pw_leftover_row_get (PW_LEFTOVER_ROW (row));
    gboolean is_meant = days == 0
                        || (days > 0 && pw_leftover_is_older (leftover, (guint) days, now));

    pw_leftover_row_set_chosen (PW_LEFTOVER_ROW (row), is_meant);
  }
}

/* Rows. */

static gboolean
has_choice (PwUnfinishedPage *self)
{
  for (guint i = 0; self->found && i < self->found->len; i++) {
    PwLeftover *leftover = g_ptr_array_index (self->found, i);

    if (!leftover->known_id)
      return TRUE;
  }
  return FALSE;
}

static void
show_found (PwUnfinishedPage *self)
{
  g_autoptr (GtkSizeGroup) edge = has_choice (self) ? gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL)
                                                    : NULL;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; self->found && i < self->found->len; i++) {
    PwLeftover *leftover = g_ptr_array_index (self->found, i);
    gboolean is_listed = leftover->known_id
                         && pw_uploads_lookup (self->uploads, leftover->known_id);

    gtk_list_box_append (self->list, pw_leftover_row_new (leftover, is_listed, edge));
  }
  gtk_widget_set_visible (self->limit, self->found && self->found->len >= PW_MAX_LEFTOVERS);
  show_chosen (self);
}

/* Loading. */

static void
show (PwUnfinishedPage *self,
      const char       *name)
{
  gboolean is_list = g_str_equal (name, "list");

  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_set_sensitive (self->more, is_list);
  if (!is_list)
    gtk_action_bar_set_revealed (self->chosen_bar, FALSE);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (PwUnfinishedPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = pw_leftovers_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_steal_pointer (&found);
  show_found (self);
  if (!error) {
    show (self, self->found->len > 0 ? "list" : "empty");
    return;
  }
  adw_status_page_set_description (self->failed, error->message);
  gtk_widget_set_visible (self->again, !g_error_matches (error, PW_ERROR, PW_ERROR_UNSUPPORTED));
  show (self, "failed");
}

static void
ask_anew (PwUnfinishedPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static void
reload (PwUnfinishedPage *self)
{
  g_set_object (&self->shown, gtk_drop_down_get_selected_item (self->destination));
  ask_anew (self);
  if (!self->shown) {
    show (self, "empty");
    return;
  }
  show (self, "loading");
  pw_leftovers_load_async (self->uploads, self->shown, self->cancellable, loaded_cb,
                           g_object_ref (self));
}

static void
reload_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *target)
{
  reload (PW_UNFINISHED_PAGE (widget));
}

static void
selected_cb (PwUnfinishedPage *self)
{
  if (self->shown != gtk_drop_down_get_selected_item (self->destination))
    reload (self);
}

/* Deleting. */

static void
deleted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (PwUnfinishedPage) self = data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->going, g_ptr_array_unref);
  if (pw_leftovers_delete_finish (result, &error))
    tell (self, _("Deleted"));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    tell (self, error->message);
  reload (self);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (PwUnfinishedPage) self = data;
  g_autofree char *id = pw_dialogs_ask_finish (result);

  if (g_strcmp0 (id, "delete") != 0) {
    g_clear_pointer (&self->going, g_ptr_array_unref);
    return;
  }
  ask_anew (self);
  show (self, "loading");
  pw_leftovers_delete_async (self->uploads, self->shown, self->going, self->cancellable,
                             deleted_cb, g_object_ref (self));
}

static void
ask_to_delete (PwUnfinishedPage *self,
               GPtrArray        *leftovers)
{
  const PwResponse responses[] = {
    { "cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT },
    { "delete", _("_Delete"), ADW_RESPONSE_DESTRUCTIVE },
    { NULL, NULL, ADW_RESPONSE_DEFAULT }
  };
  g_autofree char *size = pw_format_size (sum (leftovers));
  g_autofree char *heading = NULL, *body = NULL;

  if (self->going || leftovers->len == 0)
    return;
  self->going = g_ptr_array_ref (leftovers);
  heading = g_strdup_printf (ngettext ("Delete %u Unfinished Upload?",
                                       "Delete %u Unfinished Uploads?", leftovers->len),
                             leftovers->len);
  /* Translators: a size. */
  body = g_strdup_printf (_("%s that were sent already are deleted at the store. This cannot be "
                            "undone, and whoever is still sending them has to begin anew."), size);
  pw_dialogs_ask (GTK_WIDGET (self), heading, body, responses, "cancel", answered_cb,
                  g_object_ref (self));
}

static void
delete_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *target)
{
  g_autoptr (GPtrArray) chosen = get_chosen (PW_UNFINISHED_PAGE (widget));

  ask_to_delete (PW_UNFINISHED_PAGE (widget), chosen);
}

static PwLeftover *
find (PwUnfinishedPage *self,
      const char       *upload_id)
{
  for (guint i = 0; self->found && i < self->found->len; i++) {
    PwLeftover *leftover = g_ptr_array_index (self->found, i);

    if (g_strcmp0 (leftover->upload_id, upload_id) == 0)
      return leftover;
  }
  return NULL;
}

static void
delete_one_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *target)
{
  PwUnfinishedPage *self = PW_UNFINISHED_PAGE (widget);
  PwLeftover *leftover = find (self, g_variant_get_string (target, NULL));
  g_autoptr (GPtrArray) one = g_ptr_array_new_with_free_func (g_object_unref);

  if (!leftover)
    return;
  g_ptr_array_add (one, g_object_ref (leftover));
  ask_to_delete (self, one);
}

/* Resuming. */

static void
adopted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (PwUnfinishedPage) self = data;
  g_autoptr (GError) error = NULL;
  PwUpload *upload = pw_adopt_finish (self->uploads, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!upload) {
    tell (self, error->message);
    show (self, "list");
    show_chosen (self);
    return;
  }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void
file_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (PwUnfinishedPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = pw_dialogs_choose_finish (result, &error);
  g_autofree char *upload_id = g_steal_pointer (&self->resuming);
  g_autoptr (GFile) file = files ? g_list_model_get_item (files, 0) : NULL;
  PwLeftover *leftover = find (self, upload_id);

  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    pw_dialogs_tell_unchosen (GTK_WIDGET (self), error);
  if (!leftover || !file || !self->shown)
    return;
  ask_anew (self);
  show (self, "loading");
  pw_adopt_async (self->uploads, self->shown, leftover->key, leftover->upload_id,
                  g_file_peek_path (file), self->cancellable, adopted_cb, g_object_ref (self));
}

static void
resume_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *target)
{
  PwUnfinishedPage *self = PW_UNFINISHED_PAGE (widget);

  if (self->resuming)
    return;
  self->resuming = g_variant_dup_string (target, NULL);
  pw_dialogs_choose (widget, PW_CHOOSE_FILE, _("Choose the File of This Upload"), file_cb,
                     g_object_ref (self));
}

/* The widget. */

static void
pw_unfinished_page_dispose (GObject *object)
{
  PwUnfinishedPage *self = PW_UNFINISHED_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->destination)
    g_signal_handlers_disconnect_by_data (self->destination, self);
  g_clear_object (&self->shown);
  G_OBJECT_CLASS (pw_unfinished_page_parent_class)->dispose (object);
}

static void
pw_unfinished_page_finalize (GObject *object)
{
  PwUnfinishedPage *self = PW_UNFINISHED_PAGE (object);

  g_object_unref (self->uploads);
  g_object_unref (self->destinations);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->going, g_ptr_array_unref);
  g_free (self->resuming);
  G_OBJECT_CLASS (pw_unfinished_page_parent_class)->finalize (object);
}

#define BIND(member) \
  gtk_widget_class_bind_template_child (widget_class, PwUnfinishedPage, member)

static void
pw_unfinished_page_class_init (PwUnfinishedPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_unfinished_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = pw_unfinished_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/partway/Partway/"
                                               "pw-unfinished-page.ui");
  BIND (toasts);
  BIND (destination);
  BIND (more);
  BIND (stack);
  BIND (failed);
  BIND (again);
  BIND (list);
  BIND (limit);
  BIND (chosen_bar);
  BIND (chosen_count);
  gtk_widget_class_install_action (widget_class, "unfinished.reload", NULL, reload_cb);
  gtk_widget_class_install_action (widget_class, "unfinished.choose", "i", choose_cb);
  gtk_widget_class_install_action (widget_class, "unfinished.show-chosen", NULL, show_chosen_cb);
  gtk_widget_class_install_action (widget_class, "unfinished.delete", NULL, delete_cb);
  gtk_widget_class_install_action (widget_class, "unfinished.delete-one", "s", delete_one_cb);
  gtk_widget_class_install_action (widget_class, "unfinished.resume", "s", resume_cb);
}

static char *
dup_name (PwDestination *destination)
{
  return g_strdup (destination ? destination->name : "");
}

static void
pw_unfinished_page_init (PwUnfinishedPage *self)
{
  g_autoptr (GtkExpression) name = NULL;

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  name = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (dup_name), NULL,
                                      NULL);
  gtk_drop_down_set_expression (self->destination, name);
}

GtkWidget *
pw_unfinished_page_new (PwUploads      *uploads,
                        PwDestinations *destinations,
                        PwDestination  *chosen)
{
  PwUnfinishedPage *self = g_object_new (PW_TYPE_UNFINISHED_PAGE, NULL);
  GListModel *model = G_LIST_MODEL (destinations);
  guint n = g_list_model_get_n_items (model);

  self->uploads = g_object_ref (uploads);
  self->destinations = g_object_ref (destinations);
  gtk_drop_down_set_model (self->destination, model);
  gtk_widget_set_visible (GTK_WIDGET (self->destination), n > 1);
  for (guint i = 0; i < n; i++) {
    g_autoptr (PwDestination) destination = g_list_model_get_item (model, i);

    if (destination == chosen)
      gtk_drop_down_set_selected (self->destination, i);
  }
  g_signal_connect_swapped (self->destination, "notify::selected-item", G_CALLBACK (selected_cb),
                            self);
  reload (self);
  return GTK_WIDGET (self);
}
