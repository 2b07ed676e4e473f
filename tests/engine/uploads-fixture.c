/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "uploads-fixture.h"

#include "engine/pw-uploads-open.h"

static void
changed_cb (PwUploads      *uploads,
            PwUpload       *upload,
            UploadsFixture *self)
{
  g_string_append_printf (self->states, "%s:%s ", upload->name,
                          pw_upload_state_get_id (upload->state));
}

static void
note_cb (PwUploads      *uploads,
         const char     *note,
         UploadsFixture *self)
{
  g_ptr_array_add (self->notes, g_strdup (note));
}

static void
idle_cb (PwUploads      *uploads,
         UploadsFixture *self)
{
  self->n_idle++;
}

static void
new_uploads (UploadsFixture *self,
             const char     *state_dir)
{
  g_autoptr (GError) error = NULL;

  self->uploads = pw_uploads_new (state_dir);
  g_signal_connect (self->uploads, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (self->uploads, "note", G_CALLBACK (note_cb), self);
  g_signal_connect (self->uploads, "idle", G_CALLBACK (idle_cb), self);
  pw_uploads_open (self->uploads, &error);
  g_assert_no_error (error);
  store_fixture_set_keys (pw_uploads_get_credentials (self->uploads, self->destination));
}

UploadsFixture *
uploads_fixture_new (const char *rules,
                     const char *faults)
{
  UploadsFixture *self = g_new0 (UploadsFixture, 1);

  self->store = store_fixture_new (rules, faults);
  self->destination = store_fixture_new_destination (self->store);
  self->states = g_string_new (NULL);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  new_uploads (self, self->store->state);
  return self;
}

void
uploads_fixture_free (UploadsFixture *self)
{
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  /* What runs in other threads for it holds a reference until it is done. */
  while (!pw_uploads_is_idle (self->uploads) && G_OBJECT (self->uploads)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (self->uploads);
  g_assert_finalize_object (self->destination);
  g_string_free (self->states, TRUE);
  g_ptr_array_unref (self->notes);
  store_fixture_free (self->store);
  g_free (self);
}

/* As a crash would leave it: the journals and queues as they are on the disk at this instant. */
static void
copy_state (const char *from,
            const char *to)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "cp", "-r", from, to, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, &error);

  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

void
uploads_fixture_kill (UploadsFixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (self->killed_state);
  pw_uploads_flush (self->uploads, &error);
  g_assert_no_error (error);
  self->killed_state = g_strconcat (self->store->state, "-killed", NULL);
  copy_state (self->store->state, self->killed_state);
}

void
uploads_fixture_quit (UploadsFixture *self)
{
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  g_assert_finalize_object (g_steal_pointer (&self->uploads));
}

void
uploads_fixture_restart (UploadsFixture *self,
                         gboolean        killed)
{
  g_autoptr (GError) error = NULL;

  if (killed && !self->killed_state)
    uploads_fixture_kill (self);
  if (self->uploads)
    uploads_fixture_quit (self);
  new_uploads (self, killed ? self->killed_state : self->store->state);
  pw_uploads_restore (self->uploads, NULL, &error);
  g_assert_no_error (error);
  if (killed) {
    g_free (self->store->state);
    self->store->state = g_steal_pointer (&self->killed_state);
    g_free (self->store->journals);
    self->store->journals = g_build_filename (self->store->state, "uploads", NULL);
  }
}

PwUpload *
uploads_fixture_get (UploadsFixture *self,
                     guint           position)
{
  g_autoptr (PwUpload) upload = g_list_model_get_item (G_LIST_MODEL (self->uploads), position);

  return upload;
}

PwUpload *
uploads_fixture_add (UploadsFixture *self,
                     const char     *path,
                     gboolean        follow)
{
  guint position = g_list_model_get_n_items (G_LIST_MODEL (self->uploads));

  pw_uploads_add (self->uploads, path, self->destination, follow);
  while (g_list_model_get_n_items (G_LIST_MODEL (self->uploads)) == position)
    g_main_context_iteration (NULL, TRUE);
  return uploads_fixture_get (self, position);
}

PwUpload *
uploads_fixture_add_parts (UploadsFixture *self,
                           const char     *name,
                           guint           n)
{
  g_autofree char *path = store_fixture_make_file (self->store, name, n * STORE_PART, n);

  return uploads_fixture_add (self, path, FALSE);
}

void
uploads_fixture_wait_idle (UploadsFixture *self)
{
  while (!pw_uploads_is_idle (self->uploads))
    g_main_context_iteration (NULL, TRUE);
}

void
uploads_fixture_wait_state (UploadsFixture *self,
                            PwUpload       *upload,
                            PwUploadState   state)
{
  while (upload->state != state)
    g_main_context_iteration (NULL, TRUE);
}

void
uploads_fixture_wait_safe (PwUpload *upload,
                           guint64   bytes)
{
  while (upload->schedule.safe < bytes)
    g_main_context_iteration (NULL, TRUE);
}
