/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* `partway-cli destination add|list|show|test|remove`: see `--help` of each.
 * @argv: begins with the command's own name ("destination"). Gives a CliExit. */
int cli_destination (int    argc,
                     char **argv);
