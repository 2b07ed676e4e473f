/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* The quick choice of a speed limit: entries of "app.limit", bytes per second. Main thread. */

/* "No Limit", "5 MB/s": to free. */
char  *pw_limit_menu_dup_label (guint64 limit);

/* The usual ones, and @limit among them if it is none of those; in order. To unref. */
GMenu *pw_limit_menu_new       (guint64 limit);
