/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-wire.h"

/* One accepted connection as libsoup sees it.
 *
 * Three things that libsoup 3.2 lacks:
 * - A client that leaves between two requests goes unnoticed by SoupServer 3.2, which then keeps
 *   the connection and its descriptor for ever (it finishes a message that nobody has begun). While
 *   the stream is *resting* it does not hand on the end, but tells its owner, who takes the
 *   connection away from the server (soup_server_message_steal_connection()).
 * - The head of an answer may be held until its body comes: one packet and system call, not two.
 * - Waiting without a descriptor of its own: see presign-poll.h.
 *
 * Threads: belongs to the thread of its poll.
 */

#define PRESIGN_TYPE_STREAM (presign_stream_get_type ())
G_DECLARE_FINAL_TYPE (PresignStream, presign_stream, PRESIGN, STREAM, GIOStream)

/* A plain connection. Takes @fd, also on failure. @poll must outlive the stream's closing. */
PresignStream *presign_stream_new         (PresignPoll     *poll,
                                           int              fd,
                                           GError         **error);
/* An encrypted one: @base does all the work. */
PresignStream *presign_stream_new_for_tls (GIOStream       *base);

/* @end is called within a read, once: it must not close anything before it has returned. */
void           presign_stream_set_end     (PresignStream   *self,
                                           PresignEndFunc   end,
                                           gpointer         user_data);
/* No message is under way. */
void           presign_stream_set_resting (PresignStream   *self,
                                           gboolean         resting);
/* Something came since it was last told whether it rests. */
gboolean       presign_stream_has_input   (PresignStream   *self);
/* The next write waits for the one after it. Only where another is sure to come. */
void           presign_stream_hold_head   (PresignStream   *self);
