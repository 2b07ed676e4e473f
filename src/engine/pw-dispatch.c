/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dispatch.h"

#include "engine/pw-upload-files.h"

/* So many are begun before the first one's parts fill the line: they share it. */
#define SIDE_BY_SIDE 4
/* No more than this wait for their next try at the same time; the others wait for their turn. */
#define MAX_ACTIVE 64

struct _PwDispatch {
  PwDispatchCallbacks callbacks;
  gpointer user_data;
  char *journals;
  PwPool *pool;
  GHashTable *lanes;            /* JSON of the destination → PwLane */
  GHashTable *lane_of;          /* PwDestination → PwLane, borrowed: spares making the JSON */
  GQueue active;                /* PwUpload, references; the head is asked next */
  gboolean allow_prompt;
  guint64 part_size;            /* bytes; 0 = the store's usual one */
  guint64 sent_before;          /* body bytes of jobs that ended */
};

/* TRUE: it may be asked for jobs. */
static gboolean
make_ready (PwDispatch *self,
            PwUpload   *upload)
{
  PwLane *lane = pw_dispatch_get_lane (self, upload->destination);

  /* Closing files needs no lane, and comes before all else. */
  if (upload->order || upload->leaving || upload->closing)
    return TRUE;
  if (!pw_lane_open (lane, self->allow_prompt, self->callbacks.ready, self->user_data)) {
    if (lane->error)
      self->callbacks.blocked (lane, lane->error, self->user_data);
    return FALSE;
  }
  pw_upload_set_order (upload, lane->authority, self->journals);
  upload->order->usual_part_size = self->part_size;
  return TRUE;
}

/* The next upload that waits, made active; NULL: none can be begun now. */
static PwUpload *
begin_one (PwDispatch *self)
{
  guint position = 0;
  PwUpload *upload;

  if (self->active.length >= MAX_ACTIVE)
    return NULL;
  while ((upload = self->callbacks.next_waiting (&position, self->user_data))) {
    if (make_ready (self, upload)) {
      pw_dispatch_activate (self, upload);
      return upload;
    }
  }
  return NULL;
}

/* *has_more: there are parts, but they are not to be given out now. */
static PwJob *
ask_active (PwDispatch *self,
            gboolean    no_parts,
            gint64      now_us,
            gboolean   *has_more)
{
  *has_more = FALSE;

  for (guint n = self->active.length; n > 0; n--) {
    PwUpload *upload = g_queue_pop_head (&self->active);
    PwJob *job;

    if (!pw_upload_is_active (upload) && !pw_upload_is_closing (upload)) {
      upload->is_queued = FALSE;
      g_object_unref (upload);
      continue;
    }
    g_queue_push_tail (&self->active, upload);
    if (no_parts && upload->state == PW_UPLOAD_SENDING && upload->schedule.n_left > 0) {
      *has_more = TRUE;
      continue;
    }
    job = make_ready (self, upload) ? pw_upload_next_job (upload, now_us) : NULL;
    if (job)
      return job;
  }
  return NULL;
}

static PwJob *
feed_cb (gboolean no_parts,
         gpointer data)
{
  PwDispatch *self = data;
  gint64 now_us = g_get_monotonic_time ();
  gboolean has_more = FALSE;
  PwJob *job = NULL;
  PwUpload *upload;

  if (self->active.length < SIDE_BY_SIDE && (upload = begin_one (self)))
    job = pw_upload_next_job (upload, now_us);
  if (!job)
    job = ask_active (self, no_parts, now_us, &has_more);
  while (!job && !has_more && (upload = begin_one (self)))
    job = pw_upload_next_job (upload, now_us);
  return job;
}

