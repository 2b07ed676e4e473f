/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

/* The S3 calls. Each looks at a request whose body is complete, does it, and sets the answer. */

/* Before the body: whether the request may go on. FALSE: refused, the answer is set. Opens the file
 * that the body of a part or an object is received into. */
gboolean store_call_begin (StoreRequest *request);

/* The body is complete. */
void     store_call_finish (StoreRequest *request);

void store_call_bucket (StoreRequest *request);
void store_call_put (StoreRequest *request);
void store_call_head (StoreRequest *request);            /* and GetObject */
void store_call_delete (StoreRequest *request);
void store_call_create (StoreRequest *request);
void store_call_part (StoreRequest *request);
void store_call_list_parts (StoreRequest *request);
void store_call_list_uploads (StoreRequest *request);
void store_call_complete (StoreRequest *request);
void store_call_abort (StoreRequest *request);

/* The upload that the request means, or NULL; then the answer is set. */
StoreUpload *store_call_find_upload (StoreRequest *request);

/* The headers of the request that its object is to keep. */
GHashTable  *store_call_dup_kept_headers (const StoreRequest *request);
/* x-amz-server-side-encryption and the like, said again. */
void         store_call_echo_encryption (StoreRequest       *request,
                                         GHashTable         *headers);
/* The ETag of bytes with this MD5: not the MD5 itself where a key of KMS or of the customer
 * encrypts them (S3 API Reference, "Object": ETag). */
char        *store_call_dup_etag (const S3Checksum   *md5,
                                  GHashTable         *headers);
/* What the answer is to say for an ETag: it, another one, or NULL for none. */
char        *store_call_dup_told_etag (const StoreRequest *request,
                                       const char         *etag);
/* 412 if the request wants no such object to exist, and it does. */
gboolean     store_call_check_condition (StoreRequest       *request);
