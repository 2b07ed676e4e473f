/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-origin.h"

#include <gio/gio.h>
#include <string.h>

static char *
dup_bare_host (const char *origin)
{
  const char *host = http_origin_get_host (origin);

  if (*host == '[')
    return g_strndup (host + 1, strcspn (host + 1, "]"));
  return g_strndup (host, strcspn (host, ":"));
}

char *
http_origin_dup (const char *url)
{
  const char *host;
  gsize length;

  g_return_val_if_fail (url != NULL, NULL);

  if (g_ascii_strncasecmp (url, "http://", 7) == 0)
    host = url + 7;
  else if (g_ascii_strncasecmp (url, "https://", 8) == 0)
    host = url + 8;
  else
    return NULL;

  length = strcspn (host, "/?#");
  if (length == 0 || *host == ':' || memchr (host, '@', length) != NULL)
    return NULL;
  return g_strndup (url, (gsize) (host - url) + length);
}

const char *
http_origin_get_host (const char *origin)
{
  const char *mark;

  g_return_val_if_fail (origin != NULL, NULL);

  mark = strstr (origin, "://");
  return mark != NULL ? mark + 3 : origin;
}

gboolean
http_origin_is_loopback (const char *origin)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *host = NULL;
  g_autofree char *folded = NULL;

  g_return_val_if_fail (origin != NULL, FALSE);

  host = dup_bare_host (origin);
  folded = g_ascii_strdown (host, -1);
  if (g_str_equal (folded, "localhost") || g_str_has_suffix (folded, ".localhost"))
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}
