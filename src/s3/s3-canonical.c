/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-canonical.h"

#include <string.h>

/* What a URL is made of, for signing: never decoded, never normalised. */
typedef struct {
  char *host;                   /* without the scheme's own port, as in the Host header */
  char *path;
  char *query;
} UrlPieces;

static void
url_pieces_clear (UrlPieces *self)
{
  g_free (self->host);
  g_free (self->path);
  g_free (self->query);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UrlPieces, url_pieces_clear)

static void
url_pieces_init (UrlPieces  *self,
                 const char *url)
{
  const char *colon = strstr (url, "://");
  const char *host = colon ? colon + strlen ("://") : url;
  const char *path = host + strcspn (host, "/?#");
  const char *query = path + strcspn (path, "?#");
  const char *own_port = g_ascii_strncasecmp (url, "https:", 6) == 0 ? ":443" : ":80";

  self->host = g_strndup (host, (gsize) (path - host));
  if (g_str_has_suffix (self->host, own_port)) {
    self->host[strlen (self->host) - strlen (own_port)] = '\0';
  }
  self->path = path == query ? g_strdup ("/") : g_strndup (path, (gsize) (query - path));
  self->query = *query == '?' ? g_strndup (query + 1, strcspn (query + 1, "#")) : g_strdup ("");
}

typedef struct {
  const char *name;
  const char *value;            /* "" where the query has no "=" */
} QueryItem;

static int
compare_query_items (const void *a,
                     const void *b)
{
  const QueryItem *one = a;
  const QueryItem *other = b;
  int order = strcmp (one->name, other->name);

  return order != 0 ? order : strcmp (one->value, other->value);
}

static void
append_canonical_query (GString    *canonical,
                        const char *query)
{
  g_auto (GStrv) pieces = g_strsplit (query, "&", -1);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (QueryItem));

  for (char **piece = pieces; *piece; piece++) {
    char *equals = strchr (*piece, '=');
    QueryItem item = { *piece, equals ? equals + 1 : "" };

    if (equals) {
      *equals = '\0';
    }
    if (*item.name && !g_str_equal (item.name, "X-Amz-Signature")) {
      g_array_append_val (items, item);
    }
  }
  g_array_sort (items, compare_query_items);
  for (guint i = 0; i < items->len; i++) {
    const QueryItem *item = &g_array_index (items, QueryItem, i);

    g_string_append_printf (canonical, "%s%s=%s", i > 0 ? "&" : "", item->name, item->value);
  }
}

/* Without blanks at its ends, and with single ones inside. */
static void
append_header_value (GString    *canonical,
                     const char *value)
{
  gboolean is_first = TRUE;

  while (*(value += strspn (value, " \t"))) {
    gsize length = strcspn (value, " \t");

    if (!is_first) {
      g_string_append_c (canonical, ' ');
    }
    g_string_append_len (canonical, value, (gssize) length);
    value += length;
    is_first = FALSE;
  }
}

static void
append_canonical_header (GString           *canonical,
                         const HttpRequest *request,
                         const char        *name,
                         const char        *host)
{
  gboolean found = FALSE;

  g_string_append_printf (canonical, "%s:", name);
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    if (g_ascii_strcasecmp (header->name, name) == 0) {
      g_string_append (canonical, found ? "," : "");
      append_header_value (canonical, header->value);
      found = TRUE;
    }
  }
  if (!found && g_str_equal (name, "host")) {
    g_string_append (canonical, host);
  }
  g_string_append_c (canonical, '\n');
}

char *
s3_canonical_request_dup (const HttpRequest *request,
                          const char        *url,
                          const char        *signed_headers,
                          const char        *payload)
{
  g_auto (GStrv) names = g_strsplit (signed_headers, ";", -1);
  g_auto (UrlPieces) pieces = { 0 };
  GString *canonical = g_string_sized_new (1024);

  url_pieces_init (&pieces, url);
  g_string_append_printf (canonical, "%s\n%s\n", request->method, pieces.path);
  append_canonical_query (canonical, pieces.query);
  g_string_append_c (canonical, '\n');
  for (char **name = names; *name; name++) {
    append_canonical_header (canonical, request, *name, pieces.host);
  }
  g_string_append_printf (canonical, "\n%s\n%s", signed_headers, payload);
  return g_string_free (canonical, FALSE);
}

static int
compare_names (const void *a,
               const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
s3_signed_headers_dup (const HttpRequest *request)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *list = g_string_new (NULL);
  const char *last = "";

  g_ptr_array_add (names, g_strdup ("host"));
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);

    g_ptr_array_add (names, g_ascii_strdown (header->name, -1));
  }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);

    if (!g_str_equal (name, last)) {
      g_string_append_printf (list, "%s%s", i > 0 ? ";" : "", name);
    }
    last = name;
  }
  return g_string_free (list, FALSE);
}
