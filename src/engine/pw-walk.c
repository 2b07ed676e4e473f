/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-walk.h"

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-error.h"

/* Few enough that sending begins at once, many enough that 100,000 files cost little. */
#define BATCH 128

#define ATTRIBUTES G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," \
                   G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_IS_SYMLINK

struct _PwWalk {
  gatomicrefcount ref_count;
  char *path;
  GCancellable *stop;
  PwWalkFunc func;              /* main thread only */
  gpointer user_data;
  gint is_folder;               /* atomic */
  /* the walking thread's */
  GPtrArray *found;
  GPtrArray *notes;
};

typedef struct {
  PwWalk *walk;
  GPtrArray *found;
  GPtrArray *notes;
  gboolean is_end;
} PwBatch;

void
pw_found_free (PwFound *self)
{
  g_free (self->path);
  g_free (self->name);
  g_clear_error (&self->error);
  g_free (self);
}

void
pw_walk_unref (PwWalk *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->path);
  g_object_unref (self->stop);
  g_ptr_array_unref (self->found);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

static void
start_batch (PwWalk *self)
{
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_found_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
}

static gboolean
deliver_cb (gpointer data)
{
  PwBatch *batch = data;

  if (!g_cancellable_is_cancelled (batch->walk->stop))
    batch->walk->func (batch->walk, batch->found, batch->notes, batch->is_end,
                       batch->walk->user_data);
  return G_SOURCE_REMOVE;
}

static void
batch_free (gpointer data)
{
  PwBatch *batch = data;

  pw_walk_unref (batch->walk);
  g_ptr_array_unref (batch->found);
  g_ptr_array_unref (batch->notes);
  g_free (batch);
}

static void
deliver (PwWalk   *self,
         gboolean  is_end)
{
  PwBatch *batch = g_new0 (PwBatch, 1);

  g_atomic_ref_count_inc (&self->ref_count);
  batch->walk = self;
  batch->found = self->found;
  batch->notes = self->notes;
  batch->is_end = is_end;
  start_batch (self);
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver_cb, batch, batch_free);
}

/* @error: taken. */
static void
add_found (PwWalk     *self,
           GFile      *file,
           const char *name,
           guint64     size,
           GError     *error)
{
  PwFound *found = g_new0 (PwFound, 1);

  found->path = g_file_get_path (file);
  found->size = size;
  found->name = g_utf8_make_valid (name, -1);
  found->error = error;
  if (!error && !g_utf8_validate (name, -1, NULL))
    found->error = g_error_new (PW_ERROR, PW_ERROR_KEY,
                                _("The name “%s” is not UTF-8, which names in a bucket must be. "
                                  "Rename the file."), found->name);
  g_ptr_array_add (self->found, found);
  if (self->found->len >= BATCH)
    deliver (self, FALSE);
}

static GError *
translate_error (const GError *problem)
{
  PwError code = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                 ? PW_ERROR_SOURCE_VANISHED : PW_ERROR_SOURCE_UNREADABLE;

  return g_error_new_literal (PW_ERROR, code, pw_error_get_title (code));
}

/* An upload of a folder cannot be tried again, so this says what can be done. */
static GError *
translate_folder_error (const GError *problem,
                        const char   *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return translate_error (problem);
  return g_error_new (PW_ERROR, PW_ERROR_SOURCE_UNREADABLE,
                      _("The folder “%s” may not be read. Give yourself permission to read it, "
                        "then choose it again."), valid);
}

static void
note_left_out (PwWalk     *self,
               const char *name,
               gboolean    is_folder_link)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  g_ptr_array_add (self->notes, is_folder_link
                   ? g_strdup_printf (_("“%s” was left out: it is a link to a folder."), valid)
                   : g_strdup_printf (_("“%s” was left out: it is not a file."), valid));
}

