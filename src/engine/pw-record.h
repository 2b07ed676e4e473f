/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* A file of lines (pw-line.h) that is only ever appended to and belongs to one owner at a time.
 *
 * The owner holds an open file description lock (fcntl(2), F_OFD_SETLK): it ends with the process,
 * however that ends, and excludes a second opening in this process, too. Mode 0600.
 *
 * Threads: one at a time. All functions do file I/O: never on the main thread of an app. Errors are
 * PW_ERROR_JOURNAL where nothing else is said.
 */

typedef struct _PwRecord PwRecord;

/* A new, empty file, owned. There must be none of that name. */
PwRecord *pw_record_create      (const char  *path,
                                 GError     **error);

/* An existing file; PW_ERROR_LOCKED if it has an owner. */
PwRecord *pw_record_open        (const char  *path,
                                 GError     **error);

/* Gives the file up, and leaves it where it is. NULL is harmless. */
void      pw_record_close       (PwRecord    *self);

/* All of it, with a NUL behind; free with g_free(). */
char     *pw_record_read        (PwRecord    *self,
                                 gsize       *length,
                                 GError     **error);

/* The file counts up to here; the rest (a torn line) is cut off before the next line is added. */
void      pw_record_keep        (PwRecord    *self,
                                 guint64      length);

/* Whole lines, in one write(2). On failure the file holds what it held before. @sync: they are on
 * the disk when this returns. */
gboolean  pw_record_append      (PwRecord    *self,
                                 const char  *lines,
                                 gsize        length,
                                 gboolean     sync,
                                 GError     **error);
gboolean  pw_record_sync        (PwRecord    *self,
                                 GError     **error);

/* While owned; close it afterwards. pw_record_set_aside() renames it to PATH.bad. */
gboolean  pw_record_delete      (PwRecord    *self,
                                 GError     **error);
gboolean  pw_record_set_aside   (PwRecord    *self,
                                 GError     **error);

/* Without owning it: the content of a file that others may be writing to, and whether it has an
 * owner. */
char     *pw_record_peek        (const char  *path,
                                 gsize       *length,
                                 gboolean    *is_owned,
                                 GError     **error);

/* Creates @dir with its parents, mode 0700, if it is not there. */
gboolean  pw_record_make_folder (const char  *dir,
                                 GError     **error);

/* The names in @dir that end in @suffix, without it, in no order; empty if there is no @dir. Free
 * with g_ptr_array_unref(). */
GPtrArray *pw_record_list       (const char  *dir,
                                 const char  *suffix,
                                 GError     **error);

/* TRUE for what may be an id in a file's name: 1 to 64 of A-Z, a-z, 0-9, - and _. */
gboolean  pw_record_is_id       (const char  *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwRecord, pw_record_close)
