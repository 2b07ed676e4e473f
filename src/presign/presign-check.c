/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-check.h"

#include "http/http-origin.h"

#include <gio/gio.h>
#include <string.h>

#define LEAST_SECRET 32

static gboolean
refuse (GError     **error,
        const char  *sentence)
{
  g_set_error_literal (error, PRESIGN_CONFIG_ERROR, PRESIGN_CONFIG_ERROR_VALUE, sentence);
  return FALSE;
}

static gboolean
is_loopback (const char *address)
{
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (address);

  return parsed ? g_inet_address_get_is_loopback (parsed) : g_str_equal (address, "localhost");
}

/* The prefix is part of every key, and held to the same rules; only its end is open. */
static gboolean
check_prefix (const char  *prefix,
              GError     **error)
{
  g_auto (GStrv) segments = g_strsplit (prefix ? prefix : "", "/", -1);

  for (char **segment = segments; segment[0] && segment[1]; segment++) {
    if (**segment == '\0' || g_str_equal (*segment, ".") || g_str_equal (*segment, "..")) {
      return refuse (error, "“key-prefix” must be like “uploads/”, without empty segments, “.” and "
                            "“..”.");
    }
  }
  return TRUE;
}

static gboolean
check_keys (const PresignConfig  *config,
            GError              **error)
{
  if (!check_prefix (config->key_prefix, error)) {
    return FALSE;
  }
  if (config->key_policy == PRESIGN_KEYS_PER_USER && config->auth == PRESIGN_AUTH_NONE) {
    return refuse (error, "“key-policy = per-user” needs to know users: set “auth” to “jwt” or "
                          "“api-key”.");
  }
  if (config->key_policy == PRESIGN_KEYS_UNIQUE_PREFIX && config->auth != PRESIGN_AUTH_NONE &&
      !config->handle_secret) {
    return refuse (error, "“key-policy = unique-prefix” needs “handle-secret” or "
                          "“handle-secret-file”: at least 32 random characters.");
  }
  if (config->handle_secret && strlen (config->handle_secret) < LEAST_SECRET) {
    return refuse (error, "“handle-secret” is too short: take at least 32 random characters.");
  }
  return TRUE;
}

static gboolean
check_jwt (const PresignConfig  *config,
           GError              **error)
{
  int n_sources = (config->jwt_secret != NULL) + (config->jwks_file != NULL) +
                  (config->jwks_url != NULL);

  if (n_sources != 1) {
    return refuse (error, "“auth = jwt” needs exactly one of “jwt-secret” (or “jwt-secret-file”), "
                          "“jwks-file” and “jwks-url”.");
  }
  if (config->jwt_secret && strlen (config->jwt_secret) < LEAST_SECRET) {
    return refuse (error, "“jwt-secret” is too short for HS256: take at least 32 random "
                          "characters.");
  }
  if (config->jwks_url) {
    g_autofree char *origin = http_origin_dup (config->jwks_url);

    if (!origin || !(g_ascii_strncasecmp (origin, "https:", 6) == 0 ||
                     http_origin_is_loopback (origin))) {
      return refuse (error, "“jwks-url” must be an https URL (http only on this machine).");
    }
  }
  return TRUE;
}

static gboolean
check_auth (const PresignConfig  *config,
            GError              **error)
{
  switch ((PresignAuthKind) config->auth) {
  case PRESIGN_AUTH_JWT:
    return check_jwt (config, error);
  case PRESIGN_AUTH_API_KEY:
    return config->api_key_file || refuse (error, "“auth = api-key” needs “api-key-file”.");
  case PRESIGN_AUTH_NONE:
  default:
    return (is_loopback (config->listen) && !config->on_lambda) || config->allow_anyone ||
           refuse (error, "Anyone who reaches this address could upload: set “auth” to “jwt” or "
                          "“api-key”, or say “allow-anyone = true” if that is meant.");
  }
}

static gboolean
check_limits (const PresignConfig  *config,
              GError              **error)
{
  if (config->max_part_size > 0 && config->min_part_size > config->max_part_size) {
    return refuse (error, "“min-part-size” must not be above “max-part-size”.");
  }
  if (config->encryption && !g_str_equal (config->encryption, "AES256") &&
      !g_str_equal (config->encryption, "aws:kms")) {
    return refuse (error, "“encryption” must be “AES256” or “aws:kms”.");
  }
  if (config->kms_key_id && g_strcmp0 (config->encryption, "aws:kms") != 0) {
    return refuse (error, "“kms-key-id” needs “encryption = aws:kms”.");
  }
  return TRUE;
}

static gboolean
check_origins (const PresignConfig  *config,
               GError              **error)
{
  for (char **origin = config->cors_origins; *origin; origin++) {
    g_autofree char *parsed = http_origin_dup (*origin);

    if (!g_str_equal (*origin, "*") && g_strcmp0 (parsed, *origin) != 0) {
      return refuse (error, "“cors-origins” must be origins such as “https://app.example.com”, "
                            "without a “/” at the end, or “*”.");
    }
  }
  return TRUE;
}

gboolean
presign_config_check (const PresignConfig  *config,
                      GError              **error)
{
  if (!config->bucket) {
    return refuse (error, "“bucket” is not set: name the bucket in the keyfile or in "
                          "PARTWAY_PRESIGN_BUCKET.");
  }
  if (!config->listen) {
    return refuse (error, "“listen” must be an address, such as “127.0.0.1”.");
  }
  if (!config->tls_certificate != !config->tls_key) {
    return refuse (error, "“tls-certificate” and “tls-key” go together.");
  }
  return check_keys (config, error) && check_auth (config, error) &&
         check_limits (config, error) && check_origins (config, error);
}
