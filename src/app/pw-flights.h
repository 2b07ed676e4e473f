/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

#include <gtk/gtk.h>

/* "On its way": a row for each connection, which stays from part to part. Main thread. */

#define PW_TYPE_FLIGHTS (pw_flights_get_type ())
G_DECLARE_FINAL_TYPE (PwFlights, pw_flights, PW, FLIGHTS, GtkBox)

GtkWidget *pw_flights_new  (void);

/* @flights: of PwFlight. Call it a few times a second; it hides itself when there is nothing. */
void       pw_flights_show (PwFlights    *self,
                            const GArray *flights,
                            gint64        now_us);
/* Takes all rows away: nothing is sent any more. */
void       pw_flights_clear (PwFlights   *self);
/* "5 connections, automatic". @is_tuned: as many as serve, not a number that somebody chose. */
void       pw_flights_set_connections (PwFlights *self,
                                       guint      n,
                                       gboolean   is_tuned);
