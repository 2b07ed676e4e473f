/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

#include <gtk/gtk.h>

/* Tells the desktop what finished and what needs attention, while no window is looked at: one
 * notification for each of the two, however many uploads there are. They go when a window is looked
 * at. Main thread.
 *
 * They ask for "app.show-upload" and "app.retry-upload", both with an upload's id. */

typedef struct _PwNotices PwNotices;

/* @settings: "notifications". What is over by now is no news. */
PwNotices *pw_notices_new  (GtkApplication *application,
                            PwUploads      *uploads,
                            GSettings      *settings);
void       pw_notices_free (PwNotices      *self);

/* What of @upload is worth a notification. Pure. */
typedef enum {
  PW_NEWS_NONE,
  PW_NEWS_FINISHED,
  PW_NEWS_TROUBLE,              /* that only the user can end */
  PW_N_NEWS
} PwNews;

PwNews     pw_news_of      (PwUpload       *upload);
