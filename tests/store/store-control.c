/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-control.h"

#include <string.h>

gboolean
store_control_is_route (const char *path)
{
  return g_str_equal (path, "/__faults") || g_str_equal (path, "/__stats");
}

static void
answer (SoupServerMessage *message,
        guint status,
        const char        *type,
        const char        *text)
{
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
  soup_server_message_set_status (message, status, NULL);
}

static void
replace_faults (Store             *store,
                SoupServerMessage *message)
{
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autofree char *script = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (StoreFaults) faults = store_faults_new ();
  g_autoptr (GError) error = NULL;

  if (!store_faults_add (faults, "script", script, &error)) {
    answer (message, 400, "text/plain", error->message);
    return;
  }
  store_faults_unref (store->faults);
  store->faults = g_steal_pointer (&faults);
  g_ptr_array_set_size (store->held, 0);
  answer (message, 200, "text/plain", "");
}

static void
append_number (GString    *json,
               const char *name,
               guint64 value)
{
  g_string_append_printf (json, ",\n \"%s\": %" G_GUINT64_FORMAT, name, value);
}

static void
append_faults (GString           *json,
               const StoreFaults *faults)
{
  g_string_append (json, ",\n \"faults\": [");
  for (guint i = 0; i < faults->rules->len; i++) {
    const StoreFault *fault = g_ptr_array_index (faults->rules, i);
    g_auto (GStrv) pieces = g_strsplit (fault->text, "\"", -1);
    g_autofree char *text = g_strjoinv ("'", pieces);

    g_strdelimit (text, "\\\t", '/');
    g_string_append_printf (json, "%s\n  {\"rule\": \"%s\", \"hits\": %u}", i > 0 ? "," : "",
                            text, fault->n_hits);
  }
  g_string_append (json, "]");
}

static guint
count_objects (const Store *store)
{
  g_autofree char *folder = g_build_filename (store->root, ".meta", NULL);
  g_autoptr (GDir) buckets = g_dir_open (folder, 0, NULL);
  guint n = 0;

  for (const char *name = buckets != NULL ? g_dir_read_name (buckets) : NULL; name != NULL;
       name = g_dir_read_name (buckets)) {
    g_autoptr (GPtrArray) objects = store_bucket_list (store->root, name, "");
    n += objects->len;
  }
  return n;
}

static void
tell_stats (Store             *store,
            SoupServerMessage *message)
{
  const StoreStats *stats = &store->stats;
  g_autoptr (GString) json = g_string_new ("{\"requests\": {");

  for (StoreOp op = 0; op < STORE_N_OPS; op++)
    g_string_append_printf (json, "%s\"%s\": %" G_GUINT64_FORMAT, op > 0 ? ", " : "",
                            store_op_get_name (op), stats->n_requests[op]);
  g_string_append (json, "}");
  append_number (json, "connections", stats->n_connections);
  append_number (json, "part_bytes", stats->part_bytes);
  append_number (json, "put_bytes", stats->put_bytes);
  append_number (json, "repeated_parts", stats->n_repeated_parts);
  append_number (json, "refused", stats->n_refused);
  append_number (json, "parts_in_flight", stats->n_parts_in_flight);
  append_number (json, "parts_in_flight_max", stats->max_parts_in_flight);
  append_number (json, "held_connections", store->held->len);
  append_number (json, "uploads", g_hash_table_size (store->uploads->by_id));
  append_number (json, "objects", count_objects (store));
  append_faults (json, store->faults);
  g_string_append (json, "}\n");
  answer (message, 200, "application/json", json->str);
}

void
store_control_answer (Store             *store,
                      SoupServerMessage *message,
                      const char        *path)
{
  gboolean is_post = g_str_equal (soup_server_message_get_method (message), "POST");

  if (g_str_equal (path, "/__faults") && is_post) {
    replace_faults (store, message);
  } else if (g_str_equal (path, "/__stats") && is_post) {
    guint n = store->stats.n_parts_in_flight;

    store->stats = (StoreStats) { .n_parts_in_flight = n };
    answer (message, 200, "text/plain", "");
  } else if (g_str_equal (path, "/__stats")) {
    tell_stats (store, message);
  } else {
    answer (message, 405, "text/plain", "");
  }
}
