/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

/* The command line of `destination add` made into a destination. Reads ~/.aws where the keys come
 * from there, for the endpoint, region, style and CA file that the options leave out. */

typedef struct {
  PwDestination *destination;   /* passes pw_destination_check() */
  char *access_key;             /* --access-key, or "" for a backend; its secret has to be asked
                                 * for. NULL: nothing has */
} CliDestinationOrder;

/* FALSE: G_OPTION_ERROR for what is not understood, PW_ERROR for what cannot be.
 * @argv: begins with the command's name ("add"). */
gboolean cli_destination_parse_add   (char                **argv,
                                      CliDestinationOrder  *order,
                                      GError              **error);
void     cli_destination_order_clear (CliDestinationOrder  *order);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliDestinationOrder, cli_destination_order_clear)
