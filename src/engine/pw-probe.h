/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"

/* Finds out whether a destination works and what its store can do, by doing it: a small object goes
 * up in parts and in one piece under a name of its own, and is deleted again. Through a backend,
 * which cannot delete, an upload is begun and aborted; where not even that can be, it is only asked
 * for the parts of one that does not exist. Blocking; any thread but an app's main one. */

typedef enum {
  PW_PROBE_BUCKET,              /* is there, and may be asked; or a backend is, and is understood */
  PW_PROBE_CREATE,              /* an upload in parts may be begun */
  PW_PROBE_PART,
  PW_PROBE_LIST,                /* needed to go on after a crash */
  PW_PROBE_COMPLETE,
  PW_PROBE_HEAD,                /* the finished object can be looked at: needed to prove it */
  PW_PROBE_PUT,
  PW_PROBE_CONDITION,           /* If-None-Match keeps what is there */
  PW_PROBE_UNFINISHED,          /* unfinished uploads can be listed */
  PW_PROBE_DELETE,              /* what the probe left is gone */
  PW_N_PROBES
} PwProbeStep;

typedef struct {
  gboolean was_tried;
  GError *error;                /* PW_ERROR; NULL = it works */
} PwProbeResult;

typedef struct {
  PwProbeResult results[PW_N_PROBES];
  S3ChecksumKind checksum;      /* what the store checks itself */
  gboolean tells_whole;         /* it checks and tells a checksum of the whole object */
  gboolean etag_is_md5;
  gboolean keeps_existing;
  gboolean is_backend;          /* then only this was found, and what the authority can */
  PwDialectKind dialect;
} PwProbe;

typedef void (*PwProbeFunc) (PwProbeStep          step,
                             const PwProbeResult *result,
                             gpointer             user_data);

/* @shown (may be NULL) is called after each step. */
PwProbe    *pw_probe_run        (PwDestination *destination,
                                 PwAuthority   *authority,
                                 HttpClient    *client,
                                 PwProbeFunc    shown,
                                 gpointer       user_data);
void        pw_probe_free       (PwProbe       *self);

/* All that an upload needs works. */
gboolean    pw_probe_is_usable  (const PwProbe *self);
/* The first error among what an upload needs, or NULL. */
const GError *pw_probe_get_error (const PwProbe *self);
/* "Begin an upload": translated. */
const char *pw_probe_get_title  (PwProbeStep           step,
                                 const PwDestination  *destination);
/* Writes what was found into a destination that is not shared yet. */
void        pw_probe_apply      (const PwProbe *self,
                                 PwDestination *destination);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwProbe, pw_probe_free)
