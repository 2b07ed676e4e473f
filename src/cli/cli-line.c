/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-line.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/pw-error.h"

#define BAR_WIDTH 24

char *
cli_line_dup_clean (const char *text)
{
  char *clean = g_utf8_make_valid (text, -1);

  for (char *p = clean; *p; p = g_utf8_next_char (p)) {
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      memset (p, '?', (gsize) (g_utf8_next_char (p) - p));
  }
  return clean;
}

char *
cli_line_cut (const char *line,
              guint       width)
{
  const char *p = line;
  guint n = 0;

  while (*p) {
    gunichar c = g_utf8_get_char (p);
    guint columns = g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;

    if (n + columns > width)
      break;
    n += columns;
    p = g_utf8_next_char (p);
  }
  return g_strndup (line, (gsize) (p - line));
}

/* Safe bytes full, sent bytes half. */
static void
append_bar (GString *line,
            guint64  safe,
            guint64  sent,
            guint64  size)
{
  double scale = size > 0 ? (double) BAR_WIDTH / (double) size : 0;

  for (guint i = 0; i < BAR_WIDTH; i++) {
    double here = i + 0.5;

    g_string_append (line, here < (double) safe * scale ? "█"
                           : here < (double) sent * scale ? "▒" : "░");
  }
}

static char *
dup_doing (PwUpload *upload)
{
  switch ((int) upload->state) {
  case PW_UPLOAD_PREPARING:
    return g_strdup (upload->was_begun ? _("comparing with the store…") : _("preparing…"));
  case PW_UPLOAD_FINISHING:
    return g_strdup (_("the store puts it together…"));
  case PW_UPLOAD_ABORTING:
    return g_strdup (_("removing…"));
  default:
    return upload->progress ? pw_progress_dup_sentence (upload->progress)
                            : g_strdup (_("preparing…"));
  }
}

char *
cli_line_for_upload (PwUpload *upload,
                     guint     width)
{
  g_autofree char *name = cli_line_dup_clean (upload->name);
  g_autofree char *doing = dup_doing (upload);
  g_autofree char *cut = cli_line_cut (name, width > 90 ? 32 : 16);
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%s  ", cut);
  append_bar (line, upload->schedule.safe, pw_upload_get_sent (upload), upload->size);
  g_string_append_printf (line, "  %s", doing);
  if (upload->error) {
    g_autofree char *message = cli_line_dup_clean (upload->error->message);

    g_string_append_printf (line, " — %s", message);
  }
  return g_string_free (line, FALSE);
}

char *
cli_line_for_total (PwUploads *uploads,
                    guint      n_more)
{
  PwProgress *progress = pw_uploads_get_progress (uploads);
  g_autofree char *sentence = pw_progress_dup_sentence (progress);
  g_autofree char *speed = pw_format_speed (pw_progress_get_speed (progress));
  PwTotals totals;

  pw_uploads_get_totals (uploads, &totals);
  return g_strdup_printf (ngettext ("%u of %u file — %s — %s", "%u of %u files — %s — %s",
                                    totals.n_uploads),
                          totals.n_done, totals.n_uploads, sentence, speed);
}

static char *
dup_reason (PwUpload *upload)
{
  g_autofree char *reason = NULL;

  if (!upload->error)
    return g_strdup ("");
  if (upload->request_id && *upload->request_id
      && !strstr (upload->error->message, upload->request_id))
    reason = g_strdup_printf (" %s (%s %s)", upload->error->message, _("request"),
                              upload->request_id);
  else
    reason = g_strdup_printf (" %s", upload->error->message);
  return cli_line_dup_clean (reason);
}

char *
cli_line_for_news (PwUpload *upload)
{
  g_autofree char *name = cli_line_dup_clean (upload->name);
  g_autofree char *size = pw_format_size (upload->size);
  g_autofree char *reason = dup_reason (upload);

  switch ((int) upload->state) {
  case PW_UPLOAD_DONE:
    if (upload->resumed > 0) {
      g_autofree char *resumed = pw_format_size (upload->resumed);

      return g_strdup_printf (_("%s: done, %s, %s of it from before; verified: %s"), name, size,
                              resumed, upload->verification);
    }
    return g_strdup_printf (_("%s: done, %s; verified: %s"), name, size, upload->verification);
  case PW_UPLOAD_SKIPPED:
    return g_strdup_printf (_("%s: skipped, it exists already"), name);
  case PW_UPLOAD_FAILED:
    return g_strdup_printf (_("%s: failed.%s"), name, reason);
  case PW_UPLOAD_PAUSED:
    return g_strdup_printf (_("%s: paused.%s"), name, reason);
  case PW_UPLOAD_REMOVED:
    return g_strdup_printf (_("%s: removed"), name);
  default:
    return NULL;
  }
}

char *
cli_line_for_end (PwUploads *uploads)
{
  PwTotals totals;
  g_autofree char *size = NULL;
  GString *line;

  pw_uploads_get_totals (uploads, &totals);
  size = pw_format_size (totals.safe);
  line = g_string_new (NULL);
  g_string_append_printf (line, ngettext ("%u of %u file done, %s", "%u of %u files done, %s",
                                          totals.n_uploads),
                          totals.n_done, totals.n_uploads, size);
  if (totals.n_failed > 0)
    g_string_append_printf (line, ngettext ("; %u failed", "; %u failed", totals.n_failed),
                            totals.n_failed);
  if (totals.n_paused > 0)
    g_string_append_printf (line, ngettext ("; %u paused: partway-cli resume --all goes on",
                                            "; %u paused: partway-cli resume --all goes on",
                                            totals.n_paused), totals.n_paused);
  return g_string_free (line, FALSE);
}
