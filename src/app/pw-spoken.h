/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

/* What a screen reader says of widgets that have no words of their own. Main thread. */

/* Each button below @root that is but an icon is called what its tooltip says, now and later. */
void pw_spoken_name_buttons (GtkWidget  *root);

/* A button; of a menu button, what the keys meet inside it. */
void pw_spoken_set_name     (GtkWidget  *button,
                             const char *name);
