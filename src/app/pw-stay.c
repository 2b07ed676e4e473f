/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-stay.h"

#include <glib/gi18n.h>

#include "app/pw-holds.h"
#include "app/pw-sleep.h"

/* Longer than an upload takes to hand over to the next. */
#define SETTLE_MS 500

struct _PwStay {
  GtkApplication *application;
  PwUploads *uploads;
  GSettings *settings;
  PwHolds *holds;
  PwSleep *sleep;
  guint settle_id;
  guint cookie;                 /* of what keeps the computer awake; 0 = nothing does */
  gboolean keeps_running;       /* the application is held */
};

gboolean
pw_stay_is_busy (PwStay *self)
{
  return !pw_uploads_is_idle (self->uploads) || pw_holds_is_resting (self->holds);
}

static void
keep_awake (PwStay   *self,
            gboolean  is_wanted)
{
  if (is_wanted == (self->cookie != 0))
    return;
  if (is_wanted) {
    self->cookie = gtk_application_inhibit (self->application,
                                            gtk_application_get_active_window (self->application),
                                            GTK_APPLICATION_INHIBIT_SUSPEND
                                            | GTK_APPLICATION_INHIBIT_LOGOUT,
                                            _("Files are being uploaded"));
    return;
  }
  gtk_application_uninhibit (self->application, self->cookie);
  self->cookie = 0;
}

static void
keep_running (PwStay   *self,
              gboolean  is_wanted)
{
  if (is_wanted == self->keeps_running)
    return;
  self->keeps_running = is_wanted;
  if (is_wanted)
    g_application_hold (G_APPLICATION (self->application));
  else
    g_application_release (G_APPLICATION (self->application));
}

static gboolean
settle_cb (gpointer data)
{
  PwStay *self = data;
  PwTotals totals;
  gboolean is_sending;

  self->settle_id = 0;
  pw_uploads_get_totals (self->uploads, &totals);
  is_sending = totals.n_active > 0;
  keep_awake (self, is_sending && g_settings_get_boolean (self->settings, "keep-awake"));
  pw_sleep_set_watching (self->sleep, is_sending);
  keep_running (self, pw_stay_is_busy (self));
  return G_SOURCE_REMOVE;
}

static void
settle_soon (PwStay *self)
{
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (SETTLE_MS, settle_cb, self);
}

static void
woke_cb (gpointer data)
{
  PwStay *self = data;

  pw_holds_renew (self->holds);
}

void
pw_stay_go_on (PwStay *self)
{
  GListModel *model = G_LIST_MODEL (self->uploads);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    if (upload->was_interrupted)
      pw_upload_resume (upload);
  }
  pw_holds_go_on (self->holds);
  settle_soon (self);
}

PwStay *
pw_stay_new (GtkApplication *application,
             PwUploads      *uploads,
             GSettings      *settings)
{
  PwStay *self = g_new0 (PwStay, 1);

  self->application = application;
  self->uploads = g_object_ref (uploads);
  self->settings = g_object_ref (settings);
  self->holds = pw_holds_new (uploads, settings, NULL);
  self->sleep = pw_sleep_new (woke_cb, self);
  g_signal_connect_swapped (uploads, "changed", G_CALLBACK (settle_soon), self);
  g_signal_connect_swapped (uploads, "idle", G_CALLBACK (settle_soon), self);
  g_signal_connect_swapped (settings, "changed::keep-awake", G_CALLBACK (settle_soon), self);
  return self;
}

void
pw_stay_free (PwStay *self)
{
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  keep_awake (self, FALSE);
  keep_running (self, FALSE);
  pw_sleep_free (self->sleep);
  pw_holds_free (self->holds);
  g_object_unref (self->settings);
  g_object_unref (self->uploads);
  g_free (self);
}
