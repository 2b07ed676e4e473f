/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations.h"
#include "engine/pw-uploads.h"

#include <adwaita.h>

/* What is unfinished at a destination's store, whoever began it: to be deleted, or to be finished
 * by choosing its file again. Main thread. Asks by "win.back" and "win.show-upload". */

#define PW_TYPE_UNFINISHED_PAGE (pw_unfinished_page_get_type ())
G_DECLARE_FINAL_TYPE (PwUnfinishedPage, pw_unfinished_page, PW, UNFINISHED_PAGE, GtkBox)

/* @chosen: the destination to begin with; NULL = the first. */
GtkWidget *pw_unfinished_page_new (PwUploads      *uploads,
                                   PwDestinations *destinations,
                                   PwDestination  *chosen);
