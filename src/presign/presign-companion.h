/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"

/* The S3 routes of Uppy's Companion (6.2), mounted at /s3: what `companionEndpoint` of @uppy/aws-s3
 * asks. Upload ids come percent-encoded in the path, keys in the query. Errors are {"error": text}
 * with the status that is the truth, and S3's code inside. Pure but for the store; any thread. */
extern const PresignDialectClass presign_companion;
