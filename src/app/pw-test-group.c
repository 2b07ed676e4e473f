/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-test-group.h"

#include <glib/gi18n.h>

struct _PwTestGroup {
  AdwPreferencesGroup parent_instance;

  AdwActionRow *head;
  GtkWidget *button;
  GtkLabel *words;

  guint n_frames;               /* in which the last step is still brought into sight */
  GPtrArray *rows;              /* of the steps; borrowed */
  AdwActionRow *pending;        /* the step that runs; or NULL */
  GCancellable *cancellable;    /* of the test that runs; or NULL */
  PwConnectionTest *found;      /* by the last test; or NULL */
};

/* A test that runs, and the group that waits for it. */
typedef struct {
  PwTestGroup *group;
  GCancellable *cancellable;
  PwDestination *destination;
} Run;

G_DEFINE_FINAL_TYPE (PwTestGroup, pw_test_group, ADW_TYPE_PREFERENCES_GROUP)

/* The steps grow below the button, where the window may end. What was added has its place only
 * after the next frame. */
static gboolean
follow_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       data)
{
  PwTestGroup *self = PW_TEST_GROUP (widget);
  GtkWidget *window = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment =
    window ? gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (window)) : NULL;

  if (adjustment)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  if (--self->n_frames > 0)
    return G_SOURCE_CONTINUE;
  return G_SOURCE_REMOVE;
}

static void
keep_in_sight (PwTestGroup *self)
{
  if (self->n_frames == 0)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), follow_cb, NULL, NULL);
  self->n_frames = 3;
}

static void
add_pending (PwTestGroup   *self,
             PwProbeStep    step,
             PwDestination *destination)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_set_spinning (GTK_SPINNER (spinner), TRUE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 pw_probe_get_title (step, destination));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), spinner);
  g_object_set_data (G_OBJECT (row), "mark", spinner);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
  self->pending = ADW_ACTION_ROW (row);
  keep_in_sight (self);
}

static void
drop_pending (PwTestGroup *self)
{
  if (!self->pending)
    return;
  g_ptr_array_remove (self->rows, self->pending);
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->pending));
  self->pending = NULL;
}

static void
settle (AdwActionRow *row,
        const char   *title,
        const char   *sentence)
{
  GtkWidget *image = gtk_image_new_from_icon_name (sentence ? "window-close-symbolic"
                                                   : "emblem-ok-symbolic");

  gtk_widget_add_css_class (image, sentence ? "error" : "success");
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sentence ? _("Failed") : _("Works"), -1);
  adw_action_row_remove (row, g_object_get_data (G_OBJECT (row), "mark"));
  adw_action_row_add_prefix (row, image);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_subtitle_lines (row, 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, sentence ? sentence : "");
}

static void
step_cb (PwProbeStep  step,
         const char  *sentence,
         gpointer     data)
{
  Run *run = data;
  PwTestGroup *self = run->group;

  /* Another test may run by now. */
  if (!self->pending || run->cancellable != self->cancellable)
    return;
  settle (self->pending, pw_probe_get_title (step, run->destination), sentence);
  self->pending = NULL;
  if (step + 1 < PW_N_PROBES)
    add_pending (self, step + 1, run->destination);
}

static void
show_words (PwTestGroup *self,
            const char  *words,
            gboolean     is_error)
{
  gtk_label_set_text (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), *words != '\0');
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->words), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->words), "error");
}

static void
take_found (PwTestGroup      *self,
            PwConnectionTest *found,
            const GError     *error)
{
  g_autofree char *words = found ? pw_connection_test_dup_words (found) : NULL;

  drop_pending (self);
  g_clear_object (&self->cancellable);
  gtk_widget_set_sensitive (self->button, TRUE);
  adw_action_row_set_subtitle (self->head,
                               found && pw_probe_is_usable (found->probe)
                               ? _("Everything that an upload needs works.")
                               : _("Uploads would fail."));
  show_words (self, words ? words : error->message, words == NULL);
  keep_in_sight (self);
  self->found = found;
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Run *run = data;
  g_autoptr (PwTestGroup) self = run->group;
  g_autoptr (GCancellable) cancellable = run->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (PwConnectionTest) found = pw_connection_test_finish (result, &error);

  g_object_unref (run->destination);
  g_free (run);
  if (cancellable == self->cancellable)
    take_found (self, g_steal_pointer (&found), error);
}

void
pw_test_group_reset (PwTestGroup *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->found, pw_connection_test_free);
  self->pending = NULL;
  while (self->rows->len > 0) {
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self),
                                  g_ptr_array_index (self->rows, self->rows->len - 1));
    g_ptr_array_set_size (self->rows, (int) self->rows->len - 1);
  }
  show_words (self, "", FALSE);
  gtk_widget_set_sensitive (self->button, TRUE);
  adw_action_row_set_subtitle (self->head, _("Uploads a small file, and deletes it again."));
}

void
pw_test_group_run (PwTestGroup   *self,
                   PwDestination *destination,
                   PwCredentials *credentials)
{
  Run *run = g_new0 (Run, 1);

  pw_test_group_reset (self);
  self->cancellable = g_cancellable_new ();
  run->group = g_object_ref (self);
  run->cancellable = g_object_ref (self->cancellable);
  run->destination = g_object_ref (destination);
  gtk_widget_set_sensitive (self->button, FALSE);
  add_pending (self, PW_PROBE_BUCKET, destination);
  pw_connection_test_run (destination, credentials, self->cancellable, step_cb, done_cb, run);
}

void
pw_test_group_apply (PwTestGroup   *self,
                     PwDestination *destination)
{
  if (self->found)
    pw_probe_apply (self->found->probe, destination);
}

static void
pw_test_group_dispose (GObject *object)
{
  PwTestGroup *self = PW_TEST_GROUP (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->pending = NULL;
  G_OBJECT_CLASS (pw_test_group_parent_class)->dispose (object);
}

static void
pw_test_group_finalize (GObject *object)
{
  PwTestGroup *self = PW_TEST_GROUP (object);

  g_clear_pointer (&self->found, pw_connection_test_free);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (pw_test_group_parent_class)->finalize (object);
}

static void
pw_test_group_class_init (PwTestGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_test_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = pw_test_group_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-test-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PwTestGroup, head);
  gtk_widget_class_bind_template_child (widget_class, PwTestGroup, button);
  gtk_widget_class_bind_template_child (widget_class, PwTestGroup, words);
}

static void
pw_test_group_init (PwTestGroup *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
