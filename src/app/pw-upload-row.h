/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-entry.h"

#include <gtk/gtk.h>

/* One line of the list: an upload with its bar and its buttons, or the title of a section. What its
 * buttons do are the window's actions, with the upload's id as target. Main thread. */

#define PW_TYPE_UPLOAD_ROW (pw_upload_row_get_type ())
G_DECLARE_FINAL_TYPE (PwUploadRow, pw_upload_row, PW, UPLOAD_ROW, GtkBox)

GtkWidget *pw_upload_row_new          (void);

/* NULL: nothing, until the next. */
void       pw_upload_row_show         (PwUploadRow *self,
                                       PwEntry     *entry);
PwEntry   *pw_upload_row_get_entry    (PwUploadRow *self);   /* borrowed */
/* Little room: the button that helps stands below the text. */
void       pw_upload_row_set_narrow   (PwUploadRow *self,
                                       gboolean     is_narrow);
/* Whether a check mark stands in front. */
void       pw_upload_row_set_choosing (PwUploadRow *self,
                                       gboolean     is_choosing);
void       pw_upload_row_set_chosen   (PwUploadRow *self,
                                       gboolean     is_chosen);
