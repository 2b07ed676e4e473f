/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-api.h"

#include "presign/presign-call.h"
#include "presign/presign-check.h"
#include "presign/presign-problem.h"
#include "presign/presign-query.h"
#include "presign/presign-route.h"
#include "presign/presign-store.h"

struct _PresignApi {
  const PresignConfig *config;
  PresignStore *store;
};

PresignApi *
presign_api_new (const PresignConfig  *config,
                 GError              **error)
{
  g_autoptr (PresignApi) self = g_new0 (PresignApi, 1);
  g_auto (GStrv) envp = g_get_environ ();

  g_return_val_if_fail (config != NULL, NULL);

  self->config = config;
  if (!presign_config_check (config, error)) {
    return NULL;
  }
  self->store = presign_store_new (config, envp, g_get_real_time () / G_USEC_PER_SEC, error);
  return self->store ? g_steal_pointer (&self) : NULL;
}

void
presign_api_free (PresignApi *self)
{
  if (!self) {
    return;
  }
  presign_store_free (self->store);
  g_free (self);
}

HttpResponse *
presign_api_admit (PresignApi        *self,
                   const HttpRequest *request,
                   PresignCaller     *caller,
                   gint64             now)
{
  g_auto (PresignTarget) target = { 0 };

  presign_target_find (&target, request);
  if (target.match == PRESIGN_MATCH_NONE) {
    return presign_api_refuse (self, request, caller, 404, "NotFound", "Not Found");
  }
  if (target.match == PRESIGN_MATCH_METHOD) {
    HttpResponse *response = presign_api_refuse (self, request, caller, 405, "MethodNotAllowed",
                                                 "Method Not Allowed");

    http_response_add_header (response, "Allow", target.route->method);
    return response;
  }
  if (request->bytes && g_bytes_get_size (request->bytes) > PRESIGN_MAX_BODY) {
    return presign_api_refuse (self, request, caller, 413, "EntityTooLarge",
                               "The request's body is too large.");
  }
  return NULL;
}

gboolean
presign_api_asks_store (PresignApi        *self,
                        const HttpRequest *request)
{
  g_auto (PresignTarget) target = { 0 };

  presign_target_find (&target, request);
  return target.match == PRESIGN_MATCH_FULL && target.route->asks_store;
}

HttpResponse *
presign_api_answer (PresignApi          *self,
                    const HttpRequest   *request,
                    const PresignCaller *caller,
                    gint64               now,
                    HttpClient          *client)
{
  g_auto (PresignTarget) target = { 0 };
  g_auto (PresignProblem) problem = { 0 };
  PresignCall call = {
    .config = self->config, .store = self->store, .request = request, .caller = caller, .now = now,
    .client = client,
  };
  g_auto (GStrv) query = NULL;
  HttpResponse *response;

  presign_target_find (&target, request);
  if (target.match != PRESIGN_MATCH_FULL) {
    return presign_api_refuse (self, request, caller, 404, "NotFound", "Not Found");
  }
  query = presign_query_parse (request->url);
  if (!query) {
    return presign_api_refuse (self, request, caller, 400, "InvalidRequest",
                               "The query of the URL cannot be read.");
  }
  call.query = query;
  for (guint i = 0; i < PRESIGN_MAX_PARAMS; i++) {
    call.params[i] = target.params[i];
  }
  response = target.route->handler (&call, &problem);
  return response ? response : target.dialect->refuse (&problem, caller);
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
  return target.dialect->refuse (&problem, caller);
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
