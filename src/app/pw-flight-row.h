/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

#include <gtk/gtk.h>

/* One connection and the part that it carries: its name, how often it was tried, its bar, its
 * speed. Main thread. */

#define PW_TYPE_FLIGHT_ROW (pw_flight_row_get_type ())
G_DECLARE_FINAL_TYPE (PwFlightRow, pw_flight_row, PW, FLIGHT_ROW, GtkListBoxRow)

/* @names: which rows give their names the same width. */
GtkWidget *pw_flight_row_new            (guint           connection,
                                         GtkSizeGroup   *names);
guint      pw_flight_row_get_connection (PwFlightRow    *self);
/* NULL: it has none just now. @now_us: monotonic. */
void       pw_flight_row_show           (PwFlightRow    *self,
                                         const PwFlight *flight,
                                         gint64          now_us);
/* How many times in a row it had none. */
guint      pw_flight_row_get_n_idle     (PwFlightRow    *self);
