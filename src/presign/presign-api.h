/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-client.h"
#include "http/http-message.h"
#include "presign/presign-caller.h"
#include "presign/presign-config.h"

/* A request that came in, and its answer: the whole server but for the listening. Requests and
 * answers are the values of http-message.h: a request's `url` is in origin form
 * ("/v2/uploads?prefix=a"), its `bytes` are the body or NULL. No server state: any number of
 * processes may stand side by side. */

/* The longest body of a request: 10,000 parts fit into a Complete of each dialect. */
#define PRESIGN_MAX_BODY (1024 * 1024)

typedef struct _PresignApi PresignApi;

/* Looks whether the settings go together, and reads what they name (API keys, key sets,
 * credentials); may block for that. Errors are sentences for whoever set them.
 * @config must outlive it. */
PresignApi   *presign_api_new         (const PresignConfig *config,
                                       GError             **error);
void          presign_api_free        (PresignApi          *self);

/* Any thread. Cheap, no I/O: route, CORS, who asks. NULL = go on; else the refusal (401, 403, 404,
 * 405, 413, or 204 for a preflight) in the route's dialect, the caller's to free. Needs the
 * headers only; a body that is there counts for 413. @now: Unix seconds. */
HttpResponse *presign_api_admit       (PresignApi          *self,
                                       const HttpRequest   *request,
                                       PresignCaller       *caller,
                                       gint64               now);

/* TRUE: presign_api_answer() asks the store (or reads credentials or keys anew) and may block for
 * seconds. FALSE: pure and quick. */
gboolean      presign_api_asks_store  (PresignApi          *self,
                                       const HttpRequest   *request);

/* Any thread. Whose token is by a key that is not known yet is let through without a name. This
 * fetches the key, if @may_block, and looks again. NULL = go on, and @caller has the name; else the
 * refusal. A second time it does nothing. */
HttpResponse *presign_api_name        (PresignApi          *self,
                                       const HttpRequest   *request,
                                       PresignCaller       *caller,
                                       gint64               now,
                                       gboolean             may_block);

/* Any thread, many at once. Does presign_api_name() where nobody did. @client: this thread's
 * connection to the store; may be NULL where presign_api_asks_store() was FALSE. Never NULL. With
 * CORS headers. */
HttpResponse *presign_api_answer      (PresignApi          *self,
                                       const HttpRequest   *request,
                                       PresignCaller       *caller,
                                       gint64               now,
                                       HttpClient          *client);

/* Refusals carry S3's code, or ours, in a header "X-Error-Code": not every dialect has a place for
 * it in its body. */

/* A refusal in the shape of the route's dialect, for limits that the listener sees (413, 429,
 * 503). @code: "SlowDown". */
HttpResponse *presign_api_refuse      (PresignApi          *self,
                                       const HttpRequest   *request,
                                       const PresignCaller *caller,
                                       guint                status,
                                       const char          *code,
                                       const char          *message);

/* For metrics and logs, static: "fastapi", "companion", "sign", "partway" or "other"; and the route
 * without ids ("/s3/multipart/:uploadId", "other"). */
const char   *presign_api_get_dialect (const HttpRequest   *request);
const char   *presign_api_get_route   (const HttpRequest   *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignApi, presign_api_free)
