/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-entry.h"

#include <gtk/gtk.h>

/* Fills a GtkListView of PwEntry with rows: those in sight, and no others. Main thread. */

typedef struct _PwUploadList PwUploadList;

/* @view is borrowed, and gets its factory; it must not have a model yet. */
PwUploadList *pw_upload_list_new          (GtkListView  *view);
/* @view must have no model any more. */
void          pw_upload_list_free         (PwUploadList *self);

/* Little room. */
void          pw_upload_list_set_narrow   (PwUploadList *self,
                                           gboolean      is_narrow);
/* Whether check marks stand in front. */
void          pw_upload_list_set_choosing (PwUploadList *self,
                                           gboolean      is_choosing);
/* The upload whose row has the focus, or NULL. Borrowed. */
PwUpload     *pw_upload_list_get_focused  (PwUploadList *self);
