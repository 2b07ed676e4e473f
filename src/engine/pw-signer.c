/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-signer.h"

#include "config.h"
#include "engine/pw-signer-run.h"

#define WINDOW_START 8u
#define MAX_THREADS 16u
#define MAX_BATCH_THREADS 2u
#define MAX_READING_THREADS 4u
/* As long as no answer has come. */
#define LATENCY_START_US (250 * G_TIME_SPAN_MILLISECOND)
#define WAIT_US (200 * G_TIME_SPAN_MILLISECOND)
/* Bytes that are read ahead for their sums: all together, and before one question. */
#define READ_AHEAD (256 * S3_MIB)
#define READ_AT_ONCE (16 * S3_MIB)

typedef struct {
  PwSigner *signer;
  GThread *thread;
  HttpTransfer transfer;        /* only `stop` is for others */
} Hand;

struct _PwSigner {
  const PwDialect *dialect;
  char *ca_file;
  PwSignerFetch fetch;
  gpointer data;

  GMutex mutex;                 /* guards all that follows */
  GCond work;                   /* there may be something to ask for, or the end */
  GCond news;                   /* something was answered */
  GHashTable *runs;             /* upload id → PwSignerRun */
  GPtrArray *hands;             /* Hand */
  guint n_idle;
  guint window;
  guint64 n_generations;
  gint64 latency_us;            /* of the last answer */
  gint64 grown_us;
  gint64 waited_us;             /* all workers together */
  gboolean is_resting;
  gboolean is_ending;
};

/* What follows is done with the mutex held. */

static guint
get_window (PwSigner  *self,
            const PwSignerRun *run)
{
  if (!self->dialect->signs_checksums)
    return self->window;
  return (guint) CLAMP (READ_AHEAD / run->plan.part_size, 2, self->window);
}

static guint
get_batch (PwSigner  *self,
           const PwSignerRun *run)
{
  if (!self->dialect->signs_checksums)
    return self->dialect->batch;
  return (guint) CLAMP (READ_AT_ONCE / run->plan.part_size, 1, self->dialect->batch);
}

/* Batches are worth waiting for until half of what was ready is gone. */
static gboolean
is_hungry (PwSigner *self,
           PwSignerRun      *run)
{
  guint window = get_window (self, run);
  guint limit = self->dialect->batch > 1 ? (window + 1) / 2 : window;

  return run->n_ahead < limit && pw_signer_run_find_wanted (run) != 0;
}

static PwSignerRun *
find_hungry (PwSigner *self)
{
  GHashTableIter iter;
  gpointer run;

  if (self->is_resting)
    return NULL;
  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &run)) {
    if (is_hungry (self, run))
      return run;
  }
  return NULL;
}

static PwSignerRun *
find_run (PwSigner    *self,
          const PwSignerOrder *order)
{
  PwSignerRun *run = g_hash_table_lookup (self->runs, order->upload_id);

  return run && run->generation == order->generation ? run : NULL;
}

/* A part whose URL did not come is wanted again. */
static void
take_answer (PwSigner    *self,
             const PwSignerOrder *order,
             GPtrArray   *urls)
{
  PwSignerRun *run = find_run (self, order);

  for (guint i = 0; run && urls && i < urls->len; i++) {
    PwSigned *found = g_ptr_array_index (urls, i);
    guint n = found->part_number;

    if (n < 1 || n > run->plan.n_parts || run->states[n - 1] != PW_URL_ASKED)
      continue;
    run->states[n - 1] = PW_URL_READY;
    g_hash_table_insert (run->ready, GUINT_TO_POINTER (n), g_steal_pointer (&urls->pdata[i]));
  }
  for (guint i = 0; run && i < order->n_wanted; i++) {
    guint n = order->wanted[i].part_number;

    if (run->states[n - 1] != PW_URL_ASKED)
      continue;
    run->states[n - 1] = PW_URL_WANTED;
    run->n_ahead--;
    run->next = MIN (run->next, n);
    self->is_resting = TRUE;
  }
  g_cond_broadcast (&self->news);
}

/* Somebody had to wait although there was time enough to see it coming. */
static void
note_miss (PwSigner *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->grown_us < 2 * self->latency_us + G_TIME_SPAN_MILLISECOND)
    return;
  self->grown_us = now_us;
  self->window = MIN (self->window * 2, PW_SIGNER_WINDOW_MAX);
}

