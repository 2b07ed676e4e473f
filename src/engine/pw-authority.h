/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"
#include "engine/pw-retry.h"
#include "engine/pw-source.h"

#include "http/http-client.h"
#include "s3/s3-plan.h"
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
  PW_OP_FIND,                           /* these two of a backend: what it is, by `route` */
  PW_OP_SIGN,                           /* URLs for the call that is `subject` */
  PW_N_OPS
} PwOp;

/* A part that a URL is wanted for. */
typedef struct {
  guint part_number;
  guint64 size;
  S3Checksum checksum;                  /* kind NONE: not known, or not to be signed */
} PwWantedPart;

typedef struct _PwAsk PwAsk;

struct _PwAsk {
  PwOp op;
  const char *key;
  const char *upload_id;
  const S3ObjectOptions *options;       /* CREATE, PUT */
  S3ChecksumKind kind;                  /* CREATE: what each part will carry */
  guint part_number;                    /* PART */
  guint64 size;                         /* bytes: PART, PUT: body; CREATE, COMPLETE: object */
  guint64 part_size;                    /* CREATE */
  const char *token;                    /* CREATE: the same for every try of one upload, or NULL */
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
  const char *route;                    /* FIND */
  const PwAsk *subject;                 /* SIGN */
  const PwWantedPart *wanted;           /* SIGN of a PART */
  guint n_wanted;
};

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
  char *told_key;                       /* how a backend calls the object of its last URL */
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

/* What the engine may ask for. An authority without one of these is not asked, and the user is told
 * what that means for an upload. */
typedef enum {
  PW_CAN_HEAD         = 1 << 0, /* whether an object is there, and what it is */
  PW_CAN_PUT          = 1 << 1, /* a small file in one piece */
  PW_CAN_ABORT        = 1 << 2,
  PW_CAN_LIST_UPLOADS = 1 << 3,
  PW_CAN_DELETE       = 1 << 4,
  PW_CAN_EVERYTHING   = (1 << 5) - 1,
} PwAbility;

/* How large a listed part is when the list does not say. */
#define PW_SIZE_UNKNOWN G_MAXUINT64

/* Parts that are going to be asked for, in ascending order. Borrowed for the call. */
typedef struct {
  const char *key;
  const char *upload_id;
  const S3Plan *plan;
  const guint *part_numbers;
  guint n_parts;
  S3ChecksumKind kind;
  PwSource *source;
} PwComing;

/* A kind of authority. free(), request() and repair() are its duty. A NULL among the others means
 * that S3 itself answers, and that nothing is to be found out or prepared. */
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
                                  const PwAsk         *ask,
                                  const S3Failure     *failure);
  gboolean       (*needs_sha256) (PwAuthority         *self);
  gboolean       (*prepare)      (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  GError             **error);
  /* FALSE: the answer is a no. Either with *failure, to be judged as S3's, or with @error, which
   * is final. */
  gboolean       (*check)        (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  const HttpResponse  *response,
                                  S3Failure          **failure,
                                  GError             **error);
  /* Read the answer to ask->op. Errors: S3_REPLY_ERROR_BROKEN, or final ones in PW_ERROR. */
  PwBegun       *(*read_begun)   (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  const HttpResponse  *response,
                                  GError             **error);
  S3PartsPage   *(*read_parts)   (PwAuthority         *self,
                                  const HttpResponse  *response,
                                  GError             **error);
  S3ObjectReply *(*read_object)  (PwAuthority         *self,
                                  PwExchange          *exchange,
                                  const PwAsk         *ask,
                                  const HttpResponse  *response,
                                  GError             **error);
  S3UploadsPage *(*read_uploads) (PwAuthority         *self,
                                  const HttpResponse  *response,
                                  GError             **error);
  void           (*expect)       (PwAuthority         *self,
                                  const PwComing      *coming);
  void           (*forget)       (PwAuthority         *self,
                                  const char          *upload_id);
} PwAuthorityClass;

/* The common beginning of every authority. */
struct _PwAuthority {
  const PwAuthorityClass *klass;
  gatomicrefcount ref_count;
  const S3Limits *limits;
  gint checksum;                        /* atomic: an S3ChecksumKind, or PW_CHECKSUM_UNKNOWN */
  gint etag_rule;                       /* atomic: PwEtagRule */
  gint refuses_conditions;              /* atomic: If-None-Match was answered with 501 */
  gint abilities;                       /* atomic: PwAbility */
  gboolean is_presigned;                /* constant: requests go through URLs of somebody else's */
};

#define PW_CHECKSUM_UNKNOWN (-1)

void           pw_authority_init         (PwAuthority            *self,
                                          const PwAuthorityClass *klass,
                                          PwDestination          *destination);
PwAuthority   *pw_authority_ref          (PwAuthority            *self);
void           pw_authority_unref        (PwAuthority            *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwAuthority, pw_authority_unref)

/* Finds out what must be known before the first question: which dialect a backend speaks. Before
 * each job that has an upload to itself; costs nothing once it is known. */
gboolean       pw_authority_prepare      (PwAuthority            *self,
                                          PwExchange             *exchange,
                                          GError                **error);
gboolean       pw_authority_can          (PwAuthority            *self,
                                          PwAbility               ability);

/* URLs for these parts may be asked for ahead of the workers. Any thread; no I/O. What was said of
 * the same upload before no longer counts. */
void           pw_authority_expect       (PwAuthority            *self,
                                          const PwComing         *coming);
/* No more parts of that upload. Any thread; no I/O. */
void           pw_authority_forget       (PwAuthority            *self,
                                          const char             *upload_id);

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

/* S3's own way of saying no: for an authority's check(). FALSE with *failure, or with @error. */
gboolean       pw_authority_check_s3     (const HttpResponse     *response,
                                          S3Failure             **failure,
                                          GError                **error);

/* A 200 that cannot be read is trouble on the way: judged like a broken connection. What is in
 * PW_ERROR is final. */
void           pw_authority_judge_broken (PwExchange             *exchange,
                                          GError                 *problem,
                                          GError                **error);

/* The calls with an answer worth reading. A store that refuses the checksum that create asks for is
 * asked again without, and remembered.
 *
 * A page of parts that is truncated and whose marker does not move on is a list that was cut: what
 * follows cannot be listed. Parts may have PW_SIZE_UNKNOWN.
 *
 * Where an authority cannot abort, abort() succeeds: what there is to tell the user is told by
 * whoever removes an upload. head() and list_uploads() then fail with PW_ERROR_UNSUPPORTED. */
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
