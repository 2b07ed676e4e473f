/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-first-frame.h"

#define LONGEST_WAIT_MS 1000

struct _PwFirstFrame {
  GdkFrameClock *clock;
  guint source_id;
  PwFirstFrameFunc func;
  gpointer data;
};

static gboolean
call_cb (gpointer data)
{
  PwFirstFrame *self = data;

  self->source_id = 0;
  g_signal_handlers_disconnect_by_data (self->clock, self);
  self->func (self->data);
  return G_SOURCE_REMOVE;
}

/* What was painted leaves when the main loop comes round. */
static void
painted_cb (GdkFrameClock *clock,
            PwFirstFrame  *self)
{
  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_handle_id (&self->source_id, g_source_remove);
  self->source_id = g_idle_add (call_cb, self);
}

PwFirstFrame *
pw_first_frame_new (GtkWidget        *window,
                    PwFirstFrameFunc  func,
                    gpointer          data)
{
  PwFirstFrame *self = g_new0 (PwFirstFrame, 1);

  self->func = func;
  self->data = data;
  self->clock = g_object_ref (gtk_widget_get_frame_clock (window));
  g_signal_connect (self->clock, "after-paint", G_CALLBACK (painted_cb), self);
  self->source_id = g_timeout_add (LONGEST_WAIT_MS, call_cb, self);
  return self;
}

void
pw_first_frame_free (PwFirstFrame *self)
{
  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_handle_id (&self->source_id, g_source_remove);
  g_object_unref (self->clock);
  g_free (self);
}
