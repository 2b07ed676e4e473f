/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-client.h"
#include "presign/presign-config.h"
#include "presign/presign-problem.h"
#include "presign/presign-signer.h"
#include "s3/s3-limits.h"
#include "s3/s3-requests.h"

/* The one bucket: asks S3 with signed headers, or makes presigned URLs.
 *
 * Threads: one store for all; a mutex of its own guards the address (its region may be learned) and
 * the credentials (they may be renewed), which are replaced, never changed. */

typedef enum {
  PRESIGN_OP_CREATE,
  PRESIGN_OP_PART,
  PRESIGN_OP_PUT,
  PRESIGN_OP_LIST_PARTS,
  PRESIGN_OP_COMPLETE,
  PRESIGN_OP_ABORT,
  PRESIGN_OP_HEAD,
  PRESIGN_OP_LIST_UPLOADS,
  PRESIGN_OP_DELETE,
  PRESIGN_N_OPS
} PresignOp;

/* One call of S3. Everything is borrowed. */
typedef struct {
  PresignOp op;
  const char *key;
  const char *upload_id;
  const S3ObjectOptions *options;       /* CREATE, PUT */
  S3ChecksumKind kind;                  /* CREATE: what each part will carry */
  guint part_number;                    /* PART */
  const S3Checksum *checksum;           /* PART, PUT, COMPLETE (of the whole); or NULL */
  guint64 size;                         /* COMPLETE: of the object, with a checksum */
  gboolean if_none_match;               /* PUT, COMPLETE */
  const S3CompletedPart *parts;         /* COMPLETE; not for presigning */
  guint n_parts;
  const char *prefix;                   /* LIST_UPLOADS */
  const char *key_marker;
  const char *upload_id_marker;
  guint marker;                         /* LIST_PARTS */
} PresignAsk;

typedef struct _PresignStore PresignStore;

/* @envp: of g_get_environ(). Reads the credentials. */
PresignStore   *presign_store_new        (const PresignConfig *config,
                                          char               **envp,
                                          gint64               now,
                                          GError             **error);
void            presign_store_free       (PresignStore        *self);

const S3Limits *presign_store_get_limits (PresignStore        *self);

/* TRUE: the credentials are about to end, and presign_store_renew() would read them anew. */
gboolean        presign_store_is_due     (PresignStore        *self,
                                          gint64               now);
/* Reads them where that is due, else nothing; blocks. A failure keeps what there is, and is told in
 * a warning. */
void            presign_store_renew      (PresignStore        *self,
                                          gint64               now);

/* What signs now, the caller's to give back. @time: by the store's clock, to sign with. NULL:
 * @problem, the credentials have ended. */
PresignSigner  *presign_store_ref_signer (PresignStore        *self,
                                          gint64               now,
                                          gint64              *time,
                                          PresignProblem      *problem);

/* S3's answer to @ask, 2xx and without an <Error>; NULL: @problem. A few short tries; mends clock,
 * region and credentials by itself. Blocks. */
HttpResponse   *presign_store_ask        (PresignStore        *self,
                                          const PresignAsk    *ask,
                                          gint64               now,
                                          HttpClient          *client,
                                          PresignProblem      *problem);

/* A URL that does @ask, good for @lifetime seconds or until the credentials end. @expires: when,
 * Unix seconds; may be NULL. @signed_request: may be NULL; else the request, whose headers are
 * signed and must be sent. NULL: @problem. Does not block. */
char           *presign_store_presign    (PresignStore        *self,
                                          const PresignAsk    *ask,
                                          gint64               now,
                                          guint                lifetime,
                                          gint64              *expires,
                                          HttpRequest        **signed_request,
                                          PresignProblem      *problem);

/* The object's own URL, without a signature; NULL = the bucket's. */
char           *presign_store_dup_url    (PresignStore        *self,
                                          const char          *key);

/* "UploadPart": as S3 calls it. */
const char     *presign_op_get_name      (PresignOp            op);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignStore, presign_store_free)
