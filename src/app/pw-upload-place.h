/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-upload-row.h"

/* A line of the list, which has its row only while it can be seen. A GtkListView makes two hundred
 * children, however few are in sight, and a row is thirty widgets. Main thread. */

/* What the places of one list share: how high rows were, pixels; of titles, and of uploads; 0 = not
 * known yet. Places without a row are as high as the last that had one. */
typedef struct {
  int of[PW_N_SECTIONS][2];
} PwRowHeights;

#define PW_TYPE_UPLOAD_PLACE (pw_upload_place_get_type ())
G_DECLARE_FINAL_TYPE (PwUploadPlace, pw_upload_place, PW, UPLOAD_PLACE, GtkWidget)

PwRowHeights *pw_row_heights_new           (void);
/* Places keep it, too: one that has the focus is kept by its window, and outlives its list. */
void          pw_row_heights_unref         (PwRowHeights  *self);

GtkWidget    *pw_upload_place_new          (PwRowHeights  *heights);

/* NULL: nothing, until the next. */
void          pw_upload_place_show         (PwUploadPlace *self,
                                            PwEntry       *entry);
PwEntry      *pw_upload_place_get_entry    (PwUploadPlace *self);     /* borrowed */
/* Whether it has its row. It takes that by itself when it shall have the focus, and keeps it as
 * long as it has that. */
void          pw_upload_place_set_seen     (PwUploadPlace *self,
                                            gboolean       is_seen);
gboolean      pw_upload_place_has_row      (PwUploadPlace *self);
/* As of PwUploadRow. */
void          pw_upload_place_set_narrow   (PwUploadPlace *self,
                                            gboolean       is_narrow);
void          pw_upload_place_set_choosing (PwUploadPlace *self,
                                            gboolean       is_choosing);
void          pw_upload_place_set_chosen   (PwUploadPlace *self,
                                            gboolean       is_chosen);
