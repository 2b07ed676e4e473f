/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-config.h"

/* Log lines: one JSON object each, on a descriptor. Lines of requests name routes, never URLs, so
 * that no query, body, header or key of an object is in them.
 *
 * Threads: any; a mutex guards the lines that wait. They are written together, after a tenth of a
 * second at the latest where presign_log_flush() is called so often; warnings and errors at once.
 */

typedef struct _PresignLog PresignLog;

/* What happened to one request. NULL and 0 are left out. */
typedef struct {
  const char *request_id;
  const char *method;
  const char *dialect;
  const char *route;
  guint status;
  gint64 duration_us;
  const char *user;
  const char *peer;
  const char *code;             /* S3's or ours: "NoSuchUpload" */
} PresignLogRequest;

/* @fd is borrowed. */
PresignLog *presign_log_new     (int                      fd,
                                 PresignLogLevel          level);
void        presign_log_free    (PresignLog              *self);

gboolean    presign_log_wants   (PresignLog              *self,
                                 PresignLogLevel          level);
void        presign_log_request (PresignLog              *self,
                                 const PresignLogRequest *request);
void        presign_log_say     (PresignLog              *self,
                                 PresignLogLevel          level,
                                 const char              *format,
                                 ...) G_GNUC_PRINTF (3, 4);
void        presign_log_flush   (PresignLog              *self);

/* From now on g_warning() and its kin end up here, too. @self must outlive the process. */
void        presign_log_adopt   (PresignLog              *self);

/* The line of a request, with its line end. Pure. @now_us: Unix time. */
void        presign_log_format  (GString                 *line,
                                 const PresignLogRequest *request,
                                 PresignLogLevel          level,
                                 gint64                   now_us);
/* As JSON has it, with quotes; bytes that are not UTF-8 become U+FFFD. */
void        presign_log_quote   (GString                 *line,
                                 const char              *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignLog, presign_log_free)
