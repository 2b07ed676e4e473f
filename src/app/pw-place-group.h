/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-fault.h"
#include "app/pw-presets.h"

#include <adwaita.h>

/* Where the files go: service, region, bucket, folder; or the address of a backend. Main thread.
 *
 * Signals: "changed" — something was typed or chosen. */

#define PW_TYPE_PLACE_GROUP (pw_place_group_get_type ())
G_DECLARE_FINAL_TYPE (PwPlaceGroup, pw_place_group, PW, PLACE_GROUP, AdwPreferencesGroup)

void       pw_place_group_show        (PwPlaceGroup   *self,
                                       PwDestination  *destination);
/* Writes what the rows say into a destination that is not shared yet. */
void       pw_place_group_apply       (PwPlaceGroup   *self,
                                       PwDestination  *destination);
PwPreset   pw_place_group_get_preset  (PwPlaceGroup   *self);
/* FALSE: a row that must be filled is empty. */
gboolean   pw_place_group_is_complete (PwPlaceGroup   *self);
/* The row of a field, or NULL if it is none of these. */
GtkWidget *pw_place_group_get_row     (PwPlaceGroup   *self,
                                       PwField         field);
