/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"

/* Partway's own dialect: signed checksums, batches, pages, abort, and a look at what is there.
 *
 *   GET  /v2/capabilities
 *   POST /v2/uploads           {fileName, size?, contentType?, metadata?, storageClass?,
 *                               checksumAlgorithm?, partSize?, ifNoneMatch?}
 *   POST /v2/uploads/sign      {uploadId, key, checksumAlgorithm?, parts: [{n, size?, checksum?}]}
 *   GET  /v2/uploads/parts     ?uploadId=&key=&marker=
 *   POST /v2/uploads/complete  {uploadId, key, checksumAlgorithm?, parts: [{n, etag, checksum?}],
 *                               size?, checksum?, ifNoneMatch?}
 *   POST /v2/uploads/abort     {uploadId, key}
 *   GET  /v2/uploads           ?prefix=&marker=
 *   POST /v2/objects/sign      {fileName, size?, contentType?, metadata?, storageClass?,
 *                               checksumAlgorithm?, checksum?, ifNoneMatch?}
 *   GET  /v2/object            ?key=
 *
 * checksumAlgorithm is CRC64NVME where nothing is said. Times are "2026-01-31T12:00:00Z". Errors
 * are {code, message, retryable, requestId, retryAfter?}, with the status that is the truth. Pure
 * but for the store; any thread. */
extern const PresignDialectClass presign_v2;
