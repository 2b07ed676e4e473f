/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* A file that is read again when it changes; looked at once a second at most. One owner, whose
 * mutex guards it. */
typedef struct {
  const char *path;             /* borrowed */
  gint64 looked_at;             /* Unix seconds */
  gint64 stamp;                 /* of what was read: size, inode and times in one */
} PresignWatched;

/* TRUE: the file is not the one that was read. */
gboolean presign_watched_has_changed (PresignWatched *self,
                                      gint64          now);
