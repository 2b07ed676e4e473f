/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

#include "store-sums.h"

/* A body that is received into a file, summed as it comes. */

struct _StoreBody {
  int fd;
  char *path;                   /* below .tmp; unlinked with the body unless it was moved away */
  guint64 size;                 /* received so far */
  guint8 *buffer;               /* gathers libsoup's small chunks */
  gsize buffer_size;
  gsize fill;
  gint64 flip_at;               /* this byte is received damaged; −1 = none */
  StoreSums *summer;
  S3Checksum sums[STORE_N_SUMS];        /* after store_body_finish() */
  gboolean is_broken;           /* the disk refused */
};

/* @kinds: what to sum, as store_sums_new() has it. NULL if there can be no file. */
StoreBody *store_body_new (const StoreRequest *request,
                           guint kinds);
void       store_body_free (StoreBody          *self);
void       store_body_write (StoreBody          *self,
                             const void         *data,
                             gsize size);
/* FALSE if the disk refused. */
gboolean   store_body_finish (StoreBody          *self);
