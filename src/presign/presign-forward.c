/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-forward.h"

#include <string.h>

#define MAX_HOST 255
#define HOST_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]"

struct _PresignProxies {
  GPtrArray *masks;             /* GInetAddressMask */
};

PresignProxies *
presign_proxies_new (char  **networks,
                     GError **error)
{
  g_autoptr (PresignProxies) self = g_new0 (PresignProxies, 1);

  self->masks = g_ptr_array_new_with_free_func (g_object_unref);
  for (char **network = networks; *network; network++) {
    g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (*network, NULL);

    if (!mask) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is no address and no network such as “10.0.0.0/8”.", *network);
      return NULL;
    }
    g_ptr_array_add (self->masks, g_steal_pointer (&mask));
  }
  return g_steal_pointer (&self);
}

void
presign_proxies_free (PresignProxies *self)
{
  if (!self) {
    return;
  }
  g_ptr_array_unref (self->masks);
  g_free (self);
}

gboolean
presign_proxies_are_ours (PresignProxies *self,
                          const char     *address)
{
  g_autoptr (GInetAddress) inet = NULL;

  if (self->masks->len == 0) {
    return FALSE;
  }
  inet = g_inet_address_new_from_string (address);
  for (guint i = 0; inet && i < self->masks->len; i++) {
    if (g_inet_address_mask_matches (g_ptr_array_index (self->masks, i), inet)) {
      return TRUE;
    }
  }
  return FALSE;
}

char *
presign_forward_dup_peer (PresignProxies    *self,
                          const char        *peer,
                          const HttpRequest *request)
{
  const char *chain = http_request_get_header (request, "X-Forwarded-For");
  g_auto (GStrv) hops = NULL;
  const char *caller = peer;

  if (!chain || !presign_proxies_are_ours (self, peer)) {
    return g_strdup (peer);
  }
  hops = g_strsplit (chain, ",", 32);
  for (guint i = g_strv_length (hops); i > 0; i--) {
    const char *hop = g_strstrip (hops[i - 1]);

    if (!g_hostname_is_ip_address (hop)) {
      break;                    /* what stands before it was said by nobody that we know */
    }
    caller = hop;
    if (!presign_proxies_are_ours (self, hop)) {
      break;
    }
  }
  return g_strdup (caller);
}

/* The last of a list: what the proxy next to us added. */
static char *
dup_last (const HttpRequest *request,
          const char        *name)
{
  const char *value = http_request_get_header (request, name);
  const char *comma = value ? strrchr (value, ',') : NULL;

  return value ? g_strstrip (g_strdup (comma ? comma + 1 : value)) : NULL;
}

static gboolean
is_host (const char *text)
{
  gsize length = strlen (text);

  return length > 0 && length <= MAX_HOST && strspn (text, HOST_CHARACTERS) == length;
}

char *
presign_forward_dup_base (PresignProxies    *self,
                          const char        *peer,
                          gboolean           is_tls,
                          const HttpRequest *request)
{
  const char *host = http_request_get_header (request, "Host");
  const char *scheme = is_tls ? "https" : "http";
  g_autofree char *forwarded_host = NULL;
  g_autofree char *forwarded_scheme = NULL;

  if (presign_proxies_are_ours (self, peer)) {
    forwarded_host = dup_last (request, "X-Forwarded-Host");
    forwarded_scheme = dup_last (request, "X-Forwarded-Proto");
  }
  if (forwarded_host && is_host (forwarded_host)) {
    host = forwarded_host;
  }
  if (forwarded_scheme && g_ascii_strcasecmp (forwarded_scheme, "https") == 0) {
    scheme = "https";
  } else if (forwarded_scheme && g_ascii_strcasecmp (forwarded_scheme, "http") == 0) {
    scheme = "http";
  }
  return host && is_host (host) ? g_strconcat (scheme, "://", host, NULL) : NULL;
}
