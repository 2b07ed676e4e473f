/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-destination-add.h"

#include "cli/cli-size.h"
#include "aws/aws-config.h"
#include "config.h"
#include "engine/pw-error.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

/* What the options say, as they were typed. */
typedef struct {
  char *endpoint, *region, *profile, *access_key, *style, *ca_file, *storage_class, *encryption;
  char *acl, *if_exists, *part_size, *store, *presign, *dialect, *auth_header;
  char **tags, **metadata;
  gboolean keys_from_env, allow_http, token;
} Options;

static void
options_clear (Options *self)
{
  char **texts[] = {
    &self->endpoint, &self->region, &self->profile, &self->access_key, &self->style, &self->ca_file,
    &self->storage_class, &self->encryption, &self->acl, &self->if_exists, &self->part_size,
    &self->store, &self->presign, &self->dialect, &self->auth_header,
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_free (*texts[i]);
  }
  g_strfreev (self->tags);
  g_strfreev (self->metadata);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
  return FALSE;
}

static gboolean
parse_options (Options *options, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "endpoint", 0, 0, G_OPTION_ARG_STRING, &options->endpoint,
      N_("Address of the store (default: AWS)"), "URL" },
    { "region", 0, 0, G_OPTION_ARG_STRING, &options->region, N_("Region of the bucket"),
      N_("REGION") },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &options->profile,
      N_("Take the keys from this profile of ~/.aws"), N_("PROFILE") },
    { "keys-from-env", 0, 0, G_OPTION_ARG_NONE, &options->keys_from_env,
      N_("Take the keys from AWS_… variables, else from ~/.aws (the default)"), NULL },
    { "access-key", 0, 0, G_OPTION_ARG_STRING, &options->access_key,
      N_("Keep this key in the keyring; its secret is read from the terminal or standard input"),
      "ID" },
    { "style", 0, 0, G_OPTION_ARG_STRING, &options->style,
      N_("Where the bucket stands in addresses"), "auto|path|virtual" },
    { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &options->ca_file,
      N_("Trust these certificates (PEM) instead of the system’s"), N_("FILE") },
    { "storage-class", 0, 0, G_OPTION_ARG_STRING, &options->storage_class,
      N_("Storage class"), N_("CLASS") },
    { "sse", 0, 0, G_OPTION_ARG_STRING, &options->encryption, N_("Encryption by the store"),
      "AES256|aws:kms[:KEYID]" },
    { "acl", 0, 0, G_OPTION_ARG_STRING, &options->acl, N_("Canned ACL"), "ACL" },
    { "tag", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->tags, N_("Tag of each object"),
      N_("NAME=VALUE") },
    { "meta", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->metadata, N_("Metadata of each object"),
      N_("NAME=VALUE") },
    { "if-exists", 0, 0, G_OPTION_ARG_STRING, &options->if_exists,
      N_("What to do if the object is there already"), "ask|replace|rename|skip" },
    { "allow-http", 0, 0, G_OPTION_ARG_NONE, &options->allow_http,
      N_("Send without encryption where the endpoint begins with http:"), NULL },
    { "part-size", 0, 0, G_OPTION_ARG_STRING, &options->part_size,
      N_("Size of the parts, like 64M (default: chosen for each file)"), N_("SIZE") },
    { "store", 0, 0, G_OPTION_ARG_STRING, &options->store,
      N_("Kind of store, like minio (default: told by the endpoint)"), N_("KIND") },
    { NULL },
  };
  const GOptionEntry backend_entries[] = {
    { "presign", 0, 0, G_OPTION_ARG_STRING, &options->presign,
      N_("Instead of a bucket: the address of a backend that gives presigned URLs"), "URL" },
    { "dialect", 0, 0, G_OPTION_ARG_STRING, &options->dialect,
      N_("What the backend speaks (default: found out; “sign” must be said)"),
      "auto|fastapi|companion|sign|partway" },
    { "token", 0, 0, G_OPTION_ARG_NONE, &options->token,
      N_("Keep a token for the backend in the keyring; it is read from the terminal or standard "
         "input"), NULL },
    { "auth-header", 0, 0, G_OPTION_ARG_STRING, &options->auth_header,
      N_("The same, for this header instead of Authorization: Bearer"), N_("NAME") },
    { NULL },
  };
  g_autoptr (GOptionContext) context =
    g_option_context_new (_("NAME s3://BUCKET[/PREFIX] | NAME --presign URL"));

  g_option_context_add_main_entries (context, entries, PW_GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, backend_entries, PW_GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Adds a place where files can be uploaded to."));
  return g_option_context_parse_strv (context, argv, error);
}

