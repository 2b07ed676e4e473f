/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-poll.h"

/* What a PresignStream and its two halves share: each may be the last that libsoup lets go of.
 * Threads: belongs to the thread of its poll. */

typedef void (*PresignEndFunc) (gpointer user_data);

typedef struct {
  PresignPoll *poll;
  int fd;                       /* -1: closed, or @base has it */
  GIOStream *base;              /* TLS, or NULL */
  PresignReady ready;
  gboolean is_resting;
  gboolean has_input;           /* something came since it began to rest */
  gboolean is_over;             /* the owner knows of the end */
  gboolean is_holding;          /* the next write becomes @held */
  GByteArray *held;
  PresignEndFunc end;
  gpointer end_data;
} PresignWire;

PresignWire *presign_wire_new     (void);                       /* of g_rc_box_new0() */
void         presign_wire_unref   (PresignWire *wire);
void         presign_wire_close   (PresignWire *wire);

/* Like recv() and send() on a descriptor that does not block: -1, errno says why. What was held
 * leaves first, and does not count as the caller's. */
gssize       presign_wire_receive (PresignWire *wire,
                                   void        *buffer,
                                   gsize        size);
gssize       presign_wire_send    (PresignWire *wire,
                                   const void  *buffer,
                                   gsize        size);

/* @n_read: of a read. TRUE: there is nobody on the other side any more, and nobody here who has to
 * know but the owner, who does. */
gboolean     presign_wire_ends    (PresignWire *wire,
                                   gssize       n_read,
                                   gboolean     would_block);
