/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-pool.h"

#include "config.h"

#include <string.h>

struct _PresignPool {
  const PresignConfig *config;
  GThreadPool *threads;
  GAsyncQueue *clients;         /* those that nobody uses now */
};

typedef struct {
  PresignWork *work;
  HttpResponse *response;
  GMainContext *context;
  PresignDoneFunc done;
  gpointer user_data;
} Job;

/* Where systems keep the authorities that they trust: Debian's place is the one that libcurl was
 * built with there, the others are Amazon Linux's and Fedora's, SUSE's, and Alpine's. The program
 * may have been built on one of them and run on another. NULL: leave it to libcurl. */
static const char *
find_authorities (void)
{
  static const char *const places[] = {
    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
  };

  if (g_file_test ("/etc/ssl/certs/ca-certificates.crt", G_FILE_TEST_EXISTS)) {
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    if (g_file_test (places[i], G_FILE_TEST_EXISTS)) {
      return places[i];
    }
  }
  return NULL;
}

HttpClient *
presign_pool_new_client (const PresignConfig *config)
{
  const char *lower = g_getenv ("https_proxy");
  const char *proxy = lower ? lower : g_getenv ("HTTPS_PROXY");
  HttpClientOptions options = {
    .ca_file = config->ca_file ? config->ca_file : find_authorities (),
    .user_agent = "partway-presign/" PW_VERSION,
    /* A desktop's settings are none of a server's business. */
    .direct = !proxy || !*proxy,
  };

  return http_client_new (&options);
}

static gboolean
done_cb (gpointer user_data)
{
  Job *job = user_data;

  job->done (job->work, job->response, job->user_data);
  return G_SOURCE_REMOVE;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_main_context_unref (job->context);
  g_free (job);
}

static void
run_cb (gpointer data,
        gpointer user_data)
{
  PresignPool *self = user_data;
  Job *job = data;
  HttpClient *client = g_async_queue_try_pop (self->clients);

  if (!client) {
    client = presign_pool_new_client (self->config);
  }
  job->response = presign_work_answer (job->work, client);
  g_async_queue_push_front (self->clients, client);     /* the one that was used last is alive */
  g_main_context_invoke_full (job->context, G_PRIORITY_DEFAULT, done_cb, job, job_free);
}

PresignPool *
presign_pool_new (const PresignConfig *config)
{
  PresignPool *self = g_new0 (PresignPool, 1);

  self->config = config;
  self->clients = g_async_queue_new_full ((GDestroyNotify) http_client_free);
  self->threads = g_thread_pool_new (run_cb, self, (int) config->threads, FALSE, NULL);
  return self;
}

void
presign_pool_free (PresignPool *self)
{
  if (!self) {
    return;
  }
  g_thread_pool_free (self->threads, FALSE, TRUE);
  g_async_queue_unref (self->clients);
  g_free (self);
}

void
presign_pool_push (PresignPool     *self,
                   PresignWork     *work,
                   PresignDoneFunc  done,
                   gpointer         user_data)
{
  Job *job = g_new0 (Job, 1);

  job->work = work;
  job->context = g_main_context_ref_thread_default ();
  job->done = done;
  job->user_data = user_data;
  g_thread_pool_push (self->threads, job, NULL);
}