static gboolean
choose (const char *option, const char *word, const char *const *words, guint *choice,
        GError **error)
{
  g_autofree char *known = NULL;

  for (guint i = 0; words[i]; i++) {
    if (!word || g_str_equal (words[i], word)) {
      *choice = i;
      return TRUE;
    }
  }
  known = g_strjoinv (", ", (char **) words);
  return refuse (error, _("--%s can be %s; “%s” is none of them."), option, known, word);
}

/* "aws:kms:KEYID" is the encryption and its key. */
static void
set_encryption (PwDestination *destination, const char *text)
{
  static const char *const kinds[] = { "aws:kms:dsse", "aws:kms" };

  for (guint i = 0; text && i < G_N_ELEMENTS (kinds); i++) {
    gsize length = strlen (kinds[i]);

    if (g_str_has_prefix (text, kinds[i]) && text[length] == ':') {
      destination->encryption = g_strdup (kinds[i]);
      destination->kms_key_id = g_strdup (text + length + 1);
      return;
    }
  }
  destination->encryption = g_strdup (text);
}

static gboolean
set_tags (PwDestination *destination, char **tags, GError **error)
{
  GString *tagging = g_string_new (NULL);

  for (char **tag = tags; tag && *tag; tag++) {
    const char *equals = strchr (*tag, '=');
    g_autofree char *plain = equals ? g_strndup (*tag, (gsize) (equals - *tag)) : NULL;
    g_autofree char *name = plain ? s3_uri_encode (plain, FALSE) : NULL;
    g_autofree char *value = equals ? s3_uri_encode (equals + 1, FALSE) : NULL;

    if (!equals) {
      g_string_free (tagging, TRUE);
      return refuse (error, _("--tag is written NAME=VALUE; “%s” is not."), *tag);
    }
    g_string_append_printf (tagging, "%s%s=%s", tagging->len ? "&" : "", name, value);
  }
  destination->tagging = g_string_free (tagging, FALSE);
  return TRUE;
}

static gboolean
set_metadata (PwDestination *destination, char **metadata, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **item = metadata; item && *item; item++) {
    g_auto (GStrv) pair = g_strsplit (*item, "=", 2);

    if (!pair[0] || !pair[1]) {
      return refuse (error, _("--meta is written NAME=VALUE; “%s” is not."), *item);
    }
    g_strv_builder_addv (builder, (const char **) pair);
  }
  destination->metadata = metadata ? g_strv_builder_end (builder) : NULL;
  return TRUE;
}

static gboolean
set_choices (PwDestination *destination, const Options *options, GError **error)
{
  guint style, if_exists;

  if (!choose ("style", options->style, pw_style_ids, &style, error) ||
      !choose ("if-exists", options->if_exists, pw_if_exists_ids, &if_exists, error)) {
    return FALSE;
  }
  if (options->style) {
    destination->style = (S3Style) style;
  }
  /* Few backends can tell what is there: those keep what they were made with. */
  if (options->if_exists || !options->presign) {
    destination->if_exists = (PwIfExists) if_exists;
  }
  if (options->store) {
    destination->store = s3_limits_for_id (options->store)->kind;
    if (!g_str_equal (s3_limits_for_kind (destination->store)->id, options->store)) {
      return refuse (error, _("“%s” is no kind of store that is known."), options->store);
    }
  }
  return !options->part_size ||
         cli_parse_size (options->part_size, &destination->part_size, error);
}

static gboolean
set_rest (PwDestination *destination, const Options *options, GError **error)
{
  destination->allow_http = options->allow_http;
  if (options->ca_file) {
    g_free (destination->ca_file);
    destination->ca_file = g_canonicalize_filename (options->ca_file, NULL);
  }
  destination->storage_class = g_strdup (options->storage_class);
  destination->acl = g_strdup (options->acl);
  set_encryption (destination, options->encryption);
  return set_tags (destination, options->tags, error) &&
         set_metadata (destination, options->metadata, error) &&
         pw_destination_check (destination, error);
}

