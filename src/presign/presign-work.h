/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-api.h"
#include "presign/presign-forward.h"
#include "presign/presign-limits.h"
#include "presign/presign-log.h"
#include "presign/presign-metrics.h"

/* One request on its way from a door (a connection, an event of Lambda's) to its answer: who asks,
 * may he, what is counted and logged. Does no I/O of its own. */

/* What all requests share. Any thread; nothing in it changes but the counter. */
typedef struct {
  const PresignConfig *config;
  PresignApi *api;
  PresignLog *log;
  PresignMetrics *metrics;
  PresignLimits *users;         /* NULL = no limit; likewise the next */
  PresignLimits *addresses;
  PresignProxies *proxies;
  guint32 id_prefix;            /* of this process's request ids */
  guint64 n_requests;           /* atomic */
} PresignService;

typedef struct _PresignWork PresignWork;

/* @config must outlive it; @log is borrowed. Reads files: see presign_api_new(). */
PresignService    *presign_service_new        (const PresignConfig *config,
                                               PresignLog          *log,
                                               GError             **error);
void               presign_service_free       (PresignService      *self);

/* A work belongs to one thread at a time. @request is taken. @peer: the other end of the
 * connection, before any X-Forwarded-For. */
PresignWork       *presign_work_new           (PresignService      *service,
                                               HttpRequest         *request,
                                               const char          *peer,
                                               gboolean             is_tls);
void               presign_work_free          (PresignWork         *self);

/* Instead of the id that it would get; before anything else. */
void               presign_work_set_id        (PresignWork         *self,
                                               const char          *request_id);

/* Quick. NULL = go on; else the answer: the health, a refusal. */
HttpResponse      *presign_work_admit         (PresignWork         *self);
/* The refusal of a limit that the door has found, in the dialect's shape. */
HttpResponse      *presign_work_refuse        (PresignWork         *self,
                                               guint                status,
                                               const char          *code,
                                               const char          *message);
gboolean           presign_work_asks_store    (PresignWork         *self);
/* After presign_work_admit() gave NULL. @client: NULL where the store is not asked. */
HttpResponse      *presign_work_answer        (PresignWork         *self,
                                               HttpClient          *client);
/* Once, with the answer that goes out: counts and logs it, and puts the request's id in. */
void               presign_work_end           (PresignWork         *self,
                                               HttpResponse        *response);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignService, presign_service_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignWork, presign_work_free)
