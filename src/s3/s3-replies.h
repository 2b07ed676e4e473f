/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-checksum.h"

#include "http/http-message.h"

/* S3's answers, read with GMarkup (S3 API Reference, each operation's "Response Syntax"). Pure.
 *
 * Unknown elements are passed over; a missing one that matters is S3_REPLY_ERROR_BROKEN. Anything
 * that is not 2xx, and an <Error> under 200, is S3_REPLY_ERROR_REFUSED: s3_reply_check() says so
 * and s3_failure_new() tells what S3 said. ETags are given without their quotes. */

#define S3_REPLY_ERROR (s3_reply_error_quark ())

typedef enum {
  S3_REPLY_ERROR_REFUSED,       /* S3 said no: see S3Failure */
  S3_REPLY_ERROR_BROKEN,        /* not what S3 would say: cut off, not XML, or a gateway's page */
} S3ReplyError;

/* What S3 said when it said no. Strings are never NULL, but "" where S3 was silent. */
typedef struct {
  guint status;                 /* of the answer */
  char *code;                   /* "NoSuchUpload"; for an answer without a body (HEAD): "" */
  char *message;
  char *region;                 /* from <Region>, x-amz-bucket-region */
  char *endpoint;               /* from <Endpoint> */
  char *request_id;             /* from <RequestId> or x-amz-request-id */
  gint64 date;                  /* the server's clock, Unix seconds; 0 = not told */
  guint retry_after_s;          /* Retry-After in seconds; 0 = not told */
} S3Failure;

S3Failure *s3_failure_new  (const HttpResponse *response);
S3Failure *s3_failure_copy (const S3Failure    *self);
void       s3_failure_free (S3Failure          *self);

/* TRUE for a 2xx that holds no <Error>. */
gboolean   s3_reply_check  (const HttpResponse *response,
                            GError            **error);

typedef struct {
  char *upload_id;
  S3ChecksumKind checksum;      /* what the store says it will check; NONE = it did not say */
  char *abort_date;             /* x-amz-abort-date as sent, or NULL */
} S3CreateReply;

S3CreateReply *s3_create_reply_parse (const HttpResponse *response, GError **error);
void           s3_create_reply_free  (S3CreateReply *self);

/* UploadPart, PutObject, HeadObject and CompleteMultipartUpload all come down to this. */
typedef struct {
  char etag[128];               /* "" if the store gave none (RGW's Complete) */
  S3Checksum checksums[4];      /* in the order of S3ChecksumKind; kind NONE ends them */
  gboolean is_composite;        /* x-amz-checksum-type or the "-N" at a checksum's end says so */
  char *version_id;             /* or NULL */
  char *content_type;           /* HeadObject; or NULL */
  guint64 size;                 /* HeadObject's Content-Length, else 0 */
  gint64 modified;              /* HeadObject's Last-Modified, Unix seconds, else 0 */
  gboolean encrypted_by_kms;    /* aws:kms… or SSE-C: the ETag is no MD5 */
} S3ObjectReply;

/* From the headers; without an ETag it is BROKEN, and so is a web page in the body. */
S3ObjectReply *s3_object_reply_parse   (const HttpResponse *response, GError **error);
/* From the XML and the headers. */
S3ObjectReply *s3_complete_reply_parse (const HttpResponse *response, GError **error);
void           s3_object_reply_free    (S3ObjectReply *self);
/* The checksum of that kind, or NULL. */
const S3Checksum *s3_object_reply_get_checksum (const S3ObjectReply *self, S3ChecksumKind kind);

typedef struct {
  guint part_number;
  guint64 size;
  char etag[128];
  S3Checksum checksum;          /* kind NONE if not told */
} S3ListedPart;

typedef struct {
  GArray *parts;                /* S3ListedPart */
  gboolean is_truncated;
  guint next_marker;            /* if truncated never 0: the last part's number if S3 did not say */
} S3PartsPage;

S3PartsPage *s3_parts_page_parse (const HttpResponse *response, GError **error);
void         s3_parts_page_free  (S3PartsPage *self);

typedef struct {
  char *key;                    /* decoded, if the answer says encoding-type url */
  char *upload_id;
  gint64 initiated;             /* Unix seconds; 0 = not told */
} S3ListedUpload;

typedef struct {
  GPtrArray *uploads;           /* S3ListedUpload, owned */
  gboolean is_truncated;
  char *next_key_marker;
  char *next_upload_id_marker;
} S3UploadsPage;

/* An empty page, for a list that came another way. */
S3UploadsPage *s3_uploads_page_new   (void);
void           s3_uploads_page_add   (S3UploadsPage *self, const char *key, const char *upload_id,
                                      gint64 initiated);
S3UploadsPage *s3_uploads_page_parse (const HttpResponse *response, GError **error);
void           s3_uploads_page_free  (S3UploadsPage *self);

GQuark s3_reply_error_quark (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3Failure, s3_failure_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3CreateReply, s3_create_reply_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3ObjectReply, s3_object_reply_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3PartsPage, s3_parts_page_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (S3UploadsPage, s3_uploads_page_free)