/* With what AWS's own files and variables say where the options are silent. */
static PwDestination *
new_from_aws (const char *uri, const Options *options, GError **error)
{
  g_auto (GStrv) envp = g_get_environ ();
  g_autoptr (AwsConfig) config = aws_config_load (envp, options->profile, error);
  PwDestination *destination;

  if (!config) {
    return NULL;
  }
  destination =
    pw_destination_new_from_uri (uri, options->endpoint ? options->endpoint : config->endpoint,
                                 options->region ? options->region : config->region, error);
  if (!destination) {
    return NULL;
  }
  destination->style = config->style;
  destination->ca_file = config->ca_file ? g_canonicalize_filename (config->ca_file, NULL) : NULL;
  destination->secrets = options->profile ? PW_SECRETS_PROFILE : PW_SECRETS_ENVIRONMENT;
  destination->profile = g_strdup (options->profile);
  return destination;
}

/* The token is asked for unless it is to come from the environment, or none was spoken of. */
static PwDestination *
new_from_backend (const Options *options, GError **error)
{
  g_autoptr (PwDestination) destination = pw_destination_new_presign (options->presign, error);
  guint dialect;

  if (!destination || !choose ("dialect", options->dialect, pw_dialect_ids, &dialect, error)) {
    return NULL;
  }
  destination->dialect = (PwDialectKind) dialect;
  destination->auth_header = g_strdup (options->auth_header);
  if ((options->token || options->auth_header) && !options->keys_from_env) {
    destination->secrets = PW_SECRETS_KEYRING;
  }
  return g_steal_pointer (&destination);
}

static PwDestination *
new_from_words (char **words, const Options *options, GError **error)
{
  if (options->presign) {
    return new_from_backend (options, error);
  }
  return options->access_key
         ? pw_destination_new_from_uri (words[2], options->endpoint, options->region, error)
         : new_from_aws (words[2], options, error);
}

/* Each kind has options that mean nothing to the other. */
static gboolean
check_words (char **words, const Options *options, GError **error)
{
  if (g_strv_length (words) != (options->presign ? 2 : 3)) {
    return refuse (error, options->presign
                   ? _("Say a name for the destination, and --presign URL.")
                   : _("Say a name for the destination and s3://BUCKET/PREFIX."));
  }
  if (options->presign ? options->profile || options->access_key || options->endpoint
      : options->dialect || options->auth_header || options->token) {
    return refuse (error, _("--dialect, --token and --auth-header are of backends (--presign); "
                            "--endpoint, --profile and --access-key are of buckets."));
  }
  if ((options->profile != NULL) + options->keys_from_env + (options->access_key != NULL) > 1) {
    return refuse (error, _("Say only one of --profile, --keys-from-env and --access-key."));
  }
  return TRUE;
}

gboolean
cli_destination_parse_add (char                **argv,
                           CliDestinationOrder  *order,
                           GError              **error)
{
  g_auto (Options) options = { 0 };
  g_auto (GStrv) words = g_strdupv (argv);
  g_autoptr (PwDestination) destination = NULL;

  if (!parse_options (&options, &words, error)) {
    return FALSE;
  }
  if (!check_words (words, &options, error)) {
    return FALSE;
  }
  destination = new_from_words (words, &options, error);
  if (!destination) {
    return FALSE;
  }
  g_free (destination->name);
  destination->name = g_strdup (words[1]);
  if (!set_choices (destination, &options, error) || !set_rest (destination, &options, error)) {
    return FALSE;
  }
  order->access_key = g_steal_pointer (&options.access_key);
  /* A token has no name. */
  if (options.presign && destination->secrets == PW_SECRETS_KEYRING) {
    order->access_key = g_strdup ("");
  }
  order->destination = g_steal_pointer (&destination);
  return TRUE;
}

void
cli_destination_order_clear (CliDestinationOrder *order)
{
  g_clear_object (&order->destination);
  g_clear_pointer (&order->access_key, g_free);
}
