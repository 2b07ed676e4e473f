/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-object.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

StoreObject *
store_object_new (const char *key)
{
  StoreObject *self = g_new0 (StoreObject, 1);

  self->key = g_strdup (key);
  return self;
}

void
store_object_free (StoreObject *self)
{
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_free (self->key);
  g_free (self->etag);
  g_free (self);
}

static char *
dup_meta_path (const char *root,
               const char *bucket,
               const char *key)
{
  g_autofree char *name = store_disk_dup_name (key);

  return g_build_filename (root, ".meta", bucket, name, NULL);
}

char *
store_object_dup_path (const char *root,
                       const char *bucket,
                       const char *key)
{
  g_autofree char *name = store_disk_dup_name (key);

  return g_build_filename (root, bucket, name, NULL);
}

static StoreObject *
load_meta (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  g_autoptr (GHashTable) about = store_disk_load_map (file, "object");
  StoreObject *self = store_object_new (g_hash_table_lookup (about, "key"));
  self->etag = g_strdup (g_hash_table_lookup (about, "etag"));
  self->headers = store_disk_load_map (file, "headers");
  self->size = g_key_file_get_uint64 (file, "sums", "size", NULL);
  self->modified = g_key_file_get_int64 (file, "sums", "modified", NULL);
  self->n_composite = (guint) g_key_file_get_uint64 (file, "sums", "composite", NULL);
  g_autofree char *sums = g_key_file_get_string (file, "sums", "sums", NULL);
  store_disk_read_sums (sums != NULL ? sums : "", self->sums);
  return self;
}

StoreObject *
store_object_load (const char *root,
                   const char *bucket,
                   const char *key)
{
  g_autofree char *path = dup_meta_path (root, bucket, key);

  return load_meta (path);
}

gboolean
store_object_save (const StoreObject *self,
                   const char        *root,
                   const char        *bucket,
                   const char        *temp)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GHashTable) about = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *path = store_object_dup_path (root, bucket, self->key);
  g_autofree char *meta = dup_meta_path (root, bucket, self->key);
  g_autofree char *meta_temp = g_strconcat (temp, ".meta", NULL);
  g_autofree char *sums = store_disk_dup_sums (self->sums);

  g_hash_table_insert (about, (char *) "key", self->key);
  g_hash_table_insert (about, (char *) "etag", self->etag);
  store_disk_save_map (file, "object", about);
  store_disk_save_map (file, "headers", self->headers);
  g_key_file_set_uint64 (file, "sums", "size", self->size);
  g_key_file_set_int64 (file, "sums", "modified", self->modified);
  g_key_file_set_uint64 (file, "sums", "composite", self->n_composite);
  g_key_file_set_string (file, "sums", "sums", sums);
  return g_key_file_save_to_file (file, meta_temp, NULL) &&
         store_disk_rename (temp, path) && store_disk_rename (meta_temp, meta);
}

void
store_object_remove (const char *root,
                     const char *bucket,
                     const char *key)
{
  g_autofree char *path = store_object_dup_path (root, bucket, key);
  g_autofree char *meta = dup_meta_path (root, bucket, key);

  g_unlink (meta);
  g_unlink (path);
}

gboolean
store_bucket_exists (const char *root,
                     const char *bucket)
{
  g_autofree char *path = g_build_filename (root, bucket, NULL);

  return bucket[0] != '.' && strchr (bucket, '/') == NULL &&
         g_file_test (path, G_FILE_TEST_IS_DIR);
}

gboolean
store_bucket_create (const char *root,
                     const char *bucket)
{
  g_autofree char *path = g_build_filename (root, bucket, NULL);
  g_autofree char *meta = g_build_filename (root, ".meta", bucket, NULL);

  return bucket[0] != '.' && strchr (bucket, '/') == NULL &&
         g_mkdir_with_parents (path, 0700) == 0 && g_mkdir_with_parents (meta, 0700) == 0;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const StoreObject *one = *(StoreObject *const *) a;
  const StoreObject *other = *(StoreObject *const *) b;

  return strcmp (one->key, other->key);
}

GPtrArray *
store_bucket_list (const char *root,
                   const char *bucket,
                   const char *prefix)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) store_object_free);
  g_autofree char *folder = g_build_filename (root, ".meta", bucket, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL;
       name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (StoreObject) object = load_meta (path);

    if (object != NULL && g_str_has_prefix (object->key, prefix))
      g_ptr_array_add (objects, g_steal_pointer (&object));
  }
  g_ptr_array_sort (objects, compare);
  return objects;
}
