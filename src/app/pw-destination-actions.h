/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations.h"
#include "engine/pw-uploads.h"

#include <adwaita.h>

/* What the user does with destinations, as actions of the window: "show-destinations",
 * "add-destination", "import-destination", "add-from-profile" (a profile), "edit-destination" and
 * "remove-destination" (an id); and for an upload's id "mend-destination" and "enter-keys". Main
 * thread. */

typedef struct _PwDestinationActions PwDestinationActions;

/* Shows a page in the window. */
typedef void (*PwShowPage) (GtkWidget *window, GtkWidget *page);

/* @window: has the actions, and must be a GActionMap. Everything is borrowed, and must outlive what
 * is returned. */
PwDestinationActions *pw_destination_actions_new  (GtkWidget            *window,
                                                   PwDestinations       *destinations,
                                                   PwUploads            *uploads,
                                                   AdwToastOverlay      *overlay,
                                                   PwShowPage            show);
/* What was removed, and can still be brought back, is removed now. */
void                  pw_destination_actions_free (PwDestinationActions *self);