/* The threads. */

static GPtrArray *
ask (PwSigner   *self,
     PwSignerOrder      *order,
     Hand       *hand,
     HttpClient *client)
{
  g_auto (PwExchange) exchange = { .client = client, .transfer = &hand->transfer };
  PwAsk subject = { .op = PW_OP_PART, .key = order->key, .upload_id = order->upload_id };

  gboolean is_read = !self->dialect->signs_checksums
                     || pw_signer_order_sum (order, &hand->transfer.stop);

  return is_read
         ? self->fetch (self->data, &exchange, &subject, order->wanted, order->n_wanted) : NULL;
}

/* With the mutex, which is let go while the backend is asked. */
static void
serve (PwSigner   *self,
       PwSignerRun        *run,
       Hand       *hand,
       HttpClient *client)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GPtrArray) urls = NULL;
  PwSignerOrder order;

  pw_signer_order_fill (&order, run, get_window (self, run),
                        MIN (get_batch (self, run), PW_SIGNER_WINDOW_MAX));
  g_mutex_unlock (&self->mutex);
  urls = ask (self, &order, hand, client);
  g_clear_pointer (&order.source, pw_source_unref);
  g_mutex_lock (&self->mutex);
  if (urls)
    self->latency_us = g_get_monotonic_time () - began_us;
  take_answer (self, &order, urls);
  pw_signer_order_clear (&order);
}

static gpointer
signer_thread (gpointer data)
{
  Hand *hand = data;
  PwSigner *self = hand->signer;
  HttpClientOptions options = { .ca_file = self->ca_file, .user_agent = "Partway/" PW_VERSION };
  g_autoptr (HttpClient) client = http_client_new (&options);

  g_mutex_lock (&self->mutex);
  while (!self->is_ending) {
    PwSignerRun *run = find_hungry (self);

    if (run) {
      serve (self, run, hand, client);
      continue;
    }
    self->n_idle++;
    g_cond_wait (&self->work, &self->mutex);
    self->n_idle--;
  }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/* With the mutex. A thread that is needed is started; each takes what there is. */
static void
call_hands (PwSigner *self)
{
  guint max = self->dialect->signs_checksums ? MAX_READING_THREADS
              : self->dialect->batch > 1 ? MAX_BATCH_THREADS : MAX_THREADS;
  PwSignerRun *run = find_hungry (self);
  guint n_missing, n_woken = 0;

  if (!run)
    return;
  n_missing = get_window (self, run) - run->n_ahead;
  if (self->dialect->batch > 1)
    n_missing = (n_missing + get_batch (self, run) - 1) / get_batch (self, run);
  for (; n_woken < MIN (n_missing, self->n_idle); n_woken++)
    g_cond_signal (&self->work);
  for (; n_woken < n_missing && self->hands->len < max; n_woken++) {
    Hand *hand = g_new0 (Hand, 1);

    hand->signer = self;
    g_ptr_array_add (self->hands, hand);
    hand->thread = g_thread_new ("signer", signer_thread, hand);
  }
}

PwSigner *
pw_signer_new (const PwDialect *dialect,
               const char      *ca_file,
               PwSignerFetch    fetch,
               gpointer         data)
{
  PwSigner *self = g_new0 (PwSigner, 1);

  self->dialect = dialect;
  self->ca_file = g_strdup (ca_file);
  self->fetch = fetch;
  self->data = data;
  self->window = WINDOW_START;
  self->latency_us = LATENCY_START_US;
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, pw_signer_run_free);
  self->hands = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->work);
  g_cond_init (&self->news);
  return self;
}

void
pw_signer_free (PwSigner *self)
{
  g_mutex_lock (&self->mutex);
  self->is_ending = TRUE;
  for (guint i = 0; i < self->hands->len; i++)
    g_atomic_int_set (&((Hand *) g_ptr_array_index (self->hands, i))->transfer.stop, 1);
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < self->hands->len; i++)
    g_thread_join (((Hand *) g_ptr_array_index (self->hands, i))->thread);
  g_debug ("workers waited %" G_GINT64_FORMAT " ms for URLs on their way; %u threads, window %u",
           self->waited_us / 1000, self->hands->len, self->window);
  g_ptr_array_unref (self->hands);
  g_hash_table_unref (self->runs);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->work);
  g_cond_clear (&self->news);
  g_free (self->ca_file);
  g_free (self);
}

