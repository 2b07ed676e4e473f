/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

/* Toasts that bring back what was taken away. Main thread. */

typedef struct _PwUndo PwUndo;

/* @is_undone: it is wanted back; else it is gone for good. Called once for each @what. */
typedef void (*PwUndoFunc) (gpointer what,
                            gboolean is_undone,
                            gpointer user_data);

/* @overlay is borrowed. @what_free: of what is offered. */
PwUndo *pw_undo_new   (AdwToastOverlay *overlay,
                       PwUndoFunc       func,
                       GDestroyNotify   what_free,
                       gpointer         user_data);
/* What could still be brought back is gone for good. */
void    pw_undo_free  (PwUndo          *self);
/* Takes @what. @sentence: plain text. */
void    pw_undo_offer (PwUndo          *self,
                       const char      *sentence,
                       gpointer         what);
