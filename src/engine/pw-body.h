/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"

/* The bytes of one part (or small file) on their way: summed before the first of them leaves, then
 * streamed.
 *
 * Where the budget allows, the bytes are read once into the worker's buffer, each block summed
 * while it is hot in the cache, and sent from there. Else they are read twice: once for the sum,
 * once to send; the store then refuses what changed in between, because it checks the sum.
 */

typedef struct {
  PwSource *source;             /* borrowed */
  guint64 offset;               /* in the file */
  guint64 size;
  const guint8 *memory;         /* the bytes, or NULL: read again */
  PwThrottle *throttle;         /* borrowed */
} PwBody;

/* Reads bytes @offset … @offset + @size and computes @checksum of @kind (unless NONE), and
 * @sha256 unless that is NULL. Stops early when the job is told to (error: PW_ERROR_CANCELLED). */
gboolean pw_body_prepare (PwBody         *self,
                          PwJob          *job,
                          PwBench        *bench,
                          guint64         offset,
                          guint64         size,
                          S3ChecksumKind  kind,
                          S3Checksum     *checksum,
                          S3Checksum     *sha256,
                          GError        **error);

/* One more sum of the same bytes. */
gboolean pw_body_sum     (const PwBody   *self,
                          PwJob          *job,
                          PwBench        *bench,
                          S3ChecksumKind  kind,
                          S3Checksum     *checksum,
                          GError        **error);

/* An HttpBodyFunc; @body is a PwBody. */
gssize   pw_body_read    (gpointer        body,
                          guint64         offset,
                          void           *buffer,
                          gsize           size,
                          guint          *wait_ms,
                          GError        **error);
