/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-sleep.h"

#include <gio/gio.h>

#include "app/pw-patience.h"

#define LOOK_S 3

struct _PwSleep {
  void (*woke) (gpointer user_data);
  gpointer user_data;
  GCancellable *cancellable;
  GDBusConnection *bus;         /* NULL: not there, or not yet */
  guint subscription;
  guint look_id;
  gint64 wall_us;
  gint64 monotonic_us;
};

static void
read_clocks (PwSleep *self)
{
  self->wall_us = g_get_real_time ();
  self->monotonic_us = g_get_monotonic_time ();
}

static gboolean
look_cb (gpointer data)
{
  PwSleep *self = data;
  gboolean was_asleep = pw_patience_was_asleep (self->wall_us, self->monotonic_us,
                                                g_get_real_time (), g_get_monotonic_time ());

  read_clocks (self);
  if (was_asleep)
    self->woke (self->user_data);
  return G_SOURCE_CONTINUE;
}

static void
prepare_cb (GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *signal,
            GVariant        *parameters,
            gpointer         data)
{
  PwSleep *self = data;
  gboolean falls_asleep = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &falls_asleep);
  if (falls_asleep)
    return;
  read_clocks (self);
  self->woke (self->user_data);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  PwSleep *self = data;

  if (!bus) {
    g_debug ("no system bus: %s", error->message);
    return;
  }
  /* Else a bus that is restarted would end the program. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->bus = g_steal_pointer (&bus);
  self->subscription = g_dbus_connection_signal_subscribe (
    self->bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
    "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, prepare_cb, self, NULL);
}

PwSleep *
pw_sleep_new (void   (*woke) (gpointer user_data),
              gpointer user_data)
{
  PwSleep *self = g_new0 (PwSleep, 1);

  self->woke = woke;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);
  return self;
}

void
pw_sleep_free (PwSleep *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  if (self->bus)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  g_clear_object (&self->bus);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_free (self);
}

void
pw_sleep_set_watching (PwSleep *self,
                       gboolean is_watching)
{
  if (is_watching == (self->look_id != 0))
    return;
  if (!is_watching) {
    g_clear_handle_id (&self->look_id, g_source_remove);
    return;
  }
  read_clocks (self);
  self->look_id = g_timeout_add_seconds (LOOK_S, look_cb, self);
}
