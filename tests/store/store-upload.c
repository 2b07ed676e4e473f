/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-upload.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

static void
upload_free (StoreUpload *self)
{
  if (self->log >= 0)
    close (self->log);
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_clear_pointer (&self->parts, g_array_unref);
  g_free (self->id);
  g_free (self->bucket);
  g_free (self->key);
  g_free (self->folder);
  g_free (self);
}

static StoreUpload *
upload_new (const StoreUploads *uploads,
            const char         *id)
{
  StoreUpload *self = g_new0 (StoreUpload, 1);
  g_autofree char *name = store_disk_dup_name (id);

  self->id = g_strdup (id);
  self->folder = g_build_filename (uploads->root, ".uploads", name, NULL);
  self->parts = g_array_new (FALSE, TRUE, sizeof (StorePart));
  self->log = -1;
  return self;
}

static void
upload_set_part (StoreUpload      *self,
                 guint number,
                 guint64 size,
                 const S3Checksum *sums)
{
  if (self->parts->len < number)
    g_array_set_size (self->parts, number);
  StorePart *part = &g_array_index (self->parts, StorePart, number - 1);
  part->size = size;
  part->is_there = TRUE;
  memcpy (part->sums, sums, sizeof part->sums);
}

/* The last line of a part counts; a line that was cut off by the process's end has no newline. */
static void
upload_read_log (StoreUpload *self)
{
  g_autofree char *path = g_build_filename (self->folder, "log", NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  char *line = text;
  for (char *end = strchr (line, '\n'); end != NULL; end = strchr (line, '\n')) {
    guint number;
    guint64 size;
    int used = 0;
    S3Checksum sums[STORE_N_SUMS];

    *end = '\0';
    if (sscanf (line, "%u %" G_GUINT64_FORMAT " %n", &number, &size, &used) == 2 && used > 0 &&
        number > 0) {
      store_disk_read_sums (line + used, sums);
      upload_set_part (self, number, size, sums);
    }
    line = end + 1;
  }
}

static gboolean
upload_save (const StoreUpload *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_build_filename (self->folder, "meta", NULL);
  g_autoptr (GHashTable) about = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, NULL);

  g_hash_table_insert (about, (char *) "id", self->id);
  g_hash_table_insert (about, (char *) "bucket", self->bucket);
  g_hash_table_insert (about, (char *) "key", self->key);
  store_disk_save_map (file, "upload", about);
  store_disk_save_map (file, "headers", self->headers);
  g_key_file_set_int64 (file, "sums", "initiated", self->initiated);
  g_key_file_set_integer (file, "sums", "algorithm", (int) self->algorithm);
  g_key_file_set_boolean (file, "sums", "composite", self->is_composite);
  return g_mkdir_with_parents (self->folder, 0700) == 0 &&
         g_key_file_save_to_file (file, path, NULL);
}

static void
uploads_load (StoreUploads *self,
              const char   *folder)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_build_filename (self->root, ".uploads", folder, "meta", NULL);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return;
  g_autoptr (GHashTable) about = store_disk_load_map (file, "upload");
  if (!g_hash_table_contains (about, "id"))
    return;
  StoreUpload *upload = upload_new (self, g_hash_table_lookup (about, "id"));
  upload->bucket = g_strdup (g_hash_table_lookup (about, "bucket"));
  upload->key = g_strdup (g_hash_table_lookup (about, "key"));
  upload->headers = store_disk_load_map (file, "headers");
  upload->initiated = g_key_file_get_int64 (file, "sums", "initiated", NULL);
  upload->algorithm = (S3ChecksumKind) g_key_file_get_integer (file, "sums", "algorithm", NULL);
  upload->is_composite = g_key_file_get_boolean (file, "sums", "composite", NULL);
  upload_read_log (upload);
  g_hash_table_insert (self->by_id, upload->id, upload);
}

StoreUploads *
store_uploads_new (const char *root)
{
  StoreUploads *self = g_new0 (StoreUploads, 1);
  g_autofree char *path = g_build_filename (root, ".uploads", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  self->root = g_strdup (root);
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) upload_free);
  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL;
       name = g_dir_read_name (dir))
    uploads_load (self, name);
  return self;
}

