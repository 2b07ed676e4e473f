/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

/* What a new object is to have besides its bytes, as headers of the request that makes it. Pure;
 * any thread.
 *
 * Nothing that comes from outside can end a header before its time: values of metadata that are not
 * printable ASCII travel as RFC 2047 words, and any other text that s3_header_value_is_clean()
 * refuses is a programmer's mistake: its header is left out, with a critical. Doors check first. */

/* UTF-8 without control characters, and no blank at its beginning or its end: it arrives as it is
 * (RFC 9110, 5.5). */
gboolean s3_header_value_is_clean  (const char *text);
/* Letters, digits, "-", "_" and ".". S3 keeps such names in small letters. */
gboolean s3_metadata_name_is_valid (const char *name);

/* NULL and empty = the bucket's default. */
typedef struct {
  const char *content_type;
  const char *storage_class;    /* "STANDARD_IA" */
  const char *encryption;       /* "AES256" (SSE-S3) or "aws:kms" */
  const char *kms_key_id;
  const char *acl;              /* "bucket-owner-full-control" */
  const char *tagging;          /* "team=film&year=2026", encoded */
  const char *const *metadata;  /* "name", "value", …, NULL; sent as x-amz-meta-NAME */
  const char *content_disposition;
  const char *cache_control;
} S3ObjectOptions;

/* @self: NULL sets nothing. */
void s3_object_options_apply (const S3ObjectOptions *self,
                              HttpRequest           *request);
