/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

/* What a person, or a script, sees of the uploads.
 *
 * On a terminal one line for each file that ended, and below them lines that are drawn again: the
 * files on their way, and the total. Elsewhere plain lines. With JSON one event a line, each an
 * object with "event"; see partway-cli(1). All on standard output; what went wrong in plain text
 * also on standard error. */

typedef enum {
  CLI_SHOW_PLAIN,
  CLI_SHOW_TERMINAL,
  CLI_SHOW_JSON,
} CliShowKind;

typedef struct _CliShow CliShow;

/* PLAIN becomes TERMINAL where standard output is one. */
CliShow    *cli_show_new      (PwUploads   *uploads,
                               CliShowKind  kind);
void        cli_show_free     (CliShow     *self);
/* Nothing is said while what was left from before is brought back. */
void        cli_show_set_quiet (CliShow    *self,
                                gboolean    quiet);
void        cli_show_note     (CliShow     *self,
                               const char  *note);
/* Clears what is drawn again, so that a question may be asked. */
void        cli_show_clear    (CliShow     *self);
/* The last words. */
void        cli_show_end      (CliShow     *self,
                               int          exit_status);
CliShowKind cli_show_get_kind (CliShow     *self);
