/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations.h"
#include "engine/pw-uploads.h"

#include <adwaita.h>

/* Where a destination is made or edited. What is typed is checked at once; the sentence stands
 * below the row that it is about. A saved new destination becomes the chosen one. Main thread.
 *
 * Asks by "win.back" and "win.destination". */

#define PW_TYPE_DESTINATION_PAGE (pw_destination_page_get_type ())
G_DECLARE_FINAL_TYPE (PwDestinationPage, pw_destination_page, PW, DESTINATION_PAGE, GtkBox)

/* @start: what the rows say first; saved under its id. If that is in the list already, it is
 * edited, else it is new. */
GtkWidget *pw_destination_page_new (PwDestinations  *destinations,
                                    PwUploads       *uploads,
                                    PwDestination   *start);
