/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "config.h"
#include "http/http-client.h"
#include "presign/presign-config.h"
#include "presign/presign-listen.h"
#include "presign/presign-runtime.h"

#define EXIT_CONFIG 2           /* nothing was begun: the settings are wrong */

typedef struct {
  char *config_path;
  char *port_path;
  gboolean wants_version;
  gboolean wants_check;
} Options;

static gboolean
parse (Options   *options,
       int       *argc,
       char    ***argv,
       GError   **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config_path,
      N_("Read the settings from a keyfile"), N_("FILE") },
    { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &options->port_path,
      N_("Write the port, and on a second line that of the metrics"), N_("FILE") },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &options->wants_check,
      N_("Only look whether the settings are right"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->wants_version, N_("Show the version"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *settings = presign_config_dup_help ();
  g_autofree char *description =
    g_strconcat (_("Settings, in the group [presign] of the keyfile or as environment variables, "
                   "which win:"), "\n\n", settings, NULL);

  g_option_context_set_summary (context, _("Gives out presigned S3 URLs, so that the keys of the "
                                           "store stay here."));
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, PW_GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error)) {
    return FALSE;
  }
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                 _("There is no argument “%s”; --help lists the options."), (*argv)[1]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_ports (PresignListen  *listen,
             const char     *path,
             GError        **error)
{
  guint metrics_port = presign_listen_get_metrics_port (listen);
  g_autofree char *text = NULL;

  if (!path) {
    return TRUE;
  }
  text = metrics_port > 0 ?
         g_strdup_printf ("%u\n%u\n", presign_listen_get_port (listen), metrics_port) :
         g_strdup_printf ("%u\n", presign_listen_get_port (listen));
  return g_file_set_contents (path, text, -1, error);
}

static gboolean
serve (PresignService  *service,
       const char      *port_path,
       GError         **error)
{
  const PresignConfig *config = service->config;
  g_autoptr (PresignListen) listen = presign_listen_new (service, error);

  if (!listen || !write_ports (listen, port_path, error)) {
    return FALSE;
  }
  presign_log_say (service->log, PRESIGN_LOG_INFO, "partway-presign %s listens on %s, port %u.",
                   PW_VERSION, config->listen, presign_listen_get_port (listen));
  if (!presign_listen_run (listen)) {
    presign_log_say (service->log, PRESIGN_LOG_WARNING, "Some requests did not end in time.");
  }
  presign_log_say (service->log, PRESIGN_LOG_INFO, "Stopped.");
  return TRUE;
}

/* On Lambda the settings' mistakes are told where the function's owner looks for them. */
static int
give_up (PresignLog   *log,
         const GError *error,
         const char   *runtime_api)
{
  presign_log_say (log, PRESIGN_LOG_ERROR, "%s", error->message);
  if (runtime_api) {
    presign_runtime_report (runtime_api, error->message);
  }
  return EXIT_CONFIG;
}

static int
run (const Options *options)
{
  const char *runtime_api = g_getenv ("AWS_LAMBDA_RUNTIME_API");
  g_auto (GStrv) envp = g_get_environ ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PresignConfig) config = presign_config_load (options->config_path, envp, &error);
  PresignLog *log = presign_log_new (STDERR_FILENO, config ? config->log_level : PRESIGN_LOG_INFO);
  g_autoptr (PresignService) service = NULL;

  presign_log_adopt (log);
  service = config ? presign_service_new (config, log, &error) : NULL;
  if (!service) {
    return give_up (log, error, options->wants_check ? NULL : runtime_api);
  }
  if (options->wants_check) {
    return EXIT_SUCCESS;
  }
  if (runtime_api) {
    presign_runtime_run (service, runtime_api, &error);
  }
  if (error || !serve (service, options->port_path, &error)) {
    presign_log_say (log, PRESIGN_LOG_ERROR, "%s", error->message);
    return EXIT_FAILURE;
  }
  presign_log_flush (log);
  return EXIT_SUCCESS;
}

int
main (int    argc,
      char **argv)
{
  Options options = { 0 };
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (PW_GETTEXT_PACKAGE, PW_LOCALE_DIR);
  bind_textdomain_codeset (PW_GETTEXT_PACKAGE, "UTF-8");
  textdomain (PW_GETTEXT_PACKAGE);
  g_set_prgname ("partway-presign");

  /* A heap for each of many threads holds much that none of them uses. */
  mallopt (M_ARENA_MAX, 2);
  http_init ();
  if (!parse (&options, &argc, &argv, &error)) {
    fprintf (stderr, "%s\n", error->message);
    status = EXIT_CONFIG;
  } else if (options.wants_version) {
    printf ("partway-presign %s\n", PW_VERSION);
    status = EXIT_SUCCESS;
  } else {
    status = run (&options);
  }
  g_free (options.config_path);
  g_free (options.port_path);
  return status;
}
