/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* API keys: a file of lines "USER SALT:HEX", where HEX is the SHA-256 of SALT followed by the key;
 * "#" begins a comment. Pure; any thread; never changed once it is made.
 *
 * SHA-256 is right here, where it would be wrong for passwords: a key is 32 random bytes, so nobody
 * can try them out, however fast a try is; and it is done for every request. The salt keeps equal
 * keys in two files from being seen as equal. */

#define PRESIGN_APIKEYS_ERROR (presign_apikeys_error_quark ())

typedef enum {
  PRESIGN_APIKEYS_ERROR_LINE,
} PresignApikeysError;

typedef struct _PresignApikeys PresignApikeys;

/* The error names the line, never what stands in it. */
PresignApikeys *presign_apikeys_parse (const char            *text,
                                       GError               **error);
void            presign_apikeys_free  (PresignApikeys        *self);

/* Whose key it is, borrowed; NULL = nobody's. Looks at all of them, in constant time each. */
const char     *presign_apikeys_find  (const PresignApikeys  *self,
                                       const char            *key);

GQuark          presign_apikeys_error_quark (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignApikeys, presign_apikeys_free)
