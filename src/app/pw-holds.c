/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-holds.h"

#include <glib/gi18n.h>

#include "app/pw-patience.h"
#include "engine/pw-error.h"

typedef enum {
  GOES,                         /* or is the user's affair */
  RESTS,                        /* until it is due */
  WAITS,                        /* for the network */
} Rest;

typedef struct {
  Rest rest;
  PwPatience patience;
  gint64 due_us;                /* monotonic */
  gboolean insists;             /* the user let it go on over this network */
} Hold;

struct _PwHolds {
  PwUploads *uploads;
  GSettings *settings;
  PwNetwork *network;
  PwNetworkKind kind;           /* as it was last looked at */
  GHashTable *holds;            /* id → Hold: of uploads that rested once */
  gint64 next_due_us;           /* G_MAXINT64 = none */
  guint due_id;
  guint stop_id;
};

/* May it go on over this network? */

static gboolean
is_held (PwHolds  *self,
         PwUpload *upload)
{
  Hold *hold = g_hash_table_lookup (self->holds, upload->id);

  if (self->kind == PW_NETWORK_FREE || (hold && hold->insists))
    return FALSE;
  if (self->kind == PW_NETWORK_METERED && !g_settings_get_boolean (self->settings,
                                                                  "wait-on-metered"))
    return FALSE;
  return !pw_network_is_near (upload->destination);
}

static Hold *
ensure_hold (PwHolds  *self,
             PwUpload *upload)
{
  Hold *hold = g_hash_table_lookup (self->holds, upload->id);

  if (hold)
    return hold;
  hold = g_new0 (Hold, 1);
  g_hash_table_insert (self->holds, g_strdup (upload->id), hold);
  return hold;
}

/* Going on. */

static void
resume (PwHolds  *self,
        PwUpload *upload)
{
  Hold *hold = g_hash_table_lookup (self->holds, upload->id);

  if (hold)
    hold->rest = GOES;
  pw_upload_resume (upload);
}

static gboolean due_cb (gpointer data);

/* Never later than what is already awaited. */
static void
await (PwHolds *self,
       gint64   due_us)
{
  gint64 wait_us = MAX (due_us - g_get_monotonic_time (), 0);

  if (due_us >= self->next_due_us)
    return;
  g_clear_handle_id (&self->due_id, g_source_remove);
  self->next_due_us = due_us;
  self->due_id = g_timeout_add ((guint) (wait_us / G_TIME_SPAN_MILLISECOND), due_cb, self);
}

static gboolean
due_cb (gpointer data)
{
  PwHolds *self = data;
  gint64 now_us = g_get_monotonic_time (), next_us = G_MAXINT64;
  g_autoptr (GPtrArray) due = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id, value;

  self->due_id = 0;
  self->next_due_us = G_MAXINT64;
  g_hash_table_iter_init (&iter, self->holds);
  while (g_hash_table_iter_next (&iter, &id, &value)) {
    Hold *hold = value;
    PwUpload *upload = hold->rest == RESTS ? pw_uploads_lookup (self->uploads, id) : NULL;

    if (upload && hold->due_us <= now_us + G_TIME_SPAN_SECOND)
      g_ptr_array_add (due, upload);
    else if (upload)
      next_us = MIN (next_us, hold->due_us);
  }
  for (guint i = 0; i < due->len; i++)
    resume (self, g_ptr_array_index (due, i));
  if (next_us < G_MAXINT64)
    await (self, next_us);
  return G_SOURCE_REMOVE;
}

typedef void (*UploadFunc) (PwHolds *self, PwUpload *upload);

static void
for_each (PwHolds    *self,
          UploadFunc  func)
{
  GListModel *model = G_LIST_MODEL (self->uploads);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    func (self, upload);
  }
}

static void
go_on (PwHolds  *self,
       PwUpload *upload)
{
  if (pw_upload_is_troubled (upload) && !is_held (self, upload))
    resume (self, upload);
}

void
pw_holds_go_on (PwHolds *self)
{
  for_each (self, go_on);
}

/* Resting. */

static void
hold_back (PwHolds  *self,
           PwUpload *upload)
{
  g_autoptr (GError) error = NULL;

  if (upload->state > PW_UPLOAD_FINISHING || !is_held (self, upload))
    return;
  if (self->kind == PW_NETWORK_METERED)
    error = g_error_new_literal (PW_ERROR, PW_ERROR_METERED,
                                 _("Waiting for a network that is not metered"));
  else
    error = g_error_new_literal (PW_ERROR, PW_ERROR_OFFLINE, _("Waiting for the network"));
  pw_upload_stop_with (upload, error);
}

