/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-poll.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#define N_EVENTS 64

struct _PresignPoll {
  GSource *source;
};

typedef struct {
  GSource source;
  GPollFD fd;
} PollSource;

typedef struct {
  GSource source;
  GObject *stream;
  const gboolean *flag;
} ReadySource;

static void
take_events (PollSource *self)
{
  struct epoll_event events[N_EVENTS];
  int n_events;

  do {
    n_events = epoll_wait (self->fd.fd, events, N_EVENTS, 0);
    for (int i = 0; i < n_events; i++) {
      PresignReady *ready = events[i].data.ptr;

      if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        ready->has_end = TRUE;
      }
      if (ready->has_end || (events[i].events & EPOLLIN)) {
        ready->readable = TRUE;
      }
      if (events[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
        ready->writable = TRUE;
      }
    }
  } while (n_events == N_EVENTS);
}

/* Runs before the streams' sources are asked, because of its priority; it is never ready itself,
 * or theirs would have to wait for another turn of the loop. (A descriptor that was added by
 * g_source_add_unix_fd() makes its source ready whatever this says.) */
static gboolean
poll_check (GSource *source)
{
  PollSource *self = (PollSource *) source;

  if (self->fd.revents & G_IO_IN) {
    take_events (self);
  }
  return FALSE;
}

static gboolean
poll_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
poll_finalize (GSource *source)
{
  PollSource *self = (PollSource *) source;

  close (self->fd.fd);
}

PresignPoll *
presign_poll_new (GMainContext *context)
{
  static GSourceFuncs funcs = {
    .check = poll_check,
    .dispatch = poll_dispatch,
    .finalize = poll_finalize,
  };
  PresignPoll *self = g_new0 (PresignPoll, 1);
  PollSource *poll;

  self->source = g_source_new (&funcs, sizeof (PollSource));
  poll = (PollSource *) self->source;
  poll->fd.fd = epoll_create1 (EPOLL_CLOEXEC);
  poll->fd.events = G_IO_IN;
  g_source_set_static_name (self->source, "presign-poll");
  g_source_set_priority (self->source, G_PRIORITY_HIGH);
  g_source_add_poll (self->source, &poll->fd);
  g_source_attach (self->source, context);
  return self;
}

void
presign_poll_free (PresignPoll *self)
{
  if (!self) {
    return;
  }
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_free (self);
}

gboolean
presign_poll_add (PresignPoll   *self,
                  int            fd,
                  PresignReady  *ready,
                  GError       **error)
{
  PollSource *poll = (PollSource *) self->source;
  struct epoll_event event = {
    .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
    .data.ptr = ready,
  };

  if (epoll_ctl (poll->fd.fd, EPOLL_CTL_ADD, fd, &event) != 0) {
    int saved = errno;

    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
    return FALSE;
  }
  return TRUE;
}

void
presign_poll_remove (PresignPoll *self,
                     int          fd)
{
  PollSource *poll = (PollSource *) self->source;

  epoll_ctl (poll->fd.fd, EPOLL_CTL_DEL, fd, NULL);
}

static gboolean
ready_prepare (GSource *source,
               int     *timeout)
{
  *timeout = -1;
  return *((ReadySource *) source)->flag;
}

static gboolean
ready_check (GSource *source)
{
  return *((ReadySource *) source)->flag;
}

static gboolean
ready_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  ReadySource *self = (ReadySource *) source;
  GPollableSourceFunc func = (GPollableSourceFunc) (void (*)(void))callback;

  return func ? func (self->stream, user_data) : G_SOURCE_CONTINUE;
}

static void
ready_finalize (GSource *source)
{
  g_object_unref (((ReadySource *) source)->stream);
}

/* Streams that stand on one another set dummy closures on each other's sources. */
static gboolean
ready_closure_cb (GObject  *stream,
                  GClosure *closure)
{
  g_auto (GValue) argument = G_VALUE_INIT;
  g_auto (GValue) result = G_VALUE_INIT;

  g_value_init (&result, G_TYPE_BOOLEAN);
  g_value_init (&argument, G_TYPE_OBJECT);
  g_value_set_object (&argument, stream);
  g_closure_invoke (closure, &result, 1, &argument, NULL);
  return g_value_get_boolean (&result);
}

GSource *
presign_poll_source_new (GObject        *stream,
                         const gboolean *flag)
{
  static GSourceFuncs funcs = {
    .prepare = ready_prepare,
    .check = ready_check,
    .dispatch = ready_dispatch,
    .finalize = ready_finalize,
    .closure_callback = (GSourceFunc) (void (*) (void)) ready_closure_cb,
  };
  GSource *source = g_source_new (&funcs, sizeof (ReadySource));
  ReadySource *self = (ReadySource *) source;

  self->stream = g_object_ref (stream);
  self->flag = flag;
  return source;
}
