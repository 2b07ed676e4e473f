/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n.h>
#include <locale.h>

#include "app/pw-application.h"
#include "config.h"
#include "http/http-client.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (PwApplication) application = NULL;

  setlocale (LC_ALL, "");
  /* Threads are at work when GTK would do it once more. */
  gtk_disable_setlocale ();
  bindtextdomain (PW_GETTEXT_PACKAGE, PW_LOCALE_DIR);
  bind_textdomain_codeset (PW_GETTEXT_PACKAGE, "UTF-8");
  textdomain (PW_GETTEXT_PACKAGE);

  http_init ();
  application = pw_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
