/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-exit.h"

#include "engine/pw-error.h"

CliExit
cli_exit_fail (const GError *error)
{
  g_return_val_if_fail (error != NULL, CLI_EXIT_FAILED);

  g_printerr ("partway-cli: %s\n", error->message);
  if (error->domain == G_OPTION_ERROR) {
    return CLI_EXIT_USAGE;
  }
  return pw_error_is_authorisation (error) ? CLI_EXIT_AUTHORISATION : CLI_EXIT_FAILED;
}
