/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload-files.h"

gboolean
pw_upload_has_stopped (PwUpload *self)
{
  return self->out->len == 0
         && (self->state == PW_UPLOAD_FAILED || self->state == PW_UPLOAD_SKIPPED
             || (self->state == PW_UPLOAD_PAUSED && self->error));
}

/* While the job is out, the order is the worker's to look at. */
static gboolean
must_close (PwUpload *self)
{
  return !self->closing && self->order && pw_upload_has_stopped (self)
         && pw_order_is_open (self->order);
}

gboolean
pw_upload_is_closing (PwUpload *self)
{
  return self->closing || must_close (self);
}

PwJob *
pw_upload_next_close (PwUpload *self)
{
  g_autoptr (PwOrder) order = NULL;

  if (self->closing || self->out->len > 0)
    return NULL;
  if (self->leaving)
    order = g_steal_pointer (&self->leaving);
  else if (must_close (self))
    order = pw_order_ref (self->order);
  else
    return NULL;

  self->is_begun = FALSE;
  self->closing = pw_job_new (PW_JOB_CLOSE, order, 0);
  self->closing->owner = g_object_ref (G_OBJECT (self));
  return self->closing;
}

void
pw_upload_take_close (PwUpload *self,
                      PwJob    *job)
{
  g_return_if_fail (job == self->closing);

  self->closing = NULL;
  pw_job_free (job);
}

static gboolean
is_open (PwUpload *self)
{
  return self->leaving || (self->order && pw_order_is_open (self->order));
}

static gpointer
close_thread (gpointer data)
{
  GPtrArray *uploads = data;

  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);

    if (upload->leaving)
      pw_order_release (upload->leaving);
    if (upload->order)
      pw_order_release (upload->order);
  }
  return NULL;
}

void
pw_upload_close_all (GPtrArray *uploads)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();

  for (guint i = 0; i < uploads->len; i++) {
    if (is_open (g_ptr_array_index (uploads, i)))
      g_ptr_array_add (open, g_ptr_array_index (uploads, i));
  }
  if (open->len > 0)
    g_thread_join (g_thread_new ("closing", close_thread, open));
}
