/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-dialect.h"

/* Has URLs of coming parts ready before a worker needs them, because a backend may be far away.
 *
 * Threads of its own, with connections of their own that are kept, ask for the parts that an upload
 * still needs, in ascending order, as far ahead as `window` says; it grows each time a worker had
 * to wait. Where an answer holds many URLs two threads do; else as many as the window needs. Where
 * the part's checksum is signed, they read the part, whose bytes the worker then finds in the page
 * cache.
 *
 * It never reports trouble: after a failure it rests, and who takes a part finds nothing ready and
 * asks for itself, with its own patience. The first success of such a question wakes it again.
 *
 * Any thread, but pw_signer_free(). One mutex guards it all; it is never held during I/O. */

typedef struct _PwSigner PwSigner;

/* Gives PwSigned for @wanted; on a thread of the signer's. */
typedef GPtrArray *(*PwSignerFetch) (gpointer             data,
                                     PwExchange          *exchange,
                                     const PwAsk         *subject,
                                     const PwWantedPart  *wanted,
                                     guint                n_wanted);

/* @data must outlive it. @dialect: how many URLs come at once, and whether checksums are signed. */
PwSigner *pw_signer_new    (const PwDialect      *dialect,
                            const char           *ca_file,
                            PwSignerFetch         fetch,
                            gpointer              data);
/* Ends its threads, which may take 0.2 s. */
void      pw_signer_free   (PwSigner             *self);

/* As pw_authority_expect() and pw_authority_forget(). */
void      pw_signer_expect (PwSigner             *self,
                            const PwComing       *coming);
void      pw_signer_forget (PwSigner             *self,
                            const char           *upload_id);

/* The URL for that part, which is the caller's then; waits for one that is on its way, until
 * @transfer (may be NULL) is stopped. NULL: ask for it yourself. @checksum: of the part's bytes;
 * a URL that was signed for another one, or that ran out, is not given. */
PwSigned *pw_signer_take   (PwSigner             *self,
                            const char           *upload_id,
                            guint                 part_number,
                            const S3Checksum     *checksum,
                            HttpTransfer         *transfer);

/* The URLs of that upload that are ready are no good (any more): S3 refused one like them. */
void      pw_signer_drop   (PwSigner             *self,
                            const char           *upload_id);
/* A worker's own question was answered: the backend is there. */
void      pw_signer_wake   (PwSigner             *self);

/* How far ahead it is at present: for tests. */
guint     pw_signer_get_n_ready (PwSigner        *self);
