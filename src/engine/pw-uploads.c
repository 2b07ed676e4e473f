/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "engine/pw-archive.h"
#include "engine/pw-dispatch.h"
#include "engine/pw-upload-files.h"
#include "engine/pw-upload-item.h"

#define TICK_MS 100

struct _PwUploads {
  GObject parent_instance;

  PwArchive *archive;
  PwDispatch *dispatch;
  GPtrArray *items;             /* PwUpload, in the order of the list */
  GHashTable *by_id;            /* id → PwUpload, borrowed */
  GPtrArray *addings;           /* PwAdding; the first is walked, the others wait */
  guint first_waiting;          /* no item before this index waits for its turn */
  guint tick_id;
  guint idle_id;
  guint n_tidying;              /* journals of finished uploads that are being deleted */
  PwProgress progress;
};

enum { CHANGED, NOTE, IDLE, N_SIGNALS };

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PwUploads, pw_uploads, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* When there is nothing to do. */

static gboolean
idle_cb (gpointer data)
{
  PwUploads *self = data;

  self->idle_id = 0;
  if (!pw_uploads_is_idle (self))
    return G_SOURCE_REMOVE;
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_signal_emit (self, signals[IDLE], 0);
  return G_SOURCE_REMOVE;
}

static void
check_idle (PwUploads *self)
{
  if (self->idle_id == 0 && pw_uploads_is_idle (self))
    self->idle_id = g_idle_add (idle_cb, self);
}

static gboolean
tick_cb (gpointer data)
{
  PwUploads *self = data;
  gint64 now_us = g_get_monotonic_time ();
  PwTotals totals;

  pw_dispatch_tick (self->dispatch, now_us);
  pw_uploads_get_totals (self, &totals);
  pw_progress_feed (&self->progress, now_us, totals.safe, totals.sent, totals.size);
  check_idle (self);
  return G_SOURCE_CONTINUE;
}

static void
wake (PwUploads *self)
{
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
  pw_dispatch_feed (self->dispatch);
  check_idle (self);
}

/* What the dispatch asks and tells. */

static PwUpload *
next_waiting_cb (guint    *position,
                 gpointer  data)
{
  PwUploads *self = data;
  gboolean is_first = *position <= self->first_waiting;
  guint i = MAX (*position, self->first_waiting);
  PwUpload *upload = NULL;

  for (; i < self->items->len; i++) {
    upload = g_ptr_array_index (self->items, i);
    if (upload->state == PW_UPLOAD_WAITING && is_first) {
      self->first_waiting = i;
      is_first = FALSE;
    }
    /* One that takes turns already waits for jobs of before to come back. */
    if (upload->state == PW_UPLOAD_WAITING && !upload->is_queued)
      break;
    upload = NULL;
  }
  if (is_first)
    self->first_waiting = i;
  *position = i + 1;
  return upload;
}

static void
moved_cb (PwUpload *upload,
          gpointer  data)
{
  if (upload->note) {
    g_autofree char *note = g_strdup_printf ("%s: %s", upload->name, upload->note);

    g_clear_pointer (&upload->note, g_free);
    g_signal_emit (data, signals[NOTE], 0, note);
  }
  check_idle (data);
}

/* All that goes to the same place would meet the same error, one after the other. */
static void
blocked_cb (PwLane       *lane,
            const GError *blame,
            gpointer      data)
{
  PwUploads *self = data;
  g_autoptr (GError) error = g_error_copy (blame);

  for (guint i = 0; i < self->items->len; i++) {
    PwUpload *upload = g_ptr_array_index (self->items, i);

    if ((upload->state == PW_UPLOAD_WAITING
         || (upload->state == PW_UPLOAD_ABORTING && !upload->order))
        && pw_dispatch_get_lane (self->dispatch, upload->destination) == lane)
      pw_upload_stop_with (upload, error);
  }
  check_idle (self);
}

static void
ready_cb (gpointer data)
{
  wake (data);
}

static const PwDispatchCallbacks dispatch_callbacks = {
  next_waiting_cb, moved_cb, blocked_cb, ready_cb,
};

/* The list. */

static void
remember (PwUploads *self,
          PwUpload  *upload)
{
  upload->remembered = upload->state;
  pw_archive_put (self->archive, upload,
                  pw_dispatch_get_lane (self->dispatch, upload->destination)->json);
}

static void
drop (PwUploads *self,
      PwUpload  *upload)
{
  guint i;

  if (!g_ptr_array_find (self->items, upload, &i))
    return;
  g_signal_handlers_disconnect_by_data (upload, self);
  g_hash_table_remove (self->by_id, upload->id);
  g_ptr_array_remove_index (self->items, i);
  self->first_waiting = MIN (self->first_waiting, i);
  g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
}

static void
tidied_cb (gpointer data)
{
  PwUploads *self = data;

  self->n_tidying--;
  check_idle (self);
}

