/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-contrast.h"

#include <adwaita.h>

/* After what style.css says. */
#define PRIORITY (GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1)

static void
changed_cb (AdwStyleManager *manager,
            GParamSpec      *spec,
            GtkCssProvider  *provider)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (adw_style_manager_get_high_contrast (manager))
    gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider), PRIORITY);
  else
    gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (provider));
}

void
pw_contrast_follow (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider,
                                       "/io/github/partway/Partway/high-contrast.css");
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (changed_cb), provider, 0);
  g_object_set_data_full (G_OBJECT (manager), "partway-contrast", g_object_ref (provider),
                          g_object_unref);
  changed_cb (manager, NULL, provider);
}
