/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-request.h"

#include "store-body.h"

#include <stdlib.h>
#include <string.h>

static char *
unescape (const char *text,
          gssize length)
{
  g_autofree char *piece = length < 0 ? g_strdup (text) : g_strndup (text, (gsize) length);
  char *plain = g_uri_unescape_string (piece, NULL);

  return plain != NULL ? plain : g_steal_pointer (&piece);
}

static GHashTable *
parse_query (const char *query)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) pieces = g_strsplit (query != NULL ? query : "", "&", -1);

  for (guint i = 0; pieces[i] != NULL; i++) {
    const char *equals = strchr (pieces[i], '=');

    if (pieces[i][0] == '\0')
      continue;
    g_hash_table_insert (table, unescape (pieces[i], equals != NULL ? equals - pieces[i] : -1),
                         equals != NULL ? unescape (equals + 1, -1) : g_strdup (""));
  }
  return table;
}

/* "bucket.localhost:8000" names the bucket in front, anything else has it in the path. */
static void
parse_place (StoreRequest *self,
             const char   *path)
{
  g_autofree char *host = g_strndup (self->host, strcspn (self->host, ":"));

  if (*path == '/')
    path++;
  if (g_str_has_suffix (host, ".localhost")) {
    self->bucket = g_strndup (host, strlen (host) - strlen (".localhost"));
  } else if (*path != '\0') {
    gsize length = strcspn (path, "/");

    self->bucket = unescape (path, (gssize) length);
    path += length;
    if (*path == '/')
      path++;
  }
  if (self->bucket != NULL && *path != '\0')
    self->key = unescape (path, -1);
}

static gboolean
has_query (const StoreRequest *self,
           const char         *name)
{
  return g_hash_table_contains (self->query, name);
}

static StoreOp
judge_bucket (const StoreRequest *self,
              const char         *method)
{
  if (g_str_equal (method, "GET") && has_query (self, "uploads"))
    return STORE_OP_LIST_UPLOADS;
  return STORE_OP_BUCKET;
}

static StoreOp
judge_key (const StoreRequest *self,
           const char         *method)
{
  static const struct {
    const char *method;
    const char *query;
    StoreOp op;
  } table[] = {
    { "PUT", "uploadId", STORE_OP_PART },
    { "POST", "uploads", STORE_OP_CREATE },
    { "POST", "uploadId", STORE_OP_COMPLETE },
    { "DELETE", "uploadId", STORE_OP_ABORT },
    { "GET", "uploadId", STORE_OP_LIST_PARTS },
    { "PUT", NULL, STORE_OP_PUT },
    { "HEAD", NULL, STORE_OP_HEAD },
    { "GET", NULL, STORE_OP_GET },
    { "DELETE", NULL, STORE_OP_DELETE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    if (g_str_equal (method, table[i].method) &&
        (table[i].query == NULL || has_query (self, table[i].query)))
      return table[i].op;
  }
  return STORE_OP_UNKNOWN;
}

static void
find_faults (StoreRequest *self)
{
  g_autofree char *host = g_strndup (self->host, strcspn (self->host, ":"));
  StoreFaultQuestion question = {
    .op = self->op,
    .part_number = self->part_number,
    .key = self->key,
    .host = host,
  };

  self->faults = store_faults_ref (self->store->faults);
  self->actions = store_faults_match (self->faults, &question);
  const StoreAction *clock = store_request_get_action (self, STORE_ACTION_CLOCK);
  self->now = g_get_real_time () / G_USEC_PER_SEC + (clock != NULL ? clock->number : 0);
}

StoreRequest *
store_request_new (Store             *store,
                   SoupServerMessage *message)
{
  static guint64 serial;
  StoreRequest *self = g_new0 (StoreRequest, 1);
  GUri *uri = soup_server_message_get_uri (message);
  const char *method = soup_server_message_get_method (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *host = soup_message_headers_get_one (headers, "Host");

  self->store = store;
  self->message = message;
  self->host = g_strdup (host != NULL ? host : "");
  self->query = parse_query (g_uri_get_query (uri));
  self->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_snprintf (self->id, sizeof self->id, "%016" G_GINT64_MODIFIER "X", ++serial);
  parse_place (self, g_uri_get_path (uri));
  self->part_number = store_request_get_count (self, "partNumber", G_MAXINT, 0);
  if (self->key != NULL)
    self->op = judge_key (self, method);
  else if (self->bucket != NULL)
    self->op = judge_bucket (self, method);
  find_faults (self);
  return self;
}

void
store_request_free (StoreRequest *self)
{
  if (self->is_counted)
    self->store->stats.n_parts_in_flight--;
  g_clear_pointer (&self->body, store_body_free);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->actions, g_ptr_array_unref);
  g_clear_pointer (&self->faults, store_faults_unref);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_free (self->bucket);
  g_free (self->key);
  g_free (self->host);
  g_free (self);
}

const char *
store_request_get_header (const StoreRequest *self,
                          const char         *name)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  const char *value = soup_message_headers_get_one (headers, name);

  /* A presigned URL may carry what would be x-amz-* headers in its query. */
  if (value == NULL && g_ascii_strncasecmp (name, "x-amz-", 6) == 0)
    return store_request_get_query (self, name);
  return value;
}

const char *
store_request_get_query (const StoreRequest *self,
                         const char         *name)
{
  return g_hash_table_lookup (self->query, name);
}

guint
store_request_get_count (const StoreRequest *self,
                         const char         *name,
                         guint highest,
                         guint fallback)
{
  const char *text = store_request_get_query (self, name);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, highest, &number, NULL))
    return fallback;
  return (guint) number;
}

const StoreAction *
store_request_get_action (const StoreRequest *self,
                          StoreActionKind kind)
{
  for (guint i = 0; i < self->actions->len; i++) {
    const StoreAction *action = g_ptr_array_index (self->actions, i);

    if (action->kind == kind)
      return action;
  }
  return NULL;
}
