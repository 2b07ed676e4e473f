/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations.h"
#include "engine/pw-uploads.h"

#include <adwaita.h>

/* Asks for the keys of a destination whose uploads stopped for want of them; then they go on. Main
 * thread. Asks by "win.back". */

#define PW_TYPE_KEYS_PAGE (pw_keys_page_get_type ())
G_DECLARE_FINAL_TYPE (PwKeysPage, pw_keys_page, PW, KEYS_PAGE, GtkBox)

/* @upload: one of those that stopped. */
GtkWidget *pw_keys_page_new (PwDestinations *destinations,
                             PwUploads      *uploads,
                             PwUpload       *upload);
