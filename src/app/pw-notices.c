/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-notices.h"

#include <glib/gi18n.h>

#include "engine/pw-error.h"

/* What ends together is told together. */
#define BATCH_MS 1500

typedef struct {
  guint n;                      /* not looked at yet */
  gboolean is_new;              /* since the last notification */
  PwUpload *last;
} News;

struct _PwNotices {
  GtkApplication *application;
  PwUploads *uploads;
  GSettings *settings;
  News news[PW_N_NEWS];
  guint send_id;                /* holds the application, too */
};

static const char *const ids[PW_N_NEWS] = {
  [PW_NEWS_FINISHED] = "finished", [PW_NEWS_TROUBLE] = "trouble",
};

PwNews
pw_news_of (PwUpload *upload)
{
  if (upload->is_history)
    return PW_NEWS_NONE;
  if (upload->state == PW_UPLOAD_DONE)
    return PW_NEWS_FINISHED;
  if (upload->state == PW_UPLOAD_FAILED)
    return PW_NEWS_TROUBLE;
  if (upload->state == PW_UPLOAD_PAUSED && upload->error && !pw_error_is_transient (upload->error))
    return PW_NEWS_TROUBLE;
  return PW_NEWS_NONE;
}

static gboolean
is_looked_at (PwNotices *self)
{
  for (GList *l = gtk_application_get_windows (self->application); l; l = l->next) {
    if (gtk_window_is_active (l->data))
      return TRUE;
  }
  return FALSE;
}

/* Telling. */

static char *
dup_title (PwNews      kind,
           const News *news)
{
  if (kind == PW_NEWS_FINISHED && news->n == 1)
    return g_strdup_printf (_("“%s” was uploaded"), news->last->name);
  if (kind == PW_NEWS_FINISHED)
    return g_strdup_printf (ngettext ("%u file was uploaded", "%u files were uploaded", news->n),
                            news->n);
  if (news->n == 1)
    return g_strdup_printf (_("“%s” needs attention"), news->last->name);
  return g_strdup_printf (ngettext ("%u upload needs attention", "%u uploads need attention",
                                    news->n), news->n);
}

static char *
dup_body (PwNews      kind,
          const News *news)
{
  if (news->n > 1)
    return NULL;
  if (kind == PW_NEWS_TROUBLE)
    return g_strdup (news->last->error ? news->last->error->message : NULL);
  /* Translators: by what the object was proved to be the file. */
  return news->last->verification ? g_strdup_printf (_("Verified: %s"), news->last->verification)
                                  : NULL;
}

static void
send (PwNotices *self,
      PwNews     kind)
{
  News *news = &self->news[kind];
  g_autofree char *title = dup_title (kind, news), *body = dup_body (kind, news);
  g_autoptr (GNotification) notification = g_notification_new (title);

  news->is_new = FALSE;
  if (body)
    g_notification_set_body (notification, body);
  if (news->n == 1)
    g_notification_set_default_action_and_target (notification, "app.show-upload", "s",
                                                  news->last->id);
  if (news->n == 1 && kind == PW_NEWS_TROUBLE)
    g_notification_add_button_with_target (notification, _("Try Again"), "app.retry-upload", "s",
                                           news->last->id);
  g_application_send_notification (G_APPLICATION (self->application), ids[kind], notification);
}

static void
stop_sending (PwNotices *self)
{
  if (self->send_id == 0)
    return;
  g_clear_handle_id (&self->send_id, g_source_remove);
  g_application_release (G_APPLICATION (self->application));
}

static gboolean
send_cb (gpointer data)
{
  PwNotices *self = data;

  for (PwNews kind = PW_NEWS_FINISHED; kind < PW_N_NEWS; kind++) {
    if (self->news[kind].is_new)
      send (self, kind);
  }
  stop_sending (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (PwUploads *uploads,
            PwUpload  *upload,
            PwNotices *self)
{
  PwNews kind = pw_news_of (upload);
  News *news = &self->news[kind];

  if (kind == PW_NEWS_NONE || !g_settings_get_boolean (self->settings, "notifications")
      || is_looked_at (self))
    return;
  news->n++;
  news->is_new = TRUE;
  g_set_object (&news->last, upload);
  if (self->send_id != 0)
    return;
  g_application_hold (G_APPLICATION (self->application));
  self->send_id = g_timeout_add (BATCH_MS, send_cb, self);
}

/* Looking. */

static void
forget (PwNotices *self)
{
  stop_sending (self);
  for (PwNews kind = PW_NEWS_FINISHED; kind < PW_N_NEWS; kind++) {
    News *news = &self->news[kind];

    if (news->n > 0)
      g_application_withdraw_notification (G_APPLICATION (self->application), ids[kind]);
    g_clear_object (&news->last);
    *news = (News) { 0 };
  }
}

static void
active_cb (PwNotices *self)
{
  if (is_looked_at (self))
    forget (self);
}

static void
window_added_cb (GtkApplication *application,
                 GtkWindow      *window,
                 PwNotices      *self)
{
  g_signal_connect_swapped (window, "notify::is-active", G_CALLBACK (active_cb), self);
}

static void
window_removed_cb (GtkApplication *application,
                   GtkWindow      *window,
                   PwNotices      *self)
{
  g_signal_handlers_disconnect_by_data (window, self);
}

PwNotices *
pw_notices_new (GtkApplication *application,
                PwUploads      *uploads,
                GSettings      *settings)
{
  PwNotices *self = g_new0 (PwNotices, 1);

  self->application = application;
  self->uploads = g_object_ref (uploads);
  self->settings = g_object_ref (settings);
  g_signal_connect (uploads, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), self);
  g_signal_connect (application, "window-removed", G_CALLBACK (window_removed_cb), self);
  for (GList *l = gtk_application_get_windows (application); l; l = l->next)
    window_added_cb (application, l->data, self);
  return self;
}

void
pw_notices_free (PwNotices *self)
{
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  g_signal_handlers_disconnect_by_data (self->application, self);
  for (GList *l = gtk_application_get_windows (self->application); l; l = l->next)
    g_signal_handlers_disconnect_by_data (l->data, self);
  stop_sending (self);
  for (PwNews kind = PW_NEWS_FINISHED; kind < PW_N_NEWS; kind++)
    g_clear_object (&self->news[kind].last);
  g_object_unref (self->settings);
  g_object_unref (self->uploads);
  g_free (self);
}
