/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* Finds what a file or folder named by the user comes down to, on a thread of its own, while what
 * was found already is being sent.
 *
 * Rules: what the user names may be a symbolic link. Inside a folder, a link to a file counts as
 * the file; a link to a folder is passed over, because it may lead round in a circle; FIFOs,
 * sockets and devices are passed over; each with a note. What cannot be read or has a name that is
 * no UTF-8 (keys are) becomes an entry with an error, so that it is not silently missing in the
 * end. Empty folders have no counterpart in a bucket. The order is that of the folder, files before
 * the folders below.
 */

typedef struct {
  char *path;                   /* absolute */
  char *name;                   /* relative to what was named: "photos/2026/a.jpg"; UTF-8 */
  guint64 size;                 /* bytes, as of now */
  GError *error;                /* PW_ERROR: it cannot be sent; or NULL */
} PwFound;

void pw_found_free (PwFound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwFound, pw_found_free)

typedef struct _PwWalk PwWalk;

/* On the main thread, in batches. @found: PwFound, owned by the callee; @notes: sentences about
 * what was passed over; @is_end: nothing comes any more. */
typedef void (*PwWalkFunc) (PwWalk     *walk,
                            GPtrArray  *found,
                            GPtrArray  *notes,
                            gboolean    is_end,
                            gpointer    user_data);

/* @path: absolute. Main thread. */
PwWalk     *pw_walk_start      (const char *path,
                                PwWalkFunc  func,
                                gpointer    user_data);
const char *pw_walk_get_path   (PwWalk     *self);
/* Known once the first batch came. */
gboolean    pw_walk_is_folder  (PwWalk     *self);
/* No more calls from now on. Does not wait. */
void        pw_walk_stop       (PwWalk     *self);
void        pw_walk_unref      (PwWalk     *self);
