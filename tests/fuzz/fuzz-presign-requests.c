/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "presign/presign-api.h"

#include <string.h>

/* A request as text: "METHOD URL", header lines, an empty line, the body. It is admitted and
 * answered by servers of several settings; S3 is played by http_client_send() below, which the
 * linker puts in the real one's place. */

#define NOW 1700000000
#define MAX_HEADERS 20

HttpResponse *__wrap_http_client_send (HttpClient        *self,
                                       const HttpRequest *request,
                                       HttpTransfer      *transfer,
                                       GError           **error);

static const char *const common[] = {
  "PARTWAY_PRESIGN_BUCKET=films", "PARTWAY_PRESIGN_REGION=eu-central-1",
  "PARTWAY_PRESIGN_ENDPOINT=http://127.0.0.1:9", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
  "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "HOME=/nonexistent", NULL
};
static const char *const settings[][5] = {
  { "PARTWAY_PRESIGN_CORS_ORIGINS=*", "PARTWAY_PRESIGN_ALLOW_DELETE=true", NULL },
  { "PARTWAY_PRESIGN_KEY_POLICY=unique-prefix", "PARTWAY_PRESIGN_KEY_PREFIX=in/",
    "PARTWAY_PRESIGN_HANDLE_SECRET=0123456789abcdef0123456789abcdef", NULL },
  { "PARTWAY_PRESIGN_KEY_POLICY=per-user", "PARTWAY_PRESIGN_AUTH=jwt",
    "PARTWAY_PRESIGN_JWT_SECRET=0123456789abcdef0123456789abcdef", NULL },
};

static const char *
choose_answer (const HttpRequest *request)
{
  if (strstr (request->url, "uploadId=") == NULL)
    return g_str_equal (request->method, "POST")
           ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
           : "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>in/a</Key>"
             "<UploadId>u1</UploadId></Upload></ListMultipartUploadsResult>";
  return g_str_equal (request->method, "POST")
         ? "<CompleteMultipartUploadResult><ETag>\"e-1\"</ETag></CompleteMultipartUploadResult>"
         : "<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber>"
           "<ETag>\"e\"</ETag><Size>5</Size></Part></ListPartsResult>";
}

HttpResponse *
__wrap_http_client_send (HttpClient        *self,
                         const HttpRequest *request,
                         HttpTransfer      *transfer,
                         GError           **error)
{
  const char *answer = choose_answer (request);
  HttpResponse *response = http_response_new (200);

  /* Whatever is asked for, this is where it goes. */
  g_assert_true (g_str_has_prefix (request->url, "http://127.0.0.1:9/films"));
  http_response_add_header (response, "ETag", "\"e\"");
  g_clear_pointer (&response->body, g_bytes_unref);
  response->body = g_bytes_new (answer, strlen (answer));
  return response;
}

static PresignApi *
get_api (guint index)
{
  static PresignApi *apis[G_N_ELEMENTS (settings)];
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) envp = NULL;
  PresignConfig *config;

  if (apis[index] != NULL)
    return apis[index];
  envp = g_strdupv ((char **) common);
  for (guint i = 0; settings[index][i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (settings[index][i], "=", 2);
    envp = g_environ_setenv (envp, pair[0], pair[1], TRUE);
  }
  config = presign_config_load (NULL, envp, &error);
  g_assert_no_error (error);
  apis[index] = presign_api_new (config, &error);
  g_assert_no_error (error);
  return apis[index];
}

static HttpRequest *
read_request (const char *text,
              gsize       length)
{
  g_autofree char *copy = g_strndup (text, length);
  char *body = strstr (copy, "\n\n");
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) words = NULL;
  HttpRequest *request;

  if (body != NULL) {
    *body = '\0';
    body += 2;
  }
  lines = g_strsplit (copy, "\n", MAX_HEADERS);
  words = g_strsplit (lines[0] != NULL ? lines[0] : "", " ", 2);
  if (words[0] == NULL || words[0][0] == '\0' || words[1] == NULL || words[1][0] != '/')
    return NULL;
  request = http_request_new (words[0], words[1]);
  for (guint i = 1; lines[i] != NULL; i++) {
    g_auto (GStrv) header = g_strsplit (lines[i], ": ", 2);
    if (header[0] != NULL && header[0][0] != '\0' && header[1] != NULL)
      http_request_set_header (request, header[0], header[1]);
  }
  if (body != NULL) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
    http_request_set_bytes (request, bytes);
  }
  return request;
}

static void
answer (PresignApi        *api,
        const HttpRequest *request,
        HttpClient        *client)
{
  g_auto (PresignCaller) caller = {
    .peer = "192.0.2.7", .request_id = "r1", .base_url = "https://up.example.com"
  };
  g_autoptr (HttpResponse) response = presign_api_admit (api, request, &caller, NOW);

  if (response == NULL)
    response = presign_api_answer (api, request, &caller, NOW, client);
  g_assert_nonnull (response);
  g_assert_cmpuint (response->status, >=, 200);
  g_assert_cmpuint (response->status, <, 600);
  g_assert_nonnull (presign_api_get_dialect (request));
  g_assert_nonnull (presign_api_get_route (request));
  for (guint i = 0; i < response->headers->len; i++)
    g_assert_null (strpbrk (g_array_index (response->headers, HttpHeader, i).value, "\r\n"));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static HttpClient *client;
  g_autoptr (HttpRequest) request = read_request ((const char *) data, size);

  if (client == NULL) {
    HttpClientOptions options = { .direct = TRUE };

    for (guint i = 0; common[i] != NULL; i++) {
      g_auto (GStrv) pair = g_strsplit (common[i], "=", 2);
      g_setenv (pair[0], pair[1], TRUE);
    }
    http_init ();
    client = http_client_new (&options);
  }
  if (request == NULL)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    answer (get_api (i), request, client);
  return 0;
}
