/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

#include <gtk/gtk.h>

/* All about one upload: how much is safe, the map of its parts, what is on its way, its speed, and
 * its facts. What it asks for are the window's actions ("win.back", "win.toggle-upload"); it goes
 * back by itself when the upload is no more. Main thread. */

#define PW_TYPE_UPLOAD_PAGE (pw_upload_page_get_type ())
G_DECLARE_FINAL_TYPE (PwUploadPage, pw_upload_page, PW, UPLOAD_PAGE, GtkBox)

/* References are kept. */
GtkWidget *pw_upload_page_new        (PwUploads    *uploads,
                                      PwUpload     *upload);
PwUpload  *pw_upload_page_get_upload (PwUploadPage *self);     /* borrowed */
