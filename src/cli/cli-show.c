/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-show.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli-event.h"
#include "cli/cli-line.h"

#define MAX_LINES 6
#define DRAW_MS 200
#define REPORT_MS 1000

struct _CliShow {
  PwUploads *uploads;
  CliShowKind kind;
  gboolean is_quiet;
  guint n_drawn;                /* lines that are drawn again */
  guint timer_id;
};

static guint
get_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
    return size.ws_col;
  return 80;
}

void
cli_show_clear (CliShow *self)
{
  if (self->n_drawn > 0)
    printf ("\r\033[%uA\033[J", self->n_drawn);
  self->n_drawn = 0;
}

static void
draw_line (CliShow    *self,
           const char *line)
{
  g_autofree char *cut = cli_line_cut (line, get_width ());

  printf ("%s\n", cut);
  self->n_drawn++;
}

static void
draw (CliShow *self)
{
  GListModel *model = G_LIST_MODEL (self->uploads);
  guint n = g_list_model_get_n_items (model), n_more = 0;
  g_autofree char *total = NULL;
  guint width = get_width ();

  cli_show_clear (self);
  for (guint i = 0; i < n; i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);
    g_autofree char *line = NULL;

    if (!pw_upload_is_active (upload))
      continue;
    if (self->n_drawn >= MAX_LINES) {
      n_more++;
      continue;
    }
    line = cli_line_for_upload (upload, width);
    draw_line (self, line);
  }
  total = cli_line_for_total (self->uploads, n_more);
  draw_line (self, total);
  fflush (stdout);
}

static gboolean
timer_cb (gpointer data)
{
  CliShow *self = data;

  if (self->kind == CLI_SHOW_TERMINAL) {
    draw (self);
  } else if (self->kind == CLI_SHOW_JSON) {
    cli_event_progress (self->uploads);
    fflush (stdout);
  } else {
    fflush (stdout);
  }
  return G_SOURCE_CONTINUE;
}

static void
changed_cb (PwUploads *uploads,
            PwUpload  *upload,
            CliShow   *self)
{
  g_autofree char *line = NULL;

  if (self->is_quiet)
    return;
  if (self->kind == CLI_SHOW_JSON) {
    cli_event_upload (upload);
    return;
  }
  line = cli_line_for_news (upload);
  if (!line)
    return;
  cli_show_clear (self);
  if (upload->state == PW_UPLOAD_FAILED && self->kind == CLI_SHOW_PLAIN) {
    fflush (stdout);
    fprintf (stderr, "%s\n", line);
  } else {
    printf ("%s\n", line);
  }
}

static void
note_cb (PwUploads  *uploads,
         const char *note,
         CliShow    *self)
{
  cli_show_note (self, note);
}

void
cli_show_note (CliShow    *self,
               const char *note)
{
  g_autofree char *clean = cli_line_dup_clean (note);

  cli_show_clear (self);
  if (self->kind == CLI_SHOW_JSON)
    cli_event_note (note);
  else
    printf ("%s\n", clean);
  fflush (stdout);
}

void
cli_show_set_quiet (CliShow  *self,
                    gboolean  quiet)
{
  self->is_quiet = quiet;
}

CliShow *
cli_show_new (PwUploads   *uploads,
              CliShowKind  kind)
{
  CliShow *self = g_new0 (CliShow, 1);
  const char *term = g_getenv ("TERM");

  self->uploads = g_object_ref (uploads);
  self->kind = kind;
  if (kind == CLI_SHOW_PLAIN && isatty (STDOUT_FILENO) && term && !g_str_equal (term, "dumb"))
    self->kind = CLI_SHOW_TERMINAL;
  g_signal_connect (uploads, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (uploads, "note", G_CALLBACK (note_cb), self);
  self->timer_id = g_timeout_add (self->kind == CLI_SHOW_TERMINAL ? DRAW_MS : REPORT_MS, timer_cb,
                                  self);
  return self;
}

void
cli_show_free (CliShow *self)
{
  g_source_remove (self->timer_id);
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  g_object_unref (self->uploads);
  g_free (self);
}

void
cli_show_end (CliShow *self,
              int      exit_status)
{
  cli_show_clear (self);
  if (self->kind == CLI_SHOW_JSON) {
    cli_event_end (self->uploads, exit_status);
  } else {
    g_autofree char *line = cli_line_for_end (self->uploads);

    printf ("%s\n", line);
  }
  fflush (stdout);
}

CliShowKind
cli_show_get_kind (CliShow *self)
{
  return self->kind;
}
