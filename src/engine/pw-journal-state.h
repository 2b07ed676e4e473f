/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-source.h"
#include "s3/s3-checksum.h"
#include "s3/s3-plan.h"

/* What a journal says of one multi-part upload. Plain values, one thread at a time. */

/* What is to be done. All strings but @options (may be NULL) are needed. */
typedef struct {
  char *id;                     /* the name of the journal; see pw_record_is_id() */
  char *path;                   /* absolute; any bytes */
  PwIdentity identity;          /* what the upload is of, after changes that it followed */
  char *key;                    /* once created: as the store calls it */
  char *destination;            /* JSON text, opaque here, without secrets */
  S3Plan plan;
  S3ChecksumKind checksum;      /* of each part; known once created */
  gint64 created;               /* seconds since 1970 */
  char *options;                /* text, opaque here */
} PwJournalIntent;

void             pw_journal_intent_copy  (PwJournalIntent *to, const PwJournalIntent *from);
void             pw_journal_intent_clear (PwJournalIntent *self);

#define PW_JOURNAL_ETAG_SIZE 128

typedef struct {
  char etag[PW_JOURNAL_ETAG_SIZE]; /* "" = never sent */
  S3Checksum checksum;          /* of what was read from the file; kept when @is_safe is FALSE */
  gboolean is_safe;             /* the server said 200 under the present upload id */
} PwJournalPart;

typedef struct {
  gboolean has_intent;
  PwJournalIntent intent;
  char *upload_id;
  char *abort_date;             /* when the server will abort by itself, as it said it, or NULL */
  PwJournalPart *parts;         /* intent.plan.n_parts of them */
  guint n_resumed;
  gint64 last_resumed;          /* seconds since 1970; 0 = never */
  gboolean is_completing;       /* no part or upload id came after the line */
  S3Checksum whole;             /* kind NONE if it was not known */
  char *done_etag;              /* not NULL: the upload is over */
  char *done_verification;
} PwJournalState;

void     pw_journal_state_clear (PwJournalState *self);

/* What the journal's lines do. @part_number: 1 to n_parts. */
void     pw_journal_state_set_intent     (PwJournalState *self, const PwJournalIntent *intent);
void     pw_journal_state_set_upload_id  (PwJournalState *self, const char *upload_id,
                                          const char *key, S3ChecksumKind checksum,
                                          const char *abort_date);
void     pw_journal_state_set_identity   (PwJournalState *self, const PwIdentity *identity);
void     pw_journal_state_set_part       (PwJournalState *self, guint part_number,
                                          const char *etag, const S3Checksum *checksum);
void     pw_journal_state_set_lost       (PwJournalState *self, guint part_number);
void     pw_journal_state_set_completing (PwJournalState *self, const S3Checksum *whole);
void     pw_journal_state_set_done       (PwJournalState *self, const char *etag,
                                          const char *verification);
