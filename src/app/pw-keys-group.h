/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-fault.h"
#include "s3/s3-sign.h"

#include <adwaita.h>

/* Where a destination's keys come from, and the keys themselves, as they are typed in. What is
 * stored is never shown: rows that stay empty leave it as it is. Main thread.
 *
 * Signals: "changed" — something was typed or chosen. */

#define PW_TYPE_KEYS_GROUP (pw_keys_group_get_type ())
G_DECLARE_FINAL_TYPE (PwKeysGroup, pw_keys_group, PW, KEYS_GROUP, AdwPreferencesGroup)

/* @has_stored: its source has keys already. @only_typed: leave out the sources that need nothing
 * typed in. */
void           pw_keys_group_show            (PwKeysGroup        *self,
                                              PwDestination      *destination,
                                              gboolean            has_stored,
                                              gboolean            only_typed);
/* A backend has a token instead of keys. */
void           pw_keys_group_set_kind        (PwKeysGroup        *self,
                                              PwDestinationKind   kind);
void           pw_keys_group_apply           (PwKeysGroup        *self,
                                              PwDestination      *destination);
/* NULL: none were typed in. */
S3Credentials *pw_keys_group_dup_credentials (PwKeysGroup        *self);
PwSecrets      pw_keys_group_get_secrets     (PwKeysGroup        *self);
gboolean       pw_keys_group_is_complete     (PwKeysGroup        *self);
GtkWidget     *pw_keys_group_get_row         (PwKeysGroup        *self,
                                              PwField             field);
