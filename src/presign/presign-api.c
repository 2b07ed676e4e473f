/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-api.h"

#include "presign/presign-auth.h"
#include "presign/presign-call.h"
#include "presign/presign-check.h"
#include "presign/presign-cors.h"
#include "presign/presign-problem.h"
#include "presign/presign-query.h"
#include "presign/presign-route.h"
#include "presign/presign-store.h"

struct _PresignApi {
  const PresignConfig *config;
  PresignStore *store;
  PresignAuth *auth;
  gint seen_now;                /* atomic: the time of the last request, Unix seconds */
};

PresignApi *
presign_api_new (const PresignConfig  *config,
                 GError              **error)
{
  g_autoptr (PresignApi) self = g_new0 (PresignApi, 1);
  g_auto (GStrv) envp = g_get_environ ();
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_return_val_if_fail (config != NULL, NULL);

  self->config = config;
  if (!presign_config_check (config, error)) {
    return NULL;
  }
  self->store = presign_store_new (config, envp, now, error);
  self->auth = self->store ? presign_auth_new (config, now, error) : NULL;
  return self->auth ? g_steal_pointer (&self) : NULL;
}

void
presign_api_free (PresignApi *self)
{
  if (!self) {
    return;
  }
  presign_auth_free (self->auth);
  presign_store_free (self->store);
  g_free (self);
}

static HttpResponse *
refuse (PresignApi                *self,
        const PresignDialectClass *dialect,
        const HttpRequest         *request,
        const PresignCaller       *caller,
        const PresignProblem      *problem)
{
  HttpResponse *response = dialect->refuse (problem, caller);

  if (problem->code) {
    http_response_add_header (response, "X-Error-Code", problem->code);
  }
  if (problem->status == 401) {
    http_response_add_header (response, "WWW-Authenticate", "Bearer");
  }
  if (problem->retry_after_s > 0) {
    g_autofree char *seconds = g_strdup_printf ("%u", problem->retry_after_s);

    http_response_add_header (response, "Retry-After", seconds);
  }
  presign_cors_allow (self->config, request, response);
  return response;
}

/* What needs no look at who asks: the path, the method, the origin, the size. NULL = go on. */
static HttpResponse *
check_form (PresignApi          *self,
            const PresignTarget *target,
            const HttpRequest   *request,
            const PresignCaller *caller)
{
  g_autofree char *methods = NULL;
  HttpResponse *response;

  if (target->match == PRESIGN_MATCH_NONE) {
    return presign_api_refuse (self, request, caller, 404, "NotFound", "Not Found");
  }
  methods = presign_target_dup_methods (request);
  response = presign_cors_preflight (self->config, request, methods);
  if (response) {
    return response;
  }
  if (target->match == PRESIGN_MATCH_METHOD) {
    response = presign_api_refuse (self, request, caller, 405, "MethodNotAllowed",
                                   "Method Not Allowed");
    http_response_add_header (response, "Allow", methods);
    return response;
  }
  if (!presign_cors_may_ask (self->config, request)) {
    return presign_api_refuse (self, request, caller, 403, "AccessDenied",
                               "Pages of this origin may not ask here.");
  }
  if (request->bytes && g_bytes_get_size (request->bytes) > PRESIGN_MAX_BODY) {
    return presign_api_refuse (self, request, caller, 413, "EntityTooLarge",
                               "The request's body is too large.");
  }
  return NULL;
}

HttpResponse *
presign_api_admit (PresignApi        *self,
                   const HttpRequest *request,
                   PresignCaller     *caller,
                   gint64             now)
{
  g_auto (PresignTarget) target = { 0 };
  g_auto (PresignProblem) problem = { 0 };
  HttpResponse *response;
  PresignAuthVerdict verdict;

  g_atomic_int_set (&self->seen_now, (gint) now);
  presign_target_find (&target, request);
  response = check_form (self, &target, request, caller);
  if (response || target.route->is_open) {
    return response;
  }
  verdict = presign_auth_check (self->auth, request, caller, now, &problem);
  /* Fetching the keys would block: presign_api_name() does it. */
  if (verdict == PRESIGN_AUTH_ADMITTED ||
      (verdict == PRESIGN_AUTH_UNKNOWN_KEY && presign_auth_is_due (self->auth, TRUE, now))) {
    return NULL;
  }
  return refuse (self, target.dialect, request, caller, &problem);
}

