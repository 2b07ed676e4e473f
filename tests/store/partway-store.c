/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>

/* A store to try Partway with, which can be told to misbehave. See README.md. */

typedef struct {
  char *root, *port_file, *tls_cert, *tls_key, *access_key, *secret_key, *token, *region;
  char *rules, *log;
  char **faults, **buckets;
  int port, abort_days;
  gint64 min_part_size;
} Options;

static gboolean
fail (GError     **error,
      const char  *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
  return FALSE;
}

static gboolean
parse_options (Options   *options,
               int       *argc,
               char    ***argv,
               GError   **error)
{
  const GOptionEntry entries[] = {
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &options->root, "Folder that holds everything", "DIR" },
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port, "0 = any that is free", "N" },
    { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &options->port_file, "Write the port here", "F" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_cert, "PEM; makes it https", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &options->tls_key, "PEM", "FILE" },
    { "access-key", 0, 0, G_OPTION_ARG_STRING, &options->access_key, "testkey", "K" },
    { "secret-key", 0, 0, G_OPTION_ARG_STRING, &options->secret_key, "testsecret", "S" },
    { "session-token", 0, 0, G_OPTION_ARG_STRING, &options->token, "Demanded, if given", "T" },
    { "region", 0, 0, G_OPTION_ARG_STRING, &options->region, "us-east-1", "R" },
    { "min-part-size", 0, 0, G_OPTION_ARG_INT64, &options->min_part_size, "5 MiB", "BYTES" },
    { "abort-days", 0, 0, G_OPTION_ARG_INT, &options->abort_days, "Tell x-amz-abort-date", "N" },
    { "faults", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->faults, "Fault script", "FILE" },
    { "rules", 0, 0, G_OPTION_ARG_STRING, &options->rules,
      "generic, aws, ceph, r2, b2, scaleway or digitalocean", "NAME" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &options->log, "A line for each request", "FILE" },
    { "bucket", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->buckets, "Make this bucket", "NAME" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->root == NULL)
    return fail (error, "--root is needed");
  if ((options->tls_cert == NULL) != (options->tls_key == NULL))
    return fail (error, "--tls-cert and --tls-key belong together");
  return TRUE;
}

static gboolean
load_faults (Store             *store,
             char *const       *files,
             GError           **error)
{
  for (guint i = 0; files != NULL && files[i] != NULL; i++) {
    g_autofree char *script = NULL;

    if (!g_file_get_contents (files[i], &script, NULL, error) ||
        !store_faults_add (store->faults, files[i], script, error))
      return FALSE;
  }
  return TRUE;
}

static char *
choose (const char *given,
        const char *usual)
{
  return g_strdup (given != NULL ? given : usual);
}

/* Others may hold the stream, too: closed it has to be. */
static void
drop_held (gpointer data)
{
  g_io_stream_close (data, NULL, NULL);
  g_object_unref (data);
}

static gboolean
set_up (Store    *store,
        Options  *options,
        GError  **error)
{
  store->rules = store_rules_get (options->rules != NULL ? options->rules : "generic");
  if (store->rules == NULL)
    return fail (error, "--rules: there is no store of that name");
  store->root = g_strdup (options->root);
  store->access_key = choose (options->access_key, "testkey");
  store->secret_key = choose (options->secret_key, "testsecret");
  store->region = choose (options->region, "us-east-1");
  store->session_token = g_strdup (options->token);
  store->min_part_size = (guint64) options->min_part_size;
  store->abort_days = (guint) options->abort_days;
  store->faults = store_faults_new ();
  store->held = g_ptr_array_new_with_free_func (drop_held);
  store->completed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!load_faults (store, options->faults, error) || !store_disk_prepare (store->root, error))
    return FALSE;
  store->uploads = store_uploads_new (store->root);
  for (guint i = 0; options->buckets != NULL && options->buckets[i] != NULL; i++) {
    if (!store_bucket_create (store->root, options->buckets[i]))
      return fail (error, "--bucket: it could not be made");
  }
  if (options->log != NULL)
    store->log = g_fopen (options->log, "ae");
  return options->log == NULL || store->log != NULL || fail (error, "--log: cannot be written");
}

static gboolean
listen_and_tell (Store          *store,
                 const Options  *options,
                 GError        **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (options->tls_cert != NULL) {
    certificate = g_tls_certificate_new_from_files (options->tls_cert, options->tls_key, error);
    if (certificate == NULL)
      return FALSE;
  }
  if (!store_listen (store, (guint) options->port, certificate, error))
    return FALSE;
  if (options->port_file != NULL) {
    g_autofree char *text = g_strdup_printf ("%u\n", store->port);
    if (!g_file_set_contents (options->port_file, text, -1, error))
      return FALSE;
  }
  g_print ("listening on %s://127.0.0.1:%u\n", certificate != NULL ? "https" : "http",
           store->port);
  return fflush (stdout) == 0 || fail (error, "standard output is closed");
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
tear_down (Store *store)
{
  if (store->server != NULL)
    soup_server_disconnect (store->server);
  g_clear_object (&store->server);
  g_clear_pointer (&store->held, g_ptr_array_unref);
  g_clear_pointer (&store->completed, g_hash_table_unref);
  g_clear_pointer (&store->uploads, store_uploads_free);
  g_clear_pointer (&store->faults, store_faults_unref);
  g_clear_pointer (&store->log, fclose);
  g_free (store->root);
  g_free (store->access_key);
  g_free (store->secret_key);
  g_free (store->session_token);
  g_free (store->region);
}

static void
options_clear (Options *options)
{
  g_free (options->root);
  g_free (options->access_key);
  g_free (options->secret_key);
  g_free (options->token);
  g_free (options->region);
  g_free (options->port_file);
  g_free (options->tls_cert);
  g_free (options->tls_key);
  g_free (options->rules);
  g_free (options->log);
  g_strfreev (options->faults);
  g_strfreev (options->buckets);
}

int
main (int argc,
      char **argv)
{
  Options options = { .min_part_size = 5 * 1024 * 1024 };
  Store store = { 0 };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  gboolean ok = parse_options (&options, &argc, &argv, &error) &&
                set_up (&store, &options, &error) && listen_and_tell (&store, &options, &error);
  if (ok) {
    g_unix_signal_add (SIGTERM, quit_cb, loop);
    g_unix_signal_add (SIGINT, quit_cb, loop);
    g_main_loop_run (loop);
  } else {
    g_printerr ("partway-store: %s\n", error->message);
  }
  tear_down (&store);
  options_clear (&options);
  return ok ? 0 : 1;
}
