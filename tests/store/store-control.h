/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store.h"

/* The unsigned routes that tests use:
 *
 *   POST /__faults   the body is a fault script that replaces the present one (400: what is wrong)
 *   GET  /__stats    what was counted, as JSON
 *   POST /__stats    counts from zero again
 */

gboolean store_control_is_route (const char        *path);
void     store_control_answer (Store             *store,
                               SoupServerMessage *message,
                               const char        *path);
