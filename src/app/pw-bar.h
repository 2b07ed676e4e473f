/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

/* A progress bar of two shades: what is safe on the server, and before it what is on its way.
 * Its colours are CSS: the widget's own colour, which "accent", "warning", "error" and "success"
 * set. Main thread. */

#define PW_TYPE_BAR (pw_bar_get_type ())
G_DECLARE_FINAL_TYPE (PwBar, pw_bar, PW, BAR, GtkWidget)

GtkWidget *pw_bar_new  (void);

/* Both from 0 to 1; @sent counts what is safe, too. @text tells the value to a screen reader; NULL
 * = the percentage that is safe. */
void       pw_bar_show (PwBar      *self,
                        double      safe,
                        double      sent,
                        const char *text);
