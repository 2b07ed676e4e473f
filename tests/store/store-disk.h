/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-sums.h"

/* Where things lie below the store's root:
 *
 *   BUCKET/KEY                 objects, the key percent-encoded into one name
 *   .meta/BUCKET/KEY           what is known of each (GKeyFile)
 *   .uploads/ID/meta, log, N   unfinished uploads: what was asked, a line for each part, the parts
 *   .tmp/                      what is being received; emptied at the start
 *
 * Everything that was acknowledged survives the end of the process (not of the machine). */

/* A key, bucket or id as a file's name; keys too long for one are named by their SHA-256. */
char    *store_disk_dup_name (const char  *text);

/* Makes the folders, and empties .tmp. */
gboolean store_disk_prepare (const char  *root,
                             GError     **error);

/* A new file to receive into; the descriptor and its path. */
int      store_disk_open_temp (const char  *root,
                               char       **path);

gboolean store_disk_rename (const char  *from,
                            const char  *to);

/* Appends the file at @path to @fd, in the kernel. */
gboolean store_disk_append (int fd,
                            const char  *path);

/* Header fields and the like: names to values that may hold any byte. */
void     store_disk_save_map (GKeyFile    *file,
                              const char  *group,
                              GHashTable  *map);
GHashTable *store_disk_load_map (GKeyFile   *file,
                                 const char *group);

/* "crc64nvme=BASE64 md5=…" and back; @sums has STORE_N_SUMS elements. */
char    *store_disk_dup_sums (const S3Checksum *sums);
void     store_disk_read_sums (const char       *text,
                               S3Checksum       *sums);
