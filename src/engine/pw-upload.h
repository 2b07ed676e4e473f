/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"
#include "engine/pw-progress.h"
#include "engine/pw-schedule.h"

#include <glib-object.h>

/* One upload, as a list row shows it and as the queue runs it. Main thread only; no I/O.
 *
 * It holds one state, and knows which job comes next; the workers do the jobs. "notify::state"
 * tells of every move, also where it stays paused for another reason; "progress" (a signal) about
 * five times a second of moving bytes; "notify::asked" that a question is open, or no more.
 *
 *   WAITING ─→ PREPARING ─→ SENDING ─→ FINISHING ─→ DONE
 *      ↑           │   ↑________│__________│
 *      │           ↓            ↓          ↓
 *      └──────── PAUSED, FAILED (each keeps why)          any ─→ ABORTING ─→ REMOVED
 *
 * What was never begun, or is over, is REMOVED at once. A job that was out when the user paused or
 * removed it may still come back with DONE or SKIPPED.
 */

typedef enum {
  PW_UPLOAD_WAITING,            /* for its turn */
  PW_UPLOAD_PREPARING,          /* opening, planning, creating; or proving what is safe */
  PW_UPLOAD_SENDING,
  PW_UPLOAD_FINISHING,          /* all parts are safe; the store puts them together */
  PW_UPLOAD_PAUSED,             /* by the user, or by trouble that time may heal: see the error */
  PW_UPLOAD_FAILED,             /* the error says why, and what to do */
  PW_UPLOAD_DONE,               /* there, and proved */
  PW_UPLOAD_SKIPPED,            /* an object was there, and was kept */
  PW_UPLOAD_ABORTING,           /* removed by the user; its parts are being deleted at the store */
  PW_UPLOAD_REMOVED,
  PW_N_UPLOAD_STATES
} PwUploadState;

#define PW_TYPE_UPLOAD (pw_upload_get_type ())
G_DECLARE_FINAL_TYPE (PwUpload, pw_upload, PW, UPLOAD, GObject)

/* Everybody may read the fields; only pw-upload.c writes them. Strings may be NULL where it says
 * so. */
struct _PwUpload {
  GObject parent_instance;

  char *id;                     /* 16 hex digits */
  char *path;                   /* of the file; bytes */
  char *name;                   /* its last part, as UTF-8 for people */
  char *key;                    /* in the bucket */
  char *folder;                 /* id of the folder it was added with, or NULL */
  PwDestination *destination;
  PwUploadState state;
  guint64 size;                 /* bytes; of a file not opened yet: as it was when added */
  guint64 resumed;              /* bytes that were safe from before */
  guint64 known_safe;           /* bytes; of an earlier process, until it is taken up again */
  GError *error;                /* why it is paused or failed, or what it waits for; or NULL */
  char *request_id;             /* S3's, of its last error; or NULL */
  char *peer;                   /* address of the server that answered last; or NULL */
  char *verification;           /* how it was proved; or NULL */
  char *etag;                   /* of the finished object; or NULL */
  char *note;                   /* a sentence for the user, which the list passes on and takes */
  PwIfExists if_exists;
  gboolean is_asked;            /* its failure is a question that is open: see "asked" */
  gboolean follow;              /* a changed file is followed instead of refused */
  gboolean was_interrupted;     /* it was neither over nor paused when the process before ended */
  gint64 added;                 /* Unix seconds */
  gint64 finished;              /* likewise; 0 = not yet */
  guint n_again;                /* parts sent again */
  gint64 order_in_list;         /* grows down the list; the list's to write */

  PwOrder *order;               /* NULL until its first job; see pw-order.h for who may look when */
  PwSchedule schedule;          /* safe bytes, parts left */
  GPtrArray *out;               /* PwJob with the workers: what is constant, and `transfer` */
  PwJob *closing;               /* likewise, the one that closes the files; not among `out` */
  PwProgress *progress;         /* NULL until a byte of it was seen on its way: it is not small */

  PwUploadState remembered;     /* the state that the queue knows; the list's to write */

  /* nobody else's business */
  gboolean is_queued;           /* it is among those that take turns */
  gboolean was_begun;           /* by an earlier process: there may be a journal */
  gboolean is_history;          /* it was over before this process began */
  gboolean is_begun;            /* the parts may be sent */
  PwOrder *leaving;             /* the order of before; its files are closed before the next job */
  gboolean is_resting;          /* an abort that cannot be done now: tried again after a restart */
  gint64 due_us;                /* of the next begin, finish or abort */
  PwAttempts attempts;          /* of that step */
  guint n_followed;
  guint n_anew;
  gint64 told_us;
};

/* A part that a worker has in hand, as of now. */
typedef struct {
  guint part_number;            /* 0: the whole file as one PutObject */
  guint64 size;
  guint64 sent;                 /* 0: being read, summed and signed, or waiting for its URL */
  guint attempt;                /* 1 = the first */
  guint connection;             /* whose number stays with it from part to part */
} PwFlight;

PwUpload     *pw_upload_new            (const char    *id,
                                        const char    *path,
                                        const char    *key,
                                        guint64        size,
                                        PwDestination *destination);

const char   *pw_upload_state_get_id   (PwUploadState  state);     /* "sending": stable, for JSON */
PwUploadState pw_upload_state_from_id  (const char    *id);        /* WAITING if unknown */
guint64       pw_upload_get_safe       (PwUpload      *self);  /* as far as it is known */
guint64       pw_upload_get_sent       (PwUpload      *self);  /* safe, and what is on its way */
guint64       pw_upload_get_in_flight  (PwUpload      *self);  /* of the jobs that are out */
GArray       *pw_upload_get_flights    (PwUpload      *self);      /* PwFlight; to unref */
gboolean      pw_upload_is_active      (PwUpload      *self);  /* has work for the workers */
gboolean      pw_upload_is_over        (PwUpload      *self);      /* done, skipped, removed */
/* Paused, not by the user, but by trouble that time may heal; whoever sees to it lets it go on. */
gboolean      pw_upload_is_troubled    (PwUpload      *self);

/* Another destination, or the same with other settings. FALSE, and nothing changes, unless it is
 * paused or failed with no job out; or if parts of it may be at a place that @destination is not.
 * What was never begun gets the key that it would have there. */
gboolean      pw_upload_set_destination (PwUpload      *self,
                                         PwDestination *destination);

/* For those that run it. The order must be set before the first job; @now_us is monotonic. */
void          pw_upload_set_order      (PwUpload      *self,
                                        PwAuthority   *authority,
                                        const char    *journals);
void          pw_upload_tick           (PwUpload      *self,
                                        gint64         now_us);
/* Brings back what the queue remembered, before anybody looks. */
void          pw_upload_restore        (PwUpload      *self,
                                        PwUploadState  state,
                                        const GError  *error,
                                        const char    *verification,
                                        const char    *etag);

/* A question about it is open now, or no more. */
void          pw_upload_set_asked      (PwUpload      *self,
                                        gboolean       is_asked);
/* What its journal says, as long as it is not taken up. */
void          pw_upload_set_known_safe (PwUpload      *self,
                                        guint64        bytes);

/* For pw-upload-run alone: a move that is not allowed is a programmer's mistake. */
void          pw_upload_set_state      (PwUpload      *self,
                                        PwUploadState  state);
void          pw_upload_set_error      (PwUpload      *self,
                                        const GError  *error);     /* NULL clears */
