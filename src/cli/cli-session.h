/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli/cli-exit.h"
#include "cli/cli-show.h"
#include "engine/pw-uploads.h"

/* One run of the engine from the command line: the loop, Ctrl+C, questions, the exit status. */

/* Options that every command that sends has. */
typedef struct {
  char *parallel;               /* "4", "auto", or NULL */
  char *limit;                  /* "10MB", or NULL */
  int stall_timeout;            /* seconds; 0 = as usual */
  gboolean json;
} CliSendOptions;

extern CliSendOptions cli_send_options;
/* Entries for GOptionContext that fill it in. */
const GOptionEntry *cli_send_entries (void);

typedef struct {
  PwUploads *uploads;
  CliShow *show;
  GMainLoop *loop;
  GMainContext *asking;         /* signals and input, while nothing may draw over a question */
  gboolean is_interrupted;      /* Ctrl+C */
  GHashTable *mine;             /* PwUpload whose fate decides the exit status */
  gint replace_all;             /* an answer for all that exist, or −1 */
} CliSession;

/* Opens the queue for @command, such as "upload". NULL after telling why. */
CliSession *cli_session_new  (const char *command,
                              int        *exit_status);
void        cli_session_free (CliSession *self);
/* Runs until nothing is left to do; gives the CliExit. */
int         cli_session_run  (CliSession *self);

/* Tells what was wrong with what was typed, and where to read how it is meant. */
int         cli_fail_usage   (const char   *command,
                              const GError *error);
