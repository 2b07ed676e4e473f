/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What the sink says: S3's answers to the calls of an upload, for bodies that nobody kept. It
 * remembers of each object how many bytes came and which sums were sent along, and repeats them.
 *
 * Threads: any.
 */

typedef struct {
  char *method;
  char *target;                 /* path and query, as sent */
  GHashTable *headers;          /* name in lower case → value */
  guint64 n_bytes;              /* of the body */
  char *md5;                    /* 32 hex digits; NULL where it was not computed */
} SinkRequest;

typedef struct {
  guint status;
  GString *headers;             /* lines, each with its CR LF */
  GString *body;
} SinkAnswer;

void sink_request_clear (SinkRequest       *self);

/* Appends to @answer's strings. */
void sink_answer        (const SinkRequest *request,
                         SinkAnswer        *answer);

/* Forgets all objects, and begins to count anew. */
void sink_forget        (void);

/* The first byte of a request, or of an object's or part's bytes, came at @now_us (monotonic). */
void sink_note_request  (gint64             now_us);
void sink_note_body     (gint64             now_us);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SinkRequest, sink_request_clear)
