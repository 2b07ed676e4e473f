/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What the program's exit status says. */
typedef enum {
  CLI_EXIT_OK = 0,
  CLI_EXIT_FAILED = 1,
  CLI_EXIT_USAGE = 2,
  CLI_EXIT_PAUSED = 3,          /* something is unfinished, and can be taken up again */
  CLI_EXIT_AUTHORISATION = 4,   /* keys missing or expired, keyring locked, access denied */
} CliExit;

/* Prints "partway-cli: " and the error's sentence to standard error, and gives the status that goes
 * with it: USAGE for G_OPTION_ERROR, else AUTHORISATION or FAILED. */
CliExit cli_exit_fail (const GError *error);
