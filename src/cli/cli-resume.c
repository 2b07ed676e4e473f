/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-resume.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/cli-session.h"
#include "cli/cli-target.h"
#include "config.h"
#include "engine/pw-error.h"
#include "engine/pw-uploads-open.h"

typedef struct {
  gboolean all;
  gboolean follow;
  char *if_exists;
  char **ids;
} Options;

static Options options;
static PwIfExists if_exists;

static const GOptionEntry entries[] = {
  { "all", 'a', 0, G_OPTION_ARG_NONE, &options.all, N_("All that is unfinished"), NULL },
  { "follow", 0, 0, G_OPTION_ARG_NONE, &options.follow,
    N_("Where a file changed meanwhile, send what changed"), NULL },
  { "if-exists", 0, 0, G_OPTION_ARG_STRING, &options.if_exists,
    N_("What to do with an object that is there: replace, rename, skip"), N_("WHAT") },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.ids, NULL, "[ID…]" },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse (char      **argv,
       const char *summary,
       GError    **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) copy = g_strdupv (argv);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, _("“partway-cli list” shows the IDs."));
  g_option_context_add_main_entries (context, entries, PW_GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, cli_send_entries (), PW_GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &copy, error))
    return FALSE;
  if (options.if_exists && !cli_parse_if_exists (options.if_exists, &if_exists, error))
    return FALSE;
  if (!options.all && !options.ids) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("Say which uploads: their IDs, or --all."));
    return FALSE;
  }
  return TRUE;
}

static gboolean
restore (CliSession *session,
         GError    **error)
{
  if (options.all)
    return pw_uploads_restore (session->uploads, NULL, error);
  for (char **id = options.ids; *id; id++) {
    if (pw_uploads_lookup (session->uploads, *id))
      continue;
    if (!pw_uploads_restore (session->uploads, *id, error))
      return FALSE;
    if (!pw_uploads_lookup (session->uploads, *id)) {
      g_set_error (error, PW_ERROR, PW_ERROR_JOURNAL,
                   _("There is no upload “%s”, or another process runs it. “partway-cli list” "
                     "shows them."), *id);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
is_meant (PwUpload *upload)
{
  return options.all || g_strv_contains ((const char *const *) options.ids, upload->id);
}

static void
resume_upload (PwUpload *upload)
{
  if (options.follow)
    pw_upload_set_follow (upload, TRUE);
  if (options.if_exists)
    pw_upload_answer_exists (upload, if_exists);
  else
    pw_upload_resume (upload);
}

/* What is done to an upload may take it from the list, so the list is gone through from its end. */
static int
run (char      **argv,
     const char *summary,
     void      (*func) (PwUpload *upload))
{
  g_autoptr (GError) error = NULL;
  CliSession *session;
  GListModel *model;
  int exit_status = CLI_EXIT_USAGE;

  if (!parse (argv, summary, &error))
    return cli_fail_usage (argv[0], error);
  session = cli_session_new (argv[0], &exit_status);
  if (!session)
    return exit_status;
  cli_show_set_quiet (session->show, TRUE);
  if (!restore (session, &error)) {
    exit_status = cli_exit_fail (error);
    cli_session_free (session);
    return exit_status;
  }

  cli_show_set_quiet (session->show, FALSE);
  model = G_LIST_MODEL (session->uploads);
  for (guint i = g_list_model_get_n_items (model); i > 0; i--) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i - 1);

    if (is_meant (upload) && !pw_upload_is_over (upload))
      func (upload);
  }
  exit_status = cli_session_run (session);
  cli_session_free (session);
  return exit_status;
}

int
cli_resume (int    argc,
            char **argv)
{
  return run (argv, _("Goes on with uploads that were paused, failed, or were cut off by a "
                      "crash."),
              resume_upload);
}

int
cli_remove (int    argc,
            char **argv)
{
  return run (argv, _("Removes uploads, and deletes what is unfinished of them at the store."),
              pw_upload_remove);
}
