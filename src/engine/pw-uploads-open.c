/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads-open.h"

static void
take_restored (PwUploads  *self,
               PwRestored *restored)
{
  if (restored->message)
    g_signal_emit_by_name (self, "note", restored->message);
  if (restored->uploads->len > 0)
    pw_uploads_append_all (self, restored->uploads);
  g_ptr_array_set_free_func (restored->addings, NULL);
  for (guint i = 0; i < restored->addings->len; i++)
    pw_uploads_push_adding (self, g_ptr_array_index (restored->addings, i));
}

gboolean
pw_uploads_open (PwUploads *self,
                 GError   **error)
{
  return pw_archive_open (pw_uploads_get_archive (self), error);
}

gboolean
pw_uploads_restore (PwUploads   *self,
                    const char  *only_id,
                    GError     **error)
{
  g_autoptr (PwRestored) restored = pw_archive_restore (pw_uploads_get_archive (self), only_id,
                                                        error);

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
  PwArchive *archive = pw_uploads_get_archive (source);
  GError *error = NULL;
  PwRestored *restored = NULL;

  if (pw_archive_open (archive, &error))
    restored = pw_archive_restore (archive, NULL, &error);
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
