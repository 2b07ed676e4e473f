/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-credentials.h"

/* Secrets on the command line: typed in without echo, and the keyring, waited for. The keyring may
 * ask the user where there is a display to ask on. Errors: PW_ERROR, those of pw-keyring.h. */

/* Without a terminal the first line of standard input. Wipe it before it is freed. */
char     *cli_secret_read    (const char           *prompt,
                              GError              **error);
gboolean  cli_secret_store   (PwDestination        *destination,
                              const S3Credentials  *credentials,
                              GError              **error);
gboolean  cli_secret_clear   (PwDestination        *destination,
                              GError              **error);

/* pw_credentials_prepare_async(), waited for. */
gboolean  cli_secret_prepare (PwCredentials        *credentials,
                              GError              **error);

/* Whether it is the keyring that is locked, absent or not willing. */
gboolean  cli_secret_is_of_keyring (const GError      *error);
