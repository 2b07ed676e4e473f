/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-client.h"
#include "presign/presign-caller.h"
#include "presign/presign-config.h"
#include "presign/presign-problem.h"
#include "presign/presign-store.h"

/* One request on its way through a dialect. Everything is borrowed for the duration. */

#define PRESIGN_MAX_PARAMS 2

typedef enum {
  PRESIGN_DIALECT_OTHER,
  PRESIGN_DIALECT_FASTAPI,
  PRESIGN_DIALECT_COMPANION,
  PRESIGN_DIALECT_SIGN,
  PRESIGN_DIALECT_PARTWAY,
  PRESIGN_N_DIALECTS
} PresignDialect;

typedef struct {
  const PresignConfig *config;
  PresignStore *store;
  const HttpRequest *request;
  const PresignCaller *caller;
  gint64 now;
  HttpClient *client;                           /* NULL where the route does not ask the store */
  const char *params[PRESIGN_MAX_PARAMS];       /* of the path, decoded */
  char **query;                                 /* of presign_query_parse() */
} PresignCall;

/* NULL: @problem is set, and the dialect says it. */
typedef HttpResponse *(*PresignHandler) (PresignCall    *call,
                                         PresignProblem *problem);

typedef struct {
  const char *method;
  const char *pattern;          /* "/s3/multipart/:uploadId" */
  PresignHandler handler;
  gboolean asks_store;
  gboolean is_open;             /* needs no auth */
} PresignRoute;

/* A dialect: its routes (ended by one without a method), and how it refuses. */
typedef struct {
  const char *name;
  const PresignRoute *routes;
  HttpResponse *(*refuse) (const PresignProblem *problem,
                           const PresignCaller  *caller);
} PresignDialectClass;

/* @json: taken. */
HttpResponse *presign_reply_json     (guint              status,
                                      GString           *json);
void          presign_response_set_type (HttpResponse   *response,
                                         const char     *type);

/* May the caller touch @key, and is @upload_id one? FALSE: @problem. */
gboolean      presign_call_check_upload (const PresignCall *call,
                                         const char        *key,
                                         const char        *upload_id,
                                         PresignProblem    *problem);

/* All parts that S3 has, S3ListedPart, page by page. NULL: @problem. */
GArray       *presign_call_list_parts (const PresignCall *call,
                                       const char        *key,
                                       const char        *upload_id,
                                       PresignProblem    *problem);

/* CompleteMultipartUpload; where objects have a largest size, what S3 holds is added up before,
 * since nobody else would. NULL: @problem. */
HttpResponse *presign_call_complete   (const PresignCall *call,
                                       const PresignAsk  *ask,
                                       PresignProblem    *problem);

/* The highest number that a part may have. */
guint         presign_call_get_max_parts (const PresignCall *call);

/* CreateMultipartUpload with what is forced on every object. NULL: @problem. */
S3CreateReply *presign_call_create    (const PresignCall *call,
                                       const char        *key,
                                       S3ObjectOptions   *options,
                                       S3ChecksumKind     kind,
                                       PresignProblem    *problem);

/* How long a URL for this caller may be good for, in seconds; at least 1. */
guint         presign_call_get_lifetime (const PresignCall *call);
