/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* "8MiB", "500k", "1.5G", "10MB/s": K, M, G, T are powers of 1024, as are KiB …; KB, MB … are
 * powers of 1000. Plain numbers are bytes; "/s" may follow a rate. FALSE with G_OPTION_ERROR. */
gboolean cli_parse_size (const char  *text,
                         guint64     *bytes,
                         GError     **error);