static void
state_cb (PwUpload   *upload,
          GParamSpec *spec,
          PwUploads  *self)
{
  g_autoptr (PwUpload) kept G_GNUC_UNUSED = g_object_ref (upload);

  /* Why it is paused decides whether it goes on after a restart. */
  if (!pw_upload_states_look_alike (upload->state, upload->remembered)
      || upload->state == PW_UPLOAD_PAUSED)
    remember (self, upload);
  if (upload->state == PW_UPLOAD_DONE)
    self->n_tidying += pw_archive_tidy (self->archive, upload, tidied_cb, self);
  g_signal_emit (self, signals[CHANGED], 0, upload);

  if (upload->state == PW_UPLOAD_ABORTING)
    pw_dispatch_activate (self->dispatch, upload);
  if (upload->state == PW_UPLOAD_WAITING) {
    self->first_waiting = 0;
    pw_lane_retry (pw_dispatch_get_lane (self->dispatch, upload->destination));
  }
  if (upload->state == PW_UPLOAD_WAITING || upload->state == PW_UPLOAD_ABORTING)
    wake (self);
  if (upload->state == PW_UPLOAD_REMOVED)
    drop (self, upload);
}

static void
append (PwUploads *self,
        GPtrArray *uploads)
{
  guint position = self->items->len;
  PwUpload *last = position > 0 ? g_ptr_array_index (self->items, position - 1) : NULL;
  gint64 order = last ? last->order_in_list : 0;

  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_object_ref (g_ptr_array_index (uploads, i));

    upload->order_in_list = ++order;
    g_ptr_array_add (self->items, upload);
    g_hash_table_insert (self->by_id, upload->id, upload);
    g_signal_connect (upload, "notify::state", G_CALLBACK (state_cb), self);
    remember (self, upload);
  }
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, uploads->len);
  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);

    if (upload->state == PW_UPLOAD_ABORTING)
      pw_dispatch_activate (self->dispatch, upload);
    g_signal_emit (self, signals[CHANGED], 0, upload);
  }
  wake (self);
}

/* Files and folders on their way in. */

static void
found_cb (GPtrArray *uploads,
          gpointer   data)
{
  append (data, uploads);
}

static void
note_cb (const char *note,
         gpointer    data)
{
  g_signal_emit (data, signals[NOTE], 0, note);
}

static void walk_next (PwUploads *self);

static void
added_cb (PwAdding *adding,
          gpointer  data)
{
  PwUploads *self = data;

  pw_archive_put_adding (self->archive, adding,
                         pw_dispatch_get_lane (self->dispatch, adding->destination)->json, FALSE);
  g_ptr_array_remove (self->addings, adding);
  walk_next (self);
  check_idle (self);
}

static const PwAddingCallbacks adding_callbacks = { found_cb, note_cb, added_cb };

/* One after the other: the list keeps the order in which files were named, and a thousand of them
 * need no thousand threads. */
static void
walk_next (PwUploads *self)
{
  if (self->addings->len > 0)
    pw_adding_start (g_ptr_array_index (self->addings, 0), &adding_callbacks, self);
}

static void
start_adding (PwUploads *self,
              PwAdding  *adding)
{
  g_ptr_array_add (self->addings, adding);
  pw_archive_put_adding (self->archive, adding,
                         pw_dispatch_get_lane (self->dispatch, adding->destination)->json, TRUE);
  if (self->addings->len == 1)
    walk_next (self);
}

void
pw_uploads_add (PwUploads     *self,
                const char    *path,
                PwDestination *destination,
                gboolean       follow)
{
  g_return_if_fail (self->archive->queue != NULL);
  g_return_if_fail (g_path_is_absolute (path));

  pw_lane_retry (pw_dispatch_get_lane (self->dispatch, destination));
  start_adding (self, pw_adding_new (NULL, path, destination, follow));
}

void
pw_uploads_stop_adding (PwUploads *self)
{
  g_ptr_array_set_size (self->addings, 0);
  check_idle (self);
}

/* Opening and bringing back. */

static void
take_restored (PwUploads  *self,
               PwRestored *restored)
{
  if (restored->message)
    g_signal_emit (self, signals[NOTE], 0, restored->message);
  if (restored->uploads->len > 0)
    append (self, restored->uploads);
  g_ptr_array_set_free_func (restored->addings, NULL);
  for (guint i = 0; i < restored->addings->len; i++)
    start_adding (self, g_ptr_array_index (restored->addings, i));
}

gboolean
pw_uploads_open (PwUploads *self,
                 GError   **error)
{
  return pw_archive_open (self->archive, error);
}

gboolean
pw_uploads_restore (PwUploads   *self,
                    const char  *only_id,
                    GError     **error)
{
  g_autoptr (PwRestored) restored = pw_archive_restore (self->archive, only_id, error);

  if (restored)
    take_restored (self, restored);
  return restored != NULL;
}

static void
open_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  PwUploads *self = source;
  GError *error = NULL;
  PwRestored *restored = NULL;

  if (pw_archive_open (self->archive, &error))
    restored = pw_archive_restore (self->archive, NULL, &error);
  if (restored)
    g_task_return_pointer (task, restored, (GDestroyNotify) pw_restored_free);
  else
    g_task_return_error (task, error);
}

