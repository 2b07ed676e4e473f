/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store.h"

#include "store-answer.h"
#include "store-body.h"
#include "store-calls.h"
#include "store-control.h"
#include "store-line.h"
#include "store-send.h"

#define DATA "store-request"
#define TURN_SIZE (1024 * 1024)

static StoreRequest *
get_request (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (message), DATA);
}

/* TRUE: a fault answers in place of the call, once the body has been read. */
static gboolean
fault_answers (StoreRequest *request)
{
  for (guint i = 0; i < request->actions->len; i++) {
    const StoreAction *action = g_ptr_array_index (request->actions, i);

    switch (action->kind) {
    case STORE_ACTION_STATUS:
    case STORE_ACTION_REDIRECT:
    case STORE_ACTION_HTML:
      return TRUE;
    case STORE_ACTION_ERROR_IN_200:
      if (!action->done)
        return TRUE;
      break;
    default:
      break;
    }
  }
  return FALSE;
}

static void
answer_status (StoreRequest      *request,
               const StoreAction *action)
{
  g_autofree char *extra = NULL;

  if (action->region != NULL) {
    store_answer_set_header (request, "x-amz-bucket-region", action->region);
    extra = g_strdup_printf ("<Region>%s</Region>", action->region);
  }
  if (action->number > 0) {
    g_autofree char *seconds = g_strdup_printf ("%" G_GINT64_FORMAT, action->number);
    store_answer_set_header (request, "Retry-After", seconds);
  }
  store_answer_error (request, action->status, action->name, "As the fault script wants it.",
                      extra);
}

static void
answer_redirect (StoreRequest      *request,
                 const StoreAction *action)
{
  GUri *uri = soup_server_message_get_uri (request->message);
  const char *query = g_uri_get_query (uri);
  g_autofree char *location =
    g_strdup_printf ("%s://%s:%u%s%s%s", g_uri_get_scheme (uri), action->name,
                     request->store->port, g_uri_get_path (uri), query != NULL ? "?" : "",
                     query != NULL ? query : "");
  g_autofree char *endpoint = g_strdup_printf ("<Endpoint>%s:%u</Endpoint>", action->name,
                                               request->store->port);

  store_answer_set_header (request, "Location", location);
  store_answer_error (request, action->status, "TemporaryRedirect",
                      "Please re-send this request to the specified temporary endpoint.",
                      endpoint);
}

static void
answer_fault (StoreRequest *request)
{
  for (guint i = 0; i < request->actions->len && request->status == 0; i++) {
    const StoreAction *action = g_ptr_array_index (request->actions, i);

    if (action->kind == STORE_ACTION_STATUS || action->kind == STORE_ACTION_EARLY_ANSWER) {
      answer_status (request, action);
    } else if (action->kind == STORE_ACTION_REDIRECT) {
      answer_redirect (request, action);
    } else if (action->kind == STORE_ACTION_ERROR_IN_200) {
      store_answer_error (request, 200, action->name, "We encountered an internal error. Please "
                          "try again.", NULL);
    } else if (action->kind == STORE_ACTION_HTML) {
      const char *page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body><form>"
                         "Please sign in to use this network.</form></body></html>";
      store_answer_set_header (request, "Content-Type", "text/html");
      store_answer_empty (request, 200);
      request->answer = g_bytes_new_static (page, strlen (page));
    }
  }
}

