/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-upload.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli-session.h"
#include "cli/cli-size.h"
#include "cli/cli-target.h"
#include "config.h"
#include "engine/pw-destinations.h"
#include "engine/pw-error.h"

typedef struct {
  char *to;
  char *presign;
  char *part_size;
  char *if_exists;
  char *storage_class;
  char *content_type;
  gboolean allow_tiny_parts;
  gboolean follow;
  char **files;
} Options;

static Options options;

static const GOptionEntry entries[] = {
  { "to", 't', 0, G_OPTION_ARG_STRING, &options.to,
    N_("A destination’s name, or s3://BUCKET/PREFIX"), N_("TARGET") },
  { "presign", 0, 0, G_OPTION_ARG_STRING, &options.presign,
    N_("Instead: the address of a backend that gives presigned URLs"), "URL" },
  { "if-exists", 0, 0, G_OPTION_ARG_STRING, &options.if_exists,
    N_("What to do with an object that is there: ask, replace, rename, skip"), N_("WHAT") },
  { "follow", 0, 0, G_OPTION_ARG_NONE, &options.follow,
    N_("When a file changes meanwhile, send what changed instead of stopping"), NULL },
  { "part-size", 0, 0, G_OPTION_ARG_STRING, &options.part_size,
    N_("Size of the parts, such as 64MiB"), N_("SIZE") },
  { "allow-tiny-parts", 0, 0, G_OPTION_ARG_NONE, &options.allow_tiny_parts,
    N_("Part sizes below 5 MiB, for a store that was set so"), NULL },
  { "storage-class", 0, 0, G_OPTION_ARG_STRING, &options.storage_class,
    N_("Such as STANDARD_IA"), N_("CLASS") },
  { "content-type", 0, 0, G_OPTION_ARG_STRING, &options.content_type,
    N_("Instead of the one guessed from each file"), N_("TYPE") },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.files, NULL,
    N_("FILE|FOLDER…") },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse (char  **argv,
       GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) copy = g_strdupv (argv);

  g_option_context_set_summary (context, _("Uploads files, and folders with all that is in them."));
  g_option_context_set_description (context,
                                    _("Exit status: 0 all done, 1 some failed, 2 usage, "
                                      "3 paused (resume goes on), 4 no right."));
  g_option_context_add_main_entries (context, entries, PW_GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, cli_send_entries (), PW_GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, cli_target_entries (), PW_GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &copy, error))
    return FALSE;
  /* upload s3://BUCKET FILE… does as well as --to. */
  if (options.to && options.presign) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("Say only one of --to and --presign."));
    return FALSE;
  }
  if (!options.to && !options.presign && options.files
      && g_str_has_prefix (options.files[0], "s3://")) {
    options.to = options.files[0];
    for (char **file = options.files; *file; file++)
      file[0] = file[1];
  }
  if ((!options.to && !options.presign) || !options.files || !options.files[0]) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         !options.to && !options.presign
                         ? _("Say where to: --to NAME, --to s3://BUCKET/PREFIX, or --presign URL.")
                         : _("Say which files or folders to upload."));
    return FALSE;
  }
  return TRUE;
}

static PwDestination *
make_destination (GError **error)
{
  g_autoptr (PwDestination) destination = options.presign
                                          ? cli_target_new_presign (options.presign, error)
                                          : cli_target_new (options.to, error);

  if (!destination
      || (options.if_exists
          && !cli_parse_if_exists (options.if_exists, &destination->if_exists, error)))
    return NULL;
  if (options.part_size && !cli_parse_size (options.part_size, &destination->part_size, error))
    return NULL;
  destination->allow_tiny_parts |= options.allow_tiny_parts;
  if (options.storage_class) {
    g_free (destination->storage_class);
    destination->storage_class = g_strdup (options.storage_class);
  }
  if (options.content_type) {
    g_free (destination->content_type);
    destination->content_type = g_strdup (options.content_type);
  }
  return pw_destination_check (destination, error) ? g_steal_pointer (&destination) : NULL;
}

/* What was learned of the store stays with the saved destination. It is a convenience: an upload
 * that went well does not fail because of it. */
static void
save_learned (PwUploads     *uploads,
              PwDestination *destination)
{
  g_autoptr (PwDestination) learned = pw_uploads_dup_learned (uploads, destination);
  g_autoptr (PwDestinations) destinations = NULL;
  g_autoptr (PwDestination) saved = NULL;
  g_autoptr (GError) error = NULL;
  PwDestination *found;

  if (!learned || !options.to || strstr (options.to, "://"))
    return;
  destinations = pw_destinations_new (NULL);
  if (!pw_destinations_load (destinations, &error)
      || !(found = pw_destinations_lookup (destinations, destination->id)))
    return;
  saved = pw_destination_copy (found);
  g_free (saved->region);
  saved->region = g_strdup (learned->region);
  saved->dialect = learned->dialect;
  saved->is_probed = learned->is_probed;
  saved->checksum = learned->checksum;
  saved->etag_is_md5 = learned->etag_is_md5;
  if (!pw_destinations_replace (destinations, saved, &error)
      || !pw_destinations_save (destinations, &error))
    g_debug ("what was learned of the store is not saved: %s", error->message);
}

int
cli_upload (int    argc,
            char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PwDestination) destination = NULL;
  CliSession *session;
  int exit_status = CLI_EXIT_USAGE;

  if (!parse (argv, &error))
    return cli_fail_usage ("upload", error);
  destination = make_destination (&error);
  if (!destination)
    return error->domain == G_OPTION_ERROR
           || g_error_matches (error, PW_ERROR, PW_ERROR_DESTINATION)
           ? cli_fail_usage ("upload", error) : (int) cli_exit_fail (error);
  session = cli_session_new ("upload", &exit_status);
  if (!session)
    return exit_status;

  for (char **file = options.files; *file; file++) {
    g_autofree char *path = g_canonicalize_filename (*file, NULL);

    pw_uploads_add (session->uploads, path, destination, options.follow);
  }
  exit_status = cli_session_run (session);
  save_learned (session->uploads, destination);
  cli_session_free (session);
  return exit_status;
}
