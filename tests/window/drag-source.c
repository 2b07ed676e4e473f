/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gtk/gtk.h>
#include <stdio.h>

/* A small window whose files can be dragged out of it, as out of a file manager:
 *
 *   drag-source FILE…          says "dropped" or "refused" after each drag
 *   drag-source --copy FILE…   puts them on the clipboard and says "copied"
 */

typedef struct {
  char **paths;
  gboolean is_copy;
  gboolean is_copied;
} Source;

static GdkContentProvider *
new_content (Source *self)
{
  GdkContentProvider *content;
  GSList *files = NULL;
  GdkFileList *list;

  for (guint i = 0; self->paths[i]; i++)
    files = g_slist_append (files, g_file_new_for_commandline_arg (self->paths[i]));
  list = gdk_file_list_new_from_list (files);
  g_slist_free_full (files, g_object_unref);
  content = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return content;
}

static GdkContentProvider *
prepare_cb (GtkDragSource *drag,
            double         x,
            double         y,
            Source        *self)
{
  return new_content (self);
}

static void
begin_cb (GtkDragSource *source,
          GdkDrag       *drag,
          gboolean      *was_refused)
{
  *was_refused = FALSE;
}

static gboolean
cancel_cb (GtkDragSource       *source,
           GdkDrag             *drag,
           GdkDragCancelReason  reason,
           gboolean            *was_refused)
{
  *was_refused = TRUE;
  return FALSE;
}

static void
end_cb (GtkDragSource *source,
        GdkDrag       *drag,
        gboolean       is_move,
        gboolean      *was_refused)
{
  puts (*was_refused ? "refused" : "dropped");
}

/* Only who has the keys may write to the clipboard. */
static void
active_cb (GtkWindow  *window,
           GParamSpec *spec,
           Source     *self)
{
  g_autoptr (GdkContentProvider) content = NULL;

  if (!self->is_copy || self->is_copied || !gtk_window_is_active (window))
    return;
  self->is_copied = TRUE;
  content = new_content (self);
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (window)), content);
  puts ("copied");
}

static void
activate_cb (GtkApplication *application,
             Source         *self)
{
  static gboolean was_refused;
  GtkWidget *window = gtk_application_window_new (application), *label = gtk_label_new ("Drag me");
  GtkDragSource *drag = gtk_drag_source_new ();

  gtk_drag_source_set_actions (drag, GDK_ACTION_COPY);
  g_signal_connect (drag, "prepare", G_CALLBACK (prepare_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (begin_cb), &was_refused);
  g_signal_connect (drag, "drag-cancel", G_CALLBACK (cancel_cb), &was_refused);
  g_signal_connect (drag, "drag-end", G_CALLBACK (end_cb), &was_refused);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (drag));
  gtk_window_set_title (GTK_WINDOW (window), "Drag Source");
  gtk_window_set_default_size (GTK_WINDOW (window), 150, 120);
  /* With a border of the window manager's, xdotool is wrong about where it is. */
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), label);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (active_cb), self);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GtkApplication) application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  Source self = { argv + 1 };

  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc > 1 && g_str_equal (argv[1], "--copy")) {
    self.is_copy = TRUE;
    self.paths++;
  }
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &self);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