static gboolean
stop_cb (gpointer data)
{
  PwHolds *self = data;

  self->stop_id = 0;
  for_each (self, hold_back);
  return G_SOURCE_REMOVE;
}

/* Not within the news of an upload that just began to move. */
static void
stop_soon (PwHolds *self)
{
  if (self->stop_id == 0)
    self->stop_id = g_idle_add (stop_cb, self);
}

static void
take_trouble (PwHolds  *self,
              PwUpload *upload)
{
  Hold *hold = ensure_hold (self, upload);

  if (is_held (self, upload)) {
    hold->rest = WAITS;
    return;
  }
  hold->rest = RESTS;
  hold->due_us = g_get_monotonic_time ()
                 + pw_patience_next_wait_ms (&hold->patience, upload->schedule.safe)
                 * G_TIME_SPAN_MILLISECOND;
  await (self, hold->due_us);
}

static void
changed_cb (PwUploads *uploads,
            PwUpload  *upload,
            PwHolds   *self)
{
  Hold *hold = g_hash_table_lookup (self->holds, upload->id);

  if (pw_upload_is_troubled (upload)) {
    take_trouble (self, upload);
    return;
  }
  if (hold && hold->rest == WAITS && upload->state <= PW_UPLOAD_FINISHING)
    hold->insists = TRUE;
  if (hold)
    hold->rest = GOES;
  if (hold && (pw_upload_is_over (upload) || upload->state == PW_UPLOAD_ABORTING))
    g_hash_table_remove (self->holds, upload->id);
  if (upload->state <= PW_UPLOAD_FINISHING && is_held (self, upload))
    stop_soon (self);
}

/* Another network. */

static void
forget_insisting (gpointer id,
                  gpointer value,
                  gpointer data)
{
  Hold *hold = value;

  hold->insists = FALSE;
}

static void
look_again (PwHolds *self)
{
  self->kind = pw_network_get_kind (self->network);
  stop_soon (self);
  pw_holds_go_on (self);
}

static void
network_cb (gpointer data)
{
  PwHolds *self = data;

  if (pw_network_get_kind (self->network) != self->kind)
    g_hash_table_foreach (self->holds, forget_insisting, NULL);
  pw_uploads_renew_connections (self->uploads);
  look_again (self);
}

static void
begin_again (PwHolds  *self,
             PwUpload *upload)
{
  g_autoptr (GError) error = NULL;

  if (upload->state > PW_UPLOAD_FINISHING || upload->state == PW_UPLOAD_WAITING)
    return;
  error = g_error_new_literal (PW_ERROR, PW_ERROR_OFFLINE, _("Waiting for the network"));
  pw_upload_stop_with (upload, error);
  if (!is_held (self, upload))
    resume (self, upload);
}

void
pw_holds_renew (PwHolds *self)
{
  pw_uploads_renew_connections (self->uploads);
  for_each (self, begin_again);
  pw_holds_go_on (self);
}

gboolean
pw_holds_is_resting (PwHolds *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->holds);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (((Hold *) value)->rest != GOES)
      return TRUE;
  }
  return FALSE;
}

PwHolds *
pw_holds_new (PwUploads       *uploads,
              GSettings       *settings,
              GNetworkMonitor *monitor)
{
  PwHolds *self = g_new0 (PwHolds, 1);

  self->uploads = g_object_ref (uploads);
  self->settings = g_object_ref (settings);
  self->holds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->next_due_us = G_MAXINT64;
  self->network = pw_network_new (monitor, network_cb, self);
  self->kind = pw_network_get_kind (self->network);
  g_signal_connect (uploads, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (settings, "changed::wait-on-metered", G_CALLBACK (look_again), self);
  return self;
}

void
pw_holds_free (PwHolds *self)
{
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_handle_id (&self->due_id, g_source_remove);
  g_clear_handle_id (&self->stop_id, g_source_remove);
  pw_network_free (self->network);
  g_hash_table_unref (self->holds);
  g_object_unref (self->settings);
  g_object_unref (self->uploads);
  g_free (self);
}
