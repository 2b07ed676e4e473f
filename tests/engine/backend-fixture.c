/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-fixture.h"

#include <string.h>

#include "../http/scripted-server.h"
#include "engine/pw-authority-keys.h"
#include "engine/pw-authority-presign.h"
#include "engine/pw-error.h"

/* One connection's side. */
typedef struct {
  BackendFixture *fixture;
  HttpClient *client;
  JsonObject *body;
  const char *key;
  const char *upload_id;
} Visit;

static char *
dup_refusal (const GError *error,
             guint        *status)
{
  g_autofree char *text = g_strescape (error->message, NULL);

  *status = 500;
  return g_strdup_printf ("{\"detail\":\"An error occurred: %s\"}", text);
}

static char *
dup_url (Visit *visit,
         guint  part_number)
{
  BackendFixture *self = visit->fixture;
  g_autoptr (S3Credentials) keys = s3_credentials_new ("testkey", "testsecret", NULL);
  g_autoptr (S3Address) address = pw_destination_dup_address (self->step->store_destination, NULL);
  g_autoptr (HttpRequest) request = s3_request_upload_part (address, visit->key, visit->upload_id,
                                                            part_number, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC - g_atomic_int_get (&self->age_s);

  return s3_presign_url (request, keys, "us-east-1", now,
                         (guint) g_atomic_int_get (&self->expires_s));
}

static char *
start (Visit  *visit,
       guint  *status)
{
  BackendFixture *self = visit->fixture;
  g_auto (PwExchange) exchange = { .client = visit->client };
  g_autofree char *key = g_strconcat (self->prefix,
                                      json_object_get_string_member (visit->body, "fileName"),
                                      NULL);
  S3ObjectOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PwBegun) begun = pw_authority_create (self->keys, &exchange, &(PwAsk) {
    .op = PW_OP_CREATE, .key = key, .options = &options,
  }, &error);

  if (!begun)
    return dup_refusal (error, status);
  return g_strdup_printf ("{\"uploadId\":\"%s\",\"key\":\"%s\"}", begun->upload_id, begun->key);
}

static char *
list (Visit  *visit,
      guint  *status)
{
  g_auto (PwExchange) exchange = { .client = visit->client };
  g_autoptr (GError) error = NULL;
  g_autoptr (S3PartsPage) page = pw_authority_list_parts (visit->fixture->keys, &exchange,
                                                          visit->key, visit->upload_id, 0, &error);
  GString *json;

  if (!page)
    return dup_refusal (error, status);
  json = g_string_new ("{\"parts\":[");
  for (guint i = 0; i < page->parts->len; i++) {
    const S3ListedPart *part = &g_array_index (page->parts, S3ListedPart, i);

    g_string_append_printf (json, "%s{\"PartNumber\":%u,\"ETag\":\"\\\"%s\\\"\"}", i ? "," : "",
                            part->part_number, part->etag);
  }
  g_string_append (json, "]}");
  return g_string_free (json, FALSE);
}

static char *
complete (Visit *visit,
          guint *status)
{
  g_auto (PwExchange) exchange = { .client = visit->client };
  JsonArray *array = json_object_get_array_member (visit->body, "parts");
  guint n = json_array_get_length (array);
  g_autofree S3CompletedPart *parts = g_new0 (S3CompletedPart, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (S3ObjectReply) reply = NULL;

  for (guint i = 0; i < n; i++) {
    JsonObject *part = json_array_get_object_element (array, i);

    parts[i].part_number = (guint) json_object_get_int_member (part, "PartNumber");
    g_strlcpy (parts[i].etag, json_object_get_string_member (part, "ETag"), sizeof parts[i].etag);
  }
  reply = pw_authority_complete (visit->fixture->keys, &exchange, &(PwAsk) {
    .op = PW_OP_COMPLETE, .key = visit->key, .upload_id = visit->upload_id, .parts = parts,
    .n_parts = n,
  }, &error);
  return reply ? g_strdup ("{\"message\":\"Upload completed successfully\"}")
               : dup_refusal (error, status);
}

static char *
serve (Visit      *visit,
       const char *route,
       guint      *status)
{
  *status = 200;
  if (g_str_equal (route, "/"))
    return g_strdup ("{\"message\":\"Hello\"}");
  if (!visit->body) {
    *status = 404;
    return g_strdup ("{\"detail\":\"Not Found\"}");
  }
  if (g_str_equal (route, "/start-multipart-upload"))
    return start (visit, status);
  if (!json_object_has_member (visit->body, "partNumber")
      && !g_str_equal (route, "/complete-multipart-upload")) {
    *status = 422;
    return g_strdup ("{\"detail\":[{\"loc\":[\"body\",\"partNumber\"],\"msg\":\"field required\","
                     "\"type\":\"value_error.missing\"}]}");
  }
  visit->key = json_object_get_string_member (visit->body, "key");
  visit->upload_id = json_object_get_string_member (visit->body, "uploadId");
  if (g_str_equal (route, "/list-parts"))
    return list (visit, status);
  if (g_str_equal (route, "/complete-multipart-upload"))
    return complete (visit, status);
  {
    guint n = (guint) json_object_get_int_member (visit->body, "partNumber");
    g_autofree char *url = dup_url (visit, n);

    return g_strdup_printf ("{\"presignedUrl\":\"%s\"}", url);
  }
}

static guint
count (BackendFixture *self,
       const char     *route,
       const char     *head,
       GBytes         *body)
{
  gsize size;
  const char *text = g_bytes_get_data (body, &size);
  guint n;

  g_mutex_lock (&self->mutex);
  n = 1 + GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, route));
  g_hash_table_insert (self->counts, g_strdup (route), GUINT_TO_POINTER (n));
  g_string_append (self->heads, head);
  g_string_append_len (self->heads, text, (gssize) size);
  g_mutex_unlock (&self->mutex);
  return n;
}

