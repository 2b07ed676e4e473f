/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-unfinished.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/cli-asker.h"
#include "cli/cli-event.h"
#include "cli/cli-line.h"
#include "cli/cli-session.h"
#include "cli/cli-target.h"
#include "config.h"
#include "engine/pw-error.h"
#include "engine/pw-unfinished.h"

#define SECONDS_A_DAY (24 * 60 * 60)
#define NOT_GIVEN G_MININT

typedef struct {
  char **abort_ids;
  int older_than;
  gboolean json;
  char **targets;
} Options;

static Options options = { .older_than = NOT_GIVEN };
static guint n_found;

static const GOptionEntry entries[] = {
  { "abort", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.abort_ids,
    N_("Delete this unfinished upload and its parts"), N_("UPLOAD-ID") },
  { "older-than", 0, 0, G_OPTION_ARG_INT, &options.older_than,
    N_("Delete those that were begun more than so many days ago"), N_("DAYS") },
  { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("One JSON object a line"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.targets, NULL,
    N_("DESTINATION|s3://BUCKET/PREFIX") },
  G_OPTION_ENTRY_NULL
};

static void
show (const S3ListedUpload *upload,
      const PwHeld         *held)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *age = pw_format_duration (MAX (0, now - upload->initiated));
  g_autofree char *size = pw_format_size (held->size);
  g_autofree char *key = cli_line_dup_clean (upload->key);
  g_autofree char *id = cli_line_dup_clean (upload->upload_id);

  if (options.json)
    cli_event_unfinished (upload, held);
  else
    printf (ngettext ("%s\n    begun %s ago, %s in %u part; id %s\n",
                      "%s\n    begun %s ago, %s in %u parts; id %s\n", held->parts->len),
            key, age, size, held->parts->len, id);
}

static gboolean
is_to_go (const S3ListedUpload *upload)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (options.abort_ids
      && g_strv_contains ((const char *const *) options.abort_ids, upload->upload_id))
    return TRUE;
  return options.older_than >= 0 && upload->initiated > 0
         && now - upload->initiated > (gint64) options.older_than * SECONDS_A_DAY;
}

static gboolean
show_one (CliAsker             *asker,
          const S3ListedUpload *upload,
          GError              **error)
{
  g_auto (PwHeld) held = { 0 };

  if (!pw_unfinished_measure (asker->authority, &asker->exchange, upload->key, upload->upload_id,
                              &held, error))
    return FALSE;
  /* It may have ended while the list was read. */
  if (!held.is_gone)
    show (upload, &held);
  return TRUE;
}

static gboolean
handle_cb (const S3ListedUpload *upload,
           gpointer              user_data,
           GError              **error)
{
  CliAsker *asker = user_data;
  gboolean deletes = options.abort_ids || options.older_than >= 0;
  g_autofree char *key = cli_line_dup_clean (upload->key);

  n_found++;
  if (!deletes)
    return show_one (asker, upload, error);
  if (!is_to_go (upload))
    return TRUE;
  if (!pw_unfinished_delete (asker->authority, &asker->exchange, upload->key, upload->upload_id,
                             error))
    return FALSE;
  if (options.json)
    cli_event_deleted (upload);
  else
    printf (_("Deleted what was unfinished of %s.\n"), key);
  asker->n_done++;
  return TRUE;
}

static gboolean
walk (CliAsker *asker,
      GError  **error)
{
  if (!pw_unfinished_walk (asker->authority, &asker->exchange, asker->destination->prefix,
                           handle_cb, asker, error))
    return FALSE;
  if (n_found == 0 && !options.json)
    printf ("%s\n", _("Nothing unfinished is at the store."));
  return TRUE;
}

/* An id that was asked for and is not there is an error: a script must not take it for deleted. */
static gboolean
check_ids (CliAsker *asker,
           GError  **error)
{
  guint n = options.abort_ids ? g_strv_length (options.abort_ids) : 0;

  if (options.older_than >= 0 || asker->n_done >= n)
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_UPLOAD_GONE,
                       _("The store has no unfinished upload of that id here."));
  return FALSE;
}

static gboolean
parse (char  **argv,
       GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) copy = g_strdupv (argv);

  g_option_context_set_summary (context, _("Shows uploads that are unfinished at the store, "
                                           "whoever began them. Their parts cost money until they "
                                           "are deleted."));
  g_option_context_set_description (context, _("A lifecycle rule of the bucket "
                                      "(AbortIncompleteMultipartUpload) deletes them by itself."));
  g_option_context_add_main_entries (context, entries, PW_GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, cli_target_entries (), PW_GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &copy, error))
    return FALSE;
  if (options.older_than < 0 && options.older_than != NOT_GIVEN) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _("--older-than takes a number of days."));
    return FALSE;
  }
  if (options.targets && g_strv_length (options.targets) == 1)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                       _("Say where: a destination’s name, or s3://BUCKET/PREFIX."));
  return FALSE;
}

int
cli_unfinished (int    argc,
                char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PwDestination) destination = NULL;
  g_auto (CliAsker) asker = { 0 };

  if (!parse (argv, &error))
    return cli_fail_usage ("unfinished", error);
  destination = cli_target_new (options.targets[0], &error);
  if (!destination)
    return cli_fail_usage ("unfinished", error);
  if (!cli_asker_init (&asker, destination, &error) || !walk (&asker, &error)
      || !check_ids (&asker, &error))
    return cli_exit_fail (error);
  return CLI_EXIT_OK;
}
