/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-moves.h"

#include "app-fixture.h"

#define N_MANY 1000
#define MOST_IN_A_STEP 6

typedef struct {
  PwMoves *moves;
  GPtrArray *uploads;           /* in the order of the queue */
  GPtrArray *moved;             /* borrowed, as they came */
  guint n_calls;
  guint most;                   /* of one call */
  guint n_later;                /* that change again while the first is moved */
} Fixture;

static void
move_cb (GPtrArray *uploads,
         gpointer   data)
{
  Fixture *self = data;

  self->n_calls++;
  self->most = MAX (self->most, uploads->len);
  for (guint i = uploads->len; i > 0; i--)
    g_ptr_array_add (self->moved, g_ptr_array_index (uploads, i - 1));
  if (self->n_later > 0) {
    self->n_later--;
    pw_moves_add (self->moves, g_ptr_array_index (self->uploads, 0));
  }
}

static Fixture *
fixture_new (guint n_uploads)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->moves = pw_moves_new (move_cb, self);
  self->moved = g_ptr_array_new ();
  self->uploads = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_uploads; i++)
    g_ptr_array_add (self->uploads, app_fixture_new_upload ("film"));
  return self;
}

static void
fixture_free (Fixture *self)
{
  pw_moves_free (self->moves);
  g_ptr_array_unref (self->moved);
  g_ptr_array_unref (self->uploads);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
add (Fixture *self,
     guint    i)
{
  pw_moves_add (self->moves, g_ptr_array_index (self->uploads, i));
}

static void
test_together (void)
{
  g_autoptr (Fixture) self = fixture_new (3);

  add (self, 1);
  add (self, 0);
  add (self, 1);
  add (self, 2);
  g_assert_cmpuint (self->n_calls, ==, 0);
  app_fixture_wait (self->n_calls > 0);
  g_assert_cmpuint (self->moved->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_ptr_array_index (self->moved, i) == g_ptr_array_index (self->uploads, 2 - i));
}

/* However many there are, the window need not wait for all of them; and the first are last. */
static void
test_steps (void)
{
  g_autoptr (Fixture) self = fixture_new (N_MANY);

  for (guint i = 0; i < N_MANY; i++)
    add (self, i);
  app_fixture_wait (self->moved->len == N_MANY);
  g_assert_cmpuint (self->most, <=, MOST_IN_A_STEP);
  for (guint i = 0; i < N_MANY; i++)
    g_assert_true (g_ptr_array_index (self->moved, i)
                   == g_ptr_array_index (self->uploads, N_MANY - 1 - i));
}

/* What changes meanwhile comes with the next ones, and does not keep these from ending. */
static void
test_again (void)
{
  g_autoptr (Fixture) self = fixture_new (N_MANY);
  guint n_calls;

  self->n_later = 1;
  for (guint i = 0; i < N_MANY; i++)
    add (self, i);
  app_fixture_wait (self->moved->len >= N_MANY);
  n_calls = self->n_calls;
  g_assert_cmpuint (self->moved->len, ==, N_MANY);
  app_fixture_wait (self->moved->len > N_MANY);
  g_assert_cmpuint (self->n_calls, ==, n_calls + 1);
  g_assert_cmpuint (self->moved->len, ==, N_MANY + 1);
  g_assert_true (g_ptr_array_index (self->moved, N_MANY) == g_ptr_array_index (self->uploads, 0));
}

static void
test_flush (void)
{
  g_autoptr (Fixture) self = fixture_new (N_MANY);

  for (guint i = 0; i < N_MANY; i++)
    add (self, i);
  pw_moves_flush (self->moves);
  g_assert_cmpuint (self->n_calls, ==, 1);
  g_assert_cmpuint (self->moved->len, ==, N_MANY);
}

/* Also where a part of them has moved already. */
static void
test_flush_the_rest (void)
{
  g_autoptr (Fixture) self = fixture_new (N_MANY);

  for (guint i = 0; i < N_MANY; i++)
    add (self, i);
  app_fixture_wait (self->n_calls > 0);
  pw_moves_flush (self->moves);
  g_assert_cmpuint (self->moved->len, ==, N_MANY);
}

static void
test_forget (void)
{
  g_autoptr (Fixture) self = fixture_new (2);

  add (self, 0);
  add (self, 1);
  pw_moves_forget (self->moves, g_ptr_array_index (self->uploads, 0));
  app_fixture_wait (self->n_calls > 0);
  g_assert_cmpuint (self->moved->len, ==, 1);
  g_assert_true (g_ptr_array_index (self->moved, 0) == g_ptr_array_index (self->uploads, 1));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moves/together", test_together);
  g_test_add_func ("/moves/steps", test_steps);
  g_test_add_func ("/moves/again", test_again);
  g_test_add_func ("/moves/flush", test_flush);
  g_test_add_func ("/moves/flush-the-rest", test_flush_the_rest);
  g_test_add_func ("/moves/forget", test_forget);
  return g_test_run ();
}
