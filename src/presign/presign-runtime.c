/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-runtime.h"

#include "presign/presign-alarm.h"
#include "presign/presign-lambda.h"
#include "presign/presign-pool.h"

#include <gio/gio.h>
#include <string.h>

#define PATH "/2018-06-01/runtime/"
#define RESERVE_MS 500          /* of the invocation's time, for telling that the store had its */
#define MAX_EVENT (16 * 1024 * 1024)
#define FOR_EVER_MS G_MAXINT32

typedef struct {
  PresignService *service;
  HttpClient *client;           /* to the Runtime API */
  HttpClient *store;
  PresignAlarm *alarm;
  char *base;
} Runtime;

static HttpClient *
new_client (void)
{
  const HttpClientOptions options = {
    .response_timeout_ms = FOR_EVER_MS, .stall_timeout_ms = FOR_EVER_MS, .max_answer = MAX_EVENT,
    .user_agent = "partway-presign", .direct = TRUE,
  };

  return http_client_new (&options);
}

static gboolean
post (HttpClient  *client,
      const char  *url,
      const char  *type,
      char        *json,
      GError     **error)
{
  g_autoptr (HttpRequest) request = http_request_new ("POST", url);
  g_autoptr (GBytes) bytes = g_bytes_new_take (json, strlen (json));
  g_autoptr (HttpResponse) response = NULL;

  http_request_set_header (request, "Content-Type", "application/json");
  http_request_set_header (request, "Lambda-Runtime-Function-Error-Type", type);
  http_request_set_bytes (request, bytes);
  response = http_client_send (client, request, NULL, error);
  /* An answer that is too late or too large is refused; the next event is worth waiting for. */
  return response != NULL;
}

static HttpResponse *
answer (Runtime     *self,
        PresignWork *work,
        gint64       deadline_ms)
{
  HttpResponse *response = presign_work_admit (work);
  gint64 left_ms = deadline_ms - g_get_real_time () / 1000 - RESERVE_MS;

  if (response) {
    return response;
  }
  if (!presign_work_asks_store (work)) {
    return presign_work_answer (work, NULL);
  }
  presign_alarm_set (self->alarm, deadline_ms > 0 ? MAX (left_ms, 1) : 0);
  response = presign_work_answer (work, self->store);
  presign_alarm_set (self->alarm, 0);
  return response;
}

/* One invocation; FALSE: the Runtime API is gone. */
static gboolean
handle (Runtime             *self,
        const HttpResponse  *invocation,
        const char          *id,
        GError             **error)
{
  const char *deadline = http_response_get_header (invocation, "Lambda-Runtime-Deadline-Ms");
  gint64 deadline_ms = deadline ? g_ascii_strtoll (deadline, NULL, 10) : 0;
  g_autofree char *path = g_strconcat (self->base, "invocation/", id, NULL);
  g_autofree char *response_url = g_strconcat (path, "/response", NULL);
  g_autofree char *error_url = g_strconcat (path, "/error", NULL);
  g_auto (PresignEvent) event = { 0 };
  g_autoptr (GError) fault = NULL;
  g_autoptr (PresignWork) work = NULL;
  g_autoptr (HttpResponse) response = NULL;
  gsize size;
  const char *json = g_bytes_get_data (invocation->body, &size);

  if (!presign_lambda_parse (json, size, &event, &fault)) {
    presign_log_say (self->service->log, PRESIGN_LOG_ERROR, "%s", fault->message);
    return post (self->client, error_url, "Runtime.InvalidEvent",
                 presign_lambda_dup_error ("Runtime.InvalidEvent", fault->message), error);
  }
  work = presign_work_new (self->service, g_steal_pointer (&event.request), event.peer, TRUE);
  presign_work_set_id (work, id);
  response = answer (self, work, deadline_ms);
  presign_work_end (work, response);
  presign_log_flush (self->service->log);
  return post (self->client, response_url, NULL, presign_lambda_dup_result (response), error);
}

static gboolean
turn (Runtime  *self,
      GError  **error)
{
  g_autofree char *url = g_strconcat (self->base, "invocation/next", NULL);
  g_autoptr (HttpRequest) request = http_request_new ("GET", url);
  g_autoptr (HttpResponse) invocation = http_client_send (self->client, request, NULL, error);
  const char *id = NULL;
  const char *trace = NULL;

  if (!invocation) {
    return FALSE;
  }
  id = http_response_get_header (invocation, "Lambda-Runtime-Aws-Request-Id");
  if (invocation->status != 200 || !id) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Lambda's Runtime API answers with %u.",
                 invocation->status);
    return FALSE;
  }
  trace = http_response_get_header (invocation, "Lambda-Runtime-Trace-Id");
  if (trace) {
    g_setenv ("_X_AMZN_TRACE_ID", trace, TRUE);
  } else {
    g_unsetenv ("_X_AMZN_TRACE_ID");
  }
  return handle (self, invocation, id, error);
}

void
presign_runtime_run (PresignService  *service,
                     const char      *api,
                     GError         **error)
{
  Runtime self = {
    .service = service,
    .client = new_client (),
    .store = presign_pool_new_client (service->config),
    .base = g_strconcat ("http://", api, PATH, NULL),
  };

  self.alarm = presign_alarm_new (self.store);
  while (turn (&self, error)) {
  }
  presign_alarm_free (self.alarm);
  http_client_free (self.client);
  http_client_free (self.store);
  g_free (self.base);
}

void
presign_runtime_report (const char *api,
                        const char *message)
{
  HttpClient *client = new_client ();
  g_autofree char *url = g_strconcat ("http://", api, PATH "init/error", NULL);

  post (client, url, "Runtime.InvalidSettings",
        presign_lambda_dup_error ("Runtime.InvalidSettings", message), NULL);
  http_client_free (client);
}
