/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-asking.h"

#include "config.h"

typedef struct {
  PwDestination *destination;
  PwCredentials *credentials;
  PwAuthority *authority;
  PwAskingFunc func;
  gpointer data;
  GDestroyNotify data_free;
  HttpTransfer transfer;
} PwAsking;

/* The thread may be the last to hold the task: what others own goes before the answer is told. */
static void
let_go (PwAsking *self)
{
  g_clear_object (&self->destination);
  g_clear_pointer (&self->credentials, pw_credentials_unref);
  g_clear_pointer (&self->authority, pw_authority_unref);
}

static void
asking_free (gpointer data)
{
  PwAsking *self = data;

  let_go (self);
  g_clear_pointer (&self->data, self->data_free);
  g_free (self);
}

static void
cancelled_cb (GCancellable *cancellable,
              PwAsking     *self)
{
  g_atomic_int_set (&self->transfer.stop, 1);
}

static gboolean
ask (PwAsking *self,
     GError  **error)
{
  HttpClientOptions options = {
    .ca_file = self->destination->ca_file, .user_agent = "Partway/" PW_VERSION,
  };
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_auto (PwExchange) exchange = { .client = client, .transfer = &self->transfer };

  return pw_authority_prepare (self->authority, &exchange, error)
         && self->func (self->data, self->authority, &exchange, error);
}

static void
ask_thread (GTask        *task,
            gpointer      source,
            gpointer      data,
            GCancellable *cancellable)
{
  PwAsking *self = data;
  GError *error = NULL;
  gulong id = cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self,
                                                   NULL) : 0;

  ask (self, &error);
  g_cancellable_disconnect (cancellable, id);
  let_go (self);
  if (error) {
    g_clear_pointer (&self->data, self->data_free);
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task, g_steal_pointer (&self->data), self->data_free);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GTask) task = data;
  PwAsking *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (pw_credentials_prepare_finish (self->credentials, result, &error) && !self->authority)
    self->authority = pw_lane_make_authority (self->destination, self->credentials, &error);
  if (!error) {
    g_task_run_in_thread (task, ask_thread);
    return;
  }
  let_go (self);
  g_task_return_error (task, error);
}

void
pw_asking_async (PwUploads           *uploads,
                 PwDestination       *destination,
                 PwAskingFunc         func,
                 gpointer             data,
                 GDestroyNotify       data_free,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  PwLane *lane = pw_dispatch_get_lane (pw_uploads_get_dispatch (uploads), destination);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  PwAsking *self = g_new0 (PwAsking, 1);

  self->destination = g_object_ref (destination);
  self->credentials = pw_credentials_ref (lane->credentials);
  /* What uploads have learned of the store counts here, too. */
  self->authority = lane->authority ? pw_authority_ref (lane->authority) : NULL;
  self->func = func;
  self->data = data;
  self->data_free = data_free;
  g_task_set_task_data (task, self, asking_free);
  pw_credentials_prepare_async (self->credentials, TRUE, cancellable, prepared_cb, task);
}

gpointer
pw_asking_finish (GAsyncResult  *result,
                  GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
