/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-destination.h"

#include "cli/cli-asker.h"
#include "cli/cli-destination-add.h"
#include "cli/cli-exit.h"
#include "cli/cli-secret.h"
#include "cli/cli-target.h"
#include "config.h"
#include "engine/pw-destinations.h"
#include "engine/pw-error.h"

#include <glib/gi18n.h>
#include <string.h>

typedef int (*Command) (char **argv);

/* @way_on: how to go on where it is the keyring that does not. */
static int
fail (const GError *error, const char *way_on)
{
  CliExit code = cli_exit_fail (error);

  if (cli_secret_is_of_keyring (error)) {
    g_printerr ("%s\n", way_on);
  }
  return code;
}

static PwDestinations *
load (GError **error)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (NULL);

  if (!pw_destinations_load (destinations, error)) {
    return NULL;
  }
  if (pw_destinations_get_message (destinations)) {
    g_printerr ("partway-cli: %s\n", pw_destinations_get_message (destinations));
  }
  return g_steal_pointer (&destinations);
}

static PwDestination *
find (PwDestinations *destinations, const char *name, GError **error)
{
  PwDestination *destination = pw_destinations_lookup (destinations, name);

  if (!destination) {
    g_set_error (error, PW_ERROR, PW_ERROR_DESTINATION,
                 _("There is no destination “%s”. See “partway-cli destination list”."), name);
  }
  return destination;
}

/* A file that somebody wrote by hand must not play with the terminal. */
static char *
dup_shown (const char *text)
{
  GString *shown = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);

  for (const char *c = valid; *c; c = g_utf8_next_char (c)) {
    g_string_append_unichar (shown, g_unichar_iscntrl (g_utf8_get_char (c)) ? '?'
                                    : g_utf8_get_char (c));
  }
  return g_string_free (shown, FALSE);
}

static gboolean
save_keys (const CliDestinationOrder *order, GError **error)
{
  g_autoptr (S3Credentials) credentials = NULL;
  char *secret;

  if (!order->access_key) {
    return TRUE;
  }
  secret = cli_secret_read (*order->access_key ? _("Secret key (is not shown): ")
                                               : _("Token (is not shown): "), error);
  if (!secret) {
    return FALSE;
  }
  credentials = s3_credentials_new (order->access_key, secret, NULL);
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
  return cli_secret_store (order->destination, credentials, error);
}

/* The name is taken before the secret is asked for, and nothing is in the file without its keys. */
static gboolean
add (const CliDestinationOrder *order, GError **error)
{
  g_autoptr (PwDestinations) destinations = load (error);

  if (!destinations || !pw_destinations_add (destinations, order->destination, error) ||
      !save_keys (order, error)) {
    return FALSE;
  }
  if (!pw_destinations_save (destinations, error)) {
    if (order->access_key) {
      cli_secret_clear (order->destination, NULL);
    }
    return FALSE;
  }
  return TRUE;
}

static int
command_add (char **argv)
{
  g_auto (CliDestinationOrder) order = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;

  if (!cli_destination_parse_add (argv, &order, &error) || !add (&order, &error)) {
    return fail (error, _("To do without a keyring, add the destination with --keys-from-env "
                          "(AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; PARTWAY_PRESIGN_TOKEN for "
                          "a backend) or with --profile."));
  }
  uri = pw_destination_dup_uri (order.destination);
  g_print (_("Added “%s”: %s\n"), order.destination->name, uri);
  return CLI_EXIT_OK;
}

/* @n_words: how many there must be besides the command's name. */
static gboolean
parse (char ***argv, const GOptionEntry *entries, const char *usage, const char *summary,
       guint n_words, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage);

  g_option_context_add_main_entries (context, entries, PW_GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  if (!g_option_context_parse_strv (context, argv, error)) {
    return FALSE;
  }
  if (g_strv_length (*argv) != n_words + 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 n_words ? _("Say the name of one destination.")
                         : _("This command takes no names."));
    return FALSE;
  }
  return TRUE;
}

static void
print_json_list (GListModel *destinations)
{
  guint n_items = g_list_model_get_n_items (destinations);

  g_print ("[");
  for (guint i = 0; i < n_items; i++) {
    g_autoptr (PwDestination) destination = g_list_model_get_item (destinations, i);
    g_autofree char *json = pw_destination_to_json (destination);

    g_print ("%s\n%s", i ? "," : "", json);
  }
  g_print ("%s]\n", n_items ? "\n" : "");
}

static void
print_list (GListModel *destinations)
{
  guint n_items = g_list_model_get_n_items (destinations);
  glong width = 0;

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (PwDestination) destination = g_list_model_get_item (destinations, i);

    width = MAX (width, g_utf8_strlen (destination->name, -1));
  }
  for (guint i = 0; i < n_items; i++) {
    g_autoptr (PwDestination) destination = g_list_model_get_item (destinations, i);
    g_autofree char *name = dup_shown (destination->name);
    g_autofree char *uri = pw_destination_dup_uri (destination);
    g_autofree char *shown_uri = dup_shown (uri);
    g_autofree char *endpoint = dup_shown (destination->endpoint);

    g_print ("%s%*s  %s%s%s\n", name, (int) (width - g_utf8_strlen (name, -1)), "", shown_uri,
             *endpoint ? "  " : "", endpoint);
  }
}

