/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fault-script.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

/* What follows an action's name in the script. */
typedef enum {
  SHAPE_NOTHING,
  SHAPE_STATUS,                 /* CODE [S3CODE] [region R] [retry-after S] */
  SHAPE_CODE,                   /* S3CODE [done] */
  SHAPE_STATUS_NAME,            /* CODE NAME */
  SHAPE_NAME_STATUS,            /* NAME CODE */
  SHAPE_AFTER_SIZE,             /* [after SIZE], [at SIZE] */
  SHAPE_SIZE,
  SHAPE_TIME,                   /* TIME [then NAME] */
  SHAPE_NUMBER,
} Shape;

static const struct {
  const char *name;
  StoreActionKind kind;
  Shape shape;
} actions[] = {
  { "status", STORE_ACTION_STATUS, SHAPE_STATUS },
  { "early-answer", STORE_ACTION_EARLY_ANSWER, SHAPE_STATUS },
  { "error-in-200", STORE_ACTION_ERROR_IN_200, SHAPE_CODE },
  { "redirect", STORE_ACTION_REDIRECT, SHAPE_STATUS_NAME },
  { "region", STORE_ACTION_REGION, SHAPE_NAME_STATUS },
  { "html", STORE_ACTION_HTML, SHAPE_NOTHING },
  { "disk-full", STORE_ACTION_STATUS, SHAPE_NOTHING },
  { "reset", STORE_ACTION_RESET, SHAPE_AFTER_SIZE },
  { "close", STORE_ACTION_CLOSE, SHAPE_AFTER_SIZE },
  { "stall", STORE_ACTION_STALL, SHAPE_AFTER_SIZE },
  { "no-answer", STORE_ACTION_NO_ANSWER, SHAPE_NOTHING },
  { "lose-answer", STORE_ACTION_LOSE_ANSWER, SHAPE_NOTHING },
  { "cut-answer", STORE_ACTION_CUT_ANSWER, SHAPE_NOTHING },
  { "rate", STORE_ACTION_RATE, SHAPE_SIZE },
  { "delay", STORE_ACTION_DELAY, SHAPE_TIME },
  { "whitespace", STORE_ACTION_WHITESPACE, SHAPE_TIME },
  { "close-idle", STORE_ACTION_CLOSE_IDLE, SHAPE_TIME },
  { "clock", STORE_ACTION_CLOCK, SHAPE_NUMBER },
  { "expire-token", STORE_ACTION_EXPIRE_TOKEN, SHAPE_TIME },
  { "flip-bit", STORE_ACTION_FLIP_BIT, SHAPE_AFTER_SIZE },
  { "wrong-etag", STORE_ACTION_WRONG_ETAG, SHAPE_NOTHING },
  { "no-etag", STORE_ACTION_NO_ETAG, SHAPE_NOTHING },
  { "lose-part", STORE_ACTION_LOSE_PART, SHAPE_NOTHING },
  { "forget-upload", STORE_ACTION_FORGET_UPLOAD, SHAPE_NOTHING },
  { "empty", STORE_ACTION_EMPTY, SHAPE_NOTHING },
  { "omit-part", STORE_ACTION_OMIT_PART, SHAPE_NUMBER },
  { "wrong-part-size", STORE_ACTION_WRONG_PART_SIZE, SHAPE_NUMBER },
  { "wrong-part-etag", STORE_ACTION_WRONG_PART_ETAG, SHAPE_NUMBER },
  { "wrong-size", STORE_ACTION_WRONG_SIZE, SHAPE_NOTHING },
  { "swap-bytes", STORE_ACTION_SWAP_BYTES, SHAPE_NOTHING },
};

/* The words of a line, read one after the other. */
typedef struct {
  GPtrArray *words;
  guint next;
} Words;

static const char *
words_peek (const Words *self)
{
  return self->next < self->words->len ? g_ptr_array_index (self->words, self->next) : NULL;
}

static const char *
words_take (Words *self)
{
  const char *word = words_peek (self);

  if (word != NULL)
    self->next++;
  return word;
}

