/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-moves.h"

#include "engine/pw-pulse.h"

/* While much changes; and what changes after a while without. */
#define EVERY_MS 400
#define SOON_MS 20
#define MOST_WAIT_US (2 * G_TIME_SPAN_SECOND)
/* However many move, not more than one part in so many of the time goes into moving them. */
#define SHARE 20
/* A step takes so long, or moves so many, whichever is more; then the window may draw. */
#define STEP_US 1500
#define STEP_MOVES 6
#define STEP_WAIT_MS 20

struct _PwMoves {
  PwMovesFunc func;
  gpointer data;
  GHashTable *waiting;          /* PwUpload */
  GHashTable *moving;           /* PwUpload, of those steps that are under way */
  guint timer_id;
  gint64 last_us;               /* when the last step was made */
  gint64 next_us;               /* the next ones wait until then */
  gint64 spent_us;              /* on the steps that are under way */
};

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const PwUpload *left = *(PwUpload *const *) a, *right = *(PwUpload *const *) b;

  return left->order_in_list < right->order_in_list ? -1
                                                    : left->order_in_list > right->order_in_list;
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

static GPtrArray *
sort (GHashTable *uploads)
{
  GPtrArray *sorted = new_list ();
  GHashTableIter iter;
  gpointer upload;

  g_hash_table_iter_init (&iter, uploads);
  while (g_hash_table_iter_next (&iter, &upload, NULL))
    g_ptr_array_add (sorted, g_object_ref (upload));
  g_ptr_array_sort (sorted, compare);
  return sorted;
}

static void
take_waiting (PwMoves *self)
{
  GHashTableIter iter;
  gpointer upload;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, &upload, NULL)) {
    g_hash_table_iter_steal (&iter);
    g_hash_table_add (self->moving, upload);
  }
}

/* @left loses the last @n. */
static void
move (PwMoves   *self,
      GPtrArray *left,
      guint      n)
{
  g_autoptr (GPtrArray) uploads = new_list ();

  for (guint i = left->len - MIN (n, left->len); i < left->len; i++) {
    PwUpload *upload = g_ptr_array_index (left, i);

    if (g_hash_table_remove (self->moving, upload))
      g_ptr_array_add (uploads, g_object_ref (upload));
  }
  g_ptr_array_set_size (left, (int) (left->len - MIN (n, left->len)));
  self->func (uploads, self->data);
}

static void
make_step (PwMoves *self)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GPtrArray) left = NULL;

  if (g_hash_table_size (self->moving) == 0) {
    self->spent_us = 0;
    take_waiting (self);
  }
  left = sort (self->moving);
  do
    move (self, left, STEP_MOVES);
  while (left->len > 0 && g_get_monotonic_time () < began_us + STEP_US);
  self->spent_us += g_get_monotonic_time () - began_us;
}

static gboolean timer_cb (gpointer data);

static void
wait (PwMoves *self)
{
  gboolean is_calm = g_get_monotonic_time () - self->last_us > EVERY_MS * G_TIME_SPAN_MILLISECOND;

  self->timer_id = pw_pulse_wait (is_calm ? SOON_MS : EVERY_MS, self->next_us, timer_cb, self);
}

static gboolean
timer_cb (gpointer data)
{
  PwMoves *self = data;

  make_step (self);
  self->timer_id = 0;
  self->last_us = g_get_monotonic_time ();
  self->next_us = self->last_us + MIN (self->spent_us * SHARE, MOST_WAIT_US);
  if (g_hash_table_size (self->moving) > 0)
    self->timer_id = g_timeout_add (STEP_WAIT_MS, timer_cb, self);
  else if (g_hash_table_size (self->waiting) > 0)
    wait (self);
  return G_SOURCE_REMOVE;
}

PwMoves *
pw_moves_new (PwMovesFunc func,
              gpointer    data)
{
  PwMoves *self = g_new0 (PwMoves, 1);

  self->func = func;
  self->data = data;
  self->waiting = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->moving = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  return self;
}

void
pw_moves_free (PwMoves *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_hash_table_unref (self->waiting);
  g_hash_table_unref (self->moving);
  g_free (self);
}

void
pw_moves_add (PwMoves  *self,
              PwUpload *upload)
{
  if (!g_hash_table_contains (self->waiting, upload))
    g_hash_table_add (self->waiting, g_object_ref (upload));
  if (self->timer_id == 0)
    wait (self);
}

void
pw_moves_forget (PwMoves  *self,
                 PwUpload *upload)
{
  g_hash_table_remove (self->waiting, upload);
  g_hash_table_remove (self->moving, upload);
}

void
pw_moves_flush (PwMoves *self)
{
  g_autoptr (GPtrArray) left = NULL;

  g_clear_handle_id (&self->timer_id, g_source_remove);
  take_waiting (self);
  left = sort (self->moving);
  move (self, left, left->len);
}
