/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-session.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli-line.h"
#include "cli/cli-size.h"
#include "engine/pw-error.h"
#include "engine/pw-uploads-open.h"

#define MAX_PARALLEL 64
#define MAX_STALL_TIMEOUT 3600

CliSendOptions cli_send_options;

const GOptionEntry *
cli_send_entries (void)
{
  static const GOptionEntry entries[] = {
    { "parallel", 'p', 0, G_OPTION_ARG_STRING, &cli_send_options.parallel,
      N_("Connections at once; auto finds out how many serve"), "N|auto" },
    { "limit", 'l', 0, G_OPTION_ARG_STRING, &cli_send_options.limit,
      N_("Bandwidth for all together, such as 10MB or 500KiB a second"), N_("RATE") },
    { "stall-timeout", 0, 0, G_OPTION_ARG_INT, &cli_send_options.stall_timeout,
      N_("How long a connection may stand still before it is given up (30)"), N_("SECONDS") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli_send_options.json,
      N_("One JSON event a line, for scripts"), NULL },
    G_OPTION_ENTRY_NULL
  };

  return entries;
}

int
cli_fail_usage (const char   *command,
                const GError *error)
{
  cli_exit_fail (error);
  fprintf (stderr, _("Try “partway-cli %s --help”.\n"), command);
  return CLI_EXIT_USAGE;
}

static gboolean
apply_options (CliSession  *self,
               GError     **error)
{
  const CliSendOptions *options = &cli_send_options;
  guint64 n = 0, rate = 0;

  if (options->limit && !cli_parse_size (options->limit, &rate, error))
    return FALSE;
  if (options->parallel && !g_str_equal (options->parallel, "auto")
      && !g_ascii_string_to_unsigned (options->parallel, 10, 1, MAX_PARALLEL, &n, NULL)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("--parallel takes a number from 1 to %d, or auto, not “%s”."), MAX_PARALLEL,
                 options->parallel);
    return FALSE;
  }
  if (options->stall_timeout < 0 || options->stall_timeout > MAX_STALL_TIMEOUT) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("--stall-timeout takes a number of seconds from 1 to %d."), MAX_STALL_TIMEOUT);
    return FALSE;
  }
  pw_uploads_set_stall_timeout (self->uploads, (guint) options->stall_timeout);
  pw_uploads_set_rate (self->uploads, rate);
  if (n > 0)
    pw_uploads_set_connections (self->uploads, (guint) n, 1, MAX_PARALLEL);
  return TRUE;
}

static gboolean
interrupt_cb (gpointer data)
{
  CliSession *self = data;

  /* The second time nothing is waited for: the journals are as they must be at any instant. */
  if (self->is_interrupted)
    _exit (CLI_EXIT_PAUSED);
  self->is_interrupted = TRUE;
  pw_uploads_stop_adding (self->uploads);
  pw_uploads_pause_all (self->uploads);
  if (pw_uploads_is_idle (self->uploads))
    g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
input_cb (int          fd,
          GIOCondition condition,
          gpointer     data)
{
  gboolean *is_there = data;

  *is_there = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
attach (GMainContext *context,
        GSource      *source,
        GSourceFunc   func,
        gpointer      data)
{
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, context);
}

/* FALSE: Ctrl+C, or the end of the input. */
static gboolean
read_answer (CliSession *self,
             char       *answer,
             int         size)
{
  g_autoptr (GSource) input = g_unix_fd_source_new (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR);
  gboolean is_there = FALSE;

  attach (self->asking, input, G_SOURCE_FUNC (input_cb), &is_there);
  while (!is_there && !self->is_interrupted)
    g_main_context_iteration (self->asking, TRUE);
  g_source_destroy (input);
  return !self->is_interrupted && fgets (answer, size, stdin);
}

static void
watch_signal (CliSession *self,
              int         number)
{
  g_autoptr (GSource) always = g_unix_signal_source_new (number);
  g_autoptr (GSource) asking = g_unix_signal_source_new (number);

  attach (NULL, always, interrupt_cb, self);
  attach (self->asking, asking, interrupt_cb, self);
}

/* Questions are asked when all else is done, so that they hold nothing up. */
static gboolean
ask (CliSession *self,
     PwUpload   *upload)
{
  g_autofree char *key = cli_line_dup_clean (upload->key);
  char answer[16];

  while (self->replace_all < 0) {
    cli_show_clear (self->show);
    printf (_("%s exists already. [r]eplace, [k]eep both, [s]kip; capital letter: for all? "),
            key);
    fflush (stdout);
    if (!read_answer (self, answer, sizeof answer))
      return FALSE;
    switch (g_ascii_tolower (*answer)) {
    case 'r':
      pw_upload_answer_exists (upload, PW_IF_EXISTS_REPLACE);
      break;
    case 'k':
      pw_upload_answer_exists (upload, PW_IF_EXISTS_RENAME);
      break;
    case 's':
      pw_upload_answer_exists (upload, PW_IF_EXISTS_SKIP);
      break;
    default:
      continue;
    }
    if (g_ascii_isupper (*answer))
      self->replace_all = (gint) upload->if_exists;
    return TRUE;
  }
  pw_upload_answer_exists (upload, (PwIfExists) self->replace_all);
  return TRUE;
}

static gboolean
ask_what_exists (CliSession *self)
{
  GListModel *model = G_LIST_MODEL (self->uploads);
  gboolean asked = FALSE;

  if (self->is_interrupted || cli_show_get_kind (self->show) != CLI_SHOW_TERMINAL
      || !isatty (STDIN_FILENO))
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (model) && !self->is_interrupted; i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    if (upload->state == PW_UPLOAD_FAILED
        && g_error_matches (upload->error, PW_ERROR, PW_ERROR_EXISTS)
        && g_hash_table_contains (self->mine, upload))
      asked = ask (self, upload) || asked;
  }
  return asked;
}