static int
command_list (char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_auto (GStrv) words = g_strdupv (argv);
  g_autoptr (PwDestinations) destinations = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (&words, entries, NULL, _("Lists the destinations."), 0, &error) ||
      !(destinations = load (&error))) {
    return cli_exit_fail (error);
  }
  if (as_json) {
    print_json_list (G_LIST_MODEL (destinations));
  } else {
    print_list (G_LIST_MODEL (destinations));
  }
  return CLI_EXIT_OK;
}

static void
print_field (const char *name, const char *value)
{
  g_autofree char *shown = dup_shown (value);

  if (*shown) {
    g_print ("%-14s %s\n", name, shown);
  }
}

static void
print_destination (PwDestination *destination)
{
  g_autofree char *part_size = NULL;

  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    print_field (text->name, PW_DESTINATION_TEXT (destination, text));
  }
  for (char **item = destination->metadata; item && item[0] && item[1]; item += 2) {
    g_autofree char *pair = g_strconcat (item[0], "=", item[1], NULL);

    print_field ("metadata", pair);
  }
  part_size = destination->part_size
              ? g_format_size_full (destination->part_size, G_FORMAT_SIZE_IEC_UNITS)
              : NULL;
  print_field ("part-size", part_size);
  print_field ("kind", pw_destination_kind_ids[destination->kind]);
  if (destination->kind == PW_DESTINATION_PRESIGN) {
    print_field ("dialect", pw_dialect_ids[destination->dialect]);
  }
  print_field ("store", _(s3_limits_for_kind (destination->store)->name));
  print_field ("style", pw_style_ids[destination->style]);
  print_field ("keys", pw_secrets_ids[destination->secrets]);
  print_field ("if-exists", pw_if_exists_ids[destination->if_exists]);
  print_field ("allow-http", destination->allow_http ? _("yes") : NULL);
}

static int
command_show (char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_auto (GStrv) words = g_strdupv (argv);
  g_autoptr (PwDestinations) destinations = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  PwDestination *destination;

  if (!parse (&words, entries, _("NAME"), _("Shows one destination."), 1, &error) ||
      !(destinations = load (&error)) || !(destination = find (destinations, words[1], &error))) {
    return cli_exit_fail (error);
  }
  if (as_json) {
    json = pw_destination_to_json (destination);
    g_print ("%s\n", json);
  } else {
    print_destination (destination);
  }
  return CLI_EXIT_OK;
}

/* The keys first: once the destination is gone nobody would find them again. */
static gboolean
take_away (PwDestinations *destinations, PwDestination *destination, gboolean keep_keys,
           GError **error)
{
  if (destination->secrets == PW_SECRETS_KEYRING && !keep_keys &&
      !cli_secret_clear (destination, error)) {
    return FALSE;
  }
  pw_destinations_remove (destinations, destination->id);
  return pw_destinations_save (destinations, error);
}

static int
command_remove (char **argv)
{
  gboolean keep_keys = FALSE;
  const GOptionEntry entries[] = {
    { "keep-keys", 0, 0, G_OPTION_ARG_NONE, &keep_keys,
      N_("Leave the keys in the keyring, or where there is no keyring"), NULL },
    { NULL },
  };
  g_auto (GStrv) words = g_strdupv (argv);
  g_autoptr (PwDestinations) destinations = NULL;
  g_autoptr (PwDestination) destination = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  if (!parse (&words, entries, _("NAME"),
              _("Removes a destination and its keys in the keyring. What was uploaded stays."), 1,
              &error) ||
      !(destinations = load (&error)) || !(destination = find (destinations, words[1], &error))) {
    return cli_exit_fail (error);
  }
  g_object_ref (destination);
  if (!take_away (destinations, destination, keep_keys, &error)) {
    return fail (error, _("Nothing was removed. To leave the keys where they are, use "
                          "--keep-keys."));
  }
  name = dup_shown (destination->name);
  g_print (_("Removed “%s”.\n"), name);
  return CLI_EXIT_OK;
}

static int
command_test (char **argv)
{
  g_auto (GStrv) words = g_strdupv (argv);
  g_autoptr (PwDestination) destination = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse (&words, cli_target_entries (), _("NAME|s3://BUCKET[/PREFIX]"),
              _("Tries each thing that an upload needs, and finds out what the store can do."), 1,
              &error)
      || !(destination = cli_target_new (words[1], &error)))
    return cli_exit_fail (error);
  return cli_asker_test (destination);
}

static const struct {
  const char *name;
  Command run;
} commands[] = {
  { "add", command_add }, { "list", command_list }, { "show", command_show },
  { "test", command_test }, { "remove", command_remove },
};

int
cli_destination (int    argc,
                 char **argv)
{
  gboolean asks_help = argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"));
  const char *usage = _("Usage: partway-cli destination add|list|show|test|remove …\n"
                        "See “partway-cli destination add --help”.\n");

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (commands[i].name, argv[1])) {
      g_autofree char *name = g_strconcat ("partway-cli destination ", argv[1], NULL);

      g_set_prgname (name);
      return commands[i].run (argv + 1);
    }
  }
  if (asks_help) {
    g_print ("%s", usage);
    return CLI_EXIT_OK;
  }
  g_printerr ("%s", usage);
  return CLI_EXIT_USAGE;
}
