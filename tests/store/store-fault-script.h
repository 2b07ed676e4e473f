/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-fault.h"

/* Reads one line of a script (its grammar is in store-fault.h). NULL without an error: a line with
 * no rule in it. */
StoreFault *store_fault_parse (const char  *line,
                               GError     **error);

void        store_fault_free (StoreFault  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreFault, store_fault_free)