/* FALSE: the connection is over. */
static gboolean
answer (Visit        *visit,
        ScriptedConn *conn,
        const char   *head,
        GBytes       *bytes)
{
  BackendFixture *self = visit->fixture;
  g_auto (GStrv) words = g_strsplit (head, " ", 3);
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL, *message = NULL;
  BackendTwist twist = { 0 };
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  BackendTwistFunc func;
  guint n, status = 0;

  words[1][strcspn (words[1], "?")] = '\0';
  if (size > 0) {
    g_autofree char *json = g_strndup (data, size);

    root = json_from_string (json, NULL);
  }
  visit->body = root ? json_node_get_object (root) : NULL;
  n = count (self, words[1], head, bytes);
  func = g_atomic_pointer_get (&self->twist);
  if (func)
    func (self, words[1], visit->body, n, &twist);
  if (twist.status == 0 || twist.is_done || twist.is_dropped)
    text = serve (visit, words[1], &status);
  if (twist.is_dropped)
    return FALSE;
  if (twist.status != 0) {
    status = twist.status;
    g_free (text);
    text = twist.answer ? twist.answer : g_strdup ("{}");
  }
  message = g_strdup_printf ("HTTP/1.1 %u Status\r\n%sContent-Length: %zu\r\n\r\n%s", status,
                             twist.header ? twist.header : "", strlen (text), text);
  scripted_conn_write (conn, message);
  return TRUE;
}

static void
script (ScriptedConn *conn)
{
  HttpClientOptions options = { 0 };
  g_autoptr (HttpClient) client = http_client_new (&options);
  Visit visit = { .fixture = conn->user_data, .client = client };
  gboolean is_open = TRUE;

  while (is_open) {
    g_autofree char *head = scripted_conn_read_head (conn);
    g_autoptr (GBytes) body = NULL;

    if (!head)
      return;
    body = scripted_conn_read_body (conn, scripted_get_length (head));
    is_open = answer (&visit, conn, head, body);
  }
}

static void
connect_client (BackendFixture *self)
{
  StepFixture *step = self->step;
  g_autoptr (GError) error = NULL;

  pw_order_unref (step->order);
  pw_authority_unref (step->authority);
  step->authority = pw_authority_presign_new (step->destination, step->credentials, &error);
  g_assert_no_error (error);
  step_fixture_renew_order (step);
}

BackendFixture *
backend_fixture_new (gsize       size,
                     guint64     part_size,
                     const char *token,
                     const char *header)
{
  BackendFixture *self = g_new0 (BackendFixture, 1);
  g_autoptr (S3Credentials) secret = s3_credentials_new ("", token ? token : "", NULL);
  g_autoptr (GError) error = NULL;
  StepFixture *step = step_fixture_new (NULL, NULL, size);

  self->step = step;
  self->prefix = "";
  self->expires_s = 3600;
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->heads = g_string_new (NULL);
  g_mutex_init (&self->mutex);
  self->keys = pw_authority_ref (step->authority);
  self->server = scripted_server_new (script, self, NULL);
  self->url = scripted_server_dup_url (self->server, "");

  step->store_destination = step->destination;
  step->destination = pw_destination_new_presign (self->url, &error);
  g_assert_no_error (error);
  step->destination->secrets = PW_SECRETS_SESSION;
  step->destination->part_size = part_size;
  step->destination->allow_tiny_parts = TRUE;
  step->destination->auth_header = g_strdup (header);
  pw_credentials_unref (step->credentials);
  step->credentials = pw_credentials_new (step->destination);
  pw_credentials_set (step->credentials, secret, 0);
  connect_client (self);
  return self;
}

void
backend_fixture_free (BackendFixture *self)
{
  StepFixture *step = self->step;

  /* Whoever may still ask goes before who answers. */
  pw_order_unref (step->order);
  pw_authority_unref (step->authority);
  step->order = NULL;
  step->authority = pw_authority_ref (self->keys);
  step_fixture_renew_order (step);
  scripted_server_free (self->server);
  g_object_unref (step->store_destination);
  step_fixture_free (step);
  pw_authority_unref (self->keys);
  g_hash_table_unref (self->counts);
  g_string_free (self->heads, TRUE);
  g_mutex_clear (&self->mutex);
  g_free (self->url);
  g_free (self);
}

void
backend_fixture_set_twist (BackendFixture   *self,
                           BackendTwistFunc  twist)
{
  g_atomic_pointer_set (&self->twist, twist);
}

guint
backend_fixture_count (BackendFixture *self,
                       const char     *route)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, route));
  g_mutex_unlock (&self->mutex);
  return n;
}

char *
backend_fixture_dup_heard (BackendFixture *self)
{
  char *heard;

  g_mutex_lock (&self->mutex);
  heard = g_strdup (self->heads->str);
  g_mutex_unlock (&self->mutex);
  return heard;
}

void
backend_fixture_begin (BackendFixture *self)
{
  g_assert_cmpint (step_fixture_run (self->step, PW_JOB_BEGIN, 0), ==, PW_OUTCOME_OK);
  step_fixture_send_parts (self->step);
}

void
backend_fixture_crash (BackendFixture *self)
{
  connect_client (self);
  self->step->order->may_have_journal = TRUE;
}

void
backend_fixture_assert_object (BackendFixture *self)
{
  store_fixture_assert_object (self->step->store, self->step->order->key, self->step->path);
}
