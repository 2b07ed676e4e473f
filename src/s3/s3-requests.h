/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-address.h"
#include "s3/s3-checksum.h"
#include "s3/s3-options.h"

#include "http/http-message.h"

/* The S3 calls that an upload needs, as unsigned messages (S3 API Reference, one operation each).
 * Pure. The caller owns what is returned, sets the body of a PUT, and signs.
 *
 * Nothing that comes from outside can add a line to a request: keys, prefixes and ids are
 * percent-encoded, ETags are escaped, and for the options see there.
 */

typedef struct {
  guint part_number;
  char etag[128];               /* without quotes */
  S3Checksum checksum;          /* kind NONE if there is none */
} S3CompletedPart;

/* @checksum: CRC64NVME and the CRC32s ask for FULL_OBJECT, the SHAs for COMPOSITE (they cannot be
 * put together), MD5 and NONE for nothing. */
HttpRequest *s3_request_create       (const S3Address       *address,
                                      const char            *key,
                                      const S3ObjectOptions *options,
                                      S3ChecksumKind         checksum);

/* @checksum may be NULL; goes into its header (Content-MD5 for MD5). The caller sets the body. */
HttpRequest *s3_request_upload_part  (const S3Address       *address,
                                      const char            *key,
                                      const char            *upload_id,
                                      guint                  part_number,
                                      const S3Checksum      *checksum);

/* @if_none_match: TRUE adds If-None-Match: *. */
HttpRequest *s3_request_put_object   (const S3Address       *address,
                                      const char            *key,
                                      const S3ObjectOptions *options,
                                      const S3Checksum      *checksum,
                                      gboolean               if_none_match);

/* @parts: S3CompletedPart, ascending from 1. @whole: the FULL_OBJECT checksum, or NULL; sent with
 * its type and with @object_size as x-amz-mp-object-size. A part's MD5 is not sent: its ETag is
 * that. The answer may take minutes, so the request's response timeout is 15 minutes. */
HttpRequest *s3_request_complete     (const S3Address       *address,
                                      const char            *key,
                                      const char            *upload_id,
                                      const S3CompletedPart *parts,
                                      guint                  n_parts,
                                      const S3Checksum      *whole,
                                      guint64                object_size,
                                      gboolean               if_none_match);

/* The body of such a request alone, for one whose URL somebody else made. */
GBytes      *s3_complete_body_new    (const S3CompletedPart *parts,
                                      guint                  n_parts);

HttpRequest *s3_request_abort        (const S3Address *address, const char *key,
                                      const char *upload_id);
/* @marker: parts after this number; 0 = from the first. */
HttpRequest *s3_request_list_parts   (const S3Address *address, const char *key,
                                      const char *upload_id, guint marker);
/* Asks for keys in encoding-type=url, because XML cannot hold every character of a key. */
HttpRequest *s3_request_list_uploads (const S3Address *address, const char *prefix,
                                      const char *key_marker, const char *upload_id_marker);
/* @checksum_mode: asks for the stored checksum (x-amz-checksum-mode: ENABLED). */
HttpRequest *s3_request_head_object  (const S3Address *address, const char *key,
                                      gboolean checksum_mode);
HttpRequest *s3_request_get_object   (const S3Address *address, const char *key);
HttpRequest *s3_request_head_bucket  (const S3Address *address);
HttpRequest *s3_request_delete_object (const S3Address *address, const char *key);
