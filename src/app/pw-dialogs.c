/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-dialogs.h"

#include <glib/gi18n.h>

#include "config.h"

static GtkWindow *
get_window (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* What is open goes with what it is open over. A task's data is its dialog, until that is
 * answered. */

static void
gone_cb (GTask *task)
{
  GObject *dialog = g_task_get_task_data (task);

  /* From now on the task gives this error, also where its callback did not run yet. */
  g_cancellable_cancel (g_task_get_cancellable (task));
  if (!dialog)
    return;
  g_signal_handlers_disconnect_by_data (dialog, task);
  if (GTK_IS_WINDOW (dialog))
    gtk_window_destroy (GTK_WINDOW (dialog));
  else
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (dialog));
  g_task_set_task_data (task, NULL, NULL);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static void
unrooted_cb (GTask      *task,
             GParamSpec *spec,
             GtkWidget  *parent)
{
  if (!gtk_widget_get_root (parent))
    gone_cb (task);
}

/* @dialog: taken. */
static GTask *
new_task (GtkWidget           *parent,
          gpointer             dialog,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GTask *task = g_task_new (parent, cancellable, callback, user_data);
  GtkWindow *window = get_window (parent);

  g_task_set_task_data (task, dialog, g_object_unref);
  g_signal_connect_object (parent, "notify::root", G_CALLBACK (unrooted_cb), task,
                           G_CONNECT_SWAPPED);
  /* A window that is destroyed is only hidden while somebody, as this task, refers to it. */
  if (window)
    g_signal_connect_object (window, "unmap", G_CALLBACK (gone_cb), task, G_CONNECT_SWAPPED);
  return task;
}

/* Questions. */

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          data)
{
  g_autoptr (GTask) task = data;

  g_task_set_task_data (task, NULL, NULL);
  g_task_return_pointer (task, g_strdup (response), g_free);
}

void
pw_dialogs_ask (GtkWidget           *parent,
                const char          *heading,
                const char          *body,
                const PwResponse    *responses,
                const char          *default_id,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  GtkWidget *widget = adw_message_dialog_new (get_window (parent), heading, body);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);
  GTask *task = new_task (parent, g_object_ref (dialog), callback, user_data);

  for (const PwResponse *response = responses; response->id; response++) {
    adw_message_dialog_add_response (dialog, response->id, response->label);
    adw_message_dialog_set_response_appearance (dialog, response->id, response->appearance);
  }
  adw_message_dialog_set_close_response (dialog, responses[0].id);
  adw_message_dialog_set_default_response (dialog, default_id);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), task);
  gtk_window_present (GTK_WINDOW (dialog));
}

char *
pw_dialogs_ask_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* Choosing files. */

static void
chosen_cb (GtkNativeDialog *dialog,
           int              response,
           gpointer         data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));

  gtk_native_dialog_destroy (dialog);
  g_task_set_task_data (task, NULL, NULL);
  if (response != GTK_RESPONSE_ACCEPT)
    g_task_return_pointer (task, NULL, NULL);
  else if (g_list_model_get_n_items (files) == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                             _("The chosen files could not be handed over. Drop them on the "
                               "window instead, or install FUSE (the package fuse3)."));
  else
    g_task_return_pointer (task, g_steal_pointer (&files), g_object_unref);
}

void
pw_dialogs_choose (GtkWidget           *parent,
                   PwChooseKind         kind,
                   const char          *title,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  GtkFileChooserAction action = kind == PW_CHOOSE_FOLDERS ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                          : GTK_FILE_CHOOSER_ACTION_OPEN;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, get_window (parent), action,
                                                              _("_Choose"), _("_Cancel"));
  GTask *task = new_task (parent, dialog, callback, user_data);

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), kind != PW_CHOOSE_FILE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

GListModel *
pw_dialogs_choose_finish (GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
pw_dialogs_show_about (GtkWidget  *parent,
                       const char *debug_info)
{
  static const char *const developers[] = { "The Partway authors", NULL };

  adw_show_about_window (get_window (parent),
                         "application-name", "Partway",
                         "application-icon", PW_APP_ID,
                         "version", PW_VERSION,
                         "developer-name", _("The Partway authors"),
                         "developers", developers,
                         /* Translators: your names, one a line; they are shown as they are. */
                         "translator-credits", _("translator-credits"),
                         "website", "https://github.com/partway/partway",
                         "issue-url", "https://github.com/partway/partway/issues",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "copyright", "© 2026 The Partway authors",
                         "debug-info", debug_info,
                         "debug-info-filename", "partway-debug.txt",
                         NULL);
}

/* GtkFileLauncher came with GTK 4.10; this asks the same service. */
void
pw_dialogs_show_in_files (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  GDBusConnection *bus;
  const char *uris[] = { uri, NULL };
  GApplication *application = g_application_get_default ();

  bus = application ? g_application_get_dbus_connection (application) : NULL;
  if (!bus)
    return;
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, NULL, NULL);
}
