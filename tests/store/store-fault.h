/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* A store that misbehaves on request. A script is text, one rule a line, "#" begins a comment:
 *
 *   rule      = selector *condition ":" action
 *   selector  = "any" | "part" [N | N "-" M | "*"] | "create" | "put" | "head" | "get" | "delete"
 *             | "list-parts" | "list-uploads" | "complete" | "abort" | "bucket"
 *   condition = "key" GLOB      the object's key
 *             | "host" GLOB     the Host header without its port
 *             | "after" N       the first N matching requests are left alone
 *             | "times" N       at most N times in all
 *             | "each" N        at most N times for every single key and part number
 *   SIZE      = 5000 | 100KiB | 1MiB | 2GiB
 *   TIME      = 300ms | 5s
 *
 * What the store says instead of doing what was asked (the body is read first):
 *   status CODE [S3CODE] [region R] [retry-after S]     without S3CODE there is no body
 *   early-answer CODE [S3CODE]      the same, sent before the body is read; then the line is closed
 *   error-in-200 S3CODE [done]      200 that holds an <Error>; "done": although it was done
 *   redirect CODE HOST              Location is the same place on HOST (this store's port)
 *   region NAME CODE                the bucket lives in NAME: a request signed elsewhere is
 *                                   answered with CODE (301 or 307: PermanentRedirect or
 *                                   TemporaryRedirect; 400: AuthorizationHeaderMalformed)
 *   html                            200 and a sign-in page, as captive portals answer
 *   disk-full                       507 InsufficientStorage
 * What happens to the connection:
 *   reset [after SIZE]              RST once SIZE bytes of the body have been read (0: at once)
 *   close [after SIZE]              the same, with an orderly end
 *   stall [after SIZE]              reads no further and never answers
 *   no-answer                       does it and never answers; the connection stays open
 *   lose-answer                     does it, then resets the connection
 *   cut-answer                      does it, sends half of the answer, then closes
 *   rate SIZE                       reads SIZE bytes a second
 *   delay TIME                      does it, and answers later
 *   whitespace TIME                 200 at once, spaces until TIME has passed, then the result
 *   close-idle TIME                 answers, and closes the kept-alive connection TIME later
 * What is not as it should be:
 *   clock SECONDS                   the store's clock is ahead (+) or behind (-)
 *   expire-token TIME [then TOKEN]  from TIME after the script was read: ExpiredToken, unless the
 *                                   request carries TOKEN
 *   flip-bit [at SIZE]              one bit of the body is received wrongly
 *   wrong-etag | no-etag            in the answer alone
 *   lose-part                       the part is acknowledged, but not kept
 *   forget-upload                   the upload is aborted before the request is looked at
 *   empty                           the list is empty
 *   omit-part N                     the list lacks part N
 *   wrong-part-size N               the list tells another size of part N
 *   wrong-part-etag N               the list tells another ETag (and checksum) of part N
 *   wrong-size                      HEAD tells another size
 *   swap-bytes                      Complete makes an object with two bytes exchanged
 *
 * Every rule that matches a request acts on it; where two of them answer, the first in the
 * script wins. Threads: the main loop's alone. */

typedef enum {
  STORE_OP_UNKNOWN,
  STORE_OP_BUCKET,              /* everything about a bucket that is not in this list */
  STORE_OP_CREATE,
  STORE_OP_PART,
  STORE_OP_LIST_PARTS,
  STORE_OP_LIST_UPLOADS,
  STORE_OP_COMPLETE,
  STORE_OP_ABORT,
  STORE_OP_PUT,
  STORE_OP_HEAD,
  STORE_OP_GET,
  STORE_OP_DELETE,
  STORE_N_OPS
} StoreOp;

typedef enum {
  STORE_ACTION_STATUS,
  STORE_ACTION_EARLY_ANSWER,
  STORE_ACTION_ERROR_IN_200,
  STORE_ACTION_REDIRECT,
  STORE_ACTION_REGION,
  STORE_ACTION_HTML,
  STORE_ACTION_RESET,
  STORE_ACTION_CLOSE,
  STORE_ACTION_STALL,
  STORE_ACTION_NO_ANSWER,
  STORE_ACTION_LOSE_ANSWER,
  STORE_ACTION_CUT_ANSWER,
  STORE_ACTION_RATE,
  STORE_ACTION_DELAY,
  STORE_ACTION_WHITESPACE,
  STORE_ACTION_CLOSE_IDLE,
  STORE_ACTION_CLOCK,
  STORE_ACTION_EXPIRE_TOKEN,
  STORE_ACTION_FLIP_BIT,
  STORE_ACTION_WRONG_ETAG,
  STORE_ACTION_NO_ETAG,
  STORE_ACTION_LOSE_PART,
  STORE_ACTION_FORGET_UPLOAD,
  STORE_ACTION_EMPTY,
  STORE_ACTION_OMIT_PART,
  STORE_ACTION_WRONG_PART_SIZE,
  STORE_ACTION_WRONG_PART_ETAG,
  STORE_ACTION_WRONG_SIZE,
  STORE_ACTION_SWAP_BYTES,
} StoreActionKind;

typedef struct {
  StoreActionKind kind;
  guint status;                 /* HTTP */
  char *name;                   /* S3 code, region, host or token; or NULL */
  char *region;                 /* or NULL */
  guint64 size;                 /* bytes, or bytes a second */
  guint wait_ms;
  gint64 number;                /* seconds, or a part's number */
  gboolean done;                /* error-in-200 … done */
} StoreAction;

typedef struct {
  StoreOp op;                   /* UNKNOWN = any */
  guint first_part;
  guint last_part;
  GPatternSpec *key;            /* or NULL */
  GPatternSpec *host;           /* or NULL */
  guint after;
  guint times;                  /* 0 = always */
  guint each;                   /* 0 = always */
  StoreAction action;
  char *text;                   /* the line */
  guint n_seen;
  guint n_hits;
  GHashTable *per_part;         /* "key\nN" to hits */
} StoreFault;

typedef struct {
  GPtrArray *rules;             /* StoreFault */
  gint64 started;               /* monotonic, microseconds */
} StoreFaults;

/* What is known of a request when the rules are asked. */
typedef struct {
  StoreOp op;
  guint part_number;
  const char *key;              /* or NULL */
  const char *host;
} StoreFaultQuestion;

/* Counted references: a request in flight keeps the script it was judged by. */
StoreFaults *store_faults_new (void);
StoreFaults *store_faults_ref (StoreFaults  *self);
void         store_faults_unref (StoreFaults  *self);

/* Adds the rules of a script; all or, on error, none. @name: for messages. */
gboolean     store_faults_add (StoreFaults  *self,
                               const char   *name,
                               const char   *script,
                               GError      **error);

/* The rules that act on this request, counted as used: StoreAction, borrowed from @self. */
GPtrArray   *store_faults_match (StoreFaults              *self,
                                 const StoreFaultQuestion *question);

const char  *store_op_get_name (StoreOp op);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreFaults, store_faults_unref)
