/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-auth.h"

#include "http/http-client.h"
#include "presign/presign-apikeys.h"
#include "presign/presign-jwt.h"
#include "presign/presign-keyset.h"
#include "presign/presign-watched.h"

#include <string.h>

#define FETCH_INTERVAL_S 30
#define FETCH_TIMEOUT_MS 5000
#define MAX_KEYSET (256 * 1024)

struct _PresignAuth {
  const PresignConfig *config;
  GMutex mutex;                 /* guards what follows; never held while something is fetched */
  PresignWatched watched;
  PresignKeyset *keys;          /* NULL: not fetched yet */
  PresignApikeys *api_keys;
  gint64 fetched_at;            /* Unix seconds: the last set */
  gint64 tried_at;              /* the last try */
};

static void
take_keys (PresignAuth   *self,
           PresignKeyset *keys)
{
  g_clear_pointer (&self->keys, presign_keyset_unref);
  self->keys = keys;
}

static gboolean
read_file (PresignAuth  *self,
           GError      **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (self->watched.path, &text, &length, error)) {
    return FALSE;
  }
  if (self->config->auth == PRESIGN_AUTH_API_KEY) {
    PresignApikeys *api_keys = presign_apikeys_parse (text, error);

    if (api_keys) {
      g_clear_pointer (&self->api_keys, presign_apikeys_free);
      self->api_keys = api_keys;
    }
    return api_keys != NULL;
  } else {
    PresignKeyset *keys = presign_keyset_new_jwks (text, length, error);

    if (keys) {
      take_keys (self, keys);
    }
    return keys != NULL;
  }
}

static PresignKeyset *
fetch (const char  *url,
       GError     **error)
{
  HttpClientOptions options = {
    .connect_timeout_ms = FETCH_TIMEOUT_MS, .stall_timeout_ms = FETCH_TIMEOUT_MS,
    .response_timeout_ms = FETCH_TIMEOUT_MS, .max_answer = MAX_KEYSET,
  };
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_autoptr (HttpRequest) request = http_request_new ("GET", url);
  g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, error);
  gsize length = 0;
  const char *text;

  if (!response) {
    return NULL;
  }
  if (response->status != 200) {
    g_set_error (error, PRESIGN_KEYSET_ERROR, PRESIGN_KEYSET_ERROR_BROKEN,
                 "the answer has the status %u", response->status);
    return NULL;
  }
  text = g_bytes_get_data (response->body, &length);
  return presign_keyset_new_jwks (text ? text : "", length, error);
}