static void
idle_cb (PwUploads  *uploads,
         CliSession *self)
{
  if (!ask_what_exists (self))
    g_main_loop_quit (self->loop);
}

/* Whatever moves in this run is this run's business; what was over before is not. */
static void
changed_cb (PwUploads  *uploads,
            PwUpload   *upload,
            CliSession *self)
{
  if (upload->state == PW_UPLOAD_WAITING || upload->state == PW_UPLOAD_PREPARING
      || (upload->state == PW_UPLOAD_FAILED && !upload->was_begun))
    g_hash_table_add (self->mine, g_object_ref (upload));
  if (self->is_interrupted && upload->state == PW_UPLOAD_WAITING)
    pw_upload_pause (upload);
}

CliSession *
cli_session_new (const char *command,
                 int        *exit_status)
{
  CliSession *self = g_new0 (CliSession, 1);
  g_autoptr (GError) error = NULL;

  self->uploads = pw_uploads_new (NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->asking = g_main_context_new ();
  self->mine = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->replace_all = -1;
  pw_uploads_set_allow_prompt (self->uploads, g_getenv ("DISPLAY") || g_getenv ("WAYLAND_DISPLAY"));
  g_signal_connect (self->uploads, "changed", G_CALLBACK (changed_cb), self);
  self->show = cli_show_new (self->uploads,
                             cli_send_options.json ? CLI_SHOW_JSON : CLI_SHOW_PLAIN);
  if (!apply_options (self, &error))
    *exit_status = cli_fail_usage (command, error);
  else if (!pw_uploads_open (self->uploads, &error))
    *exit_status = cli_exit_fail (error);
  else
    return self;
  cli_session_free (self);
  return NULL;
}

void
cli_session_free (CliSession *self)
{
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  cli_show_free (self->show);
  g_hash_table_unref (self->mine);
  g_object_unref (self->uploads);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->asking);
  g_free (self);
}

static int
judge (CliSession *self)
{
  gboolean has_failed = FALSE, is_paused = self->is_interrupted, lacks_right = FALSE;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->mine);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    PwUpload *upload = key;

    lacks_right |= upload->error && pw_error_is_authorisation (upload->error);
    has_failed |= upload->state == PW_UPLOAD_FAILED || upload->state == PW_UPLOAD_ABORTING;
    is_paused |= upload->state == PW_UPLOAD_PAUSED;
  }
  if (lacks_right)
    return CLI_EXIT_AUTHORISATION;
  if (has_failed)
    return CLI_EXIT_FAILED;
  return is_paused ? CLI_EXIT_PAUSED : CLI_EXIT_OK;
}

int
cli_session_run (CliSession *self)
{
  g_autoptr (GError) error = NULL;
  int exit_status;

  watch_signal (self, SIGINT);
  watch_signal (self, SIGTERM);
  g_signal_connect (self->uploads, "idle", G_CALLBACK (idle_cb), self);
  if (!pw_uploads_is_idle (self->uploads))
    g_main_loop_run (self->loop);
  while (g_source_remove_by_user_data (self))
    continue;

  exit_status = judge (self);
  if (!pw_uploads_flush (self->uploads, &error))
    exit_status = cli_exit_fail (error);
  cli_show_end (self->show, exit_status);
  return exit_status;
}
