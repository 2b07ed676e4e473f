/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-watched.h"

#include <sys/stat.h>

gboolean
presign_watched_has_changed (PresignWatched *self,
                             gint64          now)
{
  struct stat facts;
  gint64 stamp;

  if (now == self->looked_at) {
    return FALSE;
  }
  self->looked_at = now;
  if (stat (self->path, &facts) != 0) {
    return FALSE;
  }
  stamp = (gint64) facts.st_mtim.tv_sec * 1000003 + facts.st_mtim.tv_nsec +
          (gint64) facts.st_ino * 31 + (gint64) facts.st_size * 1009;
  if (stamp == self->stamp) {
    return FALSE;
  }
  self->stamp = stamp;
  return TRUE;
}
