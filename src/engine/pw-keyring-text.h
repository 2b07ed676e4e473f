/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-sign.h"

/* What one entry of the keyring holds: {"access-key": …, "secret-key": …, "session-token": …} on
 * one line, the token only where there is one. Members of other versions are passed over. Pure. */

/* Wipe it before it is freed. */
char          *pw_keyring_text_new   (const S3Credentials *credentials);

/* NULL if it is no such text. */
S3Credentials *pw_keyring_text_parse (const char          *text);
