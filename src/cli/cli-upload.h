/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* `partway-cli upload`: see its --help. @argv begins with the command's own name. Gives a
 * CliExit. */
int cli_upload (int    argc,
                char **argv);
