/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"

/* Uploads that are unfinished at a store, whoever began them. Their parts cost until they are
 * deleted. Everything here blocks: worker threads only. */

/* What the store holds of one. */
typedef struct {
  GArray *parts;                /* S3ListedPart */
  guint64 size;                 /* bytes of all of them */
  gboolean is_gone;             /* it ended meanwhile: nothing is there */
} PwHeld;

void     pw_held_clear        (PwHeld *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PwHeld, pw_held_clear)

/* FALSE ends the walk, with @error set where it ends with one. */
typedef gboolean (*PwUnfinishedFunc) (const S3ListedUpload *upload,
                                      gpointer              user_data,
                                      GError              **error);

/* All under @prefix (may be NULL), in the store's order, page by page. FALSE: @error says why it
 * ended early; without one, @func ended it. PW_ERROR_UNSUPPORTED: a backend that cannot list. */
gboolean pw_unfinished_walk    (PwAuthority      *authority,
                                PwExchange       *exchange,
                                const char       *prefix,
                                PwUnfinishedFunc  func,
                                gpointer          user_data,
                                GError          **error);
/* @held: to clear. */
gboolean pw_unfinished_measure (PwAuthority      *authority,
                                PwExchange       *exchange,
                                const char       *key,
                                const char       *upload_id,
                                PwHeld           *held,
                                GError          **error);
/* It and its parts. What is gone already counts as deleted. */
gboolean pw_unfinished_delete  (PwAuthority      *authority,
                                PwExchange       *exchange,
                                const char       *key,
                                const char       *upload_id,
                                GError          **error);
