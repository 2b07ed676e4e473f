/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

/* The page of preferences: each row shows one key of the settings and writes it, at once. Main
 * thread. */

#define PW_TYPE_PREFERENCES (pw_preferences_get_type ())
G_DECLARE_FINAL_TYPE (PwPreferences, pw_preferences, PW, PREFERENCES, AdwPreferencesPage)

GtkWidget *pw_preferences_new (GSettings *settings);

/* What is typed as a speed or a size, in units of @unit bytes: a number, with any text after it, in
 * the user's way of writing or in C's. 0 for @zero's words or for nothing. FALSE: no such number.
 * Pure. */
gboolean   pw_preferences_read_number (const char *text,
                                       const char *zero,
                                       double     *number);
