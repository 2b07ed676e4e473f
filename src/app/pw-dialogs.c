/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-dialogs.h"

#include <glib/gi18n.h>

#include "app/pw-portal.h"
#include "config.h"

/* With libadwaita 1.5 dialogs moved into the window they belong to; with GTK 4.10 those that choose
 * files became calls with one answer. */
#define HAS_DIALOGS ADW_CHECK_VERSION (1, 5, 0)
#define HAS_FILE_DIALOG GTK_CHECK_VERSION (4, 10, 0)

#if HAS_DIALOGS
#define QUESTION(call) adw_alert_dialog_ ## call
#define TYPE_QUESTION ADW_TYPE_ALERT_DIALOG
#define TYPE_ABOUT ADW_TYPE_ABOUT_DIALOG
typedef AdwAlertDialog Question;
#else
#define QUESTION(call) adw_message_dialog_ ## call
#define TYPE_QUESTION ADW_TYPE_MESSAGE_DIALOG
#define TYPE_ABOUT ADW_TYPE_ABOUT_WINDOW
typedef AdwMessageDialog Question;
#endif

static GtkWindow *
get_window (GtkWidget *widget)
{
  GtkRoot *root = widget ? gtk_widget_get_root (widget) : NULL;

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* What is open goes with what it is open over. A task's data is its dialog, or what cancels that,
 * until it is answered. */

static void
destroy (gpointer dialog)
{
  if (G_IS_CANCELLABLE (dialog))
    g_cancellable_cancel (dialog);
#if HAS_DIALOGS
  else
    adw_dialog_force_close (dialog);
#else
  else if (GTK_IS_WINDOW (dialog))
    gtk_window_destroy (dialog);
  else
    gtk_native_dialog_destroy (dialog);
#endif
}

/* FALSE: it is answered, and so closed already. */
static gboolean
close_dialog (GTask *task)
{
  gpointer dialog = g_task_get_task_data (task);

  if (!dialog)
    return FALSE;
  g_signal_handlers_disconnect_by_data (dialog, task);
  destroy (dialog);
  g_task_set_task_data (task, NULL, NULL);
  return TRUE;
}

static void
gone_cb (GTask *task)
{
  /* From now on the task gives this error, also where its callback did not run yet. */
  g_cancellable_cancel (g_task_get_cancellable (task));
  if (!close_dialog (task))
    return;
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

static void
present (GtkWidget *dialog,
         GtkWidget *parent)
{
#if HAS_DIALOGS
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (get_window (parent)));
#else
  gtk_window_set_transient_for (GTK_WINDOW (dialog), get_window (parent));
  gtk_window_present (GTK_WINDOW (dialog));
#endif
}

/* Questions. */

static void
response_cb (Question   *question,
             const char *response,
             gpointer    data)
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
  Question *question = g_object_new (TYPE_QUESTION, "heading", heading, "body", body ? body : "",
                                     NULL);
  GTask *task = new_task (parent, g_object_ref (question), callback, user_data);

  for (const PwResponse *response = responses; response->id; response++) {
    QUESTION (add_response) (question, response->id, response->label);
    QUESTION (set_response_appearance) (question, response->id, response->appearance);
  }
  QUESTION (set_close_response) (question, responses[0].id);
  QUESTION (set_default_response) (question, default_id);
  g_signal_connect (question, "response", G_CALLBACK (response_cb), task);
  present (GTK_WIDGET (question), parent);
}

char *
pw_dialogs_ask_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
told_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_free (pw_dialogs_ask_finish (result));
}

void
pw_dialogs_tell (GtkWidget  *parent,
                 const char *heading,
                 const char *body)
{
  const PwResponse responses[] = {
    { "close", _("_Close"), ADW_RESPONSE_DEFAULT }, { NULL, NULL, ADW_RESPONSE_DEFAULT }
  };

  pw_dialogs_ask (parent, heading, body, responses, "close", told_cb, NULL);
}

/* Choosing files. */

/* @files: NULL or empty where those who asked the user could hand nothing over. @is_single: one
 * file was asked for. */
static void
give_files (GTask      *task,
            GListModel *files,
            gboolean    is_single)
{
  g_autoptr (GFile) first = files ? g_list_model_get_item (files, 0) : NULL;

  if (!first)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                             _("The chosen files could not be handed over. Install FUSE (the "
                               "package fuse3), and log in again."));
  else if (is_single && !g_file_peek_path (first))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                             _("This file is not on this computer. Copy it here first."));
  else
    g_task_return_pointer (task, g_object_ref (files), g_object_unref);
}

static void
lost_cb (gpointer data)
{
  GTask *task = data;

  if (!close_dialog (task))
    return;
  give_files (task, NULL, FALSE);
  g_object_unref (task);
}

