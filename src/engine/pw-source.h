/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* The file being sent: who it is, reading it, and proving that it is still what it was.
 *
 * A source holds the file open, so a file that is deleted or replaced under its name can still be
 * read; pw_source_check() tells. Its reference count is atomic and all functions may be called from
 * any thread at the same time, but all except the getters do file I/O: never on the main thread of
 * an app.
 */

/* What tells whether a file was written to: any write gives a new ctime (inode(7)), which, unlike
 * mtime, no program can set. Times are nanoseconds since 1970; precise only as the file system. */
typedef struct {
  guint64 size;                 /* bytes */
  gint64 mtime_ns;
  gint64 ctime_ns;
  guint64 inode;
  guint64 device;
} PwIdentity;

gboolean pw_identity_equal           (const PwIdentity *a, const PwIdentity *b);

/* All but ctime: a rename, chmod, new hard link, or a write that hides itself by setting mtime
 * back. The content must be proved again. TRUE also where ctime is equal. */
gboolean pw_identity_equal_but_ctime (const PwIdentity *a, const PwIdentity *b);

typedef struct _PwSource PwSource;

/* Symbolic links are followed. May wait up to 30 ms, or 0.3 s where the file is being written to;
 * if that does not end, PW_ERROR_SOURCE_CHANGED. PW_ERROR_SOURCE_VANISHED (there is none),
 * _UNREADABLE, _NOT_A_FILE (folder, FIFO, socket, device; none of which is ever waited for). */
PwSource         *pw_source_open         (const char  *path,
                                          GError     **error);
PwSource         *pw_source_ref          (PwSource    *self);
void              pw_source_unref        (PwSource    *self);

const PwIdentity *pw_source_get_identity (PwSource    *self);       /* as it was when opened */
const char       *pw_source_get_path     (PwSource    *self);

/* Exactly @size bytes. PW_ERROR_SOURCE_CHANGED: the file ends before; PW_ERROR_SOURCE_READ: the
 * disk failed. What @buffer holds then is undefined. */
gboolean          pw_source_read         (PwSource    *self,
                                          guint64      offset,
                                          void        *buffer,
                                          gsize        size,
                                          GError     **error);

/* These bytes will be read soon: the kernel may begin (posix_fadvise(2)). */
void              pw_source_will_need    (PwSource    *self,
                                          guint64      offset,
                                          guint64      size);

/* These bytes are about to be read: what is written to them from here on leaves a mark for
 * pw_source_check(), also where it is written through a mapping (mmap(2)), which marks the file
 * only when it meets a page that is not dirty already. So what is dirty begins to be written to the
 * disk (sync_file_range(2)). Not on a file system in memory. */
void              pw_source_watch        (PwSource    *self,
                                          guint64      offset,
                                          guint64      size);

/* TRUE: the open file and the file of that name both are what was opened, unwritten. Else
 * PW_ERROR_SOURCE_CHANGED, _VANISHED, or _UNREADABLE (a folder above it may no longer be searched).
 * @now (may be NULL) gets the identity of the file that has the name now, where there is one, also
 * with PW_ERROR_SOURCE_CHANGED. */
gboolean          pw_source_check        (PwSource    *self,
                                          PwIdentity  *now,
                                          GError     **error);

/* By the name, or by the first bytes where the name has no extension (comparing them with all known
 * formats costs a good part of sending a small file): a MIME type; "application/octet-stream" where
 * nothing is known. Free with g_free(). */
char             *pw_source_guess_content_type (PwSource *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwSource, pw_source_unref)
