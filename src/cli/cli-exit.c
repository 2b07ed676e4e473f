/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-exit.h"

#include "cli/cli-line.h"
#include "engine/pw-error.h"

CliExit
cli_exit_fail (const GError *error)
{
  g_autofree char *message = NULL;

  g_return_val_if_fail (error != NULL, CLI_EXIT_FAILED);

  message = cli_line_dup_clean (error->message);
  g_printerr ("partway-cli: %s\n", message);
  if (error->domain == G_OPTION_ERROR) {
    return CLI_EXIT_USAGE;
  }
  return pw_error_is_authorisation (error) ? CLI_EXIT_AUTHORISATION : CLI_EXIT_FAILED;
}
