/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destination.h"

#include "engine/pw-error.h"
#include "s3/s3-endpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* RFC 9110, 5.6.2: what the name of a header is made of. */
#define TOKEN CAPITALS LETTERS DIGITS "!#$%&'*+-.^_`|~"

#define MAX_NAME_SIZE 255
#define MAX_KMS_KEY_ID_SIZE 2048
#define MAX_METADATA_SIZE 2048          /* S3 User Guide, "Working with object metadata": 2 KB */
#define MAX_TAGS 10                     /* S3 User Guide, "Categorizing your storage using tags" */
#define MAX_TAG_NAME_CHARS 128
#define MAX_TAG_VALUE_CHARS 256

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PW_ERROR, PW_ERROR_DESTINATION, message);
  return FALSE;
}

static gboolean
is_given (const char *text)
{
  return text && *text;
}

static gboolean
consists_of (const char *text, const char *characters)
{
  return text[strspn (text, characters)] == '\0';
}

static gboolean
is_printable_ascii (const char *text)
{
  for (const char *c = text; *c; c++) {
    if (!g_ascii_isprint (*c)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* UTF-8 without control characters: a line break in a header or a log would be somebody's trick.
 * The marks that turn the direction of writing would show a name other than it is. */
static gboolean
is_clean (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL)) {
    return FALSE;
  }
  for (const char *c = text; *c; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (g_unichar_iscntrl (character) || character == 0x2028 || character == 0x2029 ||
        (character >= 0x202a && character <= 0x202e) ||
        (character >= 0x2066 && character <= 0x2069)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_texts (PwDestination *self, GError **error)
{
  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    const char *value = PW_DESTINATION_TEXT (self, text);

    if (value && !is_clean (value)) {
      return refuse (error, _("The destination’s “%s” holds a control character or is not UTF-8. "
                              "Type it in anew."), text->name);
    }
  }
  for (char **item = self->metadata; item && *item; item++) {
    if (!is_clean (*item)) {
      return refuse (error, _("The destination’s metadata holds a control character or is not "
                              "UTF-8. Type it in anew."));
    }
  }
  return TRUE;
}

static gboolean
check_name (PwDestination *self, GError **error)
{
  g_autofree char *stripped = self->name ? g_strstrip (g_strdup (self->name)) : NULL;

  if (!is_given (self->id) || !is_given (stripped)) {
    return refuse (error, _("The destination has no name. Give it one."));
  }
  if (!g_str_equal (stripped, self->name) || strlen (stripped) > MAX_NAME_SIZE) {
    return refuse (error, _("The destination’s name begins or ends with a space, or is longer than "
                            "%d bytes. Give it another."), MAX_NAME_SIZE);
  }
  return TRUE;
}

/* Headers that a message has anyway, and that a secret must not take the place of. */
static gboolean
is_header_for_secret (const char *name)
{
  static const char *const taken[] = {
    "host", "content-length", "content-type", "transfer-encoding", "connection", "accept",
    "user-agent", NULL,
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return consists_of (name, TOKEN) && !g_strv_contains (taken, lower);
}

static gboolean
check_backend (PwDestination *self, GError **error)
{
  g_auto (S3Endpoint) endpoint = { 0 };
  g_autofree char *longest = pw_destination_dup_key (self, "x");

  if (is_given (self->auth_header) && !is_header_for_secret (self->auth_header)) {
    return refuse (error, _("“%s” is no name of a header for a secret, like X-Api-Key."),
                   self->auth_header);
  }
  if (self->secrets == PW_SECRETS_PROFILE) {
    return refuse (error, _("A backend’s token comes from the keyring or from "
                            "PARTWAY_PRESIGN_TOKEN, not from a profile of ~/.aws."));
  }
  if (!s3_key_check (longest, NULL)) {
    return refuse (error, _("The prefix is too long: with the file’s name it may have 1,024 "
                            "bytes."));
  }

  if (!is_given (self->endpoint) || !s3_endpoint_parse (&endpoint, self->endpoint)) {
    return refuse (error, _("The backend’s address should look like https://upload.example.com."));
  }
  if (g_str_equal (endpoint.scheme, "http") && !s3_host_is_loopback (endpoint.host) &&
      !self->allow_http) {
    g_set_error (error, PW_ERROR, PW_ERROR_INSECURE,
                 _("The address http://%s does not encrypt what is sent. Use https, or allow plain "
                   "http for this destination."), endpoint.host);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_place (PwDestination *self, GError **error)
{
  g_autoptr (S3Address) address = NULL;
  g_autofree char *longest = NULL;

  if (is_given (self->ca_file) && !g_path_is_absolute (self->ca_file)) {
    return refuse (error, _("The certificate file “%s” must be given with its whole path."),
                   self->ca_file);
  }
  if (self->kind == PW_DESTINATION_PRESIGN) {
    return check_backend (self, error);
  }
  address = pw_destination_dup_address (self, error);
  if (!address) {
    return FALSE;
  }
  longest = pw_destination_dup_key (self, "x");
  if (!s3_key_check (longest, NULL)) {
    return refuse (error, _("The prefix is too long: with the file’s name it may have 1,024 "
                            "bytes."));
  }
  if (self->secrets == PW_SECRETS_PROFILE && !is_given (self->profile)) {
    return refuse (error, _("Say which profile of ~/.aws holds the keys."));
  }
  return TRUE;
}

static gboolean
check_part_size (PwDestination *self, GError **error)
{
  const S3Limits *limits = s3_limits_for_kind (self->store);
  guint64 min = self->allow_tiny_parts ? 1 : limits->min_part_size;
  g_autofree char *min_text = NULL;
  g_autofree char *max_text = NULL;

  if (self->part_size == 0 ||
      (self->part_size >= min && self->part_size <= limits->max_part_size)) {
    return TRUE;
  }
  min_text = g_format_size_full (min, G_FORMAT_SIZE_IEC_UNITS);
  max_text = g_format_size_full (limits->max_part_size, G_FORMAT_SIZE_IEC_UNITS);
  return refuse (error, _("The part size must be from %s to %s for this store (%s)."), min_text,
                 max_text, _(limits->name));
}

/* KMS API Reference, "KeyId": an id, "alias/NAME", or the ARN of either. */
static gboolean
is_kms_key_id (const char *text)
{
  g_auto (GStrv) arn = NULL;

  if (strlen (text) > MAX_KMS_KEY_ID_SIZE || !consists_of (text, CAPITALS LETTERS DIGITS ":/_-")) {
    return FALSE;
  }
  if (g_str_has_prefix (text, "alias/")) {
    return text[6] != '\0' && !strchr (text, ':');
  }
  if (!g_str_has_prefix (text, "arn:")) {
    return !strpbrk (text, ":/");
  }
  arn = g_strsplit (text, ":", 6);
  return g_strv_length (arn) == 6 && g_str_equal (arn[2], "kms") && *arn[1] && *arn[3] && *arn[4] &&
         ((g_str_has_prefix (arn[5], "key/") && arn[5][4]) ||
          (g_str_has_prefix (arn[5], "alias/") && arn[5][6]));
}

static gboolean
check_encryption (PwDestination *self, GError **error)
{
  static const char *const known[] = { "AES256", "aws:kms", "aws:kms:dsse", NULL };
  gboolean is_kms = is_given (self->encryption) && g_str_has_prefix (self->encryption, "aws:kms");

  if (is_given (self->encryption) && !g_strv_contains (known, self->encryption)) {
    return refuse (error, _("“%s” is no kind of encryption. Choose AES256, aws:kms or "
                            "aws:kms:dsse."), self->encryption);
  }
  if (is_given (self->kms_key_id) && !is_kms) {
    return refuse (error, _("A KMS key takes part only in the encryption aws:kms. Choose that, or "
                            "leave the key out."));
  }
  if (is_given (self->kms_key_id) && !is_kms_key_id (self->kms_key_id)) {
    return refuse (error, _("“%s” is not the id of a KMS key. It should be the key’s id, its ARN, "
                            "or alias/NAME."), self->kms_key_id);
  }
  return TRUE;
}

static gboolean
check_tag (const char *tag, GHashTable *names, GError **error)
{
  const char *equals = strchr (tag, '=');
  g_autofree char *name = equals ? g_uri_unescape_segment (tag, equals, NULL) : NULL;
  g_autofree char *value = equals ? g_uri_unescape_string (equals + 1, NULL) : NULL;

  if (!name || !value || *name == '\0' || strpbrk (tag, " \t") || strchr (equals + 1, '=') ||
      !g_utf8_validate (name, -1, NULL) || !g_utf8_validate (value, -1, NULL) ||
      g_utf8_strlen (name, -1) > MAX_TAG_NAME_CHARS ||
      g_utf8_strlen (value, -1) > MAX_TAG_VALUE_CHARS) {
    return refuse (error, _("“%s” is not a tag. Tags are written name=value, the name with up to "
                            "%d and the value with up to %d characters."), tag, MAX_TAG_NAME_CHARS,
                   MAX_TAG_VALUE_CHARS);
  }
  if (!g_hash_table_add (names, g_steal_pointer (&name))) {
    return refuse (error, _("The tag “%s” has a name that another has already."), tag);
  }
  return TRUE;
}

static gboolean
check_tagging (PwDestination *self, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) tags = NULL;

  if (!is_given (self->tagging)) {
    return TRUE;
  }
  tags = g_strsplit (self->tagging, "&", -1);
  if (g_strv_length (tags) > MAX_TAGS) {
    return refuse (error, _("An object has at most %d tags. Leave some out."), MAX_TAGS);
  }
  for (char **tag = tags; *tag; tag++) {
    if (!check_tag (*tag, names, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_metadata (PwDestination *self, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize size = 0;

  for (char **item = self->metadata; item && *item; item += 2) {
    if (!item[1]) {
      return refuse (error, _("The metadata “%s” has no value. Give it one."), item[0]);
    }
    if (**item == '\0' || !consists_of (item[0], TOKEN) || !is_printable_ascii (item[1])) {
      return refuse (error, _("The metadata “%s” cannot be sent: names are made of letters, digits "
                              "and hyphens, values of ASCII characters."), item[0]);
    }
    if (!g_hash_table_add (names, g_ascii_strdown (item[0], -1))) {
      return refuse (error, _("The metadata “%s” is given twice."), item[0]);
    }
    size += strlen (item[0]) + strlen (item[1]);
  }
  if (size > MAX_METADATA_SIZE) {
    return refuse (error, _("The metadata is too long: all names and values together may have %d "
                            "bytes."), MAX_METADATA_SIZE);
  }
  return TRUE;
}

static gboolean
check_headers (PwDestination *self, GError **error)
{
  if (is_given (self->storage_class) &&
      !consists_of (self->storage_class, CAPITALS LETTERS DIGITS "_-")) {
    return refuse (error, _("“%s” is not the name of a storage class, like STANDARD_IA."),
                   self->storage_class);
  }
  if (is_given (self->acl) && !consists_of (self->acl, LETTERS "-")) {
    return refuse (error, _("“%s” is not the name of a canned ACL, like private."), self->acl);
  }
  if (is_given (self->cache_control) && !is_printable_ascii (self->cache_control)) {
    return refuse (error, _("Cache-Control may have ASCII characters only."));
  }
  if (is_given (self->content_type) &&
      (!is_printable_ascii (self->content_type) || !strchr (self->content_type, '/'))) {
    return refuse (error, _("“%s” is not a content type, like text/plain."), self->content_type);
  }
  return check_encryption (self, error) && check_tagging (self, error) &&
         check_metadata (self, error);
}

gboolean
pw_destination_check (PwDestination  *self,
                      GError        **error)
{
  g_return_val_if_fail (PW_IS_DESTINATION (self), FALSE);

  return check_texts (self, error) && check_name (self, error) && check_place (self, error) &&
         check_part_size (self, error) && check_headers (self, error);
}