/* What the body's progress brings about. */
static void
watch_body (StoreRequest *request,
            guint64 before,
            guint64 now)
{
  const StoreAction *rate = store_request_get_action (request, STORE_ACTION_RATE);
  const struct {
    StoreActionKind kind;
    StoreLineEnd end;
  } endings[] = {
    { STORE_ACTION_RESET, STORE_LINE_RESET },
    { STORE_ACTION_CLOSE, STORE_LINE_CLOSE },
    { STORE_ACTION_STALL, STORE_LINE_HOLD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    const StoreAction *action = store_request_get_action (request, endings[i].kind);

    if (action != NULL && before < action->size && now >= action->size) {
      store_line_end (request, endings[i].end);
      return;
    }
  }
  if (rate != NULL)
    store_line_wait (request, (guint) ((now - before) * 1000 / rate->size));
  else if (before / TURN_SIZE != now / TURN_SIZE)
    store_line_wait (request, 0);       /* the other connections have their turn */
}

static void
got_chunk_cb (SoupServerMessage *message,
              GBytes            *chunk,
              gpointer user_data)
{
  StoreRequest *request = get_request (message);
  gsize size;
  const void *data = g_bytes_get_data (chunk, &size);

  if (request->op == STORE_OP_PART)
    request->store->stats.part_bytes += size;
  else if (request->op == STORE_OP_PUT)
    request->store->stats.put_bytes += size;
  if (request->body != NULL)
    store_body_write (request->body, data, size);
  request->n_read += size;
  watch_body (request, request->n_read - size, request->n_read);
}

/* TRUE: the connection is dealt with, nothing more is to be done. */
static gboolean
fault_takes_line (StoreRequest *request)
{
  static const StoreActionKind kinds[] = {
    STORE_ACTION_RESET, STORE_ACTION_CLOSE, STORE_ACTION_STALL,
  };
  static const StoreLineEnd ends[] = { STORE_LINE_RESET, STORE_LINE_CLOSE, STORE_LINE_HOLD };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    const StoreAction *action = store_request_get_action (request, kinds[i]);

    if (action != NULL && action->size == 0) {
      store_line_end (request, ends[i]);
      return TRUE;
    }
  }
  if (store_request_get_action (request, STORE_ACTION_EARLY_ANSWER) == NULL)
    return FALSE;
  answer_fault (request);
  store_send_early (request);
  return TRUE;
}

static void
count_request (StoreRequest *request)
{
  StoreStats *stats = &request->store->stats;

  stats->n_requests[request->op]++;
  if (request->op != STORE_OP_PART)
    return;
  request->is_counted = TRUE;
  stats->n_parts_in_flight++;
  stats->max_parts_in_flight = MAX (stats->max_parts_in_flight, stats->n_parts_in_flight);
}

static void
forget_upload (StoreRequest *request)
{
  StoreUpload *upload = store_uploads_find (request->store->uploads, request->bucket,
                                            request->key,
                                            store_request_get_query (request, "uploadId"));

  if (upload != NULL && store_request_get_action (request, STORE_ACTION_FORGET_UPLOAD) != NULL)
    store_uploads_remove (request->store->uploads, upload);
}

static void
headers_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer user_data)
{
  Store *store = user_data;

  if (store_control_is_route (path))
    return;
  StoreRequest *request = store_request_new (store, message);
  gboolean is_large = request->op == STORE_OP_PART || request->op == STORE_OP_PUT;
  g_object_set_data_full (G_OBJECT (message), DATA, request, (GDestroyNotify) store_request_free);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), !is_large);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), NULL);
  count_request (request);
  forget_upload (request);
  if (fault_takes_line (request) || fault_answers (request))
    return;
  if (store_call_begin (request))
    return;
  /* Refused instead of continued: whether the body comes all the same cannot be known. */
  if (store_request_get_header (request, "Expect") != NULL)
    store_answer_set_header (request, "Connection", "close");
  store_send (request);
}

static void
body_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer user_data)
{
  Store *store = user_data;
  StoreRequest *request = get_request (message);

  if (request == NULL) {
    store_control_answer (store, message, path);
    return;
  }
  if (!fault_answers (request))
    store_call_finish (request);
  if (request->status == 0 || (request->status < 300 &&
                               store_request_get_action (request, STORE_ACTION_ERROR_IN_200))) {
    request->status = 0;
    answer_fault (request);
  }
  store_send (request);
}

/* The first request on a connection tells that there is a new one. */
static void
started_cb (SoupServer        *server,
            SoupServerMessage *message,
            gpointer user_data)
{
  Store *store = user_data;
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket == NULL || g_object_get_data (G_OBJECT (socket), DATA) != NULL)
    return;
  g_object_set_data (G_OBJECT (socket), DATA, store);
  store->stats.n_connections++;
}

gboolean
store_listen (Store            *self,
              guint port,
              GTlsCertificate  *certificate,
              GError          **error)
{
  SoupServerListenOptions options = SOUP_SERVER_LISTEN_IPV4_ONLY;

  if (certificate != NULL)
    options |= SOUP_SERVER_LISTEN_HTTPS;
  self->server = soup_server_new ("raw-paths", TRUE, "tls-certificate", certificate, NULL);
  soup_server_add_early_handler (self->server, NULL, headers_cb, self, NULL);
  soup_server_add_handler (self->server, NULL, body_cb, self, NULL);
  g_signal_connect (self->server, "request-started", G_CALLBACK (started_cb), self);
  if (!soup_server_listen_local (self->server, port, options, error))
    return FALSE;
  GSList *uris = soup_server_get_uris (self->server);
  self->port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return TRUE;
}
