/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-policy.h"

#include "presign/presign-handle.h"

#include <openssl/rand.h>
#include <string.h>

#define MAX_KEY 1024
#define MAX_USER 128

static gboolean
deny (PresignProblem *problem,
      const char     *message)
{
  return presign_problem_set (problem, 403, "AccessDenied", "%s", message);
}

static gboolean
has_control_character (const char *text)
{
  for (const char *c = text; *c; c = g_utf8_next_char (c)) {
    if (g_unichar_iscntrl (g_utf8_get_char (c))) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
check_segments (const char     *text,
                PresignProblem *problem)
{
  for (;;) {
    gsize length = strcspn (text, "/");

    if (length == 0 || (length <= 2 && strncmp (text, "..", length) == 0)) {
      return deny (problem, "A key must not have empty segments, “.” or “..”.");
    }
    if (text[length] == '\0') {
      return TRUE;
    }
    text += length + 1;
  }
}

static gboolean
check_text (const char     *text,
            PresignProblem *problem)
{
  if (!g_utf8_validate (text, -1, NULL) || has_control_character (text)) {
    return deny (problem, "A key must not have control characters.");
  }
  return check_segments (text, problem);
}

/* One segment, different for different users: what may not stand in it becomes %XX. */
static char *
dup_user_segment (const PresignCaller *caller,
                  PresignProblem      *problem)
{
  GString *segment;

  if (!caller->user || *caller->user == '\0' || strlen (caller->user) > MAX_USER) {
    deny (problem, "There is no user whose keys these could be.");
    return NULL;
  }
  segment = g_string_new (NULL);
  for (const guchar *c = (const guchar *) caller->user; *c; c++) {
    gboolean plain = g_ascii_isalnum (*c) || strchr ("-_@=", *c) ||
                     (*c == '.' && segment->len > 0);

    if (plain) {
      g_string_append_c (segment, (char) *c);
    } else {
      g_string_append_printf (segment, "%%%02X", *c);
    }
  }
  return g_string_free (segment, FALSE);
}

char *
presign_policy_dup_prefix (const PresignConfig *config,
                           const PresignCaller *caller,
                           const char          *rest,
                           PresignProblem      *problem)
{
  const char *prefix = config->key_prefix ? config->key_prefix : "";
  g_autofree char *user = NULL;

  if (!g_utf8_validate (rest, -1, NULL) || has_control_character (rest)) {
    deny (problem, "A prefix must not have control characters.");
    return NULL;
  }
  if (config->key_policy != PRESIGN_KEYS_PER_USER) {
    return g_strconcat (prefix, rest, NULL);
  }
  user = dup_user_segment (caller, problem);
  return user ? g_strconcat (prefix, user, "/", rest, NULL) : NULL;
}

char *
presign_policy_dup_key (const PresignConfig *config,
                        const PresignCaller *caller,
                        const char          *name,
                        PresignProblem      *problem)
{
  g_autofree char *handle = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *key = NULL;
  guint8 dice[PRESIGN_HANDLE_DICE];

  if (!check_text (name, problem)) {
    return NULL;
  }
  if (config->key_policy == PRESIGN_KEYS_UNIQUE_PREFIX) {
    if (RAND_bytes (dice, sizeof dice) != 1) {
      presign_problem_set (problem, 503, "ServiceUnavailable", "No dice.");
      return NULL;
    }
    handle = presign_handle_new (config->handle_secret, caller->user, name, dice);
    rest = g_strconcat (handle, "/", name, NULL);
  }
  key = presign_policy_dup_prefix (config, caller, rest ? rest : name, problem);
  if (key && strlen (key) > MAX_KEY) {
    deny (problem, "The key is longer than 1,024 bytes.");
    return NULL;
  }
  return g_steal_pointer (&key);
}

gboolean
presign_policy_check_key (const PresignConfig *config,
                          const PresignCaller *caller,
                          const char          *key,
                          PresignProblem      *problem)
{
  g_autofree char *prefix = presign_policy_dup_prefix (config, caller, "", problem);
  const char *rest;

  if (!prefix) {
    return FALSE;
  }
  if (strlen (key) > MAX_KEY || !g_str_has_prefix (key, prefix)) {
    return deny (problem, "This key is not yours.");
  }
  rest = key + strlen (prefix);
  if (!check_text (rest, problem)) {
    return FALSE;
  }
  if (config->key_policy == PRESIGN_KEYS_UNIQUE_PREFIX) {
    if (strlen (rest) <= PRESIGN_HANDLE_LENGTH + 1 || rest[PRESIGN_HANDLE_LENGTH] != '/' ||
        !presign_handle_check (rest, config->handle_secret, caller->user,
                               rest + PRESIGN_HANDLE_LENGTH + 1)) {
      return deny (problem, "This key is not yours.");
    }
  }
  return TRUE;
}

void
presign_policy_force (const PresignConfig *config,
                      S3ObjectOptions     *options)
{
  if (config->storage_class) {
    options->storage_class = config->storage_class;
  }
  if (config->encryption) {
    options->encryption = config->encryption;
    options->kms_key_id = config->kms_key_id;
  }
  if (config->tags) {
    options->tagging = config->tags;
  }
}
