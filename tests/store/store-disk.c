/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

char *
store_disk_dup_name (const char *text)
{
  g_autofree char *name = g_uri_escape_string (text, NULL, FALSE);

  if (strlen (name) > 200) {
    g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
    return g_strdup_printf ("%%%s", sum);
  }
  if (name[0] == '.')
    return g_strdup_printf ("%%2E%s", name + 1);
  return g_steal_pointer (&name);
}

gboolean
store_disk_prepare (const char  *root,
                    GError     **error)
{
  const char *folders[] = { ".meta", ".uploads", ".tmp" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (root, folders[i], NULL);

    if (g_mkdir_with_parents (path, 0700) != 0) {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  }
  g_autofree char *temp = g_build_filename (root, ".tmp", NULL);
  g_autoptr (GDir) dir = g_dir_open (temp, 0, error);
  if (dir == NULL)
    return FALSE;
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *path = g_build_filename (temp, name, NULL);
    g_unlink (path);
  }
  return TRUE;
}

int
store_disk_open_temp (const char  *root,
                      char       **path)
{
  static guint64 serial;
  g_autofree char *temp = g_strdup_printf ("%s/.tmp/%" G_GUINT64_FORMAT, root, ++serial);
  int fd = g_open (temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd >= 0)
    *path = g_steal_pointer (&temp);
  return fd;
}

gboolean
store_disk_rename (const char *from,
                   const char *to)
{
  if (g_rename (from, to) == 0)
    return TRUE;
  if (errno != ENOENT)
    return FALSE;
  g_autofree char *folder = g_path_get_dirname (to);
  return g_mkdir_with_parents (folder, 0700) == 0 && g_rename (from, to) == 0;
}

gboolean
store_disk_append (int fd,
                   const char *path)
{
  int in = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gssize n = in >= 0 ? 1 : -1;

  while (n > 0)
    n = copy_file_range (in, NULL, fd, NULL, 1 << 30, 0);
  if (in >= 0)
    close (in);
  return n == 0;
}

void
store_disk_save_map (GKeyFile   *file,
                     const char *group,
                     GHashTable *map)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, map);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_autofree char *safe = g_uri_escape_bytes (value, strlen (value), NULL);
    g_autofree char *safe_name = g_uri_escape_string (name, NULL, FALSE);
    g_autofree char *marked = g_strconcat ("=", safe, NULL);
    g_key_file_set_value (file, group, safe_name, marked);
  }
}

GHashTable *
store_disk_load_map (GKeyFile   *file,
                     const char *group)
{
  GHashTable *map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *value = g_key_file_get_value (file, group, names[i], NULL);
    g_autoptr (GBytes) bytes = g_uri_unescape_bytes (value + 1, -1, NULL, NULL);

    if (bytes != NULL) {
      g_hash_table_insert (map, g_uri_unescape_string (names[i], NULL),
                           g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
    }
  }
  return map;
}

char *
store_disk_dup_sums (const S3Checksum *sums)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < STORE_N_SUMS; i++) {
    if (sums[i].kind == S3_CHECKSUM_NONE)
      continue;
    g_autofree char *base64 = g_base64_encode (sums[i].bytes, sums[i].size);
    g_string_append_printf (text, "%s%u=%s", text->len > 0 ? " " : "", i, base64);
  }
  return g_string_free (text, FALSE);
}

void
store_disk_read_sums (const char *text,
                      S3Checksum *sums)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  memset (sums, 0, sizeof (S3Checksum) * STORE_N_SUMS);
  for (guint i = 0; words[i] != NULL; i++) {
    char *end;
    guint64 kind = g_ascii_strtoull (words[i], &end, 10);

    if (end == words[i] || *end != '=' || kind >= STORE_N_SUMS)
      continue;
    gsize size;
    g_autofree guchar *bytes = g_base64_decode (end + 1, &size);
    if (size == 0 || size > S3_CHECKSUM_MAX_SIZE)
      continue;
    sums[kind].kind = (S3ChecksumKind) kind;
    sums[kind].size = (guint8) size;
    memcpy (sums[kind].bytes, bytes, size);
  }
}
