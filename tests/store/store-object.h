/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-disk.h"

/* Buckets and the objects in them, on disk. */

typedef struct {
  char *key;
  char *etag;                   /* without quotes */
  guint64 size;
  gint64 modified;              /* Unix seconds */
  GHashTable *headers;          /* lower-case names; what HEAD gives back */
  S3Checksum sums[STORE_N_SUMS];        /* those that HEAD gives back; MD5 never */
  guint n_composite;            /* parts of a COMPOSITE checksum; 0 = FULL_OBJECT */
} StoreObject;

StoreObject *store_object_new (const char        *key);
void         store_object_free (StoreObject       *self);

/* NULL if there is no such object. */
StoreObject *store_object_load (const char        *root,
                                const char        *bucket,
                                const char        *key);
/* Makes the file at @temp the object's content. */
gboolean     store_object_save (const StoreObject *self,
                                const char        *root,
                                const char        *bucket,
                                const char        *temp);
void         store_object_remove (const char        *root,
                                  const char        *bucket,
                                  const char        *key);
char        *store_object_dup_path (const char      *root,
                                    const char      *bucket,
                                    const char      *key);

gboolean     store_bucket_exists (const char        *root,
                                  const char        *bucket);
gboolean     store_bucket_create (const char        *root,
                                  const char        *bucket);
/* Sorted by key; StoreObject, owned. */
GPtrArray   *store_bucket_list (const char        *root,
                                const char        *bucket,
                                const char        *prefix);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreObject, store_object_free)
