/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "engine/pw-addings.h"
#include "engine/pw-pulse.h"
#include "engine/pw-upload-files.h"
#include "engine/pw-upload-item.h"
#include "engine/pw-upload-list.h"

/* Counting ten thousand uploads takes a while, so each second beat is enough. */
#define FEED_EVERY_US (150 * G_TIME_SPAN_MILLISECOND)

struct _PwUploads {
  GObject parent_instance;

  PwArchive *archive;
  PwDispatch *dispatch;
  PwAddings *addings;
  PwUploadList list;
  PwPulse *pulse;
  PwProgress progress;
};

enum { CHANGED, NOTE, IDLE, N_SIGNALS };

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PwUploads, pw_uploads, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* The beat, while there is something to do. */

static gboolean
is_idle_cb (gpointer data)
{
  return pw_uploads_is_idle (data);
}

static void
beat_cb (gint64   now_us,
         gpointer data)
{
  PwUploads *self = data;
  PwTotals totals;

  pw_dispatch_tick (self->dispatch, now_us);
  if (now_us - self->progress.now_us < FEED_EVERY_US)
    return;
  pw_uploads_get_totals (self, &totals);
  pw_progress_feed (&self->progress, now_us, totals.safe, totals.sent, totals.size);
}

static void
idle_cb (gpointer data)
{
  g_signal_emit (data, signals[IDLE], 0);
}

static const PwPulseCallbacks pulse_callbacks = { is_idle_cb, beat_cb, idle_cb };

static void
wake (gpointer data)
{
  PwUploads *self = data;

  pw_pulse_start (self->pulse);
  pw_dispatch_feed (self->dispatch);
  pw_pulse_check (self->pulse);
}

/* What the dispatch asks and tells. */

static PwUpload *
next_waiting_cb (guint    *position,
                 gpointer  data)
{
  return pw_upload_list_next_waiting (&((PwUploads *) data)->list, position);
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
  pw_pulse_check (((PwUploads *) data)->pulse);
}

/* All that goes to the same place would meet the same error, one after the other. */
static void
blocked_cb (PwLane       *lane,
            const GError *blame,
            gpointer      data)
{
  PwUploads *self = data;
  g_autoptr (GError) error = g_error_copy (blame);

  for (guint i = 0; i < self->list.items->len; i++) {
    PwUpload *upload = g_ptr_array_index (self->list.items, i);

    if ((upload->state == PW_UPLOAD_WAITING
         || (upload->state == PW_UPLOAD_ABORTING && !upload->order))
        && pw_dispatch_get_lane (self->dispatch, upload->destination) == lane)
      pw_upload_stop_with (upload, error);
  }
  pw_pulse_check (self->pulse);
}

static const PwDispatchCallbacks dispatch_callbacks = {
  next_waiting_cb, moved_cb, blocked_cb, wake,
};

/* The list. */

void
pw_uploads_remember (PwUploads *self,
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
  guint position;

  if (!pw_upload_list_remove (&self->list, upload, &position))
    return;
  g_signal_handlers_disconnect_by_data (upload, self);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
ended_cb (gpointer data)
{
  pw_pulse_check (((PwUploads *) data)->pulse);
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
    pw_uploads_remember (self, upload);
  if (upload->state == PW_UPLOAD_DONE)
    pw_archive_tidy (self->archive, upload, ended_cb, self);
  g_signal_emit (self, signals[CHANGED], 0, upload);

  if (upload->state == PW_UPLOAD_ABORTING)
    pw_dispatch_activate (self->dispatch, upload);
  if (upload->state == PW_UPLOAD_WAITING) {
    pw_upload_list_look_again (&self->list);
    pw_lane_retry (pw_dispatch_get_lane (self->dispatch, upload->destination));
  }
  if (upload->state == PW_UPLOAD_WAITING || upload->state == PW_UPLOAD_ABORTING)
    wake (self);
  if (upload->state == PW_UPLOAD_REMOVED)
    drop (self, upload);
}

void
pw_uploads_append_all (PwUploads *self,
                       GPtrArray *uploads)
{
  guint position = self->list.items->len;

  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);

    pw_upload_list_append (&self->list, upload);
    g_signal_connect (upload, "notify::state", G_CALLBACK (state_cb), self);
    pw_uploads_remember (self, upload);
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
  pw_uploads_append_all (data, uploads);
}

