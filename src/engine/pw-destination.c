/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destination.h"

#include "engine/pw-error.h"
#include "s3/s3-endpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (PwDestination, pw_destination, G_TYPE_OBJECT)

const char *const pw_destination_kind_ids[] = { "s3", "presign", NULL };
const char *const pw_dialect_ids[] = {
  "auto", "fastapi", "companion", "sign", "partway", NULL,
};
const char *const pw_if_exists_ids[] = { "ask", "replace", "rename", "skip", NULL };
const char *const pw_secrets_ids[] = { "keyring", "environment", "profile", "session", NULL };
const char *const pw_style_ids[] = { "auto", "virtual", "path", NULL };

#define TEXT(name, member) { name, G_STRUCT_OFFSET (PwDestination, member) }

const PwDestinationText pw_destination_texts[] = {
  TEXT ("id", id),
  TEXT ("name", name),
  TEXT ("endpoint", endpoint),
  TEXT ("auth-header", auth_header),
  TEXT ("region", region),
  TEXT ("bucket", bucket),
  TEXT ("prefix", prefix),
  TEXT ("ca-file", ca_file),
  TEXT ("profile", profile),
  TEXT ("storage-class", storage_class),
  TEXT ("encryption", encryption),
  TEXT ("kms-key-id", kms_key_id),
  TEXT ("acl", acl),
  TEXT ("tagging", tagging),
  TEXT ("cache-control", cache_control),
  TEXT ("content-type", content_type),
  { NULL, 0 },
};

/* Stores whose endpoints name the region, in front of or behind "s3.". */
static const char *const region_suffixes[] = {
  ".amazonaws.com.cn", ".amazonaws.com", ".amazonaws.eu", ".backblazeb2.com", ".wasabisys.com",
  ".digitaloceanspaces.com", ".scw.cloud",
};

/* "s3.eu-central-1.amazonaws.com" gives "eu-central-1"; NULL if the host tells none. */
static char *
dup_region_of_host (const char *host)
{
  for (guint i = 0; i < G_N_ELEMENTS (region_suffixes); i++) {
    g_autofree char *rest = NULL;
    const char *region;

    if (!g_str_has_suffix (host, region_suffixes[i])) {
      continue;
    }
    rest = g_strndup (host, strlen (host) - strlen (region_suffixes[i]));
    region = strrchr (rest, '.') ? strrchr (rest, '.') + 1 : rest;
    if (g_str_has_prefix (region, "s3-")) {
      region += strlen ("s3-");
    }
    if (g_str_equal (region, "s3") || g_str_equal (region, "dualstack") ||
        g_str_has_prefix (region, "accelerate")) {
      return NULL;
    }
    return g_strdup (region);
  }
  return NULL;
}

static char *
dup_region (PwDestination *self)
{
  g_auto (S3Endpoint) endpoint = { 0 };
  g_autofree char *told = NULL;

  if (self->region && *self->region) {
    return g_strdup (self->region);
  }
  if (self->endpoint && s3_endpoint_parse (&endpoint, self->endpoint)) {
    told = dup_region_of_host (endpoint.host);
  }
  return told ? g_steal_pointer (&told)
              : g_strdup (s3_limits_for_kind (self->store)->default_region);
}

static const char *
skip_slashes (const char *text)
{
  return text ? text + strspn (text, "/") : "";
}

static void
pw_destination_finalize (GObject *object)
{
  PwDestination *self = PW_DESTINATION (object);

  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    g_free (PW_DESTINATION_TEXT (self, text));
  }
  g_strfreev (self->metadata);
  G_OBJECT_CLASS (pw_destination_parent_class)->finalize (object);
}

static void
pw_destination_class_init (PwDestinationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pw_destination_finalize;
}

static void
pw_destination_init (PwDestination *self)
{
}

PwDestination *
pw_destination_new (const char *name)
{
  PwDestination *self = g_object_new (PW_TYPE_DESTINATION, NULL);

  self->id = g_uuid_string_random ();
  self->name = g_strdup (name);
  return self;
}

PwDestination *
pw_destination_new_from_uri (const char  *uri,
                             const char  *endpoint,
                             const char  *region,
                             GError     **error)
{
  g_autoptr (PwDestination) self = NULL;
  g_auto (S3Endpoint) parsed = { 0 };
  g_autofree char *name = NULL;
  const char *bucket;
  gsize length;

  g_return_val_if_fail (uri != NULL, NULL);

  if (g_ascii_strncasecmp (uri, "s3://", 5) != 0) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_DESTINATION,
                         _("A destination is written s3://BUCKET or s3://BUCKET/PREFIX."));
    return NULL;
  }
  bucket = uri + 5;
  length = strcspn (bucket, "/");
  /* A prefix may be longer than a name, and end with a space. */
  name = g_strndup (uri, (gsize) (bucket - uri) + length);
  self = pw_destination_new (name);
  self->bucket = g_strndup (bucket, length);
  self->prefix = *skip_slashes (bucket + length) ? g_strdup (skip_slashes (bucket + length)) : NULL;
  self->endpoint = endpoint && *endpoint ? g_strstrip (g_strdup (endpoint)) : NULL;
  self->region = region && *region ? g_strstrip (g_strdup (region)) : NULL;
  if (!self->endpoint) {
    self->store = S3_STORE_AWS;
  } else if (s3_endpoint_parse (&parsed, self->endpoint)) {
    self->store = s3_limits_for_host (parsed.host)->kind;
  }
  /* Whether plain http is allowed is for the caller to say. */
  self->allow_http = TRUE;
  if (!pw_destination_check (self, error)) {
    return NULL;
  }
  self->allow_http = FALSE;
  return g_steal_pointer (&self);
}

