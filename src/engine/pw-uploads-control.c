/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "engine/pw-dispatch.h"

typedef void (*PwUploadFunc) (PwUpload *upload);

/* Downwards, and with a reference, because what is done to an upload may take it from the list. */
static void
for_each (PwUploads    *self,
          PwUploadFunc  func)
{
  GListModel *model = G_LIST_MODEL (self);

  for (guint i = g_list_model_get_n_items (model); i > 0; i--) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i - 1);

    if (upload)
      func (upload);
  }
}

void
pw_uploads_pause_all (PwUploads *self)
{
  for_each (self, pw_upload_pause);
}

void
pw_uploads_resume_all (PwUploads *self)
{
  for_each (self, pw_upload_resume);
}

const char *
pw_uploads_get_journals (PwUploads *self)
{
  return pw_uploads_get_archive (self)->journals;
}

PwCredentials *
pw_uploads_get_credentials (PwUploads     *self,
                            PwDestination *destination)
{
  return pw_dispatch_get_lane (pw_uploads_get_dispatch (self), destination)->credentials;
}

void
pw_uploads_set_allow_prompt (PwUploads *self,
                             gboolean   allow)
{
  pw_dispatch_set_allow_prompt (pw_uploads_get_dispatch (self), allow);
}

PwDestination *
pw_uploads_dup_learned (PwUploads     *self,
                        PwDestination *destination)
{
  return pw_lane_dup_learned (pw_dispatch_get_lane (pw_uploads_get_dispatch (self), destination));
}

static PwPool *
get_pool (PwUploads *self)
{
  return pw_dispatch_get_pool (pw_uploads_get_dispatch (self));
}

void
pw_uploads_set_rate (PwUploads *self,
                     guint64    bytes_per_second)
{
  pw_pool_set_rate (get_pool (self), bytes_per_second);
}

void
pw_uploads_set_part_size (PwUploads *self,
                          guint64    bytes)
{
  pw_dispatch_set_part_size (pw_uploads_get_dispatch (self), bytes);
}

void
pw_uploads_set_stall_timeout (PwUploads *self,
                              guint      seconds)
{
  pw_pool_set_stall_timeout (get_pool (self), seconds);
}

void
pw_uploads_set_nice (PwUploads *self,
                     gint       increment)
{
  pw_pool_set_nice (get_pool (self), increment);
}

void
pw_uploads_set_connections (PwUploads *self,
                            guint      n,
                            guint      min,
                            guint      max)
{
  pw_pool_set_connections (get_pool (self), n, min, max);
}

guint
pw_uploads_get_connections (PwUploads *self)
{
  return pw_pool_get_connections (get_pool (self));
}

gboolean
pw_uploads_is_tuned (PwUploads *self)
{
  return pw_pool_is_tuned (get_pool (self));
}

void
pw_uploads_renew_connections (PwUploads *self)
{
  pw_pool_renew (get_pool (self));
}

void
pw_uploads_add (PwUploads     *self,
                const char    *path,
                PwDestination *destination,
                gboolean       follow)
{
  g_return_if_fail (pw_uploads_get_archive (self)->queue != NULL);
  g_return_if_fail (g_path_is_absolute (path));

  pw_lane_retry (pw_dispatch_get_lane (pw_uploads_get_dispatch (self), destination));
  pw_uploads_push_adding (self, pw_adding_new (NULL, path, destination, follow));
}

void
pw_uploads_append (PwUploads *self,
                   PwUpload  *upload)
{
  g_autoptr (GPtrArray) uploads = g_ptr_array_new ();

  g_ptr_array_add (uploads, upload);
  pw_lane_retry (pw_dispatch_get_lane (pw_uploads_get_dispatch (self), upload->destination));
  pw_uploads_append_all (self, uploads);
}

gboolean
pw_uploads_flush (PwUploads *self,
                  GError   **error)
{
  GListModel *model = G_LIST_MODEL (self);
  PwQueue *queue = pw_uploads_get_archive (self)->queue;

  if (!queue)
    return TRUE;
  /* So that the next process can tell how far they are before it takes them up. */
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    if (pw_upload_is_active (upload))
      pw_uploads_remember (self, upload);
  }
  return pw_queue_flush (queue, error);
}

static void
count (PwTotals *totals,
       PwUpload *upload)
{
  totals->n_uploads++;
  switch (upload->state) {
  case PW_UPLOAD_DONE:
  case PW_UPLOAD_SKIPPED:
    totals->n_done++;
    break;
  case PW_UPLOAD_FAILED:
    totals->n_failed++;
    break;
  case PW_UPLOAD_PAUSED:
    totals->n_paused++;
    totals->n_troubled += pw_upload_is_troubled (upload);
    break;
  case PW_UPLOAD_PREPARING:
  case PW_UPLOAD_SENDING:
  case PW_UPLOAD_FINISHING:
  case PW_UPLOAD_ABORTING:
    totals->n_active++;
    break;
  case PW_UPLOAD_WAITING:
  case PW_UPLOAD_REMOVED:
  case PW_N_UPLOAD_STATES:
  default:
    break;
  }
  totals->size += upload->size;
  totals->safe += upload->state == PW_UPLOAD_SKIPPED ? upload->size : upload->schedule.safe;
  totals->sent += upload->state == PW_UPLOAD_SKIPPED ? upload->size : pw_upload_get_sent (upload);
  totals->resumed += upload->resumed;
}

void
pw_uploads_get_totals (PwUploads *self,
                       PwTotals  *totals)
{
  GPtrArray *items = pw_uploads_get_items (self);

  *totals = (PwTotals) { 0 };
  for (guint i = 0; i < items->len; i++) {
    PwUpload *upload = g_ptr_array_index (items, i);

    if (!upload->is_history)
      count (totals, upload);
  }
}
