/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-replies.h"

/* Everything that can end or pause an upload, told apart as a person would.
 *
 * Pure: no I/O, callable from any thread. Titles are translated (domain "partway"). No text made
 * here holds a secret: what a server or a library said is cleaned of URL queries and signatures,
 * brought onto one line and shortened before it goes into a message.
 */

#define PW_ERROR (pw_error_quark ())

typedef enum {
  PW_ERROR_CANCELLED,           /* the user said so */

  PW_ERROR_SOURCE_VANISHED,     /* the file is no longer there */
  PW_ERROR_SOURCE_CHANGED,      /* it is another file, or was written to, since the upload began */
  PW_ERROR_SOURCE_UNREADABLE,   /* it may not be opened */
  PW_ERROR_SOURCE_NOT_A_FILE,   /* a folder, FIFO, device or socket */
  PW_ERROR_SOURCE_READ,         /* the disk failed while it was read */

  PW_ERROR_OFFLINE,             /* this computer has no network */
  PW_ERROR_METERED,             /* it has one where every byte costs, and the user wants to wait */
  PW_ERROR_NETWORK,             /* unreachable, reset, stalled or silent */
  PW_ERROR_RESOLVE,             /* the server's name has no address */
  PW_ERROR_CERTIFICATE,         /* the server cannot prove who it is */
  PW_ERROR_CA_FILE,             /* the destination's own certificate file cannot be used */
  PW_ERROR_PROXY,
  PW_ERROR_INSECURE,            /* plain http was refused by this program */

  PW_ERROR_CREDENTIALS_MISSING,
  PW_ERROR_CREDENTIALS_EXPIRED, /* an expired session token or presigned URL */
  PW_ERROR_CREDENTIALS_WRONG,   /* InvalidAccessKeyId, SignatureDoesNotMatch */
  PW_ERROR_ACCESS_DENIED,
  PW_ERROR_KEYRING_LOCKED,
  PW_ERROR_KEYRING_ABSENT,
  PW_ERROR_KEYRING_REFUSED,

  PW_ERROR_NO_SUCH_BUCKET,
  PW_ERROR_NO_SUCH_OBJECT,      /* 404 for an object, or a HEAD that found nothing */
  PW_ERROR_REGION,              /* the bucket is elsewhere */
  PW_ERROR_CLOCK,               /* this computer's clock is too far off */
  PW_ERROR_UPLOAD_GONE,         /* the service forgot the unfinished upload */
  PW_ERROR_EXISTS,              /* an object is there already, and may not be replaced */
  PW_ERROR_CONFLICT,            /* somebody else writes the same object at the same time */
  PW_ERROR_TOO_LARGE,
  PW_ERROR_QUOTA,
  PW_ERROR_STORAGE_CLASS,
  PW_ERROR_KMS,
  PW_ERROR_PARTS,               /* the service does not hold the parts it was given */
  PW_ERROR_DAMAGED,             /* bytes arrived changed, again and again */
  PW_ERROR_WRONG_OBJECT,        /* the finished object is not the file */
  PW_ERROR_THROTTLED,
  PW_ERROR_SERVER,              /* 5xx */
  PW_ERROR_ANSWER,              /* no S3 answer: cut off, or from something in between (portal) */
  PW_ERROR_UNSUPPORTED,         /* 501 NotImplemented */
  PW_ERROR_REFUSED,             /* any other no; the message tells S3's own code and words */

  PW_ERROR_DESTINATION,         /* unknown or invalid */
  PW_ERROR_PLAN,                /* the file and the part size do not fit the service's limits */
  PW_ERROR_KEY,                 /* no valid name for an object */
  PW_ERROR_PRESIGN,             /* the backend that signs does not, or not as agreed */

  PW_ERROR_JOURNAL,             /* the record cannot be written: disk full, no rights */
  PW_ERROR_JOURNAL_BROKEN,      /* the record cannot be read */
  PW_ERROR_LOCKED,              /* another process runs this upload */
} PwError;

#define PW_ERROR_LAST PW_ERROR_LOCKED

/* One translated sentence or two, without jargon: what happened, and what to do. Never NULL. */
const char *pw_error_get_title        (PwError          code);

/* A word that never changes, for JSON and journals: "source-changed". */
const char *pw_error_get_id           (PwError          code);

/* The reverse. An unknown or NULL word, as a later version may write it, is PW_ERROR_REFUSED. */
PwError     pw_error_from_id          (const char      *id);

/* TRUE where waiting alone may help: the upload pauses and goes on by itself later. Understands
 * the domains PW_ERROR, HTTP_ERROR, S3_REPLY_ERROR and AWS_ERROR. */
gboolean    pw_error_is_transient     (const GError    *error);

/* TRUE where the user lacks a right or a secret: credentials, keyring, access denied. */
gboolean    pw_error_is_authorisation (const GError    *error);

/* Which of the above S3 meant: by its code, else by its status (S3 API Reference, "Error
 * responses"; and what Ceph RGW and MinIO say instead). */
PwError     pw_error_classify_failure (const S3Failure *failure);

/* The same for an error in HTTP_ERROR or S3_REPLY_ERROR. */
PwError     pw_error_classify_http    (const GError    *error);

/* New errors in PW_ERROR: the title, then S3's code and message shortened, then its request id. */
GError     *pw_error_from_failure     (const S3Failure *failure);

/* The same for an error in HTTP_ERROR or S3_REPLY_ERROR; any other is copied as it is (what the
 * body's function set comes back from http_client_send() unchanged). */
GError     *pw_error_from_http        (const GError    *http_error);

/* The same for an error in AWS_ERROR, which says everything in its own words. */
GError     *pw_error_from_aws         (const GError    *aws_error);

/* @text on one line, valid UTF-8, without URL queries or signatures, at most @max_chars characters;
 * for words of others that go into messages and logs. NULL gives "". */
char       *pw_error_dup_clean        (const char      *text,
                                       guint            max_chars);

GQuark      pw_error_quark            (void);
