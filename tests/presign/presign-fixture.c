/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign-fixture.h"

#include <json-glib/json-glib.h>
#include <string.h>

static PresignFixture *
fixture_new (char              **envp,
             const char *const  *settings)
{
  PresignFixture *self = g_new0 (PresignFixture, 1);
  g_autoptr (GError) error = NULL;
  HttpClientOptions options = { .direct = TRUE };

  for (; settings && settings[0]; settings += 2) {
    g_autofree char *upper = g_ascii_strup (settings[0], -1);
    g_autofree char *name = g_strconcat ("PARTWAY_PRESIGN_", g_strdelimit (upper, "-", '_'), NULL);

    envp = g_environ_setenv (envp, name, settings[1], TRUE);
  }
  http_init ();
  self->now = FIXTURE_NOW;
  self->config = presign_config_load (NULL, envp, &error);
  g_assert_no_error (error);
  self->api = presign_api_new (self->config, &error);
  g_assert_no_error (error);
  self->client = http_client_new (&options);
  g_strfreev (envp);
  return self;
}

PresignFixture *
presign_fixture_new (const char *const *settings)
{
  char **envp = g_environ_setenv (NULL, "PARTWAY_PRESIGN_BUCKET", "films", TRUE);

  g_setenv ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", TRUE);
  envp = g_environ_setenv (envp, "PARTWAY_PRESIGN_REGION", "eu-central-1", TRUE);
  return fixture_new (envp, settings);
}

PresignFixture *
presign_fixture_new_with_store (const char        *endpoint,
                                const char *const *settings)
{
  char **envp = g_environ_setenv (NULL, "PARTWAY_PRESIGN_BUCKET", "bucket", TRUE);
  PresignFixture *self;

  g_setenv ("AWS_ACCESS_KEY_ID", "testkey", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "testsecret", TRUE);
  envp = g_environ_setenv (envp, "PARTWAY_PRESIGN_ENDPOINT", endpoint, TRUE);
  self = fixture_new (envp, settings);
  self->now = g_get_real_time () / G_USEC_PER_SEC;
  return self;
}

void
presign_fixture_free (PresignFixture *self)
{
  g_clear_pointer (&self->response, http_response_free);
  g_free (self->text);
  http_client_free (self->client);
  presign_api_free (self->api);
  presign_config_free (self->config);
  g_free (self);
}

guint
presign_fixture_ask (PresignFixture    *self,
                     const char        *method,
                     const char        *url,
                     const char        *body,
                     const char *const *headers)
{
  g_autoptr (HttpRequest) request = http_request_new (method, url);
  g_auto (PresignCaller) caller = {
    .peer = "192.0.2.7", .request_id = "r1", .base_url = "https://presign.example",
  };
  gboolean asks;

  for (; headers && headers[0]; headers += 2) {
    http_request_set_header (request, headers[0], headers[1]);
  }
  if (body) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

    http_request_set_bytes (request, bytes);
  }
  g_clear_pointer (&self->response, http_response_free);
  self->response = presign_api_admit (self->api, request, &caller, self->now);
  asks = presign_api_asks_store (self->api, request);
  if (!self->response) {
    self->response = presign_api_answer (self->api, request, &caller, self->now,
                                         asks ? self->client : NULL);
  }
  g_free (self->text);
  self->text = g_strndup (g_bytes_get_data (self->response->body, NULL),
                          g_bytes_get_size (self->response->body));
  g_test_message ("%s %s %s: %u %s", method, url, body && strlen (body) < 1000 ? body : "",
                  self->response->status, self->text);
  return self->response->status;
}

guint
presign_fixture_post (PresignFixture *self,
                      const char     *url,
                      const char     *body)
{
  return presign_fixture_ask (self, "POST", url, body, NULL);
}

char *
presign_fixture_dup (PresignFixture *self,
                     const char     *name)
{
  g_autoptr (JsonNode) root = json_from_string (self->text, NULL);

  g_assert_nonnull (root);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (root));
  g_assert_true (json_object_has_member (json_node_get_object (root), name));
  return g_strdup (json_object_get_string_member (json_node_get_object (root), name));
}

char *
presign_fixture_put (PresignFixture *self,
                     const char     *url,
                     const char     *text)
{
  g_autoptr (HttpRequest) request = http_request_new ("PUT", url);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (HttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  const char *etag;

  http_request_set_bytes (request, bytes);
  response = http_client_send (self->client, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  etag = http_response_get_header (response, "ETag");
  g_assert_nonnull (etag);
  return g_strndup (etag + 1, strlen (etag) - 2);
}
