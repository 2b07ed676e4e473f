/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-send.h"

#include "store-answer.h"
#include "store-line.h"

#include <string.h>

#define SPACE_MS 100

static void
add_common_headers (StoreRequest *request)
{
  g_autofree char *date = store_dup_http_date (request->now);

  store_answer_set_header (request, "Date", date);
  store_answer_set_header (request, "Server", "PartwayStore");
  store_answer_set_header (request, "x-amz-request-id", request->id);
  store_answer_set_header (request, "x-amz-id-2", "partway-store");
}

static void
count_and_log (StoreRequest *request)
{
  Store *store = request->store;
  gsize size = request->answer != NULL ? g_bytes_get_size (request->answer) : 0;
  const char *text = size > 0 ? g_bytes_get_data (request->answer, NULL) : "";
  const char *code = request->status >= 400 ? g_strstr_len (text, (gssize) size, "<Code>") : NULL;
  g_autofree char *name = code != NULL ? g_strndup (code + 6, strcspn (code + 6, "<")) : NULL;

  if (request->status >= 400)
    store->stats.n_refused++;
  if (store->log == NULL)
    return;
  g_autofree char *date = store_dup_iso_date (request->now);
  fprintf (store->log, "%s %s %s %s", date, request->id, store_op_get_name (request->op),
           request->key != NULL ? request->key : "-");
  if (request->part_number > 0)
    fprintf (store->log, " part %u", request->part_number);
  fprintf (store->log, " %u %s\n", request->status, name != NULL ? name : "");
  fflush (store->log);
}

static void
copy_headers (StoreRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_iter_init (&iter, request->headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    soup_message_headers_replace (headers, name, value);
}

static void
send_plain (StoreRequest *request)
{
  SoupServerMessage *message = request->message;
  gboolean is_head = g_str_equal (soup_server_message_get_method (message), "HEAD");

  copy_headers (request);
  soup_server_message_set_status (message, request->status, NULL);
  if (request->answer != NULL && !is_head)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                    request->answer);
}

/* As it goes over the wire, for connections that libsoup has given away. */
static GBytes *
dup_wire (StoreRequest *request)
{
  GByteArray *wire = g_byte_array_new ();
  gsize size = request->answer != NULL ? g_bytes_get_size (request->answer) : 0;
  g_autoptr (GString) head = g_string_new (NULL);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  g_string_printf (head, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: %"
                   G_GSIZE_FORMAT "\r\n", request->status, soup_status_get_phrase (request->status),
                   size);
  soup_message_headers_iter_init (&iter, request->headers);
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    if (g_ascii_strcasecmp (name, "Content-Length") != 0)
      g_string_append_printf (head, "%s: %s\r\n", name, value);
  }
  g_string_append (head, "\r\n");
  g_byte_array_append (wire, (const guint8 *) head->str, (guint) head->len);
  if (size > 0)
    g_byte_array_append (wire, g_bytes_get_data (request->answer, NULL), (guint) size);
  return g_byte_array_free_to_bytes (wire);
}

typedef struct {
  SoupServerMessage *message;
  GBytes *result;               /* without its declaration */
  gint64 until;                 /* monotonic, microseconds */
} Trickle;

static void
trickle_free (gpointer data)
{
  Trickle *self = data;

  g_clear_object (&self->message);
  g_clear_pointer (&self->result, g_bytes_unref);
  g_free (self);
}

static gboolean
trickle_cb (gpointer user_data)
{
  Trickle *self = user_data;
  SoupMessageBody *body = soup_server_message_get_response_body (self->message);
  gboolean is_over = g_get_monotonic_time () >= self->until;

  if (is_over) {
    soup_message_body_append_bytes (body, self->result);
    soup_message_body_complete (body);
  } else {
    soup_message_body_append (body, SOUP_MEMORY_STATIC, " ", 1);
  }
  soup_server_message_unpause (self->message);
  return is_over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* S3 API Reference, CompleteMultipartUpload: 200 and white space first, the result afterwards. */
static void
send_trickling (StoreRequest *request,
                guint wait_ms)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);
  Trickle *trickle = g_new0 (Trickle, 1);
  gsize size;
  const char *text = g_bytes_get_data (request->answer, &size);
  const char *end = memchr (text, '\n', size);
  gsize skip = end != NULL ? (gsize) (end - text) + 1 : 0;

  trickle->message = g_object_ref (request->message);
  trickle->result = g_bytes_new_from_bytes (request->answer, skip, size - skip);
  trickle->until = g_get_monotonic_time () + (gint64) wait_ms * 1000;
  copy_headers (request);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_server_message_set_status (request->message, 200, NULL);
  soup_message_body_append (soup_server_message_get_response_body (request->message),
                            SOUP_MEMORY_COPY, text, skip);
  g_timeout_add_full (G_PRIORITY_DEFAULT, SPACE_MS, trickle_cb, trickle, trickle_free);
}

void
store_send (StoreRequest *request)
{
  const StoreAction *trickle = store_request_get_action (request, STORE_ACTION_WHITESPACE);
  const StoreAction *delay = store_request_get_action (request, STORE_ACTION_DELAY);
  const StoreAction *idle = store_request_get_action (request, STORE_ACTION_CLOSE_IDLE);

  add_common_headers (request);
  count_and_log (request);
  if (store_request_get_action (request, STORE_ACTION_LOSE_ANSWER) != NULL) {
    store_line_end (request, STORE_LINE_RESET);
    return;
  }
  if (store_request_get_action (request, STORE_ACTION_NO_ANSWER) != NULL) {
    store_line_end (request, STORE_LINE_HOLD);
    return;
  }
  if (store_request_get_action (request, STORE_ACTION_CUT_ANSWER) != NULL) {
    GBytes *wire = dup_wire (request);
    gsize size = request->answer != NULL ? g_bytes_get_size (request->answer) : 0;
    store_line_end_after (request, wire, g_bytes_get_size (wire) - (size > 0 ? size / 2 : 20));
    return;
  }
  if (idle != NULL)
    store_line_close_later (request, idle->wait_ms);
  if (trickle != NULL && request->answer != NULL) {
    send_trickling (request, trickle->wait_ms);
    return;
  }
  send_plain (request);
  if (delay != NULL)
    store_line_wait (request, delay->wait_ms);
}

void
store_send_early (StoreRequest *request)
{
  add_common_headers (request);
  count_and_log (request);
  GBytes *wire = dup_wire (request);
  store_line_end_after (request, wire, g_bytes_get_size (wire));
}
