/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-client.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "http/http-exchange.h"
#include "http/http-loop.h"
#include "http/http-origin.h"
#include "http/http-proxy.h"
#include "http/http-watch.h"

#define CONNECT_TIMEOUT_MS 15000
#define STALL_TIMEOUT_MS 30000
#define RESPONSE_TIMEOUT_MS 60000
#define MIN_UPLOAD_BUFFER (16 * 1024)   /* libcurl's own bounds (CURLOPT_UPLOAD_BUFFERSIZE) */
#define MAX_UPLOAD_BUFFER (2 * 1024 * 1024)
#define MAX_ANSWER (16 * 1024 * 1024)

struct _HttpClient {
  guint connect_timeout_ms;
  guint stall_timeout_ms;
  guint response_timeout_ms;
  gsize max_answer;
  char *ca_file;
  gboolean direct;

  CURL *easy;
  HttpExchange *exchange;
  HttpLoop *loop;
  HttpProxies *proxies;
  char *origin;                 /* of the last message, and what is known of it */
  gboolean is_loopback;
  gboolean has_ca_file;         /* it was there when last looked for */
  char detail[CURL_ERROR_SIZE];
};

/* One message on its way. */
typedef struct {
  HttpClient *client;
  const HttpRequest *request;
  HttpTransfer *transfer;
  char *origin;
  const char *proxy;            /* NULL = none that we know of */
  gboolean no_proxy;            /* not even the environment's */
  gint64 lookup_until;
  HttpWatch watch;
} Journey;

static gboolean
is_stopped (const Journey *journey)
{
  HttpTransfer *transfer = journey->transfer;

  return http_loop_is_stopped (journey->client->loop, transfer != NULL ? &transfer->stop : NULL);
}

static GError *
new_stopped_error (void)
{
  return g_error_new_literal (HTTP_ERROR, HTTP_ERROR_STOPPED, "The transfer was stopped.");
}

static GError *
new_end_error (const Journey *journey,
               HttpLoopEnd    end)
{
  const char *host = http_origin_get_host (journey->origin);

  if (end == HTTP_LOOP_STOPPED)
    return new_stopped_error ();
  if (end == HTTP_LOOP_NO_ANSWER)
    return g_error_new (HTTP_ERROR, HTTP_ERROR_NO_ANSWER,
                        "%s took the request and gave no answer in time.", host);
  return g_error_new (HTTP_ERROR, HTTP_ERROR_STALLED,
                      "The connection to %s stalled: no byte moved for %u ms.",
                      host, journey->client->stall_timeout_ms);
}

