/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

/* What libadwaita and GTK do in another way from version to version: questions, choosing files,
 * what is shown over the window. The only file that may ask which version it is built with. Main
 * thread.
 *
 * What is open over a widget goes with it, when it is taken out of its window or that is closed.
 * The callback runs once in any case; if the widget went first, all that user_data points to and
 * that nobody kept alive may be gone, and the callback leaves it alone. */

typedef struct {
  const char *id;               /* what pw_dialogs_ask_finish() gives */
  const char *label;            /* translated, with a mnemonic */
  AdwResponseAppearance appearance;
} PwResponse;

/* A question over @parent's window. @responses end with a NULL id; the first is what Escape means,
 * the one named @default_id what Enter does (NULL = none). */
void        pw_dialogs_ask                 (GtkWidget            *parent,
                                            const char           *heading,
                                            const char           *body,
                                            const PwResponse     *responses,
                                            const char           *default_id,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
/* The chosen response's id; to free. NULL: @parent went first. */
char       *pw_dialogs_ask_finish          (GAsyncResult         *result);

/* Tells what takes more words than a toast has room for. */
void        pw_dialogs_tell                (GtkWidget            *parent,
                                            const char           *heading,
                                            const char           *body);

typedef enum {
  PW_CHOOSE_FILES,              /* one or more */
  PW_CHOOSE_FILE,               /* exactly one */
  PW_CHOOSE_FOLDERS,
} PwChooseKind;

/* Lets the user choose; in a sandbox through the portal, so that what is chosen may be read. */
void        pw_dialogs_choose              (GtkWidget            *parent,
                                            PwChooseKind          kind,
                                            const char           *title,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
/* A GListModel of GFile, never empty; the one of PW_CHOOSE_FILE has a path. NULL without @error:
 * nothing was chosen. An answer without a file in it, as of a portal that could not hand any over,
 * is G_IO_ERROR_NOT_FOUND; one file without a path, as on a server, G_IO_ERROR_NOT_SUPPORTED. That
 * @parent went first is G_IO_ERROR_CANCELLED. */
GListModel *pw_dialogs_choose_finish       (GAsyncResult         *result,
                                            GError              **error);

/* Over the window, closed by the user; takes @page. */
void        pw_dialogs_show_preferences    (GtkWidget            *parent,
                                            AdwPreferencesPage   *page);
/* Tells why nothing was chosen. */
void        pw_dialogs_tell_unchosen       (GtkWidget            *parent,
                                            const GError         *error);

void        pw_dialogs_show_about          (GtkWidget            *parent,
                                            const char           *debug_info);

/* Opens the file manager with the file selected; where there is none, nothing happens. */
void        pw_dialogs_show_in_files       (GFile                *file);