void
pw_uploads_open_async (PwUploads           *self,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  /* A long history is taken over after what a window has to draw. */
  g_task_set_priority (task, G_PRIORITY_DEFAULT_IDLE);
  g_task_run_in_thread (task, open_thread);
}

gboolean
pw_uploads_open_finish (PwUploads     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_autoptr (PwRestored) restored = g_task_propagate_pointer (G_TASK (result), error);

  if (restored)
    take_restored (self, restored);
  return restored != NULL;
}

/* Questions and orders. */

const char *
pw_uploads_get_journals (PwUploads *self)
{
  return self->archive->journals;
}

void
pw_uploads_append (PwUploads *self,
                   PwUpload  *upload)
{
  g_autoptr (GPtrArray) uploads = g_ptr_array_new ();

  g_ptr_array_add (uploads, upload);
  pw_lane_retry (pw_dispatch_get_lane (self->dispatch, upload->destination));
  append (self, uploads);
}

PwDispatch *
pw_uploads_get_dispatch (PwUploads *self)
{
  return self->dispatch;
}

GPtrArray *
pw_uploads_get_items (PwUploads *self)
{
  return self->items;
}

PwUpload *
pw_uploads_lookup (PwUploads  *self,
                   const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

void
pw_uploads_move (PwUploads *self,
                 PwUpload  *upload,
                 guint      position)
{
  g_autoptr (PwUpload) kept G_GNUC_UNUSED = g_object_ref (upload);
  guint from;

  if (!g_ptr_array_find (self->items, upload, &from) || position >= self->items->len)
    return;
  self->first_waiting = 0;
  g_ptr_array_remove_index (self->items, from);
  g_list_model_items_changed (G_LIST_MODEL (self), from, 1, 0);

  /* Who was told may have taken others away. */
  position = MIN (position, self->items->len);
  g_ptr_array_insert (self->items, (int) position, g_steal_pointer (&kept));
  for (guint i = 0; i < self->items->len; i++) {
    PwUpload *other = g_ptr_array_index (self->items, i);

    if (other->order_in_list != i + 1) {
      other->order_in_list = i + 1;
      remember (self, other);
    }
  }
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

PwProgress *
pw_uploads_get_progress (PwUploads *self)
{
  return &self->progress;
}

gboolean
pw_uploads_is_adding (PwUploads *self)
{
  return self->addings->len > 0;
}

gboolean
pw_uploads_is_idle (PwUploads *self)
{
  guint position = 0;

  return self->addings->len == 0 && self->n_tidying == 0
         && pw_dispatch_is_idle (self->dispatch) && !next_waiting_cb (&position, self);
}

gboolean
pw_uploads_flush (PwUploads *self,
                  GError   **error)
{
  if (!self->archive->queue)
    return TRUE;
  /* So that the next process can tell how far they are before it takes them up. */
  for (guint i = 0; i < self->items->len; i++) {
    if (pw_upload_is_active (g_ptr_array_index (self->items, i)))
      remember (self, g_ptr_array_index (self->items, i));
  }
  return pw_queue_flush (self->archive->queue, error);
}

static GType
get_item_type (GListModel *model)
{
  return PW_TYPE_UPLOAD;
}

static guint
get_n_items (GListModel *model)
{
  return PW_UPLOADS (model)->items->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  PwUploads *self = PW_UPLOADS (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gpointer
close_thread (gpointer data)
{
  GPtrArray *uploads = data;

  for (guint i = 0; i < uploads->len; i++)
    pw_upload_close (g_ptr_array_index (uploads, i));
  return NULL;
}

/* What the user paused is open until the end. The workers have ended by then. */
static void
close_files (PwUploads *self)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();

  for (guint i = 0; i < self->items->len; i++) {
    PwUpload *upload = g_ptr_array_index (self->items, i);

    if (pw_upload_has_open (upload))
      g_ptr_array_add (open, upload);
  }
  if (open->len > 0)
    g_thread_join (g_thread_new ("closing", close_thread, open));
}

static void
pw_uploads_finalize (GObject *object)
{
  PwUploads *self = PW_UPLOADS (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->items, i), self);
  g_ptr_array_unref (self->addings);
  pw_dispatch_free (self->dispatch);
  close_files (self);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->items);
  pw_archive_free (self->archive);
  G_OBJECT_CLASS (pw_uploads_parent_class)->finalize (object);
}

static void
pw_uploads_class_init (PwUploadsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pw_uploads_finalize;
  signals[CHANGED] = g_signal_new ("changed", PW_TYPE_UPLOADS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, PW_TYPE_UPLOAD);
  signals[NOTE] = g_signal_new ("note", PW_TYPE_UPLOADS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[IDLE] = g_signal_new ("idle", PW_TYPE_UPLOADS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
pw_uploads_init (PwUploads *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->addings = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_adding_free);
  pw_progress_init (&self->progress);
}

PwUploads *
pw_uploads_new (const char *state_dir)
{
  PwUploads *self = g_object_new (PW_TYPE_UPLOADS, NULL);

  self->archive = pw_archive_new (state_dir);
  self->dispatch = pw_dispatch_new (&dispatch_callbacks, self->archive->journals, self);
  return self;
}
