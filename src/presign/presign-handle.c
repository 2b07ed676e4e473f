/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-handle.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define MAC_SIZE 12
#define SIZE (PRESIGN_HANDLE_DICE + MAC_SIZE)

/* The parts are told apart by their NULs, which none of them holds. */
static void
compute_mac (guint8       *mac,
             const char   *secret,
             const char   *user,
             const char   *name,
             const guint8 *dice)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  guint8 digest[EVP_MAX_MD_SIZE];
  const void *done;

  user = user ? user : "";
  g_byte_array_append (text, (const guint8 *) "partway handle 1", 17);
  g_byte_array_append (text, dice, PRESIGN_HANDLE_DICE);
  g_byte_array_append (text, (const guint8 *) user, (guint) strlen (user) + 1);
  g_byte_array_append (text, (const guint8 *) name, (guint) strlen (name) + 1);
  done = HMAC (EVP_sha256 (), secret, (int) strlen (secret), text->data, text->len, digest, NULL);
  g_assert (done != NULL);
  memcpy (mac, digest, MAC_SIZE);
}

char *
presign_handle_new (const char   *secret,
                    const char   *user,
                    const char   *name,
                    const guint8 *dice)
{
  guint8 bytes[SIZE] = { 0 };
  char *text;

  memcpy (bytes, dice, PRESIGN_HANDLE_DICE);
  if (secret) {
    compute_mac (bytes + PRESIGN_HANDLE_DICE, secret, user, name, dice);
  }
  text = g_base64_encode (bytes, sizeof bytes);
  return g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
}

gboolean
presign_handle_check (const char *handle,
                      const char *secret,
                      const char *user,
                      const char *name)
{
  g_autofree char *text = g_strndup (handle, PRESIGN_HANDLE_LENGTH);
  guint8 bytes[SIZE + 3];
  guint8 mac[MAC_SIZE];
  gsize size = 0;

  if (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
      PRESIGN_HANDLE_LENGTH) {
    return FALSE;
  }
  if (!secret) {
    return TRUE;
  }
  g_strdelimit (g_strdelimit (text, "-", '+'), "_", '/');
  g_base64_decode_inplace (text, &size);
  if (size != SIZE) {
    return FALSE;
  }
  memcpy (bytes, text, SIZE);
  compute_mac (mac, secret, user, name, bytes);
  return CRYPTO_memcmp (mac, bytes + PRESIGN_HANDLE_DICE, MAC_SIZE) == 0;
}