static void
done_cb (PwJob    *job,
         gpointer  data)
{
  PwDispatch *self = data;
  g_autoptr (PwUpload) upload = g_object_ref (PW_UPLOAD (job->owner));
  gboolean was_closed = job->kind == PW_JOB_CLOSE;

  self->sent_before += job->n_sent;
  pw_upload_take_job (upload, job);
  self->callbacks.moved (upload, self->user_data);
  /* What failed was told of before. */
  if (!was_closed && (upload->state == PW_UPLOAD_PAUSED || upload->state == PW_UPLOAD_FAILED)
      && pw_lane_is_to_blame (upload->error))
    self->callbacks.blocked (pw_dispatch_get_lane (self, upload->destination), upload->error,
                             self->user_data);
}

PwDispatch *
pw_dispatch_new (const PwDispatchCallbacks *callbacks,
                 const char                *journals,
                 gpointer                   user_data)
{
  PwDispatch *self = g_new0 (PwDispatch, 1);

  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->journals = g_strdup (journals);
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) pw_lane_unref);
  self->lane_of = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_queue_init (&self->active);
  self->pool = pw_pool_new (feed_cb, done_cb, self);
  return self;
}

static void
drop_active (gpointer data)
{
  PwUpload *upload = data;

  upload->is_queued = FALSE;
  /* The pool has taken them back. */
  g_ptr_array_set_size (upload->out, 0);
  upload->closing = NULL;
  g_object_unref (upload);
}

void
pw_dispatch_free (PwDispatch *self)
{
  pw_pool_free (self->pool);
  g_queue_clear_full (&self->active, drop_active);
  g_hash_table_unref (self->lane_of);
  g_hash_table_unref (self->lanes);
  g_free (self->journals);
  g_free (self);
}

PwPool *
pw_dispatch_get_pool (PwDispatch *self)
{
  return self->pool;
}

PwLane *
pw_dispatch_get_lane (PwDispatch    *self,
                      PwDestination *destination)
{
  PwLane *lane = g_hash_table_lookup (self->lane_of, destination);
  g_autofree char *json = NULL;

  if (lane)
    return lane;
  json = pw_destination_to_json (destination);
  lane = g_hash_table_lookup (self->lanes, json);
  if (!lane) {
    lane = pw_lane_new (destination, json);
    g_hash_table_insert (self->lanes, lane->json, lane);
  }
  g_hash_table_insert (self->lane_of, g_object_ref (destination), lane);
  return lane;
}

void
pw_dispatch_set_allow_prompt (PwDispatch *self,
                              gboolean    allow)
{
  self->allow_prompt = allow;
}

void
pw_dispatch_set_part_size (PwDispatch *self,
                           guint64     bytes)
{
  self->part_size = bytes;
}

void
pw_dispatch_feed (PwDispatch *self)
{
  pw_pool_feed (self->pool);
}

void
pw_dispatch_activate (PwDispatch *self,
                      PwUpload   *upload)
{
  if (upload->is_queued)
    return;
  upload->is_queued = TRUE;
  g_queue_push_tail (&self->active, g_object_ref (upload));
}

gboolean
pw_dispatch_is_idle (PwDispatch *self)
{
  for (GList *l = self->active.head; l; l = l->next) {
    PwUpload *upload = l->data;

    if (pw_upload_is_active (upload) || pw_upload_is_closing (upload)
        || upload->state == PW_UPLOAD_WAITING)
      return FALSE;
  }
  return pw_pool_get_n_out (self->pool) == 0;
}

void
pw_dispatch_tick (PwDispatch *self,
                  gint64      now_us)
{
  guint64 in_flight = 0;
  /* Who is told of the progress may change who is active. */
  g_autoptr (GPtrArray) uploads = g_ptr_array_new_with_free_func (g_object_unref);

  for (GList *l = self->active.head; l; l = l->next)
    g_ptr_array_add (uploads, g_object_ref (G_OBJECT (l->data)));
  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);

    in_flight += pw_upload_get_in_flight (upload);
    pw_upload_tick (upload, now_us);
  }
  pw_pool_tick (self->pool, self->sent_before + in_flight);
  pw_pool_feed (self->pool);
}
