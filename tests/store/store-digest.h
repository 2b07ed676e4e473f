/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

#include "store-upload.h"

/* What a request claims of its body's checksums, and whether it is so (S3 User Guide, "Checking
 * object integrity"). */

/* Before the body: FALSE if the store does not take such headers; the answer is set. */
gboolean store_digest_accept (StoreRequest       *request);

/* What has to be summed: what the headers claim, and @declared (by Create; NONE = nothing). */
guint    store_digest_get_kinds (const StoreRequest *request,
                                 S3ChecksumKind declared);

/* After the body: FALSE if a claim is not true; the answer is set. */
gboolean store_digest_check (StoreRequest       *request,
                             const S3Checksum   *sums);

/* The kind of x-amz-checksum-* that the request carries, or NONE. */
S3ChecksumKind store_digest_get_claim (const StoreRequest *request);

/* Adds the checksum to the answer. @n_composite: 0 = of the whole, else of that many parts. */
void     store_digest_echo (StoreRequest       *request,
                            const S3Checksum   *sum,
                            guint n_composite);

/* "ChecksumCRC64NVME": the element's name in lists and in Complete. */
const char *store_digest_get_element (S3ChecksumKind kind);

/* Base64, with "-N" where it is composite. */
char    *store_digest_dup_text (const S3Checksum   *sum,
                                guint n_composite);
