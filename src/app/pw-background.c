/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-background.h"

#include <glib/gi18n.h>

#include "app/pw-dialogs.h"
#include "app/pw-portal.h"

struct _PwBackground {
  GtkApplication *application;
  GSettings *settings;
  gboolean (*is_busy) (gpointer user_data);
  gpointer user_data;
  GtkWindow *asking;            /* while it is asked, the window; weak */
};

/* In a sandbox a program without a window is ended unless it asked; what the answer is changes
 * nothing here, because what is ended goes on at the next start. */
static void
ask_portal (PwBackground *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self->application));
  GVariantBuilder options;

  if (!bus || !pw_portal_is_asked ())
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (_("Uploads go on without the window.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (FALSE));
  g_dbus_connection_call (bus, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                          "org.freedesktop.portal.Background", "RequestBackground",
                          g_variant_new ("(sa{sv})", "", &options), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static gboolean
close_now_cb (gpointer window)
{
  gtk_window_close (window);
  return G_SOURCE_REMOVE;
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  PwBackground *self = data;
  g_autofree char *answer = pw_dialogs_ask_finish (result);

  if (!answer)
    return;
  g_clear_weak_pointer (&self->asking);
  if (!g_str_equal (answer, "background") && !g_str_equal (answer, "quit"))
    return;
  g_settings_set_string (self->settings, "close", answer);
  /* The question is still on its way out, and must not outlive its window. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, close_now_cb, g_object_ref (source), g_object_unref);
}

static void
ask (PwBackground *self,
     GtkWindow    *window)
{
  static const char *const body =
    N_("They can go on without the window. Otherwise they stop here, and go on when Partway is "
       "opened again. This can be changed in the preferences.");
  const PwResponse responses[] = {
    { "cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT },
    { "quit", _("_Pause and Close"), ADW_RESPONSE_DEFAULT },
    { "background", _("_Run in Background"), ADW_RESPONSE_SUGGESTED },
    { NULL },
  };

  if (self->asking)
    return;
  g_set_weak_pointer (&self->asking, window);
  pw_dialogs_ask (GTK_WIDGET (window), _("Uploads Are Still Running"), _(body), responses,
                  "background", answered_cb, self);
}

static gboolean
close_cb (GtkWindow    *window,
          PwBackground *self)
{
  g_autofree char *choice = g_settings_get_string (self->settings, "close");

  if (!self->is_busy (self->user_data))
    return GDK_EVENT_PROPAGATE;
  if (g_str_equal (choice, "background")) {
    ask_portal (self);
    return GDK_EVENT_PROPAGATE;
  }
  if (g_str_equal (choice, "quit"))
    g_action_group_activate_action (G_ACTION_GROUP (self->application), "quit", NULL);
  else
    ask (self, window);
  return GDK_EVENT_STOP;
}

void
pw_background_watch (PwBackground *self,
                     GtkWindow    *window)
{
  g_signal_connect (window, "close-request", G_CALLBACK (close_cb), self);
}

PwBackground *
pw_background_new (GtkApplication *application,
                   GSettings      *settings,
                   gboolean      (*is_busy) (gpointer user_data),
                   gpointer        user_data)
{
  PwBackground *self = g_new0 (PwBackground, 1);

  self->application = application;
  self->settings = g_object_ref (settings);
  self->is_busy = is_busy;
  self->user_data = user_data;
  return self;
}

void
pw_background_free (PwBackground *self)
{
  g_clear_weak_pointer (&self->asking);
  g_object_unref (self->settings);
  g_free (self);
}
