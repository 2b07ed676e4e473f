/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-connection-test.h"

#include <adwaita.h>

/* "Test Connection": each step with its result, then what the store can in words. The button is the
 * action "destination.test" of the page. Main thread. */

#define PW_TYPE_TEST_GROUP (pw_test_group_get_type ())
G_DECLARE_FINAL_TYPE (PwTestGroup, pw_test_group, PW, TEST_GROUP, AdwPreferencesGroup)

/* Begins anew; what ran before is let go. */
void           pw_test_group_run   (PwTestGroup    *self,
                                    PwDestination  *destination,
                                    PwCredentials  *credentials);
/* What was shown counts no more: something else is typed in. */
void           pw_test_group_reset (PwTestGroup    *self);
/* Writes what a test found, if one did, into a destination that is not shared yet. */
void           pw_test_group_apply (PwTestGroup    *self,
                                    PwDestination  *destination);
