/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-adding.h"

#include "engine/pw-error.h"

char *
pw_new_id (void)
{
  return g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
}

static PwUpload *
make_upload (PwAdding *self,
             PwFound  *found)
{
  g_autofree char *id = NULL, *key = NULL;
  PwUpload *upload;

  if (self->known && g_hash_table_contains (self->known, found->path))
    return NULL;
  id = pw_new_id ();
  key = pw_destination_dup_key (self->destination, found->name);
  upload = pw_upload_new (id, found->path, key, found->size, self->destination);
  upload->follow = self->follow;
  upload->folder = g_strdup (pw_walk_is_folder (self->walk) ? self->id : NULL);
  if (found->error)
    pw_upload_restore (upload, PW_UPLOAD_FAILED, found->error, NULL, NULL);
  return upload;
}

static void
found_cb (PwWalk    *walk,
          GPtrArray *found,
          GPtrArray *notes,
          gboolean   is_end,
          gpointer   data)
{
  PwAdding *self = data;
  g_autoptr (GPtrArray) uploads = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < found->len; i++) {
    PwUpload *upload = make_upload (self, g_ptr_array_index (found, i));

    if (upload)
      g_ptr_array_add (uploads, upload);
  }
  for (guint i = 0; i < notes->len; i++)
    self->callbacks.note (g_ptr_array_index (notes, i), self->user_data);
  if (uploads->len > 0)
    self->callbacks.found (uploads, self->user_data);
  if (is_end)
    self->callbacks.end (self, self->user_data);
}

PwAdding *
pw_adding_new (const char    *id,
               const char    *path,
               PwDestination *destination,
               gboolean       follow)
{
  PwAdding *self = g_new0 (PwAdding, 1);

  self->id = id ? g_strdup (id) : pw_new_id ();
  self->path = g_strdup (path);
  self->destination = g_object_ref (destination);
  self->follow = follow;
  self->added = g_get_real_time () / G_USEC_PER_SEC;
  return self;
}

void
pw_adding_start (PwAdding                *self,
                 const PwAddingCallbacks *callbacks,
                 gpointer                 user_data)
{
  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->walk = pw_walk_start (self->path, found_cb, self);
}

void
pw_adding_free (PwAdding *self)
{
  if (self->walk) {
    pw_walk_stop (self->walk);
    pw_walk_unref (self->walk);
  }
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_free (self->id);
  g_free (self->path);
  g_object_unref (self->destination);
  g_free (self);
}
