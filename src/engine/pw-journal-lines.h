/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-journal-state.h"
#include "engine/pw-line.h"

/* The lines of a journal, read and written. Pure, one thread at a time; pw-journal.h has the file.
 *
 * The line types, in the order of an upload's life:
 *
 *   intent      what is to be done; always the first line, has the version "v" of the format
 *   upload      the server's upload id: all parts before this line are of another upload
 *   part        the server has answered 200 for part n
 *   lost        the server does not have part n any more
 *   identity    the upload now follows the source as it is after a change
 *   resumed     the upload was taken up again
 *   completing  Complete is about to be sent
 *   done        the object is there and was verified
 *
 * A later version that only adds line types keeps the version: unknown types are passed over. One
 * that this program would misunderstand raises it, and keeps the form of the first line.
 */

#define PW_JOURNAL_VERSION 1

/* @self is zeroed before the first line. FALSE, with PW_ERROR_JOURNAL_BROKEN, for a line that
 * cannot be: no intent first, a part number that the plan does not have. @is_newer: the journal was
 * written by a later version, and is whole. */
gboolean pw_journal_apply_line (PwJournalState *self,
                                const PwLine   *line,
                                gboolean       *is_newer,
                                GError        **error);

/* The lines that carry more than a field or two, appended to @text. */
void     pw_journal_write_intent     (GString *text, const PwJournalIntent *intent);
void     pw_journal_write_identity   (GString *text, const PwIdentity *identity);
void     pw_journal_write_part       (GString *text, S3ChecksumKind usual, guint part_number,
                                      const char *etag, const S3Checksum *checksum);
void     pw_journal_write_completing (GString *text, const S3Checksum *whole);