/* What a symbolic link inside a folder leads to. */
static void
add_link (PwWalk     *self,
          GFile      *file,
          const char *name)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, NULL,
                                                  &problem);

  if (!info)
    add_found (self, file, name, 0, translate_error (problem));
  else if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    add_found (self, file, name, (guint64) g_file_info_get_size (info), NULL);
  else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    note_left_out (self, name, TRUE);
  else
    note_left_out (self, name, FALSE);
}

/* Returns the folder to walk later, or NULL. */
static GFile *
add_child (PwWalk     *self,
           GFile      *file,
           GFileInfo  *info,
           const char *name)
{
  switch ((int) g_file_info_get_file_type (info)) {
  case G_FILE_TYPE_REGULAR:
    add_found (self, file, name, (guint64) g_file_info_get_size (info), NULL);
    return NULL;
  case G_FILE_TYPE_DIRECTORY:
    return g_object_ref (file);
  case G_FILE_TYPE_SYMBOLIC_LINK:
    add_link (self, file, name);
    return NULL;
  default:
    note_left_out (self, name, FALSE);
    return NULL;
  }
}

static void
walk_folder (PwWalk     *self,
             GFile      *folder,
             const char *name)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GPtrArray) below = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GFileEnumerator) children =
    g_file_enumerate_children (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, self->stop,
                               &problem);
  GFileInfo *info;
  GFile *file;

  while (children
         && g_file_enumerator_iterate (children, &info, &file, self->stop, &problem) && info) {
    g_autofree char *child = g_strdup_printf ("%s/%s", name, g_file_info_get_name (info));
    GFile *later = add_child (self, file, info, child);

    if (later)
      g_ptr_array_add (below, later);
  }
  if (problem && !g_cancellable_is_cancelled (self->stop))
    add_found (self, folder, name, 0, translate_folder_error (problem, name));
  g_clear_object (&children);

  for (guint i = 0; i < below->len && !g_cancellable_is_cancelled (self->stop); i++) {
    g_autofree char *basename = g_file_get_basename (g_ptr_array_index (below, i));
    g_autofree char *child = g_strdup_printf ("%s/%s", name, basename);

    walk_folder (self, g_ptr_array_index (below, i), child);
  }
}

static void
walk_root (PwWalk *self)
{
  g_autoptr (GFile) root = g_file_new_for_path (self->path);
  g_autofree char *name = g_path_get_basename (self->path);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (root, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, NULL,
                                                  &problem);

  if (!info) {
    add_found (self, root, name, 0, translate_error (problem));
  } else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY) {
    g_atomic_int_set (&self->is_folder, TRUE);
    walk_folder (self, root, name);
  } else if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR) {
    add_found (self, root, name, (guint64) g_file_info_get_size (info), NULL);
  } else {
    add_found (self, root, name, 0,
               g_error_new_literal (PW_ERROR, PW_ERROR_SOURCE_NOT_A_FILE,
                                    pw_error_get_title (PW_ERROR_SOURCE_NOT_A_FILE)));
  }
}

static gpointer
walk_thread (gpointer data)
{
  PwWalk *self = data;

  walk_root (self);
  deliver (self, TRUE);
  pw_walk_unref (self);
  return NULL;
}

PwWalk *
pw_walk_start (const char *path,
               PwWalkFunc  func,
               gpointer    user_data)
{
  PwWalk *self = g_new0 (PwWalk, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_strdup (path);
  self->stop = g_cancellable_new ();
  self->func = func;
  self->user_data = user_data;
  start_batch (self);
  g_atomic_ref_count_inc (&self->ref_count);
  g_thread_unref (g_thread_new ("walk", walk_thread, self));
  return self;
}

const char *
pw_walk_get_path (PwWalk *self)
{
  return self->path;
}

gboolean
pw_walk_is_folder (PwWalk *self)
{
  return g_atomic_int_get (&self->is_folder);
}

void
pw_walk_stop (PwWalk *self)
{
  g_cancellable_cancel (self->stop);
}
