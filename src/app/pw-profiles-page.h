/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

#include <adwaita.h>

/* The profiles of ~/.aws, read in a thread, to choose one. Main thread. Asks by "win.back" and
 * "win.add-from-profile" with a profile's name. */

#define PW_TYPE_PROFILES_PAGE (pw_profiles_page_get_type ())
G_DECLARE_FINAL_TYPE (PwProfilesPage, pw_profiles_page, PW, PROFILES_PAGE, GtkBox)

GtkWidget     *pw_profiles_page_new       (void);

/* A destination that takes keys and settings from a profile; its bucket must still be said. Reads
 * the files in a thread. */
void           pw_profiles_load_async     (const char           *profile,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
PwDestination *pw_profiles_load_finish    (GAsyncResult         *result,
                                           GError              **error);
