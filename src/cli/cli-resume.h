/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* `partway-cli resume`: see its --help. @argv begins with the command's own name. Gives a
 * CliExit. */
int cli_resume (int    argc,
                char **argv);

/* `partway-cli remove`: the reverse; leaves nothing unfinished at the store. */
int cli_remove (int    argc,
                char **argv);
