/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What a bug report needs: versions, desktop, session. English, lines of "what: value". No names of
 * files, destinations or people, no secrets. To free. Works without a display too; main thread. */
char *pw_debug_info_new (void);
