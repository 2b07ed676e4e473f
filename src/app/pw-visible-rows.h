/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-entry.h"

#include <gtk/gtk.h>

/* Fills a GtkListView of PwEntry with rows: those in sight, and no others. Main thread. */

typedef struct _PwVisibleRows PwVisibleRows;

/* @view is borrowed, and gets its factory; it must not have a model yet. */
PwVisibleRows *pw_visible_rows_new          (GtkListView   *view);
/* @view must have no model any more. */
void           pw_visible_rows_free         (PwVisibleRows *self);

/* Little room. */
void           pw_visible_rows_set_narrow   (PwVisibleRows *self,
                                             gboolean       is_narrow);
/* Whether check marks stand in front. */
void           pw_visible_rows_set_choosing (PwVisibleRows *self,
                                             gboolean       is_choosing);
/* The upload whose row has the focus, or NULL. Borrowed. */
PwUpload      *pw_visible_rows_get_focused  (PwVisibleRows *self);
