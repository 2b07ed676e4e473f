/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-network.h"

#include "http/http-origin.h"

/* Short enough that what waited goes on at once, for a person. */
#define SETTLE_MS 1000

struct _PwNetwork {
  GNetworkMonitor *monitor;     /* NULL until it is there */
  GCancellable *cancellable;
  void (*changed) (gpointer user_data);
  gpointer user_data;
  guint settle_id;
  PwNetworkKind kind;
};

static PwNetworkKind
ask (GNetworkMonitor *monitor)
{
  if (!g_network_monitor_get_network_available (monitor))
    return PW_NETWORK_NONE;
  return g_network_monitor_get_network_metered (monitor) ? PW_NETWORK_METERED : PW_NETWORK_FREE;
}

static gboolean
settle_cb (gpointer data)
{
  PwNetwork *self = data;

  self->settle_id = 0;
  self->kind = ask (self->monitor);
  self->changed (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
signal_cb (PwNetwork *self)
{
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (SETTLE_MS, settle_cb, self);
}

static void
follow (PwNetwork       *self,
        GNetworkMonitor *monitor)
{
  g_set_object (&self->monitor, monitor);
  g_signal_connect_swapped (monitor, "network-changed", G_CALLBACK (signal_cb), self);
  g_signal_connect_swapped (monitor, "notify::network-available", G_CALLBACK (signal_cb), self);
  g_signal_connect_swapped (monitor, "notify::network-metered", G_CALLBACK (signal_cb), self);
  self->kind = ask (monitor);
  if (self->kind != PW_NETWORK_FREE)
    signal_cb (self);
}

/* The first question waits for answers over the system bus. */
static void
find_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  g_task_return_pointer (task, g_object_ref (g_network_monitor_get_default ()), g_object_unref);
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GNetworkMonitor) monitor = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Without one the asker is gone. */
  if (monitor)
    follow (data, monitor);
}

PwNetwork *
pw_network_new (GNetworkMonitor *monitor,
                void           (*changed) (gpointer user_data),
                gpointer         user_data)
{
  PwNetwork *self = g_new0 (PwNetwork, 1);
  g_autoptr (GTask) task = NULL;

  self->changed = changed;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  if (monitor) {
    follow (self, monitor);
    return self;
  }
  task = g_task_new (NULL, self->cancellable, found_cb, self);
  g_task_run_in_thread (task, find_thread);
  return self;
}

void
pw_network_free (PwNetwork *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->monitor)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_free (self);
}

PwNetworkKind
pw_network_get_kind (PwNetwork *self)
{
  return self->kind;
}

gboolean
pw_network_is_near (PwDestination *destination)
{
  g_autofree char *origin = destination->endpoint ? http_origin_dup (destination->endpoint) : NULL;
  g_autoptr (GUri) uri = origin ? g_uri_parse (origin, G_URI_FLAGS_NONE, NULL) : NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (!uri)
    return FALSE;
  if (http_origin_is_loopback (origin))
    return TRUE;
  address = g_inet_address_new_from_string (g_uri_get_host (uri));
  return address && (g_inet_address_get_is_site_local (address)
                     || g_inet_address_get_is_link_local (address));
}
