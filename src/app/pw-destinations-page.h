/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations.h"

#include <adwaita.h>

/* The list of destinations. Main thread.
 *
 * Asks by "win.back", "win.add-destination", "win.edit-destination" and "win.remove-destination"
 * with an id, and "win.import-destination". */

#define PW_TYPE_DESTINATIONS_PAGE (pw_destinations_page_get_type ())
G_DECLARE_FINAL_TYPE (PwDestinationsPage, pw_destinations_page, PW, DESTINATIONS_PAGE, GtkBox)

GtkWidget *pw_destinations_page_new (PwDestinations *destinations);
