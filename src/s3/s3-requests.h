/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-address.h"
#include "s3/s3-checksum.h"

#include "http/http-message.h"

/* The S3 calls that an upload needs, as unsigned messages (S3 API Reference, one operation each).
 * Pure. The caller owns what is returned, sets the body of a PUT, and signs. */

/* What a new object is to have besides its bytes; NULL and empty = the bucket's default. */
typedef struct {
  const char *content_type;
  const char *storage_class;    /* "STANDARD_IA" */
  const char *encryption;       /* "AES256" (SSE-S3) or "aws:kms" */
  const char *kms_key_id;
  const char *acl;              /* "bucket-owner-full-control" */
  const char *tagging;          /* "team=film&year=2026", encoded */
  const char *const *metadata;  /* "name", "value", …, NULL; sent as x-amz-meta-NAME; UTF-8 values as RFC 2047 */
  const char *content_disposition;
  const char *cache_control;
} S3ObjectOptions;

typedef struct {
  guint part_number;
  char etag[128];               /* without quotes */
  S3Checksum checksum;          /* kind NONE if there is none */
} S3CompletedPart;

/* @checksum: CRC64NVME asks for FULL_OBJECT, CRC32C for FULL_OBJECT, MD5 and NONE for nothing. */
HttpRequest *s3_request_create       (const S3Address       *address,
                                      const char            *key,
                                      const S3ObjectOptions *options,
                                      S3ChecksumKind         checksum);

/* @checksum may be NULL; goes into its header (Content-MD5 for MD5). The body is the caller's to set. */
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

/* @parts: S3CompletedPart, ascending from 1. @whole: the FULL_OBJECT checksum, or NULL; sent with its
 * type and with @object_size as x-amz-mp-object-size. */
HttpRequest *s3_request_complete     (const S3Address       *address,
                                      const char            *key,
                                      const char            *upload_id,
                                      const S3CompletedPart *parts,
                                      guint                  n_parts,
                                      const S3Checksum      *whole,
                                      guint64                object_size,
                                      gboolean               if_none_match);

HttpRequest *s3_request_abort        (const S3Address *address, const char *key, const char *upload_id);
HttpRequest *s3_request_list_parts   (const S3Address *address, const char *key, const char *upload_id,
                                      guint marker);    /* parts after this number; 0 = from the first */
HttpRequest *s3_request_list_uploads (const S3Address *address, const char *prefix,
                                      const char *key_marker, const char *upload_id_marker);
/* @checksum_mode: asks for the stored checksum (x-amz-checksum-mode: ENABLED). */
HttpRequest *s3_request_head_object  (const S3Address *address, const char *key, gboolean checksum_mode);
HttpRequest *s3_request_head_bucket  (const S3Address *address);
HttpRequest *s3_request_delete_object (const S3Address *address, const char *key);
