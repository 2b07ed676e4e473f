/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-address.h"

#include "s3/s3-endpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

#define MAX_KEY_SIZE 1024

GQuark
s3_address_error_quark (void)
{
  return g_quark_from_static_string ("s3-address-error-quark");
}

static gboolean
consists_of (const char *text,
             const char *characters)
{
  return text[strspn (text, characters)] == '\0';
}

/* Fit to be part of a host's name (S3 User Guide, "Bucket naming rules"). */
static gboolean
is_dns_bucket (const char *bucket)
{
  gsize length = strlen (bucket);

  return length >= 3 && length <= 63 &&
         consists_of (bucket, LETTERS DIGITS "-.") &&
         g_ascii_isalnum (bucket[0]) && g_ascii_isalnum (bucket[length - 1]) &&
         !strstr (bucket, "..") && !strstr (bucket, ".-") && !strstr (bucket, "-.") &&
         !g_hostname_is_ip_address (bucket);
}

static gboolean
check_bucket (const char  *bucket,
              GError     **error)
{
  gsize length = bucket ? strlen (bucket) : 0;

  if (length == 0) {
    g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_BUCKET, _("The bucket has no name."));
    return FALSE;
  }
  if (g_str_has_suffix (bucket, "--x-s3")) {
    g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_DIRECTORY,
                 _("“%s” is a directory bucket (S3 Express One Zone). Directory buckets are not "
                   "supported; please choose a general purpose bucket."), bucket);
    return FALSE;
  }
  if (length < 3 || length > 255 || strstr (bucket, "..") ||
      !consists_of (bucket, CAPITALS LETTERS DIGITS "._-")) {
    g_autofree char *shown = g_utf8_make_valid (bucket, MIN (length, 255));

    g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_BUCKET,
                 _("“%s” is not the name of a bucket: it has 3 to 63 small letters, digits, "
                   "hyphens and dots."), shown);
    return FALSE;
  }
  return TRUE;
}

/* The region goes into a host's name and into signatures. */
static gboolean
check_region (const char  *region,
              GError     **error)
{
  if (strlen (region) > 63 || !consists_of (region, CAPITALS LETTERS DIGITS "._-")) {
    g_autofree char *shown = g_utf8_make_valid (region, -1);

    g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_ENDPOINT,
                 _("“%s” is not the name of a region."), shown);
    return FALSE;
  }
  return TRUE;
}

static void
set_endpoint_error (GError     **error,
                    const char  *endpoint)
{
  g_autofree char *shown = NULL;

  /* What is before an "@" may be a password. */
  if (strchr (endpoint, '@')) {
    g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_ENDPOINT,
                 _("The endpoint must be an address like https://s3.example.com, "
                   "without a user name."));
    return;
  }
  shown = g_utf8_make_valid (endpoint, -1);
  g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_ENDPOINT,
               _("“%s” is not the address of a store; it should look like "
                 "https://s3.example.com."),
               shown);
}

/* "https://BUCKET.s3.amazonaws.com" names the bucket already; any other name before "s3." would
 * send the object to a bucket that nobody asked for. */
static gboolean
drop_bucket_from_host (S3Endpoint  *endpoint,
                       const char  *bucket,
                       GError     **error)
{
  gsize length = strlen (bucket);

  if (g_str_has_prefix (endpoint->host, bucket) && endpoint->host[length] == '.' &&
      s3_host_is_aws (endpoint->host + length + 1)) {
    memmove (endpoint->host, endpoint->host + length + 1, strlen (endpoint->host) - length);
    return TRUE;
  }
  for (const char *dot = strchr (endpoint->host, '.'); dot; dot = strchr (dot + 1, '.')) {
    if (s3_host_is_aws (dot + 1) && !s3_host_is_aws (endpoint->host) &&
        !strstr (endpoint->host, ".vpce.")) {
      g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_ENDPOINT,
                   _("The endpoint “%s” is the address of another bucket than “%s”."),
                   endpoint->host, bucket);
      return FALSE;
    }
  }
  return TRUE;
}

/* Says which of the two styles it will be, or why the one that must be cannot be. */
static gboolean
choose_style (const S3Endpoint  *endpoint,
              const char        *bucket,
              S3Style            asked,
              S3Style           *chosen,
              GError           **error)
{
  gboolean is_https = g_str_equal (endpoint->scheme, "https");
  gboolean fits = is_dns_bucket (bucket) && !(is_https && strchr (bucket, '.'));
  gboolean must = asked == S3_STYLE_VIRTUAL_HOST || s3_host_is_accelerate (endpoint->host);

  if (must && (asked == S3_STYLE_PATH || g_hostname_is_ip_address (endpoint->host))) {
    g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_ENDPOINT,
                 asked == S3_STYLE_PATH
                 ? _("The endpoint “%s” needs the bucket in the host’s name, not in the path.")
                 : _("The endpoint “%s” is an IP address, so the bucket must stand in the path."),
                 endpoint->host);
    return FALSE;
  }
  if (must && !fits) {
    g_set_error (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_BUCKET,
                 _("The bucket “%s” cannot be part of a host’s name, as this endpoint needs it: "
                   "that takes small letters, digits and hyphens only."), bucket);
    return FALSE;
  }
  *chosen = must || (asked == S3_STYLE_AUTO && fits && s3_host_is_aws (endpoint->host))
            ? S3_STYLE_VIRTUAL_HOST
            : S3_STYLE_PATH;
  return TRUE;
}

