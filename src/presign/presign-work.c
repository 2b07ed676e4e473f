/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-work.h"

#define MAX_NAMES 65536         /* of users, and of addresses: some 10 MiB when under attack */

struct _PresignWork {
  PresignService *service;
  HttpRequest *request;
  PresignCaller caller;
  char *peer;
  char *base_url;
  char *request_id;
  gboolean asked_store;
  gint64 begun_us;
};

PresignService *
presign_service_new (const PresignConfig  *config,
                     PresignLog           *log,
                     GError              **error)
{
  g_autoptr (PresignService) self = g_new0 (PresignService, 1);

  self->config = config;
  self->log = log;
  self->id_prefix = g_random_int ();
  self->metrics = presign_metrics_new ();
  self->proxies = presign_proxies_new (config->trust_forwarded, error);
  self->api = self->proxies ? presign_api_new (config, error) : NULL;
  if (!self->api) {
    return NULL;
  }
  if (config->rate_per_user > 0) {
    self->users = presign_limits_new (config->rate_per_user, config->rate_burst, MAX_NAMES);
  }
  if (config->rate_per_address > 0) {
    self->addresses = presign_limits_new (config->rate_per_address, config->rate_burst, MAX_NAMES);
  }
  return g_steal_pointer (&self);
}

void
presign_service_free (PresignService *self)
{
  if (!self) {
    return;
  }
  g_clear_pointer (&self->api, presign_api_free);
  g_clear_pointer (&self->proxies, presign_proxies_free);
  g_clear_pointer (&self->metrics, presign_metrics_free);
  g_clear_pointer (&self->users, presign_limits_free);
  g_clear_pointer (&self->addresses, presign_limits_free);
  g_free (self);
}

PresignWork *
presign_work_new (PresignService *service,
                  HttpRequest    *request,
                  const char     *peer,
                  gboolean        is_tls)
{
  PresignWork *self = g_new0 (PresignWork, 1);
  guint64 number = __atomic_add_fetch (&service->n_requests, 1, __ATOMIC_RELAXED);

  self->service = service;
  self->request = request;
  self->begun_us = g_get_monotonic_time ();
  self->peer = presign_forward_dup_peer (service->proxies, peer, request);
  self->base_url = presign_forward_dup_base (service->proxies, peer, is_tls, request);
  self->request_id = g_strdup_printf ("%08x%012" G_GINT64_MODIFIER "x", service->id_prefix, number);
  self->caller.peer = self->peer;
  self->caller.base_url = self->base_url ? self->base_url : "";
  self->caller.request_id = self->request_id;
  presign_metrics_add_in_flight (service->metrics, 1);
  return self;
}

void
presign_work_free (PresignWork *self)
{
  if (!self) {
    return;
  }
  presign_metrics_add_in_flight (self->service->metrics, -1);
  presign_caller_clear (&self->caller);
  http_request_free (self->request);
  g_free (self->peer);
  g_free (self->base_url);
  g_free (self->request_id);
  g_free (self);
}

void
presign_work_set_id (PresignWork *self,
                     const char  *request_id)
{
  g_free (self->request_id);
  self->request_id = g_strdup (request_id);
  self->caller.request_id = self->request_id;
}

HttpResponse *
presign_work_refuse (PresignWork *self,
                     guint        status,
                     const char  *code,
                     const char  *message)
{
  return presign_api_refuse (self->service->api, self->request, &self->caller, status, code,
                             message);
}

static HttpResponse *
slow_down (PresignWork   *self,
           PresignLimits *limits,
           const char    *name)
{
  guint wait_ms = presign_limits_take (limits, name, g_get_monotonic_time ());
  g_autofree char *seconds = NULL;
  HttpResponse *response;

  if (wait_ms == 0) {
    return NULL;
  }
  presign_metrics_refuse (self->service->metrics, PRESIGN_REFUSED_RATE);
  response = presign_work_refuse (self, 429, "SlowDown", "Too many requests. Please slow down.");
  if (!http_response_get_header (response, "Retry-After")) {
    seconds = g_strdup_printf ("%u", (wait_ms + 999) / 1000);
    http_response_add_header (response, "Retry-After", seconds);
  }
  return response;
}

/* For load balancers: the process answers. It asks nobody, so that S3's bad days do not make an
 * orchestrator end the servers. */
static HttpResponse *
answer_health (void)
{
  HttpResponse *response = http_response_new (200);

  g_clear_pointer (&response->body, g_bytes_unref);
  response->body = g_bytes_new_static ("{\"status\":\"ok\"}", 15);
  http_response_add_header (response, "Content-Type", "application/json");
  http_response_add_header (response, "Cache-Control", "no-store");
  return response;
}

static gboolean
asks_health (const HttpRequest *request)
{
  return g_str_equal (request->url, "/healthz") &&
         (g_str_equal (request->method, "GET") || g_str_equal (request->method, "HEAD"));
}

static HttpResponse *
slow_user_down (PresignWork *self)
{
  PresignLimits *users = self->service->users;

  return users && self->caller.user ? slow_down (self, users, self->caller.user) : NULL;
}

HttpResponse *
presign_work_admit (PresignWork *self)
{
  PresignService *service = self->service;
  HttpResponse *response = NULL;

  if (asks_health (self->request)) {
    return answer_health ();
  }
  if (service->addresses) {
    g_autofree char *name = presign_limits_dup_name (self->peer);

    response = slow_down (self, service->addresses, name);
  }
  if (!response) {
    response = presign_api_admit (service->api, self->request, &self->caller,
                                  g_get_real_time () / G_USEC_PER_SEC);
  }
  return response ? response : slow_user_down (self);
}

gboolean
presign_work_asks_store (PresignWork *self)
{
  return presign_api_asks_store (self->service->api, self->request);
}

HttpResponse *
presign_work_answer (PresignWork *self,
                     HttpClient  *client)
{
  PresignApi *api = self->service->api;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  HttpResponse *response = NULL;

  self->asked_store = client != NULL;
  if (self->service->users && !self->caller.user) {
    response = presign_api_name (api, self->request, &self->caller, now, client != NULL);
    response = response ? response : slow_user_down (self);
  }
  return response ? response : presign_api_answer (api, self->request, &self->caller, now, client);
}

void
presign_work_end (PresignWork  *self,
                  HttpResponse *response)
{
  PresignService *service = self->service;
  PresignLogRequest line = {
    .request_id = self->request_id,
    .method = self->request->method,
    .dialect = presign_api_get_dialect (self->request),
    .route = presign_api_get_route (self->request),
    .status = response->status,
    .duration_us = g_get_monotonic_time () - self->begun_us,
    .user = self->caller.user,
    .peer = self->peer,
    .code = http_response_get_header (response, "X-Error-Code"),
  };

  if (asks_health (self->request)) {
    line.route = "/healthz";
  }
  http_response_add_header (response, "X-Request-Id", self->request_id);
  presign_metrics_count (service->metrics, line.dialect, line.route, line.status, line.duration_us,
                         self->asked_store);
  presign_log_request (service->log, &line);
}