static GError *
new_curl_error (const Journey *journey,
                CURLcode       code)
{
  HttpClient *client = journey->client;
  HttpFailure failure = {
    .code = code,
    .detail = client->detail,
    .host = http_origin_get_host (journey->origin),
    .ca_file = client->ca_file,
    .has_proxy = journey->proxy != NULL,
    .connected = http_exchange_has_begun (client->exchange),
    .connect_timeout_ms = client->connect_timeout_ms,
  };
  long os_errno = 0;
  long proxy_status = 0;

  curl_easy_getinfo (client->easy, CURLINFO_OS_ERRNO, &os_errno);
  curl_easy_getinfo (client->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  failure.os_errno = (int) os_errno;
  failure.proxy_status = (guint) proxy_status;
  return http_error_new_from_failure (&failure);
}

/* TRUE with libcurl's verdict in @code, or FALSE with @error set. */
static gboolean
try_once (Journey   *journey,
          CURLcode  *code,
          GError   **error)
{
  HttpClient *self = journey->client;
  HttpTransfer *transfer = journey->transfer;
  guint response_ms = journey->request->response_timeout_ms;
  GError *failure;
  HttpLoopEnd end;
  HttpRun run = {
    .easy = self->easy,
    .exchange = self->exchange,
    .watch = &journey->watch,
    .stop = transfer != NULL ? &transfer->stop : NULL,
    .n_sent = transfer != NULL ? &transfer->n_sent : NULL,
  };

  *self->detail = '\0';
  http_watch_start (&journey->watch, journey->request->body_size, self->stall_timeout_ms,
                    response_ms != 0 ? response_ms : self->response_timeout_ms,
                    MAX (response_ms, self->stall_timeout_ms), g_get_monotonic_time ());
  end = http_loop_run (self->loop, &run);
  failure = end == HTTP_LOOP_DONE ? http_exchange_take_error (self->exchange)
                                  : new_end_error (journey, end);
  if (failure != NULL) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  *code = run.code;
  return TRUE;
}

/* libcurl tries again by itself where it reads the end of a connection that had lain idle; where
 * it is the sending that fails it does not. */
static gboolean
is_idle_loss (HttpClient *self,
              CURLcode    code)
{
  long n_connects = 0;

  if (code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR && code != CURLE_GOT_NOTHING)
    return FALSE;

  curl_easy_getinfo (self->easy, CURLINFO_NUM_CONNECTS, &n_connects);
  return n_connects == 0 && http_exchange_has_begun (self->exchange)
         && !http_exchange_has_received (self->exchange);
}

static HttpResponse *
finish (Journey  *journey,
        CURLcode  code,
        GError  **error)
{
  HttpClient *self = journey->client;
  g_autoptr (HttpResponse) response = NULL;

  if (code != CURLE_OK) {
    g_propagate_error (error, new_curl_error (journey, code));
    return NULL;
  }

  response = http_exchange_take_response (self->exchange,
                                          http_watch_get_sent_at (&journey->watch));
  if (response == NULL) {
    g_propagate_error (error, new_curl_error (journey, CURLE_WEIRD_SERVER_REPLY));
    return NULL;
  }
  if (response->status == 407) {
    g_set_error (error, HTTP_ERROR, HTTP_ERROR_PROXY,
                 "The proxy refused to pass the request on to %s (status 407).",
                 http_origin_get_host (journey->origin));
    return NULL;
  }
  return g_steal_pointer (&response);
}

static HttpResponse *
travel (Journey  *journey,
        GError  **error)
{
  HttpClient *self = journey->client;
  CURLcode code;

  if (!http_exchange_start (self->exchange, journey->request, self->max_answer, error)
      || !try_once (journey, &code, error))
    return NULL;

  if (is_idle_loss (self, code)) {
    http_loop_renew (self->loop);
    http_exchange_rewind (self->exchange);
    if (!try_once (journey, &code, error))
      return NULL;
  }
  return finish (journey, code, error);
}

static gboolean
give_up_cb (gpointer data)
{
  const Journey *journey = data;

  return is_stopped (journey) || g_get_monotonic_time () >= journey->lookup_until;
}

static gboolean
is_loopback (HttpClient *self,
             const char *origin)
{
  if (g_strcmp0 (origin, self->origin) != 0) {
    g_free (self->origin);
    self->origin = g_strdup (origin);
    self->is_loopback = http_origin_is_loopback (origin);
  }
  return self->is_loopback;
}

static gboolean
find_proxy (Journey  *journey,
            GError  **error)
{
  HttpClient *self = journey->client;

  journey->no_proxy = self->direct || is_loopback (self, journey->origin);
  journey->lookup_until = g_get_monotonic_time ()
                          + self->connect_timeout_ms * G_TIME_SPAN_MILLISECOND;
  if (journey->no_proxy
      || http_proxies_find (self->proxies, journey->origin, give_up_cb, journey, &journey->proxy))
    return TRUE;

  if (is_stopped (journey))
    g_propagate_error (error, new_stopped_error ());
  else
    g_set_error (error, HTTP_ERROR, HTTP_ERROR_CONNECT,
                 "The proxy settings for %s could not be found within %u ms.",
                 http_origin_get_host (journey->origin), self->connect_timeout_ms);
  return FALSE;
}

/* libcurl tells less of what is wrong with it. Connections that are there need it no more. */
static gboolean
check_ca_file (HttpClient  *self,
               GError     **error)
{
  if (self->ca_file == NULL || self->has_ca_file)
    return TRUE;
  self->has_ca_file = access (self->ca_file, R_OK) == 0;
  if (self->has_ca_file)
    return TRUE;
  g_set_error (error, HTTP_ERROR, HTTP_ERROR_CA_FILE,
               "The certificate file “%s” cannot be read: %s.",
               self->ca_file, g_strerror (errno));
  return FALSE;
}

static HttpResponse *
send_journey (Journey  *journey,
              GError  **error)
{
  HttpClient *self = journey->client;

  if (journey->origin == NULL) {
    g_set_error_literal (error, HTTP_ERROR, HTTP_ERROR_URL,
                         "The address does not begin with http:// or https:// and a host.");
    return NULL;
  }
  if (is_stopped (journey)) {
    g_propagate_error (error, new_stopped_error ());
    return NULL;
  }
  if (!check_ca_file (self, error) || !find_proxy (journey, error))
    return NULL;

  curl_easy_setopt (self->easy, CURLOPT_URL, journey->request->url);
  /* "" stands for "none", NULL for what the environment says. */
  curl_easy_setopt (self->easy, CURLOPT_PROXY, journey->no_proxy ? "" : journey->proxy);
  return travel (journey, error);
}

static void
set_up_handle (HttpClient              *self,
               const HttpClientOptions *options)
{
  gsize buffer = options->upload_buffer != 0 ? options->upload_buffer : MAX_UPLOAD_BUFFER;

  buffer = CLAMP (buffer, MIN_UPLOAD_BUFFER, MAX_UPLOAD_BUFFER);
  curl_easy_setopt (self->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, self->detail);
  curl_easy_setopt (self->easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (self->easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  curl_easy_setopt (self->easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt (self->easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt (self->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long) buffer);
  curl_easy_setopt (self->easy, CURLOPT_CONNECTTIMEOUT_MS, (long) self->connect_timeout_ms);
  curl_easy_setopt (self->easy, CURLOPT_USERAGENT, options->user_agent);
  /* Without it the end of a transfer waits for a name server that does not answer. */
  curl_easy_setopt (self->easy, CURLOPT_QUICK_EXIT, 1L);
  if (self->ca_file != NULL) {
    curl_easy_setopt (self->easy, CURLOPT_CAINFO, self->ca_file);
    curl_easy_setopt (self->easy, CURLOPT_CAPATH, NULL);
  }
}

HttpClient *
http_client_new (const HttpClientOptions *options)
{
  HttpClient *self;

  g_return_val_if_fail (options != NULL, NULL);

  self = g_new0 (HttpClient, 1);
  self->connect_timeout_ms = options->connect_timeout_ms != 0 ? options->connect_timeout_ms
                                                              : CONNECT_TIMEOUT_MS;
  self->stall_timeout_ms = options->stall_timeout_ms != 0 ? options->stall_timeout_ms
                                                          : STALL_TIMEOUT_MS;
  self->response_timeout_ms = options->response_timeout_ms != 0 ? options->response_timeout_ms
                                                                : RESPONSE_TIMEOUT_MS;
  self->max_answer = options->max_answer != 0 ? options->max_answer : MAX_ANSWER;
  self->ca_file = g_strdup (options->ca_file);
  self->direct = options->direct;
  self->proxies = http_proxies_new (options->resolver);
  self->loop = http_loop_new ();
  self->easy = curl_easy_init ();
  if (self->easy == NULL)
    g_error ("libcurl gives no handle");
  set_up_handle (self, options);
  self->exchange = http_exchange_new (self->easy);
  return self;
}

void
http_client_free (HttpClient *self)
{
  if (self == NULL)
    return;

  http_loop_free (self->loop);
  http_exchange_free (self->exchange);
  curl_easy_cleanup (self->easy);
  http_proxies_free (self->proxies);
  g_free (self->origin);
  g_free (self->ca_file);
  g_free (self);
}

HttpResponse *
http_client_send (HttpClient         *self,
                  const HttpRequest  *request,
                  HttpTransfer       *transfer,
                  GError            **error)
{
  Journey journey = { .client = self, .request = request, .transfer = transfer };
  HttpResponse *response;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (request != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  http_loop_begin (self->loop);
  if (transfer != NULL)
    g_atomic_pointer_set (&transfer->n_sent, 0);

  journey.origin = http_origin_dup (request->url);
  response = send_journey (&journey, error);
  if (response == NULL)
    self->has_ca_file = FALSE;
  http_exchange_end (self->exchange);
  g_free (journey.origin);
  return response;
}

void
http_client_interrupt (HttpClient *self)
{
  g_return_if_fail (self != NULL);

  http_loop_interrupt (self->loop);
}

void
http_client_renew (HttpClient *self)
{
  g_return_if_fail (self != NULL);

  http_loop_renew (self->loop);
  http_proxies_forget (self->proxies);
  self->has_ca_file = FALSE;
}

void
http_init (void)
{
  /* Sockets that break under TLS raise the signal: OpenSSL writes without MSG_NOSIGNAL. */
  signal (SIGPIPE, SIG_IGN);
  curl_global_init (CURL_GLOBAL_DEFAULT);
}

const char *
http_get_versions (void)
{
  return curl_version ();
}
