/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-journal-state.h"
#include "engine/pw-record.h"

/* Finds and reads the files of pw-journal.h: what is kept, what is set aside. Does file I/O. */

char      *pw_journal_file_get_path (const char      *dir,
                                     const char      *id);

/* Locked and read into @state, which must be zeroed and is left so on failure. Errors as
 * pw_journal_open(). */
PwRecord  *pw_journal_file_open     (const char      *dir,
                                     const char      *id,
                                     PwJournalState  *state,
                                     GError         **error);

/* Without owning it, also while somebody writes it: what it says as far as it is whole. FALSE, and
 * @state (which must be zeroed) is left alone, where there is none. */
gboolean   pw_journal_file_peek     (const char      *dir,
                                     const char      *id,
                                     PwJournalState  *state);

/* As pw_journal_list(). */
GPtrArray *pw_journal_file_list     (const char      *dir,
                                     GError         **error);
