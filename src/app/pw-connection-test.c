/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-connection-test.h"

#include <glib/gi18n.h>

#include "config.h"
#include "engine/pw-lane.h"

typedef struct {
  PwDestination *destination;
  PwCredentials *credentials;
  PwConnectionStep shown;
  gpointer user_data;
} Order;

/* A step on its way to the main thread. */
typedef struct {
  GTask *task;
  PwProbeStep step;
  char *sentence;
} Step;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_object_unref (order->destination);
  pw_credentials_unref (order->credentials);
  g_free (order);
}

static gboolean
show_cb (gpointer data)
{
  Step *step = data;
  Order *order = g_task_get_task_data (step->task);

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (step->task)))
    order->shown (step->step, step->sentence, order->user_data);
  return G_SOURCE_REMOVE;
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->task);
  g_free (step->sentence);
  g_free (step);
}

static void
step_cb (PwProbeStep          step,
         const PwProbeResult *result,
         gpointer             user_data)
{
  Step *shown = g_new0 (Step, 1);

  shown->task = g_object_ref (user_data);
  shown->step = step;
  shown->sentence = result->error ? g_strdup (result->error->message) : NULL;
  g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, show_cb, shown, step_free);
}

static PwConnectionTest *
test (GTask   *task,
      Order   *order,
      GError **error)
{
  HttpClientOptions options = {
    .ca_file = order->destination->ca_file, .user_agent = "Partway/" PW_VERSION,
  };
  g_autoptr (PwAuthority) authority = pw_lane_make_authority (order->destination,
                                                              order->credentials, error);
  g_autoptr (HttpClient) client = NULL;
  PwExchange exchange = { 0 };
  PwConnectionTest *found = NULL;

  if (!authority)
    return NULL;
  client = http_client_new (&options);
  exchange.client = client;
  if (pw_authority_prepare (authority, &exchange, error)) {
    found = g_new0 (PwConnectionTest, 1);
    found->probe = pw_probe_run (order->destination, authority, client, step_cb, task);
    for (guint bit = 1; bit < PW_CAN_EVERYTHING; bit <<= 1)
      found->abilities |= pw_authority_can (authority, bit) ? bit : 0;
  }
  pw_exchange_clear (&exchange);
  return found;
}

static void
thread (GTask        *task,
        gpointer      source,
        gpointer      data,
        GCancellable *cancellable)
{
  GError *error = NULL;
  PwConnectionTest *found = test (task, data, &error);

  if (found)
    g_task_return_pointer (task, found, (GDestroyNotify) pw_connection_test_free);
  else
    g_task_return_error (task, error);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GTask) task = data;
  Order *order = g_task_get_task_data (task);
  GError *error = NULL;

  if (pw_credentials_prepare_finish (order->credentials, result, &error))
    g_task_run_in_thread (task, thread);
  else
    g_task_return_error (task, error);
}

void
pw_connection_test_run (PwDestination       *destination,
                        PwCredentials       *credentials,
                        GCancellable        *cancellable,
                        PwConnectionStep     shown,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Order *order = g_new0 (Order, 1);

  order->destination = pw_destination_copy (destination);
  /* Nothing that an earlier test found is taken for granted. */
  order->destination->is_probed = FALSE;
  order->credentials = pw_credentials_ref (credentials);
  order->shown = shown;
  order->user_data = user_data;
  g_task_set_task_data (task, order, order_free);
  pw_credentials_prepare_async (credentials, TRUE, cancellable, prepared_cb, task);
}

PwConnectionTest *
pw_connection_test_finish (GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
pw_connection_test_free (PwConnectionTest *self)
{
  pw_probe_free (self->probe);
  g_free (self);
}

static void
say (GString    *words,
     const char *sentence)
{
  if (words->len > 0)
    g_string_append_c (words, '\n');
  g_string_append (words, sentence);
}

static void
say_backend (const PwConnectionTest *self,
             GString                *words)
{
  if (!(self->abilities & PW_CAN_HEAD))
    say (words, _("It cannot tell whether an object exists, so what is there is replaced; nor show "
                  "the finished object, so each part is proved, and no more."));
  if (!(self->abilities & PW_CAN_ABORT))
    say (words, _("It cannot delete unfinished uploads: give the bucket a lifecycle rule "
                  "(AbortIncompleteMultipartUpload)."));
  if (!(self->abilities & PW_CAN_LIST_UPLOADS))
    say (words, _("It cannot list unfinished uploads."));
}

static void
say_store (const PwProbe *probe,
           GString       *words)
{
  const char *checksum = s3_checksum_get_name (probe->checksum);
  g_autofree char *sentence = NULL;

  if (probe->tells_whole)
    /* Translators: %s is a checksum, like CRC64NVME. */
    sentence = g_strdup_printf (_("Every part and the whole object are checked by %s."), checksum);
  else
    sentence = g_strdup_printf (_("Every part is checked by %s."), checksum);
  say (words, sentence);
  if (probe->results[PW_PROBE_LIST].error)
    say (words, _("The parts of an upload cannot be listed: after an interruption those count that "
                  "the store confirmed."));
  if (!probe->keeps_existing)
    say (words, _("An object that appears meanwhile may be replaced."));
  if (probe->results[PW_PROBE_UNFINISHED].error)
    say (words, _("Unfinished uploads cannot be listed."));
}

char *
pw_connection_test_dup_words (const PwConnectionTest *self)
{
  GString *words = g_string_new (NULL);

  if (!pw_probe_is_usable (self->probe))
    return g_string_free (words, FALSE);
  if (self->probe->is_backend)
    say_backend (self, words);
  else
    say_store (self->probe, words);
  return g_string_free (words, FALSE);
}
