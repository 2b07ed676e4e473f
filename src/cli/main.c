/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli-destination.h"
#include "cli/cli-exit.h"
#include "cli/cli-list.h"
#include "cli/cli-resume.h"
#include "cli/cli-unfinished.h"
#include "cli/cli-upload.h"
#include "config.h"
#include "http/http-client.h"

typedef struct {
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
} Command;

static const Command commands[] = {
  { "upload", cli_upload, N_("Upload files and folders") },
  { "resume", cli_resume, N_("Go on with what is unfinished") },
  { "remove", cli_remove, N_("Give up unfinished uploads, here and at the store") },
  { "list", cli_list, N_("Show uploads") },
  { "unfinished", cli_unfinished, N_("Show or delete what is unfinished at a store") },
  { "destination", cli_destination, N_("Add, list, show, test and remove destinations") },
};

static void
show_help (FILE *stream)
{
  fprintf (stream, "%s\n\n", _("Usage: partway-cli COMMAND [OPTIONS…]"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-12s  %s\n", commands[i].name, _(commands[i].summary));
  fprintf (stream, "\n%s\n", _("partway-cli COMMAND --help tells the options of each."));
}

/* The usage that GOption prints begins with the program's name. */
static int
run (const Command  *command,
     int             argc,
     char          **argv)
{
  g_autofree char *name = g_strconcat ("partway-cli ", command->name, NULL);

  g_set_prgname (name);
  return command->run (argc - 1, argv + 1);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (PW_GETTEXT_PACKAGE, PW_LOCALE_DIR);
  bind_textdomain_codeset (PW_GETTEXT_PACKAGE, "UTF-8");
  textdomain (PW_GETTEXT_PACKAGE);
  g_set_prgname ("partway-cli");

  if (argc >= 2 && g_str_equal (argv[1], "--version")) {
    printf ("partway-cli %s\n", PW_VERSION);
    return CLI_EXIT_OK;
  }
  if (argc < 2 || g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "help")) {
    show_help (argc < 2 ? stderr : stdout);
    return argc < 2 ? CLI_EXIT_USAGE : CLI_EXIT_OK;
  }

  http_init ();
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (argv[1], commands[i].name))
      return run (&commands[i], argc, argv);
  }
  fprintf (stderr, _("error: there is no command “%s”.\n"), argv[1]);
  show_help (stderr);
  return CLI_EXIT_USAGE;
}
