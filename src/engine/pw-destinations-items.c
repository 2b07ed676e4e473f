/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destinations-items.h"

static int
find (GPtrArray *items, gsize offset, const char *text)
{
  for (guint i = 0; i < items->len; i++) {
    if (g_str_equal (G_STRUCT_MEMBER (char *, items->pdata[i], offset), text)) {
      return (int) i;
    }
  }
  return -1;
}

static int
find_id (GPtrArray *items, const char *id)
{
  return find (items, G_STRUCT_OFFSET (PwDestination, id), id);
}

static gboolean
is_alike (PwDestination *a, PwDestination *b)
{
  g_autofree char *text_a = pw_destination_to_json (a);
  g_autofree char *text_b = pw_destination_to_json (b);

  return g_str_equal (text_a, text_b);
}

static void
put (GPtrArray *items, int position, PwDestination *destination)
{
  g_object_ref (destination);
  g_object_unref (items->pdata[position]);
  items->pdata[position] = destination;
}

static void
insert (GPtrArray *items, const char *before, PwDestination *destination)
{
  g_ptr_array_insert (items, before ? find_id (items, before) : -1, g_object_ref (destination));
}

static void
apply_changes (GPtrArray *items, GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++) {
    PwDestinationsChange *change = g_ptr_array_index (changes, i);
    int position = find_id (items, change->id);

    if (change->destination && position < 0) {
      insert (items, change->before, change->destination);
    } else if (change->destination) {
      put (items, position, change->destination);
    } else if (position >= 0) {
      g_ptr_array_remove_index (items, (guint) position);
    }
  }
}

static int
find_change (GPtrArray *changes, const char *id)
{
  return find (changes, G_STRUCT_OFFSET (PwDestinationsChange, id), id);
}

/* In place of what was noted for the same id. */
static void
note_change (PwDestinationsItems *self,
             const char          *id,
             const char          *before,
             PwDestination       *destination)
{
  PwDestinationsChange *change = pw_destinations_change_new (id, destination);
  int older = find_change (self->changes, id);

  change->before = g_strdup (before);
  if (older >= 0) {
    PwDestinationsChange *undone = g_ptr_array_index (self->changes, older);

    if (destination && !before)
      change->before = g_steal_pointer (&undone->before);
    g_ptr_array_remove_index (self->changes, (guint) older);
  }
  change->serial = ++self->last_serial;
  g_ptr_array_add (self->changes, change);
}

void
pw_destinations_items_init (PwDestinationsItems *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_destinations_change_free);
}

void
pw_destinations_items_clear (PwDestinationsItems *self)
{
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
}

int
pw_destinations_items_find_id (const PwDestinationsItems *self,
                               const char                *id)
{
  return find_id (self->items, id);
}

int
pw_destinations_items_find_name (const PwDestinationsItems *self,
                                 const char                *name)
{
  return find (self->items, G_STRUCT_OFFSET (PwDestination, name), name);
}

void
pw_destinations_items_put (PwDestinationsItems *self,
                           int                  position,
                           PwDestination       *destination)
{
  note_change (self, destination->id, NULL, destination);
  put (self->items, position, destination);
}

void
pw_destinations_items_insert (PwDestinationsItems *self,
                              const char          *before,
                              PwDestination       *destination)
{
  note_change (self, destination->id, before, destination);
  insert (self->items, before, destination);
}

void
pw_destinations_items_remove (PwDestinationsItems *self,
                              guint                position)
{
  PwDestination *destination = g_ptr_array_index (self->items, position);

  note_change (self, destination->id, NULL, NULL);
  g_ptr_array_remove_index (self->items, position);
}

GPtrArray *
pw_destinations_items_dup_changes (const PwDestinationsItems *self)
{
  GPtrArray *copies = g_ptr_array_copy (self->changes, (GCopyFunc) pw_destinations_change_copy,
                                        NULL);

  g_ptr_array_set_free_func (copies, (GDestroyNotify) pw_destinations_change_free);
  return copies;
}

void
pw_destinations_items_drop_changes (PwDestinationsItems *self,
                                    GPtrArray           *saved)
{
  for (guint i = 0; i < saved->len; i++) {
    PwDestinationsChange *change = g_ptr_array_index (saved, i);
    int position = find_change (self->changes, change->id);

    if (position >= 0 &&
        ((PwDestinationsChange *) self->changes->pdata[position])->serial == change->serial) {
      g_ptr_array_remove_index (self->changes, (guint) position);
    }
  }
}

gboolean
pw_destinations_items_merge (PwDestinationsItems *self,
                             GPtrArray           *loaded)
{
  g_autoptr (GPtrArray) items = g_ptr_array_copy (loaded, (GCopyFunc) g_object_ref, NULL);
  gboolean is_changed;

  g_ptr_array_set_free_func (items, g_object_unref);
  apply_changes (items, self->changes);
  is_changed = items->len != self->items->len;
  for (guint i = 0; i < items->len; i++) {
    PwDestination *destination = g_ptr_array_index (items, i);
    int position = find_id (self->items, destination->id);

    if (position >= 0 && is_alike (destination, self->items->pdata[position])) {
      put (items, (int) i, self->items->pdata[position]);
    }
    is_changed = is_changed || items->pdata[i] != self->items->pdata[i];
  }
  g_ptr_array_unref (self->items);
  self->items = g_steal_pointer (&items);
  return is_changed;
}
