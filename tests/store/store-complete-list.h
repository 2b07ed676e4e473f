/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

/* The list of parts in the body of CompleteMultipartUpload. */

typedef struct {
  guint number;
  char etag[128];               /* without quotes */
  S3ChecksumKind kind;          /* of the checksum that stands beside it, or NONE */
  char checksum[64];            /* base64 */
} StoreListedPart;

/* NULL: it is not XML, or not such a list, or an empty one. */
GArray *store_complete_list_parse (GBytes *body);
