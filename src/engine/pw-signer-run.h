/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"

/* What the signer knows of one upload, and what one of its threads sets out to ask for. The lock is
 * the signer's matter. */

#define PW_SIGNER_WINDOW_MAX 128u       /* so many URLs ahead at most */

typedef enum {
  PW_URL_UNKNOWN,               /* not wanted, or taken */
  PW_URL_WANTED,
  PW_URL_ASKED,                 /* a thread is asking for it */
  PW_URL_READY,
} PwUrlState;

typedef struct {
  guint64 generation;           /* another one each time it is expected */
  char *key;
  char *upload_id;
  S3Plan plan;
  S3ChecksumKind kind;
  PwSource *source;
  guint8 *states;               /* PwUrlState; slot n − 1 of part n */
  guint next;                   /* no part before this one is WANTED */
  guint n_ahead;                /* ASKED and READY */
  GHashTable *ready;            /* part number → PwSigned */
} PwSignerRun;

/* A thread's own copy of all it needs. */
typedef struct {
  guint64 generation;
  char *key;
  char *upload_id;
  S3Plan plan;
  S3ChecksumKind kind;
  PwSource *source;
  guint n_wanted;
  PwWantedPart wanted[PW_SIGNER_WINDOW_MAX];
} PwSignerOrder;

PwSignerRun *pw_signer_run_new         (const PwComing *coming);
void         pw_signer_run_free        (gpointer        run);
/* The first part that nobody asked for; 0: none. */
guint        pw_signer_run_find_wanted (PwSignerRun    *run);

/* The next parts, up to @batch of them, as long as fewer than @window are ahead; ASKED from then
 * on. */
void         pw_signer_order_fill      (PwSignerOrder  *self,
                                        PwSignerRun    *run,
                                        guint           window,
                                        guint           batch);
void         pw_signer_order_clear     (PwSignerOrder  *self);
/* Reads the parts for their checksums, where those can be signed. FALSE: the file cannot be read,
 * or *stop (atomic) was raised. */
gboolean     pw_signer_order_sum       (PwSignerOrder  *self,
                                        const gint     *stop);