void
pw_signer_expect (PwSigner       *self,
                  const PwComing *coming)
{
  PwSignerRun *run = pw_signer_run_new (coming);
  gpointer before = NULL;

  g_mutex_lock (&self->mutex);
  run->generation = ++self->n_generations;
  g_hash_table_steal_extended (self->runs, run->upload_id, NULL, &before);
  g_hash_table_replace (self->runs, run->upload_id, run);
  self->grown_us = g_get_monotonic_time ();
  call_hands (self);
  g_mutex_unlock (&self->mutex);
  /* It may be the last that holds the file open. */
  g_clear_pointer (&before, pw_signer_run_free);
}

void
pw_signer_forget (PwSigner   *self,
                  const char *upload_id)
{
  gpointer run = NULL;

  g_mutex_lock (&self->mutex);
  g_hash_table_steal_extended (self->runs, upload_id, NULL, &run);
  g_cond_broadcast (&self->news);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&run, pw_signer_run_free);
}

/* With the mutex. FALSE: wait for news. */
static gboolean
try_take (PwSigner    *self,
          const char  *upload_id,
          guint        n,
          PwSigned   **taken)
{
  PwSignerRun *run = g_hash_table_lookup (self->runs, upload_id);
  PwUrlState state = run && n >= 1 && n <= run->plan.n_parts ? (PwUrlState) run->states[n - 1]
                                                            : PW_URL_UNKNOWN;

  *taken = NULL;
  if (state == PW_URL_WANTED || state == PW_URL_ASKED)
    note_miss (self);
  if (state == PW_URL_ASKED)
    return FALSE;
  if (state == PW_URL_READY) {
    gpointer found = NULL;

    g_hash_table_steal_extended (run->ready, GUINT_TO_POINTER (n), NULL, &found);
    *taken = found;
    run->n_ahead--;
  }
  if (state != PW_URL_UNKNOWN)
    run->states[n - 1] = PW_URL_UNKNOWN;
  call_hands (self);
  return TRUE;
}

PwSigned *
pw_signer_take (PwSigner         *self,
                const char       *upload_id,
                guint             part_number,
                const S3Checksum *checksum,
                HttpTransfer     *transfer)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (PwSigned) found = NULL;

  g_mutex_lock (&self->mutex);
  while (!try_take (self, upload_id, part_number, &found)) {
    if (transfer && g_atomic_int_get (&transfer->stop))
      break;
    g_cond_wait_until (&self->news, &self->mutex, g_get_monotonic_time () + WAIT_US);
  }
  self->waited_us += g_get_monotonic_time () - began_us;
  g_mutex_unlock (&self->mutex);

  if (!found || found->expires_us <= g_get_monotonic_time ())
    return NULL;
  if (found->checksum.kind != S3_CHECKSUM_NONE
      && (!checksum || !s3_checksum_equal (&found->checksum, checksum)))
    return NULL;
  return g_steal_pointer (&found);
}

void
pw_signer_drop (PwSigner   *self,
                const char *upload_id)
{
  GHashTableIter iter;
  gpointer number;
  PwSignerRun *run;

  g_mutex_lock (&self->mutex);
  run = g_hash_table_lookup (self->runs, upload_id);
  if (run) {
    g_hash_table_iter_init (&iter, run->ready);
    while (g_hash_table_iter_next (&iter, &number, NULL)) {
      run->states[GPOINTER_TO_UINT (number) - 1] = PW_URL_WANTED;
      run->n_ahead--;
    }
    g_hash_table_remove_all (run->ready);
    run->next = 1;
    call_hands (self);
  }
  g_mutex_unlock (&self->mutex);
}

void
pw_signer_wake (PwSigner *self)
{
  g_mutex_lock (&self->mutex);
  if (self->is_resting) {
    self->is_resting = FALSE;
    call_hands (self);
  }
  g_mutex_unlock (&self->mutex);
}

guint
pw_signer_get_n_ready (PwSigner *self)
{
  GHashTableIter iter;
  gpointer run;
  guint n = 0;

  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &run))
    n += g_hash_table_size (((PwSignerRun *) run)->ready);
  g_mutex_unlock (&self->mutex);
  return n;
}
