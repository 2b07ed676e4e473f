/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "portal-fixture.h"

#define NAME "org.freedesktop.portal.Desktop"
#define PLACE "/org/freedesktop/portal/desktop"

static const char description[] =
  "<node>"
  "  <interface name='org.freedesktop.portal.FileChooser'>"
  "    <method name='OpenFile'>"
  "      <arg type='s' direction='in'/>"
  "      <arg type='s' direction='in'/>"
  "      <arg type='a{sv}' direction='in'/>"
  "      <arg type='o' direction='out'/>"
  "    </method>"
  "    <property name='version' type='u' access='read'/>"
  "  </interface>"
  "</node>";

struct _PortalFixture {
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GDBusConnection *connection;
  GDBusNodeInfo *node;

  GMutex mutex;                 /* for the rest */
  GCond told;
  gboolean is_there;
  guint response;
  char **uris;
};

/* The name that GTK already listens for. */
static char *
get_request (const char *sender,
             GVariant   *options)
{
  const char *token = NULL;
  g_autofree char *caller = g_strdup (sender + 1);

  g_assert_true (g_variant_lookup (options, "handle_token", "&s", &token));
  return g_strdup_printf (PLACE "/request/%s/%s", g_strdelimit (caller, ".", '_'), token);
}

static void
call_bus (PortalFixture *self,
          const char    *method,
          GVariant      *arguments)
{
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_sync (self->connection, "org.freedesktop.DBus", "/",
                                 "org.freedesktop.DBus", method, arguments, NULL,
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  g_assert_nonnull (reply);
}

static void
begin (PortalFixture *self)
{
  call_bus (self, "RequestName", g_variant_new ("(su)", NAME, 0));
}

static void
answer (PortalFixture *self,
        const char    *caller,
        const char    *request)
{
  GVariantBuilder results;

  if (self->response == PORTAL_FIXTURE_ENDS) {
    call_bus (self, "ReleaseName", g_variant_new ("(s)", NAME));
    begin (self);
    return;
  }
  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&results, "{sv}", "uris",
                         g_variant_new_strv ((const char *const *) self->uris, -1));
  g_dbus_connection_emit_signal (self->connection, caller, request,
                                 "org.freedesktop.portal.Request", "Response",
                                 g_variant_new ("(ua{sv})", self->response, &results), NULL);
}

static void
called_cb (GDBusConnection       *connection,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *arguments,
           GDBusMethodInvocation *invocation,
           gpointer               data)
{
  PortalFixture *self = data;
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 2);
  g_autofree char *request = get_request (sender, options);

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", request));
  g_mutex_lock (&self->mutex);
  answer (self, sender, request);
  g_mutex_unlock (&self->mutex);
}

static GVariant *
get_version_cb (GDBusConnection *connection,
                const char      *sender,
                const char      *path,
                const char      *interface,
                const char      *property,
                GError         **error,
                gpointer         data)
{
  return g_variant_new_uint32 (3);
}

static const GDBusInterfaceVTable vtable = {
  .method_call = called_cb, .get_property = get_version_cb,
};

static void
connect_to_bus (PortalFixture *self)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  self->connection =
    g_dbus_connection_new_for_address_sync (address,
                                            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                            | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                            NULL, NULL, NULL);
  g_assert_nonnull (self->connection);
  g_assert_cmpuint (g_dbus_connection_register_object (self->connection, PLACE,
                                                       self->node->interfaces[0], &vtable, self,
                                                       NULL, NULL), !=, 0);
  begin (self);
}

static gpointer
serve (gpointer data)
{
  PortalFixture *self = data;

  g_main_context_push_thread_default (self->context);
  connect_to_bus (self);
  g_mutex_lock (&self->mutex);
  self->is_there = TRUE;
  g_cond_signal (&self->told);
  g_mutex_unlock (&self->mutex);
  g_main_loop_run (self->loop);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

PortalFixture *
portal_fixture_new (void)
{
  PortalFixture *self = g_new0 (PortalFixture, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->told);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->node = g_dbus_node_info_new_for_xml (description, NULL);
  self->uris = g_new0 (char *, 1);
  self->thread = g_thread_new ("portal", serve, self);
  g_mutex_lock (&self->mutex);
  while (!self->is_there)
    g_cond_wait (&self->told, &self->mutex);
  g_mutex_unlock (&self->mutex);
  return self;
}

void
portal_fixture_free (PortalFixture *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_dbus_node_info_unref (self->node);
  g_strfreev (self->uris);
  g_cond_clear (&self->told);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
portal_fixture_set_answer (PortalFixture     *self,
                           guint              response,
                           const char *const *uris)
{
  g_mutex_lock (&self->mutex);
  self->response = response;
  g_strfreev (self->uris);
  self->uris = g_strdupv ((char **) uris);
  g_mutex_unlock (&self->mutex);
}
