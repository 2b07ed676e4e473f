/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-fault.h"
#include "app/pw-presets.h"

#include <adwaita.h>

/* What few people change of a destination: a row that unfolds. Main thread.
 *
 * Signals: "changed" — something was typed or chosen. */

#define PW_TYPE_OPTIONS_GROUP (pw_options_group_get_type ())
G_DECLARE_FINAL_TYPE (PwOptionsGroup, pw_options_group, PW, OPTIONS_GROUP, AdwPreferencesGroup)

void       pw_options_group_show       (PwOptionsGroup  *self,
                                        PwDestination   *destination);
/* Another service: what it has no use for is hidden, its own way of addressing is chosen. */
void       pw_options_group_set_preset (PwOptionsGroup  *self,
                                        PwPreset         preset);
void       pw_options_group_apply      (PwOptionsGroup  *self,
                                        PwDestination   *destination);
/* Unfolds it if the field is one of these. */
GtkWidget *pw_options_group_get_row    (PwOptionsGroup  *self,
                                        PwField          field);
