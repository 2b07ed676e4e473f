/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-error.h"

/* What to do after an attempt failed. Pure: dice and counts are arguments; the caller sleeps.
 *
 * One PwAttempts belongs to one job (a part, a create, a complete), zeroed when the job starts,
 * and to the thread that holds the job. The judges count in it; each kind of trouble has its own
 * limit, so that a part which met a wrong region still has all its attempts against bad weather.
 *
 *   trouble                          verdict          at most
 *   network, 5xx, no S3 answer       RETRY            10
 *   first reset of a job             FREE_RETRY        1  (an aged connection that S3 closed)
 *   SlowDown, Throttling…, 429       SLOW_DOWN        20
 *   RequestTimeTooSkewed             FIX_CLOCK         2
 *   403 without words, to a HEAD     FIX_CLOCK         2  (if the clocks differ; else STOP)
 *   301, 307, 400 naming a region    FIX_REGION        2
 *   ExpiredToken, expired URL        FIX_CREDENTIALS   2
 *   BadDigest and kin                READ_AGAIN        2
 *   the upload id is unknown         UPLOAD_GONE       -
 *   409 ConditionalRequestConflict   RESTART           -
 *   all else, or the limit passed    STOP              -
 */

typedef enum {
  PW_VERDICT_STOP,              /* tell the user: pw_error_from_failure(), pw_error_from_http() */
  PW_VERDICT_RETRY,             /* wait, then again, over a new connection: http_client_renew() */
  PW_VERDICT_SLOW_DOWN,         /* pw_tuner_throttled(), wait, then again */
  PW_VERDICT_FREE_RETRY,        /* again at once over a new connection */
  PW_VERDICT_FIX_CLOCK,         /* sign with the offset to failure->date, again at once */
  PW_VERDICT_FIX_REGION,        /* sign for failure->region at failure->endpoint, again at once */
  PW_VERDICT_FIX_CREDENTIALS,   /* fresh credentials, or a fresh URL, then again */
  PW_VERDICT_READ_AGAIN,        /* read the part from the file anew, send it again */
  PW_VERDICT_UPLOAD_GONE,       /* see pw_retry_judge_failure() */
  PW_VERDICT_RESTART,           /* this upload cannot end well: create another */
} PwVerdict;

typedef struct {
  guint n_transient;
  guint n_throttled;
  guint n_damaged;
  guint n_clock;
  guint n_region;
  guint n_credentials;
  guint n_free;
  guint n_suspect;
} PwAttempts;

/* What the failed call was about. */
typedef enum {
  PW_CALL_PLAIN     = 0,        /* create, put object, head: names no upload id */
  PW_CALL_UPLOAD    = 1 << 0,   /* names an upload id: part, list parts, abort, complete */
  PW_CALL_COMPLETE  = 1 << 1,   /* complete; give PW_CALL_UPLOAD too */
  PW_CALL_PRESIGNED = 1 << 2,   /* went through a presigned URL that somebody else signed */
} PwCall;

/* S3 said no.
 *
 * UPLOAD_GONE is a suspicion, never a proof: before anything is thrown away, HEAD the object (an
 * earlier Complete may have won) and list the parts (200 = the upload lives: go on). It is given
 * for NoSuchUpload; for NoSuchKey on a PW_CALL_UPLOAD; and once, at the third InternalError, on a
 * PW_CALL_COMPLETE: Ceph RGW 16 answers an unknown upload id so. If the upload lives, go on with
 * the same PwAttempts; the InternalErrors that follow are RETRY again.
 *
 * A presigned call's AccessDenied is FIX_CREDENTIALS: Ceph RGW says no more of an expired URL.
 * A 403 without a code (the answer to a HEAD) is FIX_CLOCK where it has a date, which is to be held
 * against the time that was signed: where they agree, it is STOP. */
PwVerdict pw_retry_judge_failure (PwAttempts       *attempts,
                                  PwCall            call,
                                  const S3Failure  *failure);

/* No S3 answer came: @error is in HTTP_ERROR, or S3_REPLY_ERROR_BROKEN; any other is STOP (what the
 * source said, HTTP_ERROR_STOPPED, a certificate, a proxy that said no). */
PwVerdict pw_retry_judge_http    (PwAttempts       *attempts,
                                  const GError     *error);

/* How long to wait before acting on @verdict: full jitter (AWS Architecture Blog, "Exponential
 * Backoff And Jitter") from base 100 ms, factor 2, cap 20 s; for SLOW_DOWN base 1 s, cap 30 s; all
 * other verdicts 0. The server's Retry-After, of which at most 5 minutes are believed, comes before
 * the jitter. @dice: [0, 1). */
guint     pw_retry_get_wait_ms   (const PwAttempts *attempts,
                                  PwVerdict         verdict,
                                  guint             retry_after_s,
                                  double            dice);
