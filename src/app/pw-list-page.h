/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-sections.h"
#include "engine/pw-destinations.h"
#include "engine/pw-uploads.h"

#include <adwaita.h>

/* The window's first page: the list of uploads with its header bar, or what to do when there is
 * nothing. Everything it asks for is an action of the window. Main thread. */

#define PW_TYPE_LIST_PAGE (pw_list_page_get_type ())
G_DECLARE_FINAL_TYPE (PwListPage, pw_list_page, PW, LIST_PAGE, GtkBox)

GtkWidget  *pw_list_page_new           (PwUploads      *uploads,
                                        PwDestinations *destinations);

PwSections *pw_list_page_get_sections  (PwListPage     *self);     /* borrowed */
/* The queue was read: from now on no uploads means that there are none. */
void        pw_list_page_set_loaded    (PwListPage     *self);
/* Which destination the header bar names; NULL = none. */
void        pw_list_page_set_destination (PwListPage   *self,
                                          PwDestination *destination);
/* How fast, how long, and the limit; call it a few times a second while something moves. */
void        pw_list_page_show_totals   (PwListPage     *self);
/* Little room. */
void        pw_list_page_set_narrow    (PwListPage     *self,
                                        gboolean        is_narrow);
/* The speed limit, bytes per second; 0 = none. */
void        pw_list_page_set_limit     (PwListPage     *self,
                                        guint64         limit);
void        pw_list_page_start_search  (PwListPage     *self);
void        pw_list_page_stop_search   (PwListPage     *self);
/* The upload whose row has the focus, or NULL. Borrowed. */
PwUpload   *pw_list_page_get_focused   (PwListPage     *self);

/* Choosing several: rows have check marks, and the bar below acts on them. */
void        pw_list_page_set_choosing  (PwListPage     *self,
                                        gboolean        is_choosing);
gboolean    pw_list_page_is_choosing   (PwListPage     *self);
/* PwUpload; to unref. */
GPtrArray  *pw_list_page_get_chosen    (PwListPage     *self);
