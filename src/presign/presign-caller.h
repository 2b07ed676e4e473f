/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Who asks. Start from zeros; presign_caller_clear() ends it. */
typedef struct {
  const char *peer;             /* "192.0.2.7": after X-Forwarded-For, where that is trusted */
  const char *request_id;       /* unique for each request; goes into the bodies of errors */
  const char *base_url;         /* "https://host[:port]" as the caller sees us */
  char *user;                   /* out, of presign_api_admit() or _name(): NULL = nobody */
  gint64 expires;               /* out: when the caller's token ends, Unix seconds; 0 = never */
} PresignCaller;

void presign_caller_clear (PresignCaller *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PresignCaller, presign_caller_clear)
