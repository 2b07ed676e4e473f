/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"

/* Which route a request takes. Pure; any thread. */

typedef enum {
  PRESIGN_MATCH_NONE,           /* no such path */
  PRESIGN_MATCH_METHOD,         /* the path, with other methods */
  PRESIGN_MATCH_FULL,
} PresignMatch;

typedef struct {
  PresignMatch match;
  const PresignDialectClass *dialect;   /* never NULL: who refuses what matches nothing */
  const PresignRoute *route;            /* NULL for MATCH_NONE */
  char *params[PRESIGN_MAX_PARAMS];     /* decoded; owned */
} PresignTarget;

void presign_target_find  (PresignTarget     *target,
                           const HttpRequest *request);
/* "GET, POST": what the path of the request knows; to free. */
char *presign_target_dup_methods (const HttpRequest *request);
void presign_target_clear (PresignTarget     *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PresignTarget, presign_target_clear)
