/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"
#include "presign/presign-json.h"
#include "s3/s3-plan.h"

/* What the requests of v2 have in common. Pure; any thread. */

#define PRESIGN_V2_MAX_BATCH 1000

/* A new object, as a client describes it. Texts are borrowed from the body. */
typedef struct {
  const char *name;
  guint64 size;
  gboolean has_size;
  S3ObjectOptions options;      /* with what is forced */
  GPtrArray *metadata;          /* owned */
  S3ChecksumKind kind;          /* NONE: the client said nothing, or the store does not know it */
  gboolean if_none_match;
} PresignV2Object;

gboolean presign_v2_object_read  (const PresignCall *call,
                                  JsonObject        *body,
                                  PresignV2Object   *object,
                                  PresignProblem    *problem);
void     presign_v2_object_clear (PresignV2Object   *object);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PresignV2Object, presign_v2_object_clear)

/* "uploadId" and "key", that the caller may touch. */
gboolean presign_v2_upload_read  (const PresignCall *call,
                                  JsonObject        *body,
                                  PresignAsk        *ask,
                                  PresignProblem    *problem);

/* "checksumAlgorithm"; CRC64NVME where it is absent, MD5 where the store knows no other. */
gboolean presign_v2_kind_read    (const PresignCall *call,
                                  JsonObject        *body,
                                  S3ChecksumKind    *kind,
                                  PresignProblem    *problem);

/* "checksum"; kind NONE where it is absent. */
gboolean presign_v2_checksum_read (JsonObject       *body,
                                   S3ChecksumKind    kind,
                                   S3Checksum       *checksum,
                                   PresignProblem   *problem);

/* The store's limits, narrowed by the settings. */
void     presign_v2_get_limits   (const PresignCall *call,
                                  S3Limits          *limits);

/* "\"NAME\":\"2026-01-31T12:00:00Z\"". */
void     presign_v2_append_time  (GString           *json,
                                  const char        *name,
                                  gint64             time);
/* "\"checksum\":…,\"checksumAlgorithm\":…" of the first there is; nothing where there is none.
 * @checksums: kind NONE ends them. */
void     presign_v2_append_checksum (GString           *json,
                                     const S3Checksum  *checksums,
                                     gsize              n_checksums);
/* "\"headers\":{…}": what was signed and must be sent. */
void     presign_v2_append_headers (GString           *json,
                                    const HttpRequest *request);