void
store_uploads_free (StoreUploads *self)
{
  g_hash_table_unref (self->by_id);
  g_free (self->root);
  g_free (self);
}

StoreUpload *
store_uploads_create (StoreUploads   *self,
                      const char     *bucket,
                      const char     *key,
                      gint64 now,
                      S3ChecksumKind algorithm,
                      gboolean is_composite,
                      GHashTable     *headers)
{
  guchar random[29];

  /* Base64 on purpose: "/", "+" and "=" occur in ids, and must be percent-encoded by clients. */
  RAND_bytes (random, sizeof random);
  g_autofree char *id = g_base64_encode (random, sizeof random);
  StoreUpload *upload = upload_new (self, id);
  upload->bucket = g_strdup (bucket);
  upload->key = g_strdup (key);
  upload->initiated = now;
  upload->algorithm = algorithm;
  upload->is_composite = is_composite;
  upload->headers = headers;
  if (!upload_save (upload)) {
    upload_free (upload);
    return NULL;
  }
  g_hash_table_insert (self->by_id, upload->id, upload);
  return upload;
}

StoreUpload *
store_uploads_find (StoreUploads *self,
                    const char   *bucket,
                    const char   *key,
                    const char   *id)
{
  StoreUpload *upload = id != NULL ? g_hash_table_lookup (self->by_id, id) : NULL;

  if (upload == NULL || g_strcmp0 (upload->bucket, bucket) != 0 ||
      g_strcmp0 (upload->key, key) != 0)
    return NULL;
  return upload;
}

void
store_uploads_remove (StoreUploads *self,
                      StoreUpload  *upload)
{
  g_autofree char *meta = g_build_filename (upload->folder, "meta", NULL);
  g_autofree char *log = g_build_filename (upload->folder, "log", NULL);

  /* The meta file first: without it nothing of this comes back at the next start. */
  g_unlink (meta);
  g_unlink (log);
  for (guint number = 1; number <= upload->parts->len; number++) {
    g_autofree char *path = store_upload_dup_part_path (upload, number);
    g_unlink (path);
  }
  g_rmdir (upload->folder);
  g_hash_table_remove (self->by_id, upload->id);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const StoreUpload *one = *(StoreUpload *const *) a;
  const StoreUpload *other = *(StoreUpload *const *) b;
  int order = strcmp (one->key, other->key);

  if (order == 0)
    order = (one->initiated > other->initiated) - (one->initiated < other->initiated);
  return order != 0 ? order : strcmp (one->id, other->id);
}

GPtrArray *
store_uploads_sorted (StoreUploads *self,
                      const char   *bucket,
                      const char   *prefix)
{
  GPtrArray *uploads = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    StoreUpload *upload = value;

    if (g_strcmp0 (upload->bucket, bucket) == 0 && g_str_has_prefix (upload->key, prefix))
      g_ptr_array_add (uploads, upload);
  }
  g_ptr_array_sort (uploads, compare);
  return uploads;
}

gboolean
store_upload_put_part (StoreUpload      *self,
                       guint number,
                       const char       *temp,
                       guint64 size,
                       const S3Checksum *sums)
{
  g_autofree char *path = store_upload_dup_part_path (self, number);
  g_autofree char *log = g_build_filename (self->folder, "log", NULL);
  g_autofree char *text = store_disk_dup_sums (sums);
  g_autofree char *line =
    g_strdup_printf ("%u %" G_GUINT64_FORMAT " %s\n", number, size, text);

  if (self->log < 0)
    self->log = g_open (log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (self->log < 0 || g_rename (temp, path) != 0)
    return FALSE;
  if (write (self->log, line, strlen (line)) != (gssize) strlen (line))
    return FALSE;
  upload_set_part (self, number, size, sums);
  return TRUE;
}

const StorePart *
store_upload_get_part (const StoreUpload *self,
                       guint number)
{
  if (number == 0 || number > self->parts->len)
    return NULL;
  const StorePart *part = &g_array_index (self->parts, StorePart, number - 1);
  return part->is_there ? part : NULL;
}

char *
store_upload_dup_part_path (const StoreUpload *self,
                            guint number)
{
  return g_strdup_printf ("%s/%u", self->folder, number);
}