PwDestination *
pw_destination_new_presign (const char  *url,
                            GError     **error)
{
  g_autofree char *name = NULL;
  g_autoptr (PwDestination) self = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  self = pw_destination_new (NULL);
  self->kind = PW_DESTINATION_PRESIGN;
  self->endpoint = g_strstrip (g_strdup (url));
  self->secrets = PW_SECRETS_ENVIRONMENT;
  self->if_exists = PW_IF_EXISTS_REPLACE;
  self->allow_http = TRUE;
  name = pw_destination_dup_base (self);
  self->name = name ? g_strdup (strstr (name, "://") + 3) : g_strdup (self->endpoint);
  if (!pw_destination_check (self, error)) {
    return NULL;
  }
  self->allow_http = FALSE;
  return g_steal_pointer (&self);
}

PwDestination *
pw_destination_copy (PwDestination *self)
{
  PwDestination *copy;

  g_return_val_if_fail (PW_IS_DESTINATION (self), NULL);

  copy = g_object_new (PW_TYPE_DESTINATION, NULL);
  for (const PwDestinationText *text = pw_destination_texts; text->name; text++) {
    PW_DESTINATION_TEXT (copy, text) = g_strdup (PW_DESTINATION_TEXT (self, text));
  }
  copy->metadata = g_strdupv (self->metadata);
  copy->kind = self->kind;
  copy->dialect = self->dialect;
  copy->style = self->style;
  copy->store = self->store;
  copy->secrets = self->secrets;
  copy->allow_http = self->allow_http;
  copy->part_size = self->part_size;
  copy->allow_tiny_parts = self->allow_tiny_parts;
  copy->if_exists = self->if_exists;
  copy->is_probed = self->is_probed;
  copy->checksum = self->checksum;
  copy->etag_is_md5 = self->etag_is_md5;
  copy->put_if_none_match = self->put_if_none_match;
  return copy;
}

S3Address *
pw_destination_dup_address (PwDestination  *self,
                            GError        **error)
{
  g_autofree char *region = NULL;
  g_autoptr (S3Address) address = NULL;
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (PW_IS_DESTINATION (self), NULL);
  g_return_val_if_fail (self->kind == PW_DESTINATION_S3, NULL);

  region = dup_region (self);
  address = s3_address_new (self->endpoint, region, self->bucket, self->style, &local);
  if (!address) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_DESTINATION, local->message);
    return NULL;
  }
  if (g_str_equal (address->scheme, "http") && !address->is_loopback && !self->allow_http) {
    g_set_error (error, PW_ERROR, PW_ERROR_INSECURE,
                 _("The endpoint http://%s does not encrypt what is sent. Use https, or allow "
                   "plain http for this destination."), address->host);
    return NULL;
  }
  return g_steal_pointer (&address);
}

char *
pw_destination_dup_base (PwDestination *self)
{
  g_auto (S3Endpoint) endpoint = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *port = NULL;
  gboolean is_ipv6;

  g_return_val_if_fail (PW_IS_DESTINATION (self), NULL);
  g_return_val_if_fail (self->kind == PW_DESTINATION_PRESIGN, NULL);

  if (!self->endpoint || !s3_endpoint_parse (&endpoint, self->endpoint)) {
    return NULL;
  }
  path = s3_uri_encode (endpoint.path, TRUE);
  port = endpoint.port >= 0 ? g_strdup_printf (":%d", endpoint.port) : g_strdup ("");
  is_ipv6 = strchr (endpoint.host, ':') != NULL;
  return g_strconcat (endpoint.scheme, "://", is_ipv6 ? "[" : "", endpoint.host,
                      is_ipv6 ? "]" : "", port, path, NULL);
}

static gboolean
is_same_text (const char *a,
              const char *b)
{
  return g_strcmp0 (a ? a : "", b ? b : "") == 0;
}

gboolean
pw_destination_is_same_place (PwDestination *self,
                              PwDestination *other)
{
  return self->kind == other->kind && is_same_text (self->endpoint, other->endpoint) &&
         is_same_text (self->bucket, other->bucket);
}

char *
pw_destination_dup_key (PwDestination *self,
                        const char    *relative_name)
{
  const char *prefix;
  gboolean is_joined;

  g_return_val_if_fail (PW_IS_DESTINATION (self), NULL);
  g_return_val_if_fail (relative_name != NULL, NULL);

  prefix = skip_slashes (self->prefix);
  is_joined = *prefix == '\0' || g_str_has_suffix (prefix, "/");
  return g_strconcat (prefix, is_joined ? "" : "/", skip_slashes (relative_name), NULL);
}

char *
pw_destination_dup_uri (PwDestination *self)
{
  g_autofree char *prefix = NULL;

  g_return_val_if_fail (PW_IS_DESTINATION (self), NULL);

  if (self->kind == PW_DESTINATION_PRESIGN) {
    return g_strdup (self->endpoint ? self->endpoint : "");
  }
  prefix = pw_destination_dup_key (self, "");
  return g_strconcat ("s3://", self->bucket ? self->bucket : "", "/", prefix, NULL);
}
