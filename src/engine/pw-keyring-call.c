/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-keyring-call.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define USUAL_TIMEOUT_MS 30000

static void
clear_source (GSource **source)
{
  if (*source) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

static gboolean
on_timeout_cb (gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = pw_keyring_call_ref (user_data);

  if (self->is_asking) {
    pw_keyring_call_fail (self, PW_ERROR_KEYRING_LOCKED,
                          _("The keyring was not unlocked in time. Unlock it and try again."));
  } else {
    pw_keyring_call_fail (self, PW_ERROR_KEYRING_ABSENT,
                          _("The keyring does not answer. Start it anew, or enter the key for this "
                            "session only."));
  }
  g_cancellable_cancel (self->stop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (PwKeyringCall) self = pw_keyring_call_ref (user_data);

  pw_keyring_call_fail (self, PW_ERROR_CANCELLED, NULL);
  g_cancellable_cancel (self->stop);
  return G_SOURCE_REMOVE;
}

static GSource *
attach (GSource *source, GSourceFunc callback, PwKeyringCall *call)
{
  g_source_set_callback (source, callback, pw_keyring_call_ref (call),
                         (GDestroyNotify) pw_keyring_call_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

void
pw_keyring_call_unref (PwKeyringCall *self)
{
  if (!g_ref_count_dec (&self->ref_count)) {
    return;
  }
  g_assert (!self->task);
  g_object_unref (self->stop);
  g_free (self->id);
  g_free (self->label);
  if (self->secret) {
    explicit_bzero (self->secret, strlen (self->secret));
    g_free (self->secret);
  }
  g_free (self);
}

PwKeyringCall *
pw_keyring_call_ref (PwKeyringCall *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

GTask *
pw_keyring_call_take_task (PwKeyringCall *self)
{
  clear_source (&self->timeout);
  clear_source (&self->cancelled);
  return g_steal_pointer (&self->task);
}

void
pw_keyring_call_fail (PwKeyringCall *self,
                      PwError        code,
                      const char    *message)
{
  g_autoptr (GTask) task = pw_keyring_call_take_task (self);

  if (task) {
    g_task_return_new_error (task, PW_ERROR, (int) code, "%s",
                             message ? message : pw_error_get_title (code));
  }
}

void
pw_keyring_call_begin (const PwKeyringCall *order,
                       gboolean             allow_prompt,
                       guint                timeout_ms,
                       GTask               *task)
{
  g_autoptr (PwKeyringCall) self = g_new0 (PwKeyringCall, 1);

  *self = *order;
  g_ref_count_init (&self->ref_count);
  /* The task's own check would answer "cancelled" in another domain. */
  g_task_set_check_cancellable (task, FALSE);
  self->task = task;
  self->stop = g_cancellable_new ();
  self->allow_prompt = allow_prompt;
  self->timeout = attach (g_timeout_source_new (timeout_ms ? timeout_ms : USUAL_TIMEOUT_MS),
                          on_timeout_cb, self);
  if (g_task_get_cancellable (task)) {
    self->cancelled = attach (g_cancellable_source_new (g_task_get_cancellable (task)),
                              G_SOURCE_FUNC (on_cancelled_cb), self);
  }
  self->start (self);
}

void
pw_keyring_call_succeed (PwKeyringCall *self)
{
  g_autoptr (GTask) task = pw_keyring_call_take_task (self);

  if (task) {
    g_task_return_boolean (task, TRUE);
  }
}
