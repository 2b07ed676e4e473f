/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-apikeys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define HASH_SIZE 32
#define MAX_KEYS 10000
#define MAX_KEY_LENGTH 512

typedef struct {
  char *user;
  char *salt;
  guint8 hash[HASH_SIZE];
} Entry;

struct _PresignApikeys {
  GArray *entries;              /* Entry */
};

G_DEFINE_QUARK (presign-apikeys-error-quark, presign_apikeys_error)

static void
clear_entry_cb (gpointer data)
{
  Entry *entry = data;

  g_free (entry->user);
  g_free (entry->salt);
}

static gboolean
read_hash (const char *hex,
           guint8     *hash)
{
  if (strlen (hex) != 2 * HASH_SIZE) {
    return FALSE;
  }
  for (guint i = 0; i < HASH_SIZE; i++) {
    int high = g_ascii_xdigit_value (hex[2 * i]);
    int low = g_ascii_xdigit_value (hex[2 * i + 1]);

    if (high < 0 || low < 0) {
      return FALSE;
    }
    hash[i] = (guint8) (high << 4 | low);
  }
  return TRUE;
}

/* "USER SALT:HEX". */
static gboolean
read_line (char  *line,
           Entry *entry)
{
  gsize user_length = strcspn (line, " \t");
  char *salt = g_strchug (line + user_length);
  char *colon = strrchr (salt, ':');

  if (user_length == 0 || !colon || colon == salt || !g_utf8_validate (line, -1, NULL) ||
      !read_hash (colon + 1, entry->hash)) {
    return FALSE;
  }
  entry->user = g_strndup (line, user_length);
  entry->salt = g_strndup (salt, (gsize) (colon - salt));
  return TRUE;
}

PresignApikeys *
presign_apikeys_parse (const char  *text,
                       GError     **error)
{
  g_autoptr (PresignApikeys) self = g_new0 (PresignApikeys, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry_cb);
  for (guint i = 0; lines[i]; i++) {
    char *line = g_strstrip (lines[i]);
    Entry entry = { 0 };

    if (*line == '\0' || *line == '#') {
      continue;
    }
    if (self->entries->len >= MAX_KEYS || !read_line (line, &entry)) {
      g_set_error (error, PRESIGN_APIKEYS_ERROR, PRESIGN_APIKEYS_ERROR_LINE,
                   "line %u is not “USER SALT:HEX”", i + 1);
      return NULL;
    }
    g_array_append_val (self->entries, entry);
  }
  return g_steal_pointer (&self);
}

void
presign_apikeys_free (PresignApikeys *self)
{
  if (self) {
    g_array_unref (self->entries);
    g_free (self);
  }
}

const char *
presign_apikeys_find (const PresignApikeys *self,
                      const char           *key)
{
  const char *user = NULL;
  gsize length = strlen (key);

  if (length == 0 || length > MAX_KEY_LENGTH) {
    return NULL;
  }
  for (guint i = 0; i < self->entries->len; i++) {
    const Entry *entry = &g_array_index (self->entries, Entry, i);
    g_autofree char *salted = g_strconcat (entry->salt, key, NULL);
    guint8 hash[HASH_SIZE];
    int done = EVP_Digest (salted, strlen (salted), hash, NULL, EVP_sha256 (), NULL);

    g_assert (done == 1);
    OPENSSL_cleanse (salted, strlen (salted));
    if (CRYPTO_memcmp (hash, entry->hash, HASH_SIZE) == 0) {
      user = entry->user;
    }
  }
  return user;
}