static void
note_cb (const char *note,
         gpointer    data)
{
  g_signal_emit (data, signals[NOTE], 0, note);
}

static void
put_cb (PwAdding *adding,
        gboolean  is_walking,
        gpointer  data)
{
  PwUploads *self = data;

  pw_archive_put_adding (self->archive, adding,
                         pw_dispatch_get_lane (self->dispatch, adding->destination)->json,
                         is_walking);
}

static const PwAddingsCallbacks addings_callbacks = { found_cb, note_cb, put_cb, ended_cb };

void
pw_uploads_stop_adding (PwUploads *self)
{
  pw_addings_stop (self->addings);
  pw_pulse_check (self->pulse);
}

void
pw_uploads_push_adding (PwUploads *self,
                        PwAdding  *adding)
{
  pw_addings_push (self->addings, adding);
}

/* Questions and orders. */

PwArchive *
pw_uploads_get_archive (PwUploads *self)
{
  return self->archive;
}

PwDispatch *
pw_uploads_get_dispatch (PwUploads *self)
{
  return self->dispatch;
}

GPtrArray *
pw_uploads_get_items (PwUploads *self)
{
  return self->list.items;
}

PwUpload *
pw_uploads_lookup (PwUploads  *self,
                   const char *id)
{
  return g_hash_table_lookup (self->list.by_id, id);
}

void
pw_uploads_move (PwUploads *self,
                 PwUpload  *upload,
                 guint      position)
{
  g_autoptr (PwUpload) kept G_GNUC_UNUSED = g_object_ref (upload);
  guint from;

  if (!g_ptr_array_find (self->list.items, upload, &from) || position >= self->list.items->len)
    return;
  pw_upload_list_look_again (&self->list);
  g_ptr_array_remove_index (self->list.items, from);
  g_list_model_items_changed (G_LIST_MODEL (self), from, 1, 0);

  /* Who was told may have taken others away. */
  position = MIN (position, self->list.items->len);
  g_ptr_array_insert (self->list.items, (int) position, g_steal_pointer (&kept));
  for (guint i = 0; i < self->list.items->len; i++) {
    PwUpload *other = g_ptr_array_index (self->list.items, i);

    if (other->order_in_list != i + 1) {
      other->order_in_list = i + 1;
      pw_uploads_remember (self, other);
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
  return !pw_addings_is_empty (self->addings);
}

gboolean
pw_uploads_is_idle (PwUploads *self)
{
  guint position = 0;

  return pw_addings_is_empty (self->addings) && self->archive->n_tidying == 0
         && pw_dispatch_is_idle (self->dispatch) && !next_waiting_cb (&position, self);
}

static GType
get_item_type (GListModel *model)
{
  return PW_TYPE_UPLOAD;
}

static guint
get_n_items (GListModel *model)
{
  return PW_UPLOADS (model)->list.items->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  PwUploads *self = PW_UPLOADS (model);

  return position < self->list.items->len
         ? g_object_ref (g_ptr_array_index (self->list.items, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
pw_uploads_finalize (GObject *object)
{
  PwUploads *self = PW_UPLOADS (object);

  pw_pulse_free (self->pulse);
  for (guint i = 0; i < self->list.items->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->list.items, i), self);
  pw_addings_free (self->addings);
  pw_dispatch_free (self->dispatch);
  pw_upload_close_all (self->list.items);
  pw_upload_list_clear (&self->list);
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
  self->pulse = pw_pulse_new (&pulse_callbacks, self);
  self->addings = pw_addings_new (&addings_callbacks, self);
  pw_upload_list_init (&self->list);
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
