/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-route.h"

#include "presign/presign-companion.h"
#include "presign/presign-fastapi.h"
#include "presign/presign-sign.h"
#include "presign/presign-v2.h"

#include <string.h>

/* What a path that nobody knows begins with, and who says so. */
static const struct {
  const char *prefix;
  const PresignDialectClass *dialect;
} dialects[] = {
  { "/s3", &presign_companion },
  { "/sign", &presign_sign },
  { "/v2", &presign_v2 },
  { "", &presign_fastapi },
};

void
presign_target_clear (PresignTarget *target)
{
  for (guint i = 0; i < PRESIGN_MAX_PARAMS; i++) {
    g_clear_pointer (&target->params[i], g_free);
  }
}

/* One segment of a path. @pattern and @path begin after its "/". */
static gboolean
match_segment (const char  *pattern,
               gsize        pattern_length,
               const char  *path,
               gsize        path_length,
               char       **param)
{
  g_autofree char *text = NULL;

  if (*pattern != ':') {
    return pattern_length == path_length && memcmp (pattern, path, path_length) == 0;
  }
  text = g_uri_unescape_segment (path, path + path_length, NULL);
  if (!text || *text == '\0' || !g_utf8_validate (text, -1, NULL)) {
    return FALSE;
  }
  g_free (*param);
  *param = g_steal_pointer (&text);
  return TRUE;
}

static gboolean
match_path (const char *pattern,
            const char *path,
            gsize       length,
            char      **params)
{
  const char *end = path + length;
  guint n_params = 0;

  while (*pattern == '/' && path < end && *path == '/') {
    gsize pattern_length = strcspn (pattern + 1, "/");
    const char *slash = memchr (path + 1, '/', (gsize) (end - path - 1));
    gsize path_length = (gsize) ((slash ? slash : end) - path - 1);

    pattern++;
    path++;
    if (!match_segment (pattern, pattern_length, path, path_length, &params[n_params])) {
      return FALSE;
    }
    n_params += *pattern == ':';
    pattern += pattern_length;
    path += path_length;
  }
  return *pattern == '\0' && path == end;
}

static void
find_in_dialect (PresignTarget             *target,
                 const PresignDialectClass *dialect,
                 const HttpRequest         *request)
{
  gsize length = strcspn (request->url, "?");

  for (const PresignRoute *route = dialect->routes; route->method; route++) {
    if (!match_path (route->pattern, request->url, length, target->params)) {
      continue;
    }
    target->dialect = dialect;
    target->route = route;
    target->match = PRESIGN_MATCH_METHOD;
    if (g_str_equal (route->method, request->method)) {
      target->match = PRESIGN_MATCH_FULL;
      return;
    }
  }
}

void
presign_target_find (PresignTarget     *target,
                     const HttpRequest *request)
{
  *target = (PresignTarget) { .dialect = &presign_fastapi };
  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++) {
    if (g_str_has_prefix (request->url, dialects[i].prefix)) {
      target->dialect = dialects[i].dialect;
      find_in_dialect (target, dialects[i].dialect, request);
      return;
    }
  }
}

char *
presign_target_dup_methods (const HttpRequest *request)
{
  g_auto (PresignTarget) target = { 0 };
  gsize length = strcspn (request->url, "?");
  GString *methods = g_string_new (NULL);

  presign_target_find (&target, request);
  for (const PresignRoute *route = target.dialect->routes; route->method; route++) {
    if (match_path (route->pattern, request->url, length, target.params) &&
        !strstr (methods->str, route->method)) {
      g_string_append_printf (methods, "%s%s", methods->len > 0 ? ", " : "", route->method);
    }
  }
  return g_string_free (methods, FALSE);
}