PresignAuth *
presign_auth_new (const PresignConfig  *config,
                  gint64                now,
                  GError              **error)
{
  g_autoptr (PresignAuth) self = g_new0 (PresignAuth, 1);

  self->config = config;
  g_mutex_init (&self->mutex);
  if (config->auth == PRESIGN_AUTH_API_KEY) {
    self->watched.path = config->api_key_file;
  } else if (config->auth == PRESIGN_AUTH_JWT) {
    self->watched.path = config->jwks_file;
    if (config->jwt_secret) {
      self->keys = presign_keyset_new_secret (config->jwt_secret);
    } else if (config->jwks_url) {
      presign_auth_renew (self, TRUE, now);
    }
  }
  if (self->watched.path) {
    presign_watched_has_changed (&self->watched, now);
    if (!read_file (self, error)) {
      g_prefix_error (error, "%s: ", self->watched.path);
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

void
presign_auth_free (PresignAuth *self)
{
  if (!self) {
    return;
  }
  g_clear_pointer (&self->keys, presign_keyset_unref);
  g_clear_pointer (&self->api_keys, presign_apikeys_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* With the mutex. */
static void
look_at_file (PresignAuth *self,
              gint64       now)
{
  g_autoptr (GError) error = NULL;

  if (self->watched.path && presign_watched_has_changed (&self->watched, now) &&
      !read_file (self, &error)) {
    g_warning ("%s has changed, but cannot be used, so what was read before counts: %s",
               self->watched.path, error->message);
  }
}

static PresignAuthVerdict
refuse (PresignProblem *problem,
        const char     *message)
{
  presign_problem_set (problem, 401, "Unauthorized", "%s", message);
  return PRESIGN_AUTH_REFUSED;
}

/* What comes after "Bearer" (RFC 6750, 2.1), in any case; NULL = nothing. */
static const char *
get_bearer (const HttpRequest *request)
{
  const char *value = http_request_get_header (request, "Authorization");

  if (!value || g_ascii_strncasecmp (value, "Bearer ", 7) != 0) {
    return NULL;
  }
  value += strlen ("Bearer ");
  return value + strspn (value, " ");
}

static PresignAuthVerdict
check_jwt (PresignAuth       *self,
           const HttpRequest *request,
           PresignCaller     *caller,
           gint64             now,
           PresignProblem    *problem)
{
  const char *token = get_bearer (request);
  g_autoptr (PresignKeyset) keys = NULL;
  PresignJwtRules rules = {
    .audience = self->config->jwt_audience, .issuer = self->config->jwt_issuer,
    .user_claim = self->config->user_claim, .now = now,
  };
  PresignJwtVerdict verdict;

  if (!token) {
    return refuse (problem, "Not authenticated: send “Authorization: Bearer” and a token.");
  }
  g_mutex_lock (&self->mutex);
  look_at_file (self, now);
  keys = self->keys ? presign_keyset_ref (self->keys) : NULL;
  g_mutex_unlock (&self->mutex);
  rules.keys = keys;
  verdict = keys ? presign_jwt_check (token, &rules, &caller->user, &caller->expires)
                 : PRESIGN_JWT_UNKNOWN_KEY;
  if (verdict == PRESIGN_JWT_OK) {
    return PRESIGN_AUTH_ADMITTED;
  }
  refuse (problem, presign_jwt_get_message (verdict));
  return verdict == PRESIGN_JWT_UNKNOWN_KEY ? PRESIGN_AUTH_UNKNOWN_KEY : PRESIGN_AUTH_REFUSED;
}

static PresignAuthVerdict
check_api_key (PresignAuth       *self,
               const HttpRequest *request,
               PresignCaller     *caller,
               gint64             now,
               PresignProblem    *problem)
{
  const char *key = get_bearer (request);
  char *user;

  if (!key) {
    key = http_request_get_header (request, "X-Api-Key");
  }
  if (!key) {
    return refuse (problem, "Not authenticated: send “Authorization: Bearer” or “X-Api-Key” and "
                            "an API key.");
  }
  g_mutex_lock (&self->mutex);
  look_at_file (self, now);
  user = g_strdup (presign_apikeys_find (self->api_keys, key));
  g_mutex_unlock (&self->mutex);
  if (!user) {
    return refuse (problem, "This API key is not known here.");
  }
  caller->user = user;
  return PRESIGN_AUTH_ADMITTED;
}

PresignAuthVerdict
presign_auth_check (PresignAuth       *self,
                    const HttpRequest *request,
                    PresignCaller     *caller,
                    gint64             now,
                    PresignProblem    *problem)
{
  presign_caller_clear (caller);
  caller->expires = 0;
  switch ((PresignAuthKind) self->config->auth) {
  case PRESIGN_AUTH_JWT:
    return check_jwt (self, request, caller, now, problem);
  case PRESIGN_AUTH_API_KEY:
    return check_api_key (self, request, caller, now, problem);
  case PRESIGN_AUTH_NONE:
  default:
    return PRESIGN_AUTH_ADMITTED;
  }
}

/* With the mutex. */
static gboolean
is_due (PresignAuth *self,
        gboolean     unknown_key,
        gint64       now)
{
  if (!self->config->jwks_url || self->config->auth != PRESIGN_AUTH_JWT ||
      now < self->tried_at + FETCH_INTERVAL_S) {
    return FALSE;
  }
  return unknown_key || !self->keys || now >= self->fetched_at + self->config->jwks_lifetime;
}

gboolean
presign_auth_is_due (PresignAuth *self,
                     gboolean     unknown_key,
                     gint64       now)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);

  return is_due (self, unknown_key, now);
}

void
presign_auth_renew (PresignAuth *self,
                    gboolean     unknown_key,
                    gint64       now)
{
  g_autoptr (GError) error = NULL;
  PresignKeyset *keys;
  gboolean due;

  g_mutex_lock (&self->mutex);
  due = is_due (self, unknown_key, now);
  if (due) {
    self->tried_at = now;
  }
  g_mutex_unlock (&self->mutex);
  if (!due) {
    return;
  }
  keys = fetch (self->config->jwks_url, &error);
  if (!keys) {
    g_warning ("The key set of “jwks-url” cannot be fetched: %s", error->message);
    return;
  }
  g_mutex_lock (&self->mutex);
  take_keys (self, keys);
  self->fetched_at = now;
  g_mutex_unlock (&self->mutex);
}
