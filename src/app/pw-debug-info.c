/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-debug-info.h"

#include <adwaita.h>
#include <sys/utsname.h>

#include "config.h"
#include "http/http-client.h"

static void
add (GString    *text,
     const char *what,
     const char *value)
{
  g_string_append_printf (text, "%s: %s\n", what, value && *value ? value : "unknown");
}

static void
add_libraries (GString *text)
{
  g_autofree char *gtk = g_strdup_printf ("%u.%u.%u (built with %u.%u.%u)",
                                          gtk_get_major_version (), gtk_get_minor_version (),
                                          gtk_get_micro_version (), GTK_MAJOR_VERSION,
                                          GTK_MINOR_VERSION, GTK_MICRO_VERSION);
  g_autofree char *adw = g_strdup_printf ("%u.%u.%u (built with %s)", adw_get_major_version (),
                                          adw_get_minor_version (), adw_get_micro_version (),
                                          ADW_VERSION_S);
  g_autofree char *glib = g_strdup_printf ("%u.%u.%u (built with %u.%u.%u)", glib_major_version,
                                           glib_minor_version, glib_micro_version,
                                           GLIB_MAJOR_VERSION, GLIB_MINOR_VERSION,
                                           GLIB_MICRO_VERSION);

  add (text, "GTK", gtk);
  add (text, "libadwaita", adw);
  add (text, "GLib", glib);
  add (text, "HTTP and TLS", http_get_versions ());
}

static void
add_system (GString *text)
{
  g_autofree char *name = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  struct utsname kernel = { 0 };
  g_autofree char *machine = NULL;

  uname (&kernel);
  machine = g_strdup_printf ("%s %s, %s", kernel.sysname, kernel.release, kernel.machine);
  add (text, "System", name);
  add (text, "Kernel", machine);
  add (text, "Sandbox", g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) ? "Flatpak"
       : g_getenv ("SNAP") ? "Snap" : "none");
}

static void
add_session (GString *text)
{
  GdkDisplay *display = gtk_is_initialized () ? gdk_display_get_default () : NULL;

  add (text, "Desktop", g_getenv ("XDG_CURRENT_DESKTOP"));
  add (text, "Session", g_getenv ("XDG_SESSION_TYPE"));
  if (display)
    add (text, "Display", G_OBJECT_TYPE_NAME (display));
  if (g_getenv ("GSK_RENDERER"))
    add (text, "Renderer", g_getenv ("GSK_RENDERER"));
  add (text, "Language", g_get_language_names ()[0]);
}

char *
pw_debug_info_new (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "Partway %s (%s)\n", PW_VERSION, PW_APP_ID);
  add_libraries (text);
  add_system (text);
  add_session (text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
