/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

#include <gio/gio.h>

/* What the window says of an upload. Pure: no widgets; texts are translated. Main thread. */

/* The one thing that helps. */
typedef enum {
  PW_HELP_NONE,
  PW_HELP_RETRY,
  PW_HELP_ANYWAY,               /* over this network, although it is metered */
  PW_HELP_CHOOSE_AGAIN,         /* the file is gone, or may not be read */
  PW_HELP_FOLLOW,               /* the file changed: send what changed */
  PW_HELP_EXISTS,               /* something is there: ask what to do */
  PW_HELP_DESTINATION,          /* its settings are wrong */
  PW_HELP_KEYS,                 /* enter or renew the keys */
  PW_N_HELPS
} PwHelp;

PwHelp      pw_words_get_help     (PwUpload *upload);
/* "Send Changes": for a button. NULL for PW_HELP_NONE. */
const char *pw_words_get_label    (PwHelp    help);
/* "win.follow-upload": takes the upload's id as its target. NULL for PW_HELP_NONE. */
const char *pw_words_get_action   (PwHelp    help);

/* It failed, and nobody is just being asked what to do. */
gboolean    pw_words_is_error     (PwUpload *upload);

/* What its one button does. */
typedef enum {
  PW_TOGGLE_NONE,
  PW_TOGGLE_PAUSE,              /* also what waits for a network, or for better days */
  PW_TOGGLE_RESUME,
} PwToggle;

PwToggle    pw_words_get_toggle   (PwUpload *upload);

/* "3.2 of 10 GB — 2 minutes left": one sentence on how it stands. @now: Unix seconds. */
char       *pw_words_dup_sentence (PwUpload *upload,
                                   gint64    now);

/* "5 minutes ago", "yesterday", "3 November 2026". */
char       *pw_words_dup_ago      (gint64    then,
                                   gint64    now);

/* What a menu offers for it: entries of the window's actions, with its id as target. To unref. */
GMenu      *pw_words_new_menu     (PwUpload *upload);
/* The same on the upload's own page, which removes by "page.remove-upload". */
GMenu      *pw_words_new_page_menu (PwUpload *upload);
