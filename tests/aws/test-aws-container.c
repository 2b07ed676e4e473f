/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-container.h"

#include "aws/aws-config.h"
#include "aws/aws-error.h"
#include "http/http-client.h"

#include "../http/scripted-server.h"

#include <glib/gstdio.h>
#include <string.h>

#define GOOD "{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"Token\":\"ST\"," \
             "\"Expiration\":\"2026-01-31T12:00:00Z\"}"

typedef struct {
  const char *answer;
  char *head;                   /* what was asked last */
} Service;

static void
play_service (ScriptedConn *conn)
{
  Service *service = conn->user_data;

  g_free (service->head);
  service->head = scripted_conn_read_head (conn);
  scripted_conn_write (conn, service->answer);
  scripted_conn_linger (conn);
}

static char *
make_answer (const char *status,
             const char *body)
{
  return g_strdup_printf ("HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                          status, strlen (body), body);
}

static char **
make_env (ScriptedServer *server)
{
  g_autofree char *url = scripted_server_dup_url (server, "/v2/credentials");

  return g_environ_setenv (NULL, "AWS_CONTAINER_CREDENTIALS_FULL_URI", url, TRUE);
}

static void
test_ask (void)
{
  g_autofree char *answer = make_answer ("200 OK", GOOD);
  Service service = { .answer = answer };
  g_autoptr (ScriptedServer) server = scripted_server_new (play_service, &service, NULL);
  g_auto (GStrv) envp = g_environ_setenv (make_env (server), "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                          "Basic abc", TRUE);
  g_autoptr (GError) error = NULL;
  gint64 expires = 0;
  g_autoptr (S3Credentials) credentials = aws_container_ask (envp, &expires, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (credentials->access_key, ==, "AK");
  g_assert_cmpstr (credentials->secret_key, ==, "SK");
  g_assert_cmpstr (credentials->session_token, ==, "ST");
  g_assert_cmpint (expires, ==, 1769860800);
  g_clear_pointer (&server, scripted_server_free);
  g_assert_true (g_str_has_prefix (service.head, "GET /v2/credentials HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (service.head, "\r\nAuthorization: Basic abc\r\n"));
  g_free (service.head);
}

/* The file's token comes first, and is read anew for each question. */
static void
test_token_file (void)
{
  g_autofree char *answer = make_answer ("200 OK", GOOD);
  g_autofree char *path = NULL;
  Service service = { .answer = answer };
  g_autoptr (ScriptedServer) server = scripted_server_new (play_service, &service, NULL);
  g_auto (GStrv) envp = make_env (server);
  g_autoptr (S3Credentials) credentials = NULL;
  gint64 expires;
  int fd = g_file_open_tmp (NULL, &path, NULL);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "from-file\n", -1, NULL));
  envp = g_environ_setenv (envp, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, TRUE);
  envp = g_environ_setenv (envp, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "other", TRUE);
  credentials = aws_container_ask (envp, &expires, NULL);
  g_assert_nonnull (credentials);
  g_clear_pointer (&server, scripted_server_free);
  g_assert_nonnull (strstr (service.head, "\r\nAuthorization: from-file\r\n"));
  g_free (service.head);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_refused (void)
{
  static const struct {
    const char *status;
    const char *body;
  } cases[] = {
    { "403 Forbidden", GOOD },
    { "200 OK", "" },
    { "200 OK", "<html>" },
    { "200 OK", "{\"AccessKeyId\":\"AK\"}" },
    { "200 OK", "{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"Expiration\":\"soon\"}" },
    { "302 Found", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *answer = make_answer (cases[i].status, cases[i].body);
    Service service = { .answer = answer };
    g_autoptr (ScriptedServer) server = scripted_server_new (play_service, &service, NULL);
    g_auto (GStrv) envp = make_env (server);
    g_autoptr (GError) error = NULL;
    gint64 expires = -1;

    g_assert_null (aws_container_ask (envp, &expires, &error));
    g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
    g_assert_null (strstr (error->message, "SK"));
    g_assert_cmpint (expires, ==, -1);
    g_clear_pointer (&server, scripted_server_free);
    g_free (service.head);
  }
}

/* Nobody on the way may listen, and a token cannot bring headers of its own. */
static void
test_not_asked (void)
{
  static const struct {
    const char *name, *value;
  } cases[] = {
    { "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/credentials" },
    { "AWS_CONTAINER_CREDENTIALS_FULL_URI", "file:///etc/passwd" },
    { "AWS_CONTAINER_CREDENTIALS_FULL_URI", "nonsense" },
    { "AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nX: y" },
    { "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere/token" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) envp = g_environ_setenv (NULL, "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                            "http://127.0.0.1:1/", TRUE);
    g_autoptr (GError) error = NULL;
    gint64 expires;

    envp = g_environ_setenv (envp, cases[i].name, cases[i].value, TRUE);
    g_assert_null (aws_container_ask (envp, &expires, &error));
    g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
  }
}

/* It is the last source, as with AWS's own tools, and not asked for a profile that is named. */
static void
test_order (void)
{
  g_autofree char *answer = make_answer ("200 OK", GOOD);
  Service service = { .answer = answer };
  g_autoptr (ScriptedServer) server = scripted_server_new (play_service, &service, NULL);
  g_auto (GStrv) envp = g_environ_setenv (make_env (server), "HOME", "/nowhere", TRUE);
  g_autoptr (AwsConfig) config = aws_config_load (envp, NULL, NULL);
  g_autoptr (AwsConfig) with_keys = NULL;
  g_autoptr (S3Credentials) credentials = NULL;
  gint64 expires;

  g_assert_true (config->asks_container && config->may_change);
  credentials = aws_config_dup_credentials (config, envp, &expires, NULL);
  g_assert_cmpstr (credentials->access_key, ==, "AK");
  envp = g_environ_setenv (envp, "AWS_ACCESS_KEY_ID", "ENV", TRUE);
  envp = g_environ_setenv (envp, "AWS_SECRET_ACCESS_KEY", "ENV", TRUE);
  with_keys = aws_config_load (envp, NULL, NULL);
  g_assert_false (with_keys->asks_container);
  g_clear_pointer (&server, scripted_server_free);
  g_free (service.head);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  scripted_clear_environment ();
  http_init ();
  g_test_add_func ("/aws-container/ask", test_ask);
  g_test_add_func ("/aws-container/token-file", test_token_file);
  g_test_add_func ("/aws-container/refused", test_refused);
  g_test_add_func ("/aws-container/not-asked", test_not_asked);
  g_test_add_func ("/aws-container/order", test_order);
  return g_test_run ();
}
