/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-container.h"

#include "aws/aws-answer.h"
#include "aws/aws-error.h"
#include "http/http-client.h"
#include "http/http-origin.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ECS_ORIGIN "http://169.254.170.2"
#define EKS_ORIGIN "http://169.254.170.23"

/* A metadata service is on the same machine: it answers at once or not at all. */
#define TIMEOUT_MS 5000
#define MAX_ANSWER 65536

static const char *
get_env (char       **envp,
         const char  *name)
{
  const char *value = g_environ_getenv (envp, name);

  return value && *value ? value : NULL;
}

static void
refuse (GError     **error,
        const char  *sentence)
{
  g_set_error_literal (error, AWS_ERROR, AWS_ERROR_MISSING, sentence);
}

static char *
dup_url (char **envp)
{
  const char *relative = get_env (envp, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");

  if (relative)
    return g_strconcat (ECS_ORIGIN, *relative == '/' ? "" : "/", relative, NULL);
  return g_strdup (get_env (envp, "AWS_CONTAINER_CREDENTIALS_FULL_URI"));
}

/* Who can listen on the way would have the credentials. */
static gboolean
is_allowed (const char *url)
{
  g_autofree char *origin = http_origin_dup (url);

  if (!origin)
    return FALSE;
  return g_str_has_prefix (origin, "https:") || http_origin_is_loopback (origin)
         || g_str_equal (origin, ECS_ORIGIN) || g_str_equal (origin, EKS_ORIGIN);
}

/* FALSE: there is a token, but it cannot be read or be sent. */
static gboolean
dup_token (char   **envp,
           char   **token)
{
  const char *path = get_env (envp, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  g_autofree char *text = NULL;

  if (path && !g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  if (!path)
    text = g_strdup (get_env (envp, "AWS_CONTAINER_AUTHORIZATION_TOKEN"));
  if (text)
    g_strchomp (text);
  if (text && strpbrk (text, "\r\n"))
    return FALSE;
  *token = g_steal_pointer (&text);
  return TRUE;
}

static HttpResponse *
send_question (const char *url,
               const char *token)
{
  /* The machine's own service is never behind a proxy. */
  HttpClientOptions options = {
    .connect_timeout_ms = TIMEOUT_MS, .stall_timeout_ms = TIMEOUT_MS,
    .response_timeout_ms = TIMEOUT_MS, .max_answer = MAX_ANSWER,
    .direct = !g_str_has_prefix (url, "https:"),
  };
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_autoptr (HttpRequest) request = http_request_new ("GET", url);

  http_request_set_header (request, "Accept", "application/json");
  http_request_set_header (request, "Authorization", token);
  return http_client_send (client, request, NULL, NULL);
}

gboolean
aws_container_is_named (char **envp)
{
  return get_env (envp, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
         || get_env (envp, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

S3Credentials *
aws_container_ask (char   **envp,
                   gint64  *expires,
                   GError **error)
{
  g_autofree char *url = dup_url (envp);
  g_autofree char *token = NULL;
  g_autoptr (HttpResponse) response = NULL;
  AwsAnswer answer;
  const char *body;
  gsize length;

  if (!url || !is_allowed (url)) {
    refuse (error, _("AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https address, or one of this "
                     "machine."));
    return NULL;
  }
  if (!dup_token (envp, &token)) {
    refuse (error, _("The token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read. Check "
                     "its permissions."));
    return NULL;
  }
  response = send_question (url, token);
  body = response && response->status == 200 ? g_bytes_get_data (response->body, &length) : NULL;
  if (!body || aws_answer_parse (body, length, "Token", &answer) != AWS_ANSWER_OK) {
    refuse (error, _("The service that gives this container its credentials did not give any. "
                     "Check the role of the task or pod."));
    return NULL;
  }
  *expires = answer.expires;
  return answer.credentials;
}
