/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"
#include "engine/pw-retry.h"

#include "http/http-client.h"
#include "s3/s3-requests.h"
#include "s3/s3-replies.h"
#include "s3/s3-sign.h"

/* Who may ask the store: either this program holds keys and signs (pw-authority-keys), or a backend
 * holds them and gives out presigned URLs (pw-authority-presign). The engine above asks the same
 * questions of both.
 *
 * Threads: one authority serves all workers of a destination. It is refcounted (atomic); everything
 * here but the constructors blocks and is for worker threads. What it learns of the store (clock,
 * region, checksums) is kept in atomics, or under a mutex of the authority's own.
 */

/* What is wanted of S3: one call. Strings and arrays are borrowed for the duration of the call. */
typedef enum {
  PW_OP_CREATE,
  PW_OP_PART,
  PW_OP_PUT,
  PW_OP_LIST_PARTS,
  PW_OP_COMPLETE,
  PW_OP_ABORT,
  PW_OP_HEAD,
  PW_OP_HEAD_BUCKET,
  PW_OP_LIST_UPLOADS,
  PW_OP_DELETE,
} PwOp;

typedef struct {
  PwOp op;
  const char *key;
  const char *upload_id;
  const S3ObjectOptions *options;       /* CREATE, PUT */
  S3ChecksumKind kind;                  /* CREATE: what each part will carry */
  guint part_number;                    /* PART */
  guint64 size;                         /* bytes: PART, PUT: body; COMPLETE: object */
  HttpBodyFunc body_func;               /* PART, PUT */
  gpointer body_data;
  const S3Checksum *checksum;           /* as `size`; or NULL */
  const char *sha256;                   /* PART, PUT: hex, where it is needed */
  gboolean if_none_match;               /* PUT, COMPLETE */
  const S3CompletedPart *parts;         /* COMPLETE */
  guint n_parts;
  const char *prefix;                   /* LIST_UPLOADS */
  const char *key_marker;
  const char *upload_id_marker;
  guint marker;                         /* LIST_PARTS */
} PwAsk;

/* One worker's side of a conversation, and how its last question ended. */
typedef struct {
  HttpClient *client;                   /* borrowed */
  HttpTransfer *transfer;               /* borrowed, or NULL */
  PwAttempts attempts;                  /* of the whole job */
  PwVerdict verdict;                    /* after a failure: what to do */
  guint wait_ms;                        /* after RETRY and SLOW_DOWN: when */
  guint status;                         /* HTTP status of the last answer; 0 = none came */
  char *request_id;                     /* of the last answer that was an error */
  char *peer;                           /* address of the last server that answered */
  guint64 n_sent;                       /* body bytes that left, all tries together */
  S3Credentials *used;                  /* what signed the last request; or NULL */
} PwExchange;

void pw_exchange_clear (PwExchange *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PwExchange, pw_exchange_clear)

typedef struct {
  char *upload_id;
  char *key;                            /* as the store (or the backend) calls it from now on */
  S3ChecksumKind kind;                  /* what each part has to carry */
  char *abort_date;                     /* when the store will drop it, or NULL */
} PwBegun;

void pw_begun_free (PwBegun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwBegun, pw_begun_free)

typedef struct _PwAuthority PwAuthority;

/* Whether the ETag of an object put together from parts is the MD5 of their MD5s, "-" and their
 * number. Many stores do so without promising it. */
typedef enum {
  PW_ETAG_UNKNOWN,
  PW_ETAG_IS_MD5,
  PW_ETAG_FREE,
} PwEtagRule;

/* A kind of authority. request() and repair() are its duty; a NULL among the others means that S3
 * itself is asked, through request(). */
typedef struct {
  void           (*free)         (PwAuthority         *self);
  HttpRequest   *(*request)      (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  GError             **error);
  /* Mends what exchange->verdict names (clock, region, credentials); FALSE: it cannot be mended
   * here. */
  gboolean       (*repair)       (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const S3Failure     *failure);
  gboolean       (*needs_sha256) (PwAuthority         *self);
  PwBegun       *(*create)       (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  GError             **error);
  S3PartsPage   *(*list_parts)   (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  GError             **error);
  S3ObjectReply *(*complete)     (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  GError             **error);
  gboolean       (*abort)        (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  GError             **error);
} PwAuthorityClass;

/* The common beginning of every authority. */
struct _PwAuthority {
  const PwAuthorityClass *klass;
  gatomicrefcount ref_count;
  const S3Limits *limits;
  gint checksum;                        /* atomic: an S3ChecksumKind, or PW_CHECKSUM_UNKNOWN */
  gint etag_rule;                       /* atomic: PwEtagRule */
  gint refuses_conditions;              /* atomic: If-None-Match was answered with 501 */
  gboolean is_presigned;                /* constant: requests go through URLs of somebody else's */
};

#define PW_CHECKSUM_UNKNOWN (-1)

void           pw_authority_init         (PwAuthority            *self,
                                          const PwAuthorityClass *klass,
                                          PwDestination          *destination);
PwAuthority   *pw_authority_ref          (PwAuthority            *self);
void           pw_authority_unref        (PwAuthority            *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwAuthority, pw_authority_unref)

/* TRUE: the body's SHA-256 must be known before a PART or PUT is asked for (plain http). */
gboolean       pw_authority_needs_sha256 (PwAuthority            *self);

/* What the store is known to check. UNKNOWN until the first create or put told. */
gint           pw_authority_get_checksum (PwAuthority            *self);
void           pw_authority_set_checksum (PwAuthority            *self,
                                          S3ChecksumKind          kind);

/* Asks, and mends clock, region and credentials by itself, asking again. NULL: @error is in
 * PW_ERROR (or is what the body's function set), and exchange->verdict says what may be done. */
HttpResponse  *pw_authority_ask          (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          const PwAsk            *ask,
                                          GError                **error);

/* The calls with an answer worth reading. A store that refuses the checksum that create asks for is
 * asked again without, and remembered. */
PwBegun       *pw_authority_create       (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          const PwAsk            *ask,
                                          GError                **error);
S3PartsPage   *pw_authority_list_parts   (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          const char             *key,
                                          const char             *upload_id,
                                          guint                   marker,
                                          GError                **error);
S3ObjectReply *pw_authority_complete     (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          const PwAsk            *ask,
                                          GError                **error);
gboolean       pw_authority_abort        (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          const char             *key,
                                          const char             *upload_id,
                                          GError                **error);
S3ObjectReply *pw_authority_head         (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          const char             *key,
                                          GError                **error);
S3UploadsPage *pw_authority_list_uploads (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          const char             *prefix,
                                          const char             *key_marker,
                                          const char             *upload_id_marker,
                                          GError                **error);
