/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

/* Uploads that changed, until somebody shows it, and moves them to where they belong now: soon;
 * while much changes, every 400 milliseconds, all that changed meanwhile together; where that makes
 * work, within two seconds; and in small steps, so that the window may draw between them. Main
 * thread. */

typedef struct _PwMoves PwMoves;

/* @uploads (PwUpload, borrowed) are to be moved now. Those that stand last in the queue come with
 * the first step: a list makes widgets for what comes to be in sight, mostly its beginning. */
typedef void (*PwMovesFunc) (GPtrArray *uploads,
                             gpointer   data);

PwMoves *pw_moves_new    (PwMovesFunc  func,
                          gpointer     data);
void     pw_moves_free   (PwMoves     *self);

void     pw_moves_add    (PwMoves     *self,
                          PwUpload    *upload);
/* It is in no list any more. */
void     pw_moves_forget (PwMoves     *self,
                          PwUpload    *upload);
/* All that wait, now and at once. */
void     pw_moves_flush  (PwMoves     *self);
