/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

#include <gtk/gtk.h>

/* Uploads in every state without an engine, and widgets in a window that is on the screen. Nothing
 * here sleeps: waiting means running the main loop until what is waited for is so; the test's own
 * timeout ends what never comes. */

/* "s3://bucket" at an endpoint where nobody is. */
PwDestination *app_fixture_new_destination (void);

/* 1,000,000 bytes named @name; its id counts up, and its place in the list, too. */
PwUpload      *app_fixture_new_upload      (const char       *name);
/* The same, in that state. @code: what is the matter, in its own words; PW_ERROR_CANCELLED =
 * nothing. */
PwUpload      *app_fixture_new_upload_in   (const char       *name,
                                            PwUploadState     state,
                                            int               code);

/* On its way in that many parts of 5 MiB (the last may be smaller), each waiting; id "id at the
 * store". */
PwUpload      *app_fixture_new_upload_of   (const char       *name,
                                            guint             n_parts);
/* As if connection @connection had that part in hand. It stays in @upload's `out`. */
PwJob         *app_fixture_send            (PwUpload         *upload,
                                            guint             part_number,
                                            guint             connection,
                                            guint64           sent);
/* It no longer has. */
void           app_fixture_end             (PwUpload         *upload,
                                            PwJob            *job);

/* gtk_init() and all that the program's own startup does for its widgets. */
void           app_fixture_init            (int              *argc,
                                            char           ***argv);
/* A window of 600×400 with @child, once it is drawn. To gtk_window_destroy(). */
GtkWindow     *app_fixture_show            (GtkWidget        *child);

/* The first widget below @root with that type, and that label or tooltip (NULL: any) that is
 * visible; NULL if there is none. Borrowed. */
GtkWidget     *app_fixture_find            (GtkWidget        *root,
                                            GType             type,
                                            const char       *text);

/* Runs the main loop until @is_so. */
#define app_fixture_wait(is_so) \
  while (!(is_so)) \
    g_main_context_iteration (NULL, TRUE)
