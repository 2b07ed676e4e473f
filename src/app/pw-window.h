/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations.h"
#include "engine/pw-uploads.h"

#include <adwaita.h>

/* The main window: the list, and the pages that open over it. Main thread.
 *
 * Pages know nothing of it: they ask by its actions ("win.back", "win.show-upload" with an id). */

#define PW_TYPE_WINDOW (pw_window_get_type ())
G_DECLARE_FINAL_TYPE (PwWindow, pw_window, PW, WINDOW, AdwApplicationWindow)

GtkWidget *pw_window_new        (GtkApplication *application,
                                 PwUploads      *uploads,
                                 PwDestinations *destinations,
                                 GSettings      *settings);

/* The queue and the destinations were read. */
void       pw_window_set_loaded (PwWindow       *self);
/* Takes files as if they were dropped; without a destination they wait until there is one. */
void       pw_window_add_files  (PwWindow       *self,
                                 GListModel     *files);    /* of GFile */
/* Opens a page over what is shown; Escape and "win.back" close it. Takes the page. */
void       pw_window_push       (PwWindow       *self,
                                 GtkWidget      *page);
/* A short sentence at the bottom. */
void       pw_window_tell       (PwWindow       *self,
                                 const char     *sentence);
