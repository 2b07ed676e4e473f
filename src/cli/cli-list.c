/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-list.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/cli-event.h"
#include "cli/cli-line.h"
#include "cli/cli-session.h"
#include "config.h"
#include "engine/pw-error.h"
#include "engine/pw-queue.h"
#include "engine/pw-strays.h"
#include "engine/pw-upload-item.h"

/* Characters, of which some are more than one byte: "100 bytes", "12 MB". */
#define SIZE_COLUMNS 9

typedef struct {
  gboolean json;
  gboolean all;
} Options;

static Options options;

static const GOptionEntry entries[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("One JSON object a line"), NULL },
  { "all", 'a', 0, G_OPTION_ARG_NONE, &options.all, N_("Finished ones too"), NULL },
  G_OPTION_ENTRY_NULL
};

static void
show (const PwQueueItem *item,
      PwDestination     *destination)
{
  g_autoptr (PwUpload) upload = pw_upload_from_item (item, destination);
  g_autofree char *uri = pw_destination_dup_uri (destination);
  g_autofree char *size = pw_format_size (item->size);
  g_autofree char *name = cli_line_dup_clean (upload->path);
  int n_blanks = MAX (0, SIZE_COLUMNS - (int) g_utf8_strlen (size, -1));
  const char *state = item->is_running ? _("running") : pw_upload_state_get_id (upload->state);

  if (options.json) {
    g_autofree char *text = cli_event_dup_upload (upload, "upload");

    printf ("%s\n", text);
    return;
  }
  printf ("%s  %-9s  %*s%s  %s → %s\n", item->id, state, n_blanks, "", size, name, uri);
  if (upload->error) {
    g_autofree char *message = cli_line_dup_clean (upload->error->message);

    printf ("%18s%s\n", "", message);
  }
}

/* Returns how many. */
static guint
show_all (GPtrArray *items,
          GPtrArray *destinations)
{
  guint n_shown = 0;

  for (guint i = 0; i < items->len; i++) {
    const PwQueueItem *item = g_ptr_array_index (items, i);
    g_autoptr (PwDestination) destination = NULL;

    if (item->is_folder || (item->state == PW_ITEM_DONE && !options.all)
        || item->destination >= destinations->len)
      continue;
    destination = pw_destination_from_json (g_ptr_array_index (destinations, item->destination),
                                            NULL);
    if (!destination)
      continue;
    show (item, destination);
    n_shown++;
  }
  return n_shown;
}

int
cli_list (int    argc,
          char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) copy = g_strdupv (argv);
  g_autoptr (GError) error = NULL;
  g_autofree char *state = g_build_filename (g_get_user_state_dir (), "partway", NULL);
  g_autofree char *dir = g_build_filename (state, "queue", NULL);
  g_autoptr (GPtrArray) items = NULL, destinations = NULL;
  g_autoptr (GPtrArray) strays = NULL, stray_destinations = NULL;

  g_option_context_set_summary (context,
                                _("Shows the uploads that are unfinished, and their IDs."));
  g_option_context_add_main_entries (context, entries, PW_GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &copy, &error))
    return cli_fail_usage ("list", error);
  items = pw_queue_list (dir, &destinations, &error);
  if (!items)
    return cli_exit_fail (error);
  strays = pw_strays_list (state, NULL, &stray_destinations, NULL);
  if (show_all (items, destinations) + show_all (strays, stray_destinations) == 0 && !options.json)
    printf ("%s\n", options.all ? _("No uploads.") : _("Nothing is unfinished."));
  return CLI_EXIT_OK;
}
