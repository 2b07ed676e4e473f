/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

/* What a screen reader, or a tooltip, says of widgets that have no words of their own. Main
 * thread. */

/* Each button below @root that is but an icon is called what its tooltip says, now and later. */
void pw_spoken_name_buttons (GtkWidget  *root);

/* The tooltip's text. GTK asks the display at each setting where the pointer is, and waits for the
 * answer; so one that stays is not set again. NULL = none. */
void pw_spoken_set_tooltip  (GtkWidget  *widget,
                             const char *text);

/* A button; of a menu button, what the keys meet inside it. */
void pw_spoken_set_name     (GtkWidget  *button,
                             const char *name);
