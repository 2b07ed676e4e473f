/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-journal.h"

/* A folder with one journal, and the life of an upload to write into it. */

#define JOURNAL_FIXTURE_ID "0123456789abcdef"
#define JOURNAL_FIXTURE_N_STEPS 14
#define MIB ((guint64) 1024 * 1024)

typedef struct {
  char *folder;
  char *path;                   /* of the journal */
  char *bad;                    /* where a damaged one goes */
} JournalFixture;

extern const PwJournalIntent journal_fixture_usual;     /* 4 parts of 8 MiB at most */
extern const PwIdentity journal_fixture_grown;          /* 5 parts */
extern const S3Checksum journal_fixture_sum, journal_fixture_md5;

/* For g_test_add(). */
void       journal_fixture_set_up         (JournalFixture *fixture, gconstpointer data);
void       journal_fixture_tear_down      (JournalFixture *fixture, gconstpointer data);

/* The journal's file, as it is. To free. */
char      *journal_fixture_get_file       (JournalFixture *fixture, gsize *length);
void       journal_fixture_set_file       (JournalFixture *fixture, const char *text, gsize length);
gboolean   journal_fixture_is_file        (const char *path);

/* These must succeed, or, the last, fail with this code of PW_ERROR. */
PwJournal *journal_fixture_create         (JournalFixture *fixture);
PwJournal *journal_fixture_open           (JournalFixture *fixture);
void       journal_fixture_assert_refused (JournalFixture *fixture, int code);

/* All that the getters tell. To free. */
char      *journal_fixture_describe       (PwJournal *journal);

/* Closes and opens it: what is told afterwards is what was told before. */
PwJournal *journal_fixture_reopen         (JournalFixture *fixture, PwJournal *journal);

const PwJournalPart *journal_fixture_get_part (PwJournal *journal, guint part_number);

/* One line of the life; @step from 0 on, to be done in order. */
gboolean   journal_fixture_add_step       (PwJournal *journal, guint step, GError **error);
