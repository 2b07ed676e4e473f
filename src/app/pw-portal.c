/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-portal.h"

#include <string.h>

#define NAME "org.freedesktop.portal.Desktop"

typedef struct {
  GObject *asking;
  PwPortalLost lost;
} Watch;

/* As GTK decides it. */
gboolean
pw_portal_is_asked (void)
{
  const char *debug = g_getenv ("GDK_DEBUG");

  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || (debug && strstr (debug, "portals"));
}

/* The connection that GTK uses; it is there already. */
static GDBusConnection *
get_bus (void)
{
  return g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
}

static void
owner_cb (GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *signal,
          GVariant        *arguments,
          gpointer         data)
{
  Watch *watch = data;
  const char *old_owner;

  g_variant_get (arguments, "(&s&s&s)", NULL, &old_owner, NULL);
  if (*old_owner)
    watch->lost (watch->asking);
}

static void
unsubscribe (gpointer id)
{
  g_autoptr (GDBusConnection) bus = get_bus ();

  if (bus)
    g_dbus_connection_signal_unsubscribe (bus, GPOINTER_TO_UINT (id));
}

void
pw_portal_watch (GObject     *asking,
                 PwPortalLost lost)
{
  g_autoptr (GDBusConnection) bus = pw_portal_is_asked () ? get_bus () : NULL;
  Watch *watch;
  guint id;

  if (!bus)
    return;
  watch = g_new (Watch, 1);
  *watch = (Watch) { asking, lost };
  id = g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus", "org.freedesktop.DBus",
                                           "NameOwnerChanged", "/org/freedesktop/DBus", NAME,
                                           G_DBUS_SIGNAL_FLAGS_NONE, owner_cb, watch, g_free);
  g_object_set_data_full (asking, "pw-portal-watch", GUINT_TO_POINTER (id), unsubscribe);
}
