/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-queue-item.h"

#define STRING_AT(item, i) G_STRUCT_MEMBER (char *, (item), string_fields[i].offset)

static const char *const state_ids[PW_N_ITEM_STATES] = {
  [PW_ITEM_WAITING] = "waiting",
  [PW_ITEM_PAUSED] = "paused",
  [PW_ITEM_DONE] = "done",
  [PW_ITEM_FAILED] = "failed",
  [PW_ITEM_ABORTING] = "aborting",
  [PW_ITEM_WALKING] = "walking",
  [PW_ITEM_REMOVED] = "removed",
};

static const struct {
  const char *name;
  gsize offset;
} string_fields[] = {
  { "path", G_STRUCT_OFFSET (PwQueueItem, path) },
  { "key", G_STRUCT_OFFSET (PwQueueItem, key) },
  { "folder", G_STRUCT_OFFSET (PwQueueItem, folder) },
  { "options", G_STRUCT_OFFSET (PwQueueItem, options) },
  { "error", G_STRUCT_OFFSET (PwQueueItem, error_id) },
  { "message", G_STRUCT_OFFSET (PwQueueItem, message) },
  { "verification", G_STRUCT_OFFSET (PwQueueItem, verification) },
  { "etag", G_STRUCT_OFFSET (PwQueueItem, etag) },
};

static gboolean
is_equal (const PwQueueItem *a,
          const PwQueueItem *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (string_fields); i++) {
    if (g_strcmp0 (STRING_AT (a, i), STRING_AT (b, i)) != 0)
      return FALSE;
  }

  return a->destination == b->destination && a->is_folder == b->is_folder && a->size == b->size
         && a->safe == b->safe && a->added == b->added && a->finished == b->finished
         && a->state == b->state && a->order == b->order;
}

/* Leaves @value alone where the line says nothing. */
static gboolean
apply_int64 (const PwLine *line,
             const char   *name,
             gint64       *value)
{
  return !pw_line_has (line, name) || pw_line_get_int64 (line, name, value);
}

static gboolean
apply_uint (const PwLine *line,
            const char   *name,
            guint         max,
            guint        *value)
{
  guint64 read;

  if (!pw_line_has (line, name))
    return TRUE;
  if (!pw_line_get_uint64 (line, name, &read) || read > max)
    return FALSE;
  *value = (guint) read;

  return TRUE;
}

static gboolean
apply_numbers (PwQueueItem  *self,
               const PwLine *line)
{
  guint is_folder = self->is_folder;
  const char *state = pw_line_get_string (line, "state");

  if (!apply_uint (line, "destination", G_MAXUINT, &self->destination)
      || !apply_uint (line, "is_folder", 1, &is_folder)
      || (pw_line_has (line, "size") && !pw_line_get_uint64 (line, "size", &self->size))
      || (pw_line_has (line, "safe") && !pw_line_get_uint64 (line, "safe", &self->safe))
      || !apply_int64 (line, "added", &self->added)
      || !apply_int64 (line, "finished", &self->finished)
      || !apply_int64 (line, "order", &self->order))
    return FALSE;
  self->is_folder = is_folder != 0;

  return !pw_line_has (line, "state") || pw_item_state_from_id (state, &self->state);
}

static void
replace (char      **to,
         const char *from)
{
  if (g_strcmp0 (*to, from) == 0)
    return;

  g_free (*to);
  *to = g_strdup (from);
}

PwQueueItem *
pw_queue_item_new (void)
{
  return g_new0 (PwQueueItem, 1);
}

PwQueueItem *
pw_queue_item_copy (const PwQueueItem *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  PwQueueItem *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  for (guint i = 0; i < G_N_ELEMENTS (string_fields); i++)
    STRING_AT (copy, i) = g_strdup (STRING_AT (self, i));

  return copy;
}

void
pw_queue_item_free (PwQueueItem *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  for (guint i = 0; i < G_N_ELEMENTS (string_fields); i++)
    g_free (STRING_AT (self, i));
  g_free (self);
}

const char *
pw_item_state_get_id (PwItemState state)
{
  g_return_val_if_fail (state < PW_N_ITEM_STATES, NULL);

  return state_ids[state];
}

gboolean
pw_item_state_from_id (const char  *id,
                       PwItemState *state)
{
  for (guint i = 0; id != NULL && i < PW_N_ITEM_STATES; i++) {
    if (g_str_equal (state_ids[i], id)) {
      *state = i;
      return TRUE;
    }
  }

  return FALSE;
}

void
pw_queue_item_write (const PwQueueItem *self,
                     const PwQueueItem *before,
                     GString           *text)
{
  static const PwQueueItem nothing = { .state = PW_N_ITEM_STATES };
  gsize start = text->len;

  if (before == NULL)
    before = &nothing;
  else if (is_equal (self, before))
    return;

  pw_line_begin (text, "item");
  pw_line_add_string (text, "id", self->id);
  for (guint i = 0; i < G_N_ELEMENTS (string_fields); i++) {
    if (g_strcmp0 (STRING_AT (self, i), STRING_AT (before, i)) != 0)
      pw_line_add_string (text, string_fields[i].name, STRING_AT (self, i));
  }
  if (self->destination != before->destination)
    pw_line_add_uint64 (text, "destination", self->destination);
  if (self->is_folder != before->is_folder)
    pw_line_add_uint64 (text, "is_folder", self->is_folder);
  if (self->size != before->size)
    pw_line_add_uint64 (text, "size", self->size);
  if (self->safe != before->safe)
    pw_line_add_uint64 (text, "safe", self->safe);
  if (self->added != before->added)
    pw_line_add_int64 (text, "added", self->added);
  if (self->finished != before->finished)
    pw_line_add_int64 (text, "finished", self->finished);
  if (self->order != before->order)
    pw_line_add_int64 (text, "order", self->order);
  if (self->state != before->state)
    pw_line_add_string (text, "state", state_ids[self->state]);
  pw_line_end (text, start);
}

gboolean
pw_queue_item_apply (PwQueueItem  *self,
                     const PwLine *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (string_fields); i++) {
    if (pw_line_has (line, string_fields[i].name))
      replace (&STRING_AT (self, i), pw_line_get_string (line, string_fields[i].name));
  }

  return apply_numbers (self, line);
}

void
pw_queue_item_set (PwQueueItem       *self,
                   const PwQueueItem *from)
{
  for (guint i = 0; i < G_N_ELEMENTS (string_fields); i++)
    replace (&STRING_AT (self, i), STRING_AT (from, i));
  self->destination = from->destination;
  self->is_folder = from->is_folder;
  self->size = from->size;
  self->safe = from->safe;
  self->added = from->added;
  self->finished = from->finished;
  self->order = from->order;
  self->state = from->state;
}

int
pw_queue_item_compare (gconstpointer a,
                       gconstpointer b)
{
  const PwQueueItem *x = *(PwQueueItem *const *) a, *y = *(PwQueueItem *const *) b;

  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;

  return x->added < y->added ? -1 : x->added > y->added;
}