gboolean
presign_api_asks_store (PresignApi        *self,
                        const HttpRequest *request)
{
  gint64 now = g_atomic_int_get (&self->seen_now);
  g_auto (PresignTarget) target = { 0 };
  g_auto (PresignProblem) problem = { 0 };
  g_auto (PresignCaller) caller = { 0 };

  presign_target_find (&target, request);
  if (target.match != PRESIGN_MATCH_FULL) {
    return FALSE;
  }
  if (target.route->asks_store || presign_store_is_due (self->store, now) ||
      presign_auth_is_due (self->auth, FALSE, now)) {
    return TRUE;
  }
  return presign_auth_is_due (self->auth, TRUE, now) &&
         presign_auth_check (self->auth, request, &caller, now, &problem) ==
         PRESIGN_AUTH_UNKNOWN_KEY;
}

HttpResponse *
presign_api_name (PresignApi        *self,
                  const HttpRequest *request,
                  PresignCaller     *caller,
                  gint64             now,
                  gboolean           may_block)
{
  g_auto (PresignTarget) target = { 0 };
  g_auto (PresignProblem) problem = { 0 };
  PresignAuthVerdict verdict;

  presign_target_find (&target, request);
  if (target.match != PRESIGN_MATCH_FULL || target.route->is_open || caller->user) {
    return NULL;
  }
  verdict = presign_auth_check (self->auth, request, caller, now, &problem);
  if (verdict == PRESIGN_AUTH_UNKNOWN_KEY && may_block) {
    presign_auth_renew (self->auth, TRUE, now);
    presign_problem_clear (&problem);
    verdict = presign_auth_check (self->auth, request, caller, now, &problem);
  }
  if (verdict == PRESIGN_AUTH_ADMITTED) {
    return NULL;
  }
  return refuse (self, target.dialect, request, caller, &problem);
}

static HttpResponse *
call_route (PresignApi           *self,
            const PresignTarget  *target,
            PresignCall          *call,
            PresignProblem       *problem)
{
  g_auto (GStrv) query = presign_query_parse (call->request->url);

  if (!query) {
    presign_problem_set (problem, 400, "InvalidRequest", "The query of the URL cannot be read.");
    return NULL;
  }
  call->query = query;
  for (guint i = 0; i < PRESIGN_MAX_PARAMS; i++) {
    call->params[i] = target->params[i];
  }
  return target->route->handler (call, problem);
}

HttpResponse *
presign_api_answer (PresignApi        *self,
                    const HttpRequest *request,
                    PresignCaller     *caller,
                    gint64             now,
                    HttpClient        *client)
{
  g_auto (PresignTarget) target = { 0 };
  g_auto (PresignProblem) problem = { 0 };
  PresignCall call = {
    .config = self->config, .store = self->store, .request = request, .caller = caller, .now = now,
    .client = client,
  };
  HttpResponse *response = NULL;

  presign_target_find (&target, request);
  response = check_form (self, &target, request, caller);
  if (!response) {
    response = presign_api_name (self, request, caller, now, client != NULL);
  }
  if (response) {
    return response;
  }
  if (client) {
    presign_store_renew (self->store, now);
    presign_auth_renew (self->auth, FALSE, now);
  }
  response = call_route (self, &target, &call, &problem);
  if (!response) {
    return refuse (self, target.dialect, request, caller, &problem);
  }
  presign_cors_allow (self->config, request, response);
  return response;
}

HttpResponse *
presign_api_refuse (PresignApi          *self,
                    const HttpRequest   *request,
                    const PresignCaller *caller,
                    guint                status,
                    const char          *code,
                    const char          *message)
{
  g_auto (PresignTarget) target = { 0 };
  g_auto (PresignProblem) problem = { 0 };

  presign_target_find (&target, request);
  presign_problem_set (&problem, status, code, "%s", message);
  return refuse (self, target.dialect, request, caller, &problem);
}

const char *
presign_api_get_dialect (const HttpRequest *request)
{
  g_auto (PresignTarget) target = { 0 };

  presign_target_find (&target, request);
  return target.match == PRESIGN_MATCH_NONE ? "other" : target.dialect->name;
}

const char *
presign_api_get_route (const HttpRequest *request)
{
  g_auto (PresignTarget) target = { 0 };

  presign_target_find (&target, request);
  return target.match == PRESIGN_MATCH_NONE ? "other" : target.route->pattern;
}