#if HAS_FILE_DIALOG
/* All that is given is taken. */
static void
answer (gpointer    data,
        GListModel *chosen,
        gboolean    is_single,
        GError     *failure)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GListModel) files = chosen;
  g_autoptr (GError) error = failure;

  if (!close_dialog (task))
    return;
  if (g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
      || g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_task_return_pointer (task, NULL, NULL);
  /* How GTK puts it that there is not the one file that was asked for. */
  else if (error && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_FAILED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    give_files (task, files, is_single);
  g_object_unref (task);
}

static void
files_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      task)
{
  GError *error = NULL;
  GListModel *files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result,
                                                            &error);

  answer (task, files, FALSE, error);
}

static void
file_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      task)
{
  GError *error = NULL;
  GListStore *files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);

  if (file)
    g_list_store_append (files, file);
  answer (task, G_LIST_MODEL (files), TRUE, error);
}

static void
folders_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      task)
{
  GError *error = NULL;
  GListModel *folders = gtk_file_dialog_select_multiple_folders_finish (GTK_FILE_DIALOG (source),
                                                                        result, &error);

  answer (task, folders, FALSE, error);
}

void
pw_dialogs_choose (GtkWidget           *parent,
                   PwChooseKind         kind,
                   const char          *title,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GCancellable) closing = g_cancellable_new ();
  GTask *task = new_task (parent, g_object_ref (closing), callback, user_data);
  GtkWindow *window = get_window (parent);

  pw_portal_watch (G_OBJECT (task), lost_cb);
  /* GTK answers also when it is cancelled. */
  g_object_ref (task);
  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_accept_label (dialog, _("_Choose"));
  switch (kind) {
  case PW_CHOOSE_FILES:
    gtk_file_dialog_open_multiple (dialog, window, closing, files_cb, task);
    break;
  case PW_CHOOSE_FILE:
    gtk_file_dialog_open (dialog, window, closing, file_cb, task);
    break;
  case PW_CHOOSE_FOLDERS:
    gtk_file_dialog_select_multiple_folders (dialog, window, closing, folders_cb, task);
    break;
  }
}
#else
static void
chosen_cb (GtkNativeDialog *dialog,
           int              response,
           gpointer         data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  gboolean is_single = !gtk_file_chooser_get_select_multiple (GTK_FILE_CHOOSER (dialog));

  gtk_native_dialog_destroy (dialog);
  g_task_set_task_data (task, NULL, NULL);
  if (response == GTK_RESPONSE_ACCEPT)
    give_files (task, files, is_single);
  else
    g_task_return_pointer (task, NULL, NULL);
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

  pw_portal_watch (G_OBJECT (task), lost_cb);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), kind != PW_CHOOSE_FILE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
#endif

GListModel *
pw_dialogs_choose_finish (GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
pw_dialogs_tell_unchosen (GtkWidget    *parent,
                          const GError *error)
{
  pw_dialogs_tell (parent, _("No Access to the Files"), error->message);
}

/* What is shown over the window. */

void
pw_dialogs_show_preferences (GtkWidget          *parent,
                             AdwPreferencesPage *page)
{
#if HAS_DIALOGS
  AdwDialog *dialog = adw_preferences_dialog_new ();

  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), page);
  present (GTK_WIDGET (dialog), parent);
#else
  GtkWidget *window = adw_preferences_window_new ();

  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 640);
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), page);
  present (window, parent);
#endif
}

void
pw_dialogs_show_about (GtkWidget  *parent,
                       const char *debug_info)
{
  static const char *const developers[] = { "The Partway authors", NULL };
  GtkWidget *about = g_object_new (TYPE_ABOUT,
                                   "application-name", "Partway",
                                   "application-icon", PW_APP_ID,
                                   "version", PW_VERSION,
                                   "developer-name", _("The Partway authors"),
                                   "developers", developers,
                                   /* Translators: your names, one a line; they are shown as they
                                    * are. */
                                   "translator-credits", _("translator-credits"),
                                   "website", "https://github.com/partway/partway",
                                   "issue-url", "https://github.com/partway/partway/issues",
                                   "license-type", GTK_LICENSE_GPL_3_0,
                                   "copyright", "© 2026 The Partway authors",
                                   "debug-info", debug_info,
                                   "debug-info-filename", "partway-debug.txt",
                                   NULL);

  present (about, parent);
}

/* Other programs. */

#if HAS_FILE_DIALOG
void
pw_dialogs_show_in_files (GFile *file)
{
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);
  GApplication *application = g_application_get_default ();
  GtkWindow *window = application
                      ? gtk_application_get_active_window (GTK_APPLICATION (application)) : NULL;

  gtk_file_launcher_open_containing_folder (launcher, window, NULL, NULL, NULL);
}
#else
/* Asks the service that GTK 4.10 asks, too. */
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
#endif