static char *
dup_host_header (const S3Endpoint *endpoint,
                 const char       *bucket_prefix)
{
  gboolean is_ipv6 = strchr (endpoint->host, ':') != NULL;
  GString *host = g_string_new (bucket_prefix);

  g_string_append_printf (host, is_ipv6 ? "[%s]" : "%s", endpoint->host);
  if (endpoint->port != -1) {
    g_string_append_printf (host, ":%d", endpoint->port);
  }
  return g_string_free (host, FALSE);
}

static S3Address *
address_build (const S3Endpoint *endpoint,
               const char       *region,
               const char       *bucket,
               S3Style           style)
{
  S3Address *self = g_new0 (S3Address, 1);
  gboolean in_host = style == S3_STYLE_VIRTUAL_HOST;
  g_autofree char *prefix = in_host ? g_strconcat (bucket, ".", NULL) : NULL;
  g_autofree char *path = s3_uri_encode (endpoint->path, TRUE);
  g_autofree char *encoded = in_host ? NULL : s3_uri_encode (bucket, FALSE);

  self->scheme = g_strdup (endpoint->scheme);
  self->host = dup_host_header (endpoint, prefix);
  self->base_path = in_host ? g_steal_pointer (&path) : g_strconcat (path, "/", encoded, NULL);
  self->bucket = g_strdup (bucket);
  self->region = g_strdup (region);
  self->is_loopback = s3_host_is_loopback (endpoint->host);
  return self;
}

S3Address *
s3_address_new (const char  *endpoint,
                const char  *region,
                const char  *bucket,
                S3Style      style,
                GError     **error)
{
  g_auto (S3Endpoint) parsed = { 0 };
  g_autofree char *default_endpoint = NULL;
  S3Style chosen;

  if (!region || *region == '\0') {
    region = "us-east-1";
  }
  if (!check_region (region, error) || !check_bucket (bucket, error)) {
    return NULL;
  }
  if (!endpoint || *endpoint == '\0') {
    endpoint = default_endpoint = s3_endpoint_dup_aws (region);
  }
  if (!s3_endpoint_parse (&parsed, endpoint)) {
    set_endpoint_error (error, endpoint);
    return NULL;
  }
  if (!drop_bucket_from_host (&parsed, bucket, error) ||
      !choose_style (&parsed, bucket, style, &chosen, error)) {
    return NULL;
  }
  return address_build (&parsed, region, bucket, chosen);
}

S3Address *
s3_address_copy (const S3Address *self)
{
  S3Address *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (S3Address, 1);
  copy->scheme = g_strdup (self->scheme);
  copy->host = g_strdup (self->host);
  copy->base_path = g_strdup (self->base_path);
  copy->bucket = g_strdup (self->bucket);
  copy->region = g_strdup (self->region);
  copy->is_loopback = self->is_loopback;
  return copy;
}

void
s3_address_free (S3Address *self)
{
  if (!self) {
    return;
  }
  g_free (self->scheme);
  g_free (self->host);
  g_free (self->base_path);
  g_free (self->bucket);
  g_free (self->region);
  g_free (self);
}

gboolean
s3_key_check (const char  *key,
              GError     **error)
{
  const char *fault = NULL;

  if (!key || *key == '\0') {
    fault = _("The object has no name.");
  } else if (strlen (key) > MAX_KEY_SIZE) {
    fault = _("The object’s name is too long: S3 allows 1,024 bytes.");
  } else if (!g_utf8_validate (key, -1, NULL)) {
    fault = _("The object’s name is not UTF-8.");
  }
  if (fault) {
    g_set_error_literal (error, S3_ADDRESS_ERROR, S3_ADDRESS_ERROR_KEY, fault);
    return FALSE;
  }
  return TRUE;
}

char *
s3_address_dup_url (const S3Address *self,
                    const char      *key,
                    const char      *query)
{
  g_autofree char *encoded = NULL;
  gboolean has_query = query && *query;

  g_return_val_if_fail (self != NULL, NULL);

  encoded = key ? s3_uri_encode (key, TRUE) : NULL;
  return g_strconcat (self->scheme, "://", self->host, self->base_path,
                      key || *self->base_path == '\0' ? "/" : "", key ? encoded : "",
                      has_query ? "?" : "", has_query ? query : "", NULL);
}

char *
s3_uri_encode (const char *text,
               gboolean    keep_slash)
{
  GString *encoded;

  g_return_val_if_fail (text != NULL, NULL);

  encoded = g_string_sized_new (strlen (text) + 16);
  for (const guchar *c = (const guchar *) text; *c; c++) {
    if (g_ascii_isalnum (*c) || strchr ("-._~", *c) || (*c == '/' && keep_slash)) {
      g_string_append_c (encoded, (char) *c);
    } else {
      g_string_append_printf (encoded, "%%%02X", *c);
    }
  }
  return g_string_free (encoded, FALSE);
}
