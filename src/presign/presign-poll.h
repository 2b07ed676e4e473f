/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* Tells the streams of one thread when their sockets are ready: one epoll descriptor in the
 * thread's GMainContext in place of one descriptor a connection.
 *
 * Sockets are registered once, edge-triggered (epoll(7)). Waiting for one costs no system call
 * then, and none of the wake-ups that GLib writes to itself each time that a source with a
 * descriptor is dispatched, of which libsoup has four on top of one another.
 *
 * Threads: belongs to the thread that iterates the context.
 */

typedef struct _PresignPoll PresignPoll;

/* What became of a socket: set by the poll. Whoever meets EAGAIN, or gets less than asked for,
 * clears readable or writable; not so once has_end is set, since no further edge will come. */
typedef struct {
  gboolean readable;
  gboolean writable;
  gboolean has_end;             /* the other side sends no more, or the connection broke */
} PresignReady;

PresignPoll *presign_poll_new    (GMainContext  *context);
void         presign_poll_free   (PresignPoll   *self);

/* @ready must live until presign_poll_remove(). */
gboolean     presign_poll_add    (PresignPoll   *self,
                                  int            fd,
                                  PresignReady  *ready,
                                  GError       **error);
void         presign_poll_remove (PresignPoll   *self,
                                  int            fd);

/* A source that is ready while *flag is; its callback is a GPollableSourceFunc, called with
 * @stream, which it holds a reference to. */
GSource     *presign_poll_source_new (GObject        *stream,
                                      const gboolean *flag);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignPoll, presign_poll_free)
