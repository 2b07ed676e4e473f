/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

/* How others get at an object. */

/* The object's own URL, without a signature: who may not read the bucket is refused there. NULL
 * where the place is not known (a backend keeps it to itself) or @key is none. Pure. */
char   *pw_link_dup_address (PwDestination *destination,
                             const char    *key);

/* A link for whoever has it: gives the object until it expires. As secret as the object. */
typedef struct {
  char *key;
  guint64 wanted_s;
  char *url;
  gint64 expires;               /* Unix seconds */
  gboolean may_end_sooner;      /* session keys signed it, and nobody said when those end */
} PwLink;

void    pw_link_free        (PwLink        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwLink, pw_link_free)

/* Main thread; only where the keys are here (PW_DESTINATION_S3). Errors: PW_ERROR. */
void    pw_link_new_async   (PwUploads            *uploads,
                             PwDestination        *destination,
                             const char           *key,
                             guint64               wanted_s,
                             GAsyncReadyCallback   callback,
                             gpointer              user_data);
PwLink *pw_link_new_finish  (GAsyncResult         *result,
                             GError              **error);
