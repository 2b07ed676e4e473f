/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-json.h"
#include "s3/s3-requests.h"

/* The list of parts in a Complete. Pure; any thread. */

/* What the members are called. */
typedef struct {
  const char *number;           /* "PartNumber" */
  const char *etag;
  const char *checksum;         /* NULL = none is looked for */
} PresignPartNames;

/* @parts: an array of S3CompletedPart in ascending order, ETags without quotes; the caller's. An
 * empty list is S3's MalformedXML, as S3 would say. @kind: of the checksums. FALSE: @problem. */
gboolean presign_parts_read (JsonObject              *body,
                             const PresignPartNames  *names,
                             S3ChecksumKind           kind,
                             GArray                 **parts,
                             PresignProblem          *problem);

/* What may stand in an upload id or an ETag: printable ASCII without blanks. */
gboolean presign_token_is_clean (const char *text);
