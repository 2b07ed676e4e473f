/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-journal-state.h"

/* The record of one multi-part upload: the file DIR/ID.journal, lines as in pw-journal-lines.h.
 *
 * It is there so that an upload survives a crash: the intent is on the disk before Create goes out,
 * the upload id before the first part does, "completing" before Complete does. Parts are written
 * without waiting for the disk: one that is lost costs asking the server, or sending it again.
 * DIR is made with mode 0700, the file with 0600. Nothing in it is secret.
 *
 * A line that a crash tore is left out, and cut off when the next one is added. All other damage
 * makes pw_journal_open() fail and rename the file to ID.journal.bad, so that it stands in nobody's
 * way. An open journal is locked against other processes and against being opened twice here.
 *
 * Threads: all functions do file I/O (never on the main thread of an app) except the getters. The
 * adding functions may be called from several threads at once; the journal has a mutex for that, so
 * that lines do not mix and a failed one is cut off again before another follows. What the getters
 * return is borrowed from the journal and valid as long as no line of that type is added meanwhile.
 *
 * Errors: PW_ERROR_JOURNAL (disk full, no rights, no such journal); the line is not in the file
 * then, and the upload may go on once there is room.
 */

typedef struct _PwJournal PwJournal;

/* How an intent's options begin, or what they are, where no backend was asked for a key (see
 * PW_ASKED_KEY in pw-steps.h): the upload was found at the store, and what its parts carry tells
 * nothing of what the store can. */
#define PW_ADOPTED "adopted"

/* A new one; returns when it is on the disk. There must be none of that id. */
PwJournal *pw_journal_create (const char             *dir,
                              const PwJournalIntent  *intent,
                              GError                **error);

/* PW_ERROR_LOCKED: it is open elsewhere. PW_ERROR_JOURNAL_BROKEN: damaged, and set aside; or
 * written by a newer Partway, and left alone; or of an upload that never began, and deleted. */
PwJournal *pw_journal_open   (const char             *dir,
                              const char             *id,
                              GError                **error);

/* Whether there is one of that id: small files have none. */
gboolean   pw_journal_exists (const char             *dir,
                              const char             *id);

PwJournal *pw_journal_ref    (PwJournal              *self);
void       pw_journal_unref  (PwJournal              *self);    /* the last one unlocks it */

const PwJournalIntent *pw_journal_get_intent     (PwJournal *self);
const char            *pw_journal_get_upload_id  (PwJournal *self);     /* NULL before Create */
const char            *pw_journal_get_abort_date (PwJournal *self);     /* or NULL */

/* By index: part number - 1. */
const PwJournalPart   *pw_journal_get_parts      (PwJournal *self, guint *n_parts);
guint                  pw_journal_get_n_resumed  (PwJournal *self);

/* Complete may have been sent: whether the object is there must be asked. FALSE again once a part,
 * a lost part or an upload id came after it. @whole (may be NULL): kind NONE if it is not known. */
gboolean               pw_journal_is_completing  (PwJournal *self, S3Checksum *whole);

/* The object's ETag, or NULL while the upload is not over. @verification may be NULL. */
const char            *pw_journal_get_done       (PwJournal *self, const char **verification);

/* On the disk when it returns. All parts before are of another upload then, and not safe; their
 * checksums are kept. @key, @checksum: what the object is called and what each part carries from
 * now on; the intent tells them. @abort_date: as the server said it, or NULL. */
gboolean pw_journal_add_upload_id  (PwJournal         *self,
                                    const char        *upload_id,
                                    const char        *key,
                                    S3ChecksumKind     checksum,
                                    const char        *abort_date,
                                    GError           **error);

/* After the server's 200, by any thread; does not wait for the disk. @checksum may be NULL. */
gboolean pw_journal_add_part       (PwJournal         *self,
                                    guint              part_number,
                                    const char        *etag,
                                    const S3Checksum  *checksum,
                                    GError           **error);

/* The server does not hold it: no longer safe. */
gboolean pw_journal_add_lost_part  (PwJournal         *self,
                                    guint              part_number,
                                    GError           **error);

/* The upload follows the source after a change; the plan follows its size. Every part that differs
 * must have been called lost before. On the disk when it returns. */
gboolean pw_journal_add_identity   (PwJournal         *self,
                                    const PwIdentity  *identity,
                                    GError           **error);

/* @when: seconds since 1970. */
gboolean pw_journal_add_resumed    (PwJournal         *self,
                                    gint64             when,
                                    GError           **error);

/* Before Complete goes out; on the disk when it returns. @whole: the object's checksum, or NULL. */
gboolean pw_journal_add_completing (PwJournal         *self,
                                    const S3Checksum  *whole,
                                    GError           **error);

/* The object is there and was verified. On the disk when it returns. */
gboolean pw_journal_add_done       (PwJournal         *self,
                                    const char        *etag,
                                    const char        *verification,
                                    GError           **error);

/* The upload is over, or was aborted: the file goes; only unref is allowed afterwards. */
gboolean pw_journal_delete         (PwJournal         *self,
                                    GError           **error);

/* What all journals in @dir call their uploads at the store, also those that others have open:
 * upload id → id of the journal. Free with g_hash_table_unref(). */
GHashTable *pw_journal_list_upload_ids (const char *dir);

/* The ids of all journals in @dir, the oldest upload first. Free with g_ptr_array_unref(). */
GPtrArray *pw_journal_list         (const char        *dir,
                                    GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwJournal, pw_journal_unref)
