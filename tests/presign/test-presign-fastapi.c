/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-api.h"

#include <string.h>

#define NOW 1700000000

static PresignApi *
api_new (PresignConfig **config)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) envp = NULL;
  PresignApi *api;

  g_setenv ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", TRUE);
  envp = g_environ_setenv (NULL, "PARTWAY_PRESIGN_BUCKET", "films", TRUE);
  envp = g_environ_setenv (envp, "PARTWAY_PRESIGN_REGION", "eu-central-1", TRUE);
  *config = presign_config_load (NULL, envp, &error);
  g_assert_no_error (error);
  api = presign_api_new (*config, &error);
  g_assert_no_error (error);
  return api;
}

static const struct {
  const char *method;
  const char *url;
  const char *body;
  guint status;
  const char *answer;           /* how it begins */
} cases[] = {
  { "GET", "/", NULL, 200, "{\"message\":\"" },
  { "GET", "/nowhere", NULL, 404, "{\"detail\":\"Not Found\"}" },
  { "GET", "/get-presigned-url", NULL, 405, "{\"detail\":\"Method Not Allowed\"}" },
  { "POST", "/get-presigned-url", "{\"key\":\"a/b c\",\"uploadId\":\"u+/=\",\"partNumber\":7}", 200,
    "{\"presignedUrl\":\"https://films.s3.eu-central-1.amazonaws.com/a/b%20c?partNumber=7&"
    "uploadId=u%2B%2F%3D&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
    "20231114%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20231114T221320Z&X-Amz-Expires=900&"
    "X-Amz-SignedHeaders=host&X-Amz-Signature=" },
  { "POST", "/get-presigned-url", "{\"key\":\"a\",\"partNumber\":7}", 422,
    "{\"detail\":[{\"loc\":[\"body\",\"uploadId\"],\"msg\":\"field required\","
    "\"type\":\"value_error.missing\"}]}" },
};

static void
test_answers (void)
{
  PresignConfig *config = NULL;
  PresignApi *api = api_new (&config);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HttpRequest) request = http_request_new (cases[i].method, cases[i].url);
    g_auto (PresignCaller) caller = { .request_id = "r1" };
    g_autoptr (HttpResponse) response = NULL;
    g_autofree char *text = NULL;

    if (cases[i].body) {
      g_autoptr (GBytes) body = g_bytes_new_static (cases[i].body, strlen (cases[i].body));

      http_request_set_bytes (request, body);
    }
    response = presign_api_admit (api, request, &caller, NOW);
    if (!response) {
      response = presign_api_answer (api, request, &caller, NOW, NULL);
    }
    text = g_strndup (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body));
    g_test_message ("%s", text);
    g_assert_cmpuint (response->status, ==, cases[i].status);
    g_assert_true (g_str_has_prefix (text, cases[i].answer));
  }
  presign_api_free (api);
  presign_config_free (config);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/fastapi/answers", test_answers);
  return g_test_run ();
}