static gboolean
words_take_if (Words      *self,
               const char *word)
{
  if (g_strcmp0 (words_peek (self), word) != 0)
    return FALSE;
  self->next++;
  return TRUE;
}

static gboolean
take_number (Words  *words,
             gint64 min,
             gint64 max,
             gint64 *number)
{
  const char *word = words_take (words);
  char *end;

  if (word == NULL)
    return FALSE;
  gint64 value = g_ascii_strtoll (word, &end, 10);
  if (end == word || *end != '\0' || value < min || value > max)
    return FALSE;
  *number = value;
  return TRUE;
}

static gboolean
take_uint (Words *words,
           guint *number)
{
  gint64 value;

  if (!take_number (words, 1, G_MAXINT, &value))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

static gboolean
take_with_unit (Words             *words,
                const char *const *units,
                const guint64     *factors,
                guint64           *value)
{
  const char *word = words_take (words);
  char *end;

  if (word == NULL || !g_ascii_isdigit (*word))
    return FALSE;
  guint64 number = g_ascii_strtoull (word, &end, 10);
  for (guint i = 0; units[i] != NULL; i++) {
    if (strcmp (end, units[i]) == 0) {
      *value = number * factors[i];
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
take_size (Words   *words,
           guint64 *size)
{
  const char *units[] = { "", "KiB", "MiB", "GiB", NULL };
  const guint64 factors[] = { 1, 1 << 10, 1 << 20, 1 << 30 };

  return take_with_unit (words, units, factors, size);
}

static gboolean
take_time (Words *words,
           guint *wait_ms)
{
  const char *units[] = { "ms", "s", NULL };
  const guint64 factors[] = { 1, 1000 };
  guint64 value;

  if (!take_with_unit (words, units, factors, &value) || value > G_MAXINT)
    return FALSE;
  *wait_ms = (guint) value;
  return TRUE;
}

static gboolean
take_name (Words  *words,
           char  **name)
{
  const char *word = words_take (words);

  if (word == NULL)
    return FALSE;
  g_free (*name);
  *name = g_strdup (word);
  return TRUE;
}

static gboolean
parse_status (Words       *words,
              StoreAction *action)
{
  if (!take_uint (words, &action->status))
    return FALSE;
  while (words_peek (words) != NULL) {
    gboolean ok;

    if (words_take_if (words, "region"))
      ok = take_name (words, &action->region);
    else if (words_take_if (words, "retry-after"))
      ok = take_number (words, 0, G_MAXINT, &action->number);
    else
      ok = action->name == NULL && take_name (words, &action->name);
    if (!ok)
      return FALSE;
  }
  return action->status >= 200 && action->status <= 599;
}

static gboolean
parse_shape (Words       *words,
             Shape shape,
             StoreAction *action)
{
  switch (shape) {
  case SHAPE_STATUS:
    return parse_status (words, action);
  case SHAPE_CODE:
    if (!take_name (words, &action->name))
      return FALSE;
    action->done = words_take_if (words, "done");
    return TRUE;
  case SHAPE_STATUS_NAME:
    return take_uint (words, &action->status) && take_name (words, &action->name);
  case SHAPE_NAME_STATUS:
    return take_name (words, &action->name) && take_uint (words, &action->status);
  case SHAPE_AFTER_SIZE:
    if (words_take_if (words, "after") || words_take_if (words, "at"))
      return take_size (words, &action->size);
    return TRUE;
  case SHAPE_SIZE:
    return take_size (words, &action->size) && action->size > 0;
  case SHAPE_TIME:
    if (!take_time (words, &action->wait_ms))
      return FALSE;
    return !words_take_if (words, "then") || take_name (words, &action->name);
  case SHAPE_NUMBER:
    return take_number (words, G_MININT, G_MAXINT, &action->number);
  case SHAPE_NOTHING:
  default:
    return TRUE;
  }
}

static gboolean
parse_action (Words       *words,
              StoreAction *action)
{
  const char *name = words_take (words);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (g_strcmp0 (name, actions[i].name) != 0)
      continue;
    action->kind = actions[i].kind;
    if (g_str_equal (name, "disk-full")) {
      action->status = 507;
      action->name = g_strdup ("InsufficientStorage");
    }
    return parse_shape (words, actions[i].shape, action) && words_peek (words) == NULL;
  }
  return FALSE;
}

static gboolean
parse_part_range (Words      *words,
                  StoreFault *fault)
{
  const char *word = words_peek (words);
  unsigned first, last;
  int used = 0;

  fault->last_part = G_MAXUINT;
  if (words_take_if (words, "*") || word == NULL || !g_ascii_isdigit (*word))
    return TRUE;
  words->next++;
  if (sscanf (word, "%u-%u%n", &first, &last, &used) == 2 && word[used] == '\0') {
    fault->first_part = first;
    fault->last_part = last;
    return first <= last;
  }
  if (sscanf (word, "%u%n", &first, &used) != 1 || word[used] != '\0')
    return FALSE;
  fault->first_part = fault->last_part = first;
  return TRUE;
}

static gboolean
parse_selector (Words      *words,
                StoreFault *fault)
{
  const char *word = words_take (words);

  if (g_strcmp0 (word, "any") == 0)
    return TRUE;
  for (StoreOp op = STORE_OP_UNKNOWN + 1; op < STORE_N_OPS; op++) {
    if (g_strcmp0 (word, store_op_get_name (op)) == 0) {
      fault->op = op;
      return op != STORE_OP_PART || parse_part_range (words, fault);
    }
  }
  return FALSE;
}

static gboolean
parse_condition (Words      *words,
                 StoreFault *fault)
{
  if (words_take_if (words, "after"))
    return take_uint (words, &fault->after);
  if (words_take_if (words, "times"))
    return take_uint (words, &fault->times);
  if (words_take_if (words, "each"))
    return take_uint (words, &fault->each);

  GPatternSpec **place = NULL;
  if (words_take_if (words, "key"))
    place = &fault->key;
  else if (words_take_if (words, "host"))
    place = &fault->host;
  const char *glob = place != NULL && *place == NULL ? words_take (words) : NULL;
  if (glob == NULL)
    return FALSE;
  *place = g_pattern_spec_new (glob);
  return TRUE;
}

/* The colon ends a word of its own making, so that it may also stand alone or inside a pattern. */
static GPtrArray *
split (const char *line)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) pieces = g_strsplit_set (line, " \t\r", -1);
  gboolean seen = FALSE;

  for (guint i = 0; pieces[i] != NULL && pieces[i][0] != '#'; i++) {
    gsize length = strlen (pieces[i]);

    if (length == 0)
      continue;
    gboolean colon = !seen && pieces[i][length - 1] == ':';
    if (colon)
      pieces[i][length - 1] = '\0';
    if (pieces[i][0] != '\0')
      g_ptr_array_add (words, g_strdup (pieces[i]));
    if (colon)
      g_ptr_array_add (words, g_strdup (":"));
    seen = seen || colon;
  }
  return words;
}

StoreFault *
store_fault_parse (const char  *line,
                   GError     **error)
{
  g_autoptr (GPtrArray) array = split (line);
  g_autoptr (StoreFault) fault = g_new0 (StoreFault, 1);
  Words words = { array, 0 };

  if (array->len == 0)
    return NULL;
  fault->text = g_strstrip (g_strdup (line));
  fault->per_part = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean ok = parse_selector (&words, fault);
  while (ok && !words_take_if (&words, ":"))
    ok = parse_condition (&words, fault);
  if (!ok || !parse_action (&words, &fault->action)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "not a rule near “%s”",
                 words.next > 0 ? (char *) g_ptr_array_index (array, words.next - 1) : "");
    return NULL;
  }
  return g_steal_pointer (&fault);
}

void
store_fault_free (StoreFault *self)
{
  g_clear_pointer (&self->key, g_pattern_spec_free);
  g_clear_pointer (&self->host, g_pattern_spec_free);
  g_clear_pointer (&self->per_part, g_hash_table_unref);
  g_free (self->action.name);
  g_free (self->action.region);
  g_free (self->text);
  g_free (self);
}
