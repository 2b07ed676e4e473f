/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Sizes, speeds and times as people say them. Pure, callable from any thread. Texts are translated
 * (domain "partway"); the caller frees them. Units are g_format_size()'s (1 kB = 1000 bytes), and
 * as there a no-break space stands between a number and its unit. */

/* "3.2 GB", "512 MB", "7 bytes": one decimal below 10, none above. */
char *pw_format_size     (guint64 size);

/* "3.2 of 10 GB"; "320 kB of 10 GB" while the part is less than a tenth of the whole's unit. */
char *pw_format_size_of  (guint64 size,
                          guint64 whole);

/* The size of a part, which is a multiple of 1024: "80 MiB", "5.5 MiB". */
char *pw_format_part_size (guint64 size);

/* "98 MB/s" */
char *pw_format_speed    (guint64 bytes_per_second);

/* "a few seconds", "25 seconds", "about a minute", "12 minutes", "2 hours 5 minutes", "3 days 4
 * hours". Negative: "unknown". */
char *pw_format_duration (gint64  seconds);
