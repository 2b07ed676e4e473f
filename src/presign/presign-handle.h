/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The handle that makes a key its uploader's own, without a state of the server's: 12 bytes of dice
 * and 12 of a MAC (HMAC-SHA-256) over them, the user and the file's name, as one segment of the key
 * in base64url. Who has not been given a key cannot make one up. Pure; any thread. */

#define PRESIGN_HANDLE_DICE 12
#define PRESIGN_HANDLE_LENGTH 32

/* @secret: NULL = none; then the handle is dice only. @user: NULL = nobody. */
char    *presign_handle_new   (const char   *secret,
                               const char   *user,
                               const char   *name,
                               const guint8 *dice);
gboolean presign_handle_check (const char   *handle,      /* PRESIGN_HANDLE_LENGTH of it */
                               const char   *secret,
                               const char   *user,
                               const char   *name);
