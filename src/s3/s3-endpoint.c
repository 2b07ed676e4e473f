/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-endpoint.h"

#include <gio/gio.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789._-"
#define DIGITS "0123456789"

/* The partitions of AWS: the beginning of their regions, and the domain of their endpoints. */
static const struct {
  const char *region_prefix;
  const char *domain;
} partitions[] = {
  { "cn-", "amazonaws.com.cn" },
  { "eusc-", "amazonaws.eu" },
  { "", "amazonaws.com" },
};

static gboolean
is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, DIGITS)] == '\0';
}

/* NULL if no host can have that name. */
static char *
normalise_host (const char *host)
{
  g_autofree char *ascii = host ? g_hostname_to_ascii (host) : NULL;
  g_autoptr (GInetAddress) ip = ascii ? g_inet_address_new_from_string (ascii) : NULL;
  g_autofree char *name = NULL;
  const char *last_dot;

  /* To newer GLib an address with an interface of this machine is one, too. */
  if (ip && !strchr (ascii, '%')) {
    return g_inet_address_to_string (ip);
  }
  if (!ascii || *ascii == '\0' || *ascii == '.' || strlen (ascii) > 253 || strstr (ascii, "..")) {
    return NULL;
  }
  name = g_ascii_strdown (ascii, -1);
  /* "10.1" and the like would be taken for an IP address by some, and for a name by others. */
  last_dot = strrchr (name, '.');
  if (name[strspn (name, NAME_CHARACTERS)] != '\0' || is_number (last_dot ? last_dot + 1 : name)) {
    return NULL;
  }
  return g_steal_pointer (&name);
}

gboolean
s3_endpoint_parse (S3Endpoint *endpoint,
                   const char *text)
{
  gboolean has_scheme = strstr (text, "://") != NULL;
  g_autofree char *full = has_scheme ? g_strdup (text) : g_strconcat ("https://", text, NULL);
  g_autoptr (GUri) uri = g_uri_parse (full, G_URI_FLAGS_NONE, NULL);
  g_autofree char *host = uri ? normalise_host (g_uri_get_host (uri)) : NULL;
  gboolean is_https;

  if (!host || g_uri_get_userinfo (uri) || g_uri_get_query (uri) || g_uri_get_fragment (uri) ||
      g_uri_get_port (uri) == 0) {
    return FALSE;
  }
  is_https = g_ascii_strcasecmp (g_uri_get_scheme (uri), "https") == 0;
  if (!is_https && g_ascii_strcasecmp (g_uri_get_scheme (uri), "http") != 0) {
    return FALSE;
  }
  if (!has_scheme && s3_host_is_loopback (host)) {
    is_https = FALSE;
  }
  endpoint->scheme = g_strdup (is_https ? "https" : "http");
  endpoint->host = g_steal_pointer (&host);
  endpoint->port = g_uri_get_port (uri) == (is_https ? 443 : 80) ? -1 : g_uri_get_port (uri);
  endpoint->path = g_strdup (g_uri_get_path (uri));
  while (g_str_has_suffix (endpoint->path, "/")) {
    endpoint->path[strlen (endpoint->path) - 1] = '\0';
  }
  return TRUE;
}

void
s3_endpoint_clear (S3Endpoint *endpoint)
{
  g_clear_pointer (&endpoint->scheme, g_free);
  g_clear_pointer (&endpoint->host, g_free);
  g_clear_pointer (&endpoint->path, g_free);
}

char *
s3_endpoint_dup_aws (const char *region)
{
  gsize i = 0;

  while (!g_str_has_prefix (region, partitions[i].region_prefix)) {
    i++;
  }
  return g_strdup_printf ("https://s3.%s.%s", region, partitions[i].domain);
}

gboolean
s3_host_is_aws (const char *host)
{
  if (!g_str_has_prefix (host, "s3.") && !g_str_has_prefix (host, "s3-")) {
    return FALSE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (partitions); i++) {
    g_autofree char *suffix = g_strconcat (".", partitions[i].domain, NULL);

    if (g_str_has_suffix (host, suffix)) {
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
s3_host_is_accelerate (const char *host)
{
  return g_str_has_prefix (host, "s3-accelerate.") && s3_host_is_aws (host);
}

gboolean
s3_host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (host);

  if (ip) {
    return g_inet_address_get_is_loopback (ip);
  }
  return g_str_equal (host, "localhost") || g_str_has_suffix (host, ".localhost");
}
