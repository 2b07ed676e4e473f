/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-addings.h"

struct _PwAddings {
  PwAddingsCallbacks callbacks;
  gpointer user_data;
  GPtrArray *waiting;           /* PwAdding; the first is walked */
};

static void walk_next (PwAddings *self);

static void
found_cb (GPtrArray *uploads,
          gpointer   data)
{
  PwAddings *self = data;

  self->callbacks.found (uploads, self->user_data);
}

static void
note_cb (const char *note,
         gpointer    data)
{
  PwAddings *self = data;

  self->callbacks.note (note, self->user_data);
}

static void
end_cb (PwAdding *adding,
        gpointer  data)
{
  PwAddings *self = data;

  self->callbacks.put (adding, FALSE, self->user_data);
  g_ptr_array_remove (self->waiting, adding);
  walk_next (self);
  self->callbacks.end (self->user_data);
}

static const PwAddingCallbacks adding_callbacks = { found_cb, note_cb, end_cb };

static void
walk_next (PwAddings *self)
{
  if (self->waiting->len > 0)
    pw_adding_start (g_ptr_array_index (self->waiting, 0), &adding_callbacks, self);
}

PwAddings *
pw_addings_new (const PwAddingsCallbacks *callbacks,
                gpointer                  user_data)
{
  PwAddings *self = g_new0 (PwAddings, 1);

  self->callbacks = *callbacks;
  self->user_data = user_data;
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_adding_free);
  return self;
}

void
pw_addings_free (PwAddings *self)
{
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

void
pw_addings_push (PwAddings *self,
                 PwAdding  *adding)
{
  g_ptr_array_add (self->waiting, adding);
  self->callbacks.put (adding, TRUE, self->user_data);
  if (self->waiting->len == 1)
    walk_next (self);
}

void
pw_addings_stop (PwAddings *self)
{
  g_ptr_array_set_size (self->waiting, 0);
}

gboolean
pw_addings_is_empty (PwAddings *self)
{
  return self->waiting->len == 0;
}
