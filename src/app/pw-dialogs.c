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

/* Questions. */

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          data)
{
  g_autoptr (GTask) task = data;

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
  GTask *task = g_task_new (parent, NULL, callback, user_data);
  GtkWidget *widget = adw_message_dialog_new (get_window (parent), heading, body);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);

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

  if (response != GTK_RESPONSE_ACCEPT)
    g_task_return_pointer (task, NULL, NULL);
  else if (g_list_model_get_n_items (files) == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                             _("The chosen files could not be handed over. Drop them on the "
                               "window instead, or install FUSE (the package fuse3)."));
  else
    g_task_return_pointer (task, g_steal_pointer (&files), g_object_unref);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

void
pw_dialogs_choose (GtkWidget           *parent,
                   PwChooseKind         kind,
                   const char          *title,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  GTask *task = g_task_new (parent, NULL, callback, user_data);
  GtkFileChooserAction action = kind == PW_CHOOSE_FOLDERS ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                          : GTK_FILE_CHOOSER_ACTION_OPEN;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, get_window (parent), action,
                                                              _("_Choose"), _("_Cancel"));

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
