/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload-list.h"

void
pw_upload_list_init (PwUploadList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->first_waiting = 0;
}

void
pw_upload_list_clear (PwUploadList *self)
{
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->items);
}

void
pw_upload_list_append (PwUploadList *self,
                       PwUpload     *upload)
{
  guint n = self->items->len;
  PwUpload *last = n > 0 ? g_ptr_array_index (self->items, n - 1) : NULL;

  upload->order_in_list = last ? last->order_in_list + 1 : 1;
  g_ptr_array_add (self->items, g_object_ref (upload));
  g_hash_table_insert (self->by_id, upload->id, upload);
}

gboolean
pw_upload_list_remove (PwUploadList *self,
                       PwUpload     *upload,
                       guint        *position)
{
  if (!g_ptr_array_find (self->items, upload, position))
    return FALSE;
  g_hash_table_remove (self->by_id, upload->id);
  g_ptr_array_remove_index (self->items, *position);
  self->first_waiting = MIN (self->first_waiting, *position);
  return TRUE;
}

void
pw_upload_list_look_again (PwUploadList *self)
{
  self->first_waiting = 0;
}

PwUpload *
pw_upload_list_next_waiting (PwUploadList *self,
                             guint        *position)
{
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
