/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"
#include "engine/pw-credentials.h"

/* Asks a store something from the command line, without a queue. One thread. */

typedef struct {
  PwDestination *destination;
  PwCredentials *credentials;
  PwAuthority *authority;
  HttpClient *client;
  PwExchange exchange;
  guint n_done;                 /* the command's own count */
} CliAsker;

/* Gets the keys, too. */
gboolean cli_asker_init  (CliAsker       *self,
                          PwDestination  *destination,
                          GError        **error);
void     cli_asker_clear (CliAsker       *self);

/* `partway-cli destination test`: tries each thing an upload needs, and remembers what the store
 * can with a saved destination. Gives a CliExit. */
int      cli_asker_test  (PwDestination  *destination);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliAsker, cli_asker_clear)
