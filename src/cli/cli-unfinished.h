/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* `partway-cli unfinished`: see its --help. @argv begins with the command's own name. Gives a
 * CliExit. */
int cli_unfinished (int    argc,
                    char **argv);
