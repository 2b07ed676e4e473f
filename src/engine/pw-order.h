/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"
#include "engine/pw-journal.h"
#include "engine/pw-source.h"

#include "s3/s3-plan.h"

/* What one upload is to do, as the workers see it: the file, the place, the plan, what is safe.
 *
 * Threads: refcounted (atomic). The main thread makes it; then exactly one job at a time (begin,
 * resume, finish, abort) may write it, or any number of part jobs may run, each of which writes
 * only the slot of its own part. Jobs travel through queues, which orders those writes. The main
 * thread reads it only while no job of the first sort is out.
 *
 * A worker opens the files, and a worker closes them: closing waits for the disk, or for a server
 * that holds it. So whoever drops the last reference has had them released before.
 */

typedef enum {
  PW_PART_WAITING,
  PW_PART_SENDING,
  PW_PART_RETRYING,             /* failed, waits for its next try */
  PW_PART_SAFE,                 /* sent now, and proved by the store's answer */
  PW_PART_RESUMED,              /* was safe from before, and was compared with the store's list */
  PW_PART_PROVED,               /* likewise, and read from the file again for that */
} PwPartState;

typedef struct {
  gatomicrefcount ref_count;
  /* constant */
  char *id;                     /* 16 hex digits */
  char *path;                   /* absolute */
  PwDestination *destination;
  PwAuthority *authority;
  char *journals;               /* folder of the journals */
  guint64 usual_part_size;      /* where the destination leaves it open; 0 = the store's */
  /* settled before each job */
  PwIfExists if_exists;
  gboolean follow;              /* a changed file is followed instead of refused */
  gboolean may_have_journal;    /* it was begun before: look for its journal */
  gboolean is_spoiled;          /* the store's upload cannot end well: abort it */
  gboolean is_doubted;          /* Complete was told that parts are missing */
  gboolean is_lost;             /* Complete was told that there is no such upload */
  /* found out by the job that begins or resumes */
  char *key;
  char *asked_key;              /* what a backend was asked for that made `key` of it; or NULL */
  PwSource *source;
  gboolean may_be_put;          /* it went out as one PutObject whose end is not known */
  char *content_type;
  S3Plan plan;
  S3ChecksumKind kind;          /* what each part carries */
  PwJournal *journal;
  char *upload_id;              /* NULL until created */
  char *own_etag;               /* of the object at the key, if this upload made it of what the file
                                 * held before; or NULL */
  S3CompletedPart *parts;       /* plan.n_parts of them; index = part number − 1 */
  guint8 *states;               /* PwPartState of each */
  guint64 resumed_bytes;        /* safe from before */
  guint n_resumed;              /* how often it was taken up again */
  char *note;                   /* something the user should know although it went on; or NULL.
                                 * Whoever takes the job's result takes it */
  /* how it ended */
  char *etag;
  char *verification;           /* a sentence: "CRC64NVME of the whole object" */
} PwOrder;

PwOrder *pw_order_new   (const char    *id,
                         const char    *path,
                         const char    *key,
                         PwDestination *destination,
                         PwAuthority   *authority,
                         const char    *journals);
PwOrder *pw_order_ref   (PwOrder       *self);
void     pw_order_unref (PwOrder       *self);

/* Lays out the slots for the plan; what they held is lost. */
void     pw_order_set_plan     (PwOrder *self, const S3Plan *plan);

/* Tells the authority which parts are still to come. By the job that begins or resumes, once the
 * upload id and the states are settled. */
void     pw_order_announce     (PwOrder *self);

/* Closes the file: all of it is sent. Not on the main thread. */
void     pw_order_release_source (PwOrder *self);
/* Closes the journal, too, which ends its lock, as when paused. Not on the main thread. */
void     pw_order_release      (PwOrder *self);
/* There is something to release. */
gboolean pw_order_is_open      (PwOrder *self);

/* The options of a new object, borrowed from the order. */
S3ObjectOptions pw_order_get_options (PwOrder *self);

gboolean pw_part_state_is_safe (guint8 state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwOrder, pw_order_unref)
