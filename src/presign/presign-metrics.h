/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What is counted, as Prometheus reads it (text format 0.0.4). No label holds what a caller sent:
 * dialects and routes are the server's own words, so the number of series is bounded.
 *
 * Threads: any; a mutex guards the table of requests, the rest is atomic.
 */

typedef struct _PresignMetrics PresignMetrics;

typedef enum {
  PRESIGN_REFUSED_CONNECTIONS,  /* there were too many of them */
  PRESIGN_REFUSED_RATE,
  PRESIGN_REFUSED_SIZE,
  PRESIGN_REFUSED_SLOW,         /* the client took too long, and was dropped */
  PRESIGN_N_REFUSED
} PresignRefused;

PresignMetrics *presign_metrics_new             (void);
void            presign_metrics_free            (PresignMetrics *self);

/* One request, answered. @dialect and @route must be static. @asked_store: S3 had a part in it. */
void            presign_metrics_count           (PresignMetrics *self,
                                                 const char     *dialect,
                                                 const char     *route,
                                                 guint           status,
                                                 gint64          duration_us,
                                                 gboolean        asked_store);
void            presign_metrics_refuse          (PresignMetrics *self,
                                                 PresignRefused  reason);
void            presign_metrics_add_in_flight   (PresignMetrics *self,
                                                 int             change);
void            presign_metrics_add_connections (PresignMetrics *self,
                                                 int             change);
guint           presign_metrics_get_connections (PresignMetrics *self);

/* @resident: bytes, as of presign_metrics_read_resident(). */
char           *presign_metrics_dup_text        (PresignMetrics *self,
                                                 guint64         resident);

/* What the process has in memory, in bytes; 0 where that cannot be told. */
guint64         presign_metrics_read_resident   (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignMetrics, presign_metrics_free)
