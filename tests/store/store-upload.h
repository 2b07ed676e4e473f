/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-disk.h"

/* The unfinished uploads, in memory and on disk. Main loop's thread only. */

typedef struct {
  guint64 size;
  gboolean is_there;
  S3Checksum sums[STORE_N_SUMS];        /* by kind; MD5 always */
} StorePart;

typedef struct {
  char *id;
  char *bucket;
  char *key;
  gint64 initiated;             /* Unix seconds */
  S3ChecksumKind algorithm;     /* declared by Create, or NONE */
  gboolean is_composite;        /* x-amz-checksum-type: COMPOSITE */
  GHashTable *headers;          /* what the object is to have: lower-case names */
  GArray *parts;                /* StorePart; part number n at index n − 1 */
  char *folder;
  int log;                      /* descriptor, −1 until the first part */
} StoreUpload;

typedef struct {
  char *root;
  GHashTable *by_id;            /* id → StoreUpload */
} StoreUploads;

/* Reads what lies on the disk. */
StoreUploads *store_uploads_new (const char   *root);
void          store_uploads_free (StoreUploads *self);

/* Takes @headers. NULL if the disk refuses. */
StoreUpload  *store_uploads_create (StoreUploads   *self,
                                    const char     *bucket,
                                    const char     *key,
                                    gint64 now,
                                    S3ChecksumKind algorithm,
                                    gboolean is_composite,
                                    GHashTable     *headers);
/* NULL if there is none of that id for that key. */
StoreUpload  *store_uploads_find (StoreUploads *self,
                                  const char   *bucket,
                                  const char   *key,
                                  const char   *id);
void          store_uploads_remove (StoreUploads *self,
                                    StoreUpload  *upload);
/* By key, then by time, then by id; StoreUpload, borrowed. @prefix may be "". */
GPtrArray    *store_uploads_sorted (StoreUploads *self,
                                    const char   *bucket,
                                    const char   *prefix);

/* Makes the received file at @temp part @number, in place of what was there. */
gboolean      store_upload_put_part (StoreUpload      *self,
                                     guint number,
                                     const char       *temp,
                                     guint64 size,
                                     const S3Checksum *sums);
/* NULL if it is not there. */
const StorePart *store_upload_get_part (const StoreUpload *self,
                                        guint number);
char         *store_upload_dup_part_path (const StoreUpload *self,
                                          guint number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreUploads, store_uploads_free)
