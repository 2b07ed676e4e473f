/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"

/* POST /sign: presigns one request, in the shape of `signRequest` of Uppy's @uppy/aws-s3 (6.3).
 * {method, key, uploadId?, partNumber?, expiresIn?, contentType?} → {url, key?, headers?, fields?};
 * which call of S3 is meant follows from the fields. Two more than Uppy's: "partNumberMarker", for
 * lists of more than 1,000 parts, and errors {error, code}. Where objects have a largest size, a
 * PutObject becomes a form, because only a form's policy can hold to it. Pure; any thread. */
extern const PresignDialectClass presign_sign;
