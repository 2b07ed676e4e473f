/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-keyset.h"

#include "http/http-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_KEYS 100
#define MAX_DEPTH 8
#define LEAST_RSA_BITS 2048
#define P256_BITS 256

typedef struct {
  cjose_jwk_t *jwk;
  char *kid;                    /* or NULL */
  const char *alg;              /* static */
} Key;

struct _PresignKeyset {
  GArray *keys;                 /* Key */
};

G_DEFINE_QUARK (presign-keyset-error-quark, presign_keyset_error)

static void
clear_key_cb (gpointer data)
{
  Key *key = data;

  cjose_jwk_release (key->jwk);
  g_free (key->kid);
}

static PresignKeyset *
keyset_new (void)
{
  PresignKeyset *self = g_atomic_rc_box_new0 (PresignKeyset);

  self->keys = g_array_new (FALSE, FALSE, sizeof (Key));
  g_array_set_clear_func (self->keys, clear_key_cb);
  return self;
}

PresignKeyset *
presign_keyset_new_secret (const char *secret)
{
  PresignKeyset *self = keyset_new ();
  Key key = { .alg = "HS256" };

  key.jwk = cjose_jwk_create_oct_spec ((const uint8_t *) secret, strlen (secret), NULL);
  g_assert (key.jwk != NULL);
  g_array_append_val (self->keys, key);
  return self;
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_get_string (node) : NULL;
}

/* What a key of the set may prove; NULL = nothing here. */
static const char *
get_alg (JsonObject *object)
{
  const char *kty = get_text (object, "kty");
  const char *use = get_text (object, "use");
  const char *alg = get_text (object, "alg");
  const char *own = NULL;

  if (g_strcmp0 (kty, "RSA") == 0) {
    own = "RS256";
  } else if (g_strcmp0 (kty, "EC") == 0 && g_strcmp0 (get_text (object, "crv"), "P-256") == 0) {
    own = "ES256";
  }
  if ((use && !g_str_equal (use, "sig")) || (alg && g_strcmp0 (alg, own) != 0)) {
    return NULL;
  }
  return own;
}

gboolean
presign_base64url_is_fit (const char *text,
                          gsize       length)
{
  if (length == 0 || length % 4 == 1) {
    return FALSE;
  }
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_') {
      return FALSE;
    }
  }
  return TRUE;
}

/* All numbers that a key may be made of (RFC 7518, 6). */
static gboolean
has_fit_numbers (JsonObject *object)
{
  static const char *const names[] = {
    "n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y", "k",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *text = get_text (object, names[i]);

    if (json_object_has_member (object, names[i]) &&
        !(text && presign_base64url_is_fit (text, strlen (text)))) {
      return FALSE;
    }
  }
  return TRUE;
}

static void
take_key (PresignKeyset *self,
          JsonNode      *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  Key key = { .alg = object ? get_alg (object) : NULL };
  g_autofree char *text = NULL;
  size_t bits;

  if (!key.alg || self->keys->len >= MAX_KEYS || !has_fit_numbers (object)) {
    return;
  }
  text = json_to_string (node, FALSE);
  key.jwk = cjose_jwk_import (text, strlen (text), NULL);
  if (!key.jwk) {
    return;
  }
  bits = cjose_jwk_get_keysize (key.jwk, NULL);
  if (g_str_equal (key.alg, "RS256") ? bits < LEAST_RSA_BITS : bits != P256_BITS) {
    cjose_jwk_release (key.jwk);
    return;
  }
  key.kid = g_strdup (get_text (object, "kid"));
  g_array_append_val (self->keys, key);
}

PresignKeyset *
presign_keyset_new_jwks (const char  *text,
                         gsize        length,
                         GError     **error)
{
  g_autoptr (PresignKeyset) self = keyset_new ();
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  JsonNode *list = NULL;

  if (http_json_is_fit (text, length, MAX_DEPTH) &&
      json_parser_load_from_data (parser, text, (gssize) length, NULL)) {
    root = json_parser_get_root (parser);
  }
  if (root && JSON_NODE_HOLDS_OBJECT (root)) {
    list = json_object_get_member (json_node_get_object (root), "keys");
  }
  if (list && JSON_NODE_HOLDS_ARRAY (list)) {
    JsonArray *array = json_node_get_array (list);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      take_key (self, json_array_get_element (array, i));
    }
  }
  if (self->keys->len == 0) {
    g_set_error_literal (error, PRESIGN_KEYSET_ERROR, PRESIGN_KEYSET_ERROR_BROKEN,
                         "There is no key for RS256 or ES256 in the key set.");
    return NULL;
  }
  return g_steal_pointer (&self);
}

PresignKeyset *
presign_keyset_ref (PresignKeyset *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_cb (gpointer data)
{
  PresignKeyset *self = data;

  g_array_unref (self->keys);
}

void
presign_keyset_unref (PresignKeyset *self)
{
  g_atomic_rc_box_release_full (self, clear_cb);
}

const cjose_jwk_t *
presign_keyset_next (const PresignKeyset *self,
                     const char          *alg,
                     const char          *kid,
                     guint               *at)
{
  while (*at < self->keys->len) {
    const Key *key = &g_array_index (self->keys, Key, (*at)++);

    if (g_str_equal (key->alg, alg) && (!kid || !key->kid || g_str_equal (key->kid, kid))) {
      return key->jwk;
    }
  }
  return NULL;
}
