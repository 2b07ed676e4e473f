/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

/* The lines that people read. All to free. */

/* "film.mov  ███████░░░░  3.2 of 10 GB — 2 minutes left" */
char *cli_line_for_upload (PwUpload   *upload,
                           guint       width);
/* "3 of 12 files — 3.2 of 10 GB — 98 MB/s — 2 minutes left" */
char *cli_line_for_total  (PwUploads  *uploads,
                           guint       n_more);
/* What happened to it, once it is worth a line of its own; else NULL. */
char *cli_line_for_news   (PwUpload   *upload);
char *cli_line_for_end    (PwUploads  *uploads);
/* At most @width columns. */
char *cli_line_cut        (const char *line,
                           guint       width);
/* Names come from others: valid UTF-8, and no control character of theirs reaches the terminal. */
char *cli_line_dup_clean  (const char *text);
