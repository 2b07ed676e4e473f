/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-worker.h"

#include "presign/presign-serve.h"

#include <unistd.h>

#define TICK_MS 250

struct _PresignWorker {
  PresignService *service;
  PresignPool *pool;
  GTlsCertificate *certificate;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GAsyncQueue *begun;           /* the thread's first words: itself, or the error */

  PresignServe *serve;          /* the thread's own */
};

typedef struct {
  PresignWorker *worker;
  int fd;
  GSocketAddress *local;
  GSocketAddress *peer;
} Gift;

static gboolean
tick_cb (gpointer user_data)
{
  PresignWorker *self = user_data;

  presign_serve_tick (self->serve, g_get_monotonic_time ());
  return G_SOURCE_CONTINUE;
}

static gpointer
thread_func (gpointer user_data)
{
  PresignWorker *self = user_data;
  GSource *tick = g_timeout_source_new (TICK_MS);
  GError *error = NULL;

  g_main_context_push_thread_default (self->context);
  g_source_set_callback (tick, tick_cb, self, NULL);
  g_source_attach (tick, self->context);
  self->serve = presign_serve_new (self->service, self->pool, self->certificate, &error);
  g_async_queue_push (self->begun, error ? (gpointer) error : self);
  if (self->serve) {
    g_main_loop_run (self->loop);
  }
  g_source_destroy (tick);
  g_source_unref (tick);
  presign_serve_free (self->serve);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

PresignWorker *
presign_worker_new (PresignService   *service,
                    PresignPool      *pool,
                    GTlsCertificate  *certificate,
                    GError          **error)
{
  g_autoptr (PresignWorker) self = g_new0 (PresignWorker, 1);
  gpointer word;

  self->service = service;
  self->pool = pool;
  self->certificate = certificate;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->begun = g_async_queue_new ();
  self->thread = g_thread_new ("listen", thread_func, self);
  word = g_async_queue_pop (self->begun);
  if (word != self) {
    g_propagate_error (error, word);
    return NULL;
  }
  return g_steal_pointer (&self);
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* By way of the loop, which may not be running yet. */
static void
call (PresignWorker *self,
      GSourceFunc    func,
      gpointer       user_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, self->context);
}

void
presign_worker_free (PresignWorker *self)
{
  if (!self) {
    return;
  }
  call (self, quit_cb, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_async_queue_unref (self->begun);
  g_free (self);
}

static gboolean
take_cb (gpointer user_data)
{
  Gift *gift = user_data;

  presign_serve_open (gift->worker->serve, gift->fd, gift->local, gift->peer);
  g_object_unref (gift->local);
  g_object_unref (gift->peer);
  g_free (gift);
  return G_SOURCE_REMOVE;
}

void
presign_worker_take (PresignWorker  *self,
                     int             fd,
                     GSocketAddress *local,
                     GSocketAddress *peer)
{
  Gift *gift = g_new0 (Gift, 1);

  gift->worker = self;
  gift->fd = fd;
  gift->local = g_object_ref (local);
  gift->peer = g_object_ref (peer);
  call (self, take_cb, gift);
}

static gboolean
drain_cb (gpointer user_data)
{
  PresignWorker *self = user_data;

  presign_serve_drain (self->serve);
  return G_SOURCE_REMOVE;
}

void
presign_worker_drain (PresignWorker *self)
{
  call (self, drain_cb, self);
}
