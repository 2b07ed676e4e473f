/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-leftover.h"

#include <adwaita.h>

/* A row of what is unfinished at a store. What can be done with it are actions of the page it is
 * in, "unfinished.resume" and "unfinished.delete-one", with the upload id; "unfinished.show-chosen"
 * tells that is_chosen changed. Main thread. */

#define PW_TYPE_LEFTOVER_ROW (pw_leftover_row_get_type ())
G_DECLARE_FINAL_TYPE (PwLeftoverRow, pw_leftover_row, PW, LEFTOVER_ROW, AdwActionRow)

/* @is_listed: known_id is in the window's own list. @edge: of the rows that can be chosen and of
 * those that cannot, so that all titles begin where the others do; NULL where none can. */
GtkWidget *pw_leftover_row_new        (PwLeftover    *leftover,
                                       gboolean       is_listed,
                                       GtkSizeGroup  *edge);
/* Nothing where it cannot be chosen. */
void       pw_leftover_row_set_chosen (PwLeftoverRow *self,
                                       gboolean       is_chosen);
PwLeftover *pw_leftover_row_get       (PwLeftoverRow *self);
