/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dispatch.h"

#include "engine/pw-error.h"
#include "store-fixture.h"

#include <string.h>

/* A dispatch over a plain array of uploads. */

typedef struct {
  GObject *owner;
  StoreFixture *store;
  PwDestination *destination;
  PwDispatch *dispatch;
  GPtrArray *uploads;
  GString *moves;
  guint n_blocked;
  guint n_ready;
} Fixture;

static Fixture *current;

static PwUpload *
next_waiting_cb (guint    *position,
                 gpointer  data)
{
  for (; *position < current->uploads->len; ++*position) {
    PwUpload *upload = g_ptr_array_index (current->uploads, *position);

    if (upload->state == PW_UPLOAD_WAITING && !upload->is_queued) {
      ++*position;
      return upload;
    }
  }
  return NULL;
}

static void
moved_cb (PwUpload *upload,
          gpointer  data)
{
  g_string_append (current->moves, upload->name);
}

static void
blocked_cb (PwLane       *lane,
            const GError *error,
            gpointer      data)
{
  g_autoptr (GError) copy = g_error_copy (error);

  current->n_blocked++;
  for (guint i = 0; i < current->uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (current->uploads, i);

    if (pw_dispatch_get_lane (current->dispatch, upload->destination) == lane)
      pw_upload_stop_with (upload, copy);
  }
}

static void
ready_cb (gpointer data)
{
  current->n_ready++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static const PwDispatchCallbacks callbacks = {
    next_waiting_cb, moved_cb, blocked_cb, ready_cb,
  };

  current = fixture;
  fixture->owner = g_object_new (G_TYPE_OBJECT, NULL);
  fixture->store = store_fixture_new (NULL, data);
  fixture->destination = store_fixture_new_destination (fixture->store);
  fixture->uploads = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->moves = g_string_new (NULL);
  fixture->dispatch = pw_dispatch_new (&callbacks, fixture->store->journals, fixture->owner);
  store_fixture_set_keys (pw_dispatch_get_lane (fixture->dispatch,
                                                fixture->destination)->credentials);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  pw_dispatch_free (fixture->dispatch);
  g_ptr_array_unref (fixture->uploads);
  g_assert_finalize_object (fixture->destination);
  g_string_free (fixture->moves, TRUE);
  store_fixture_free (fixture->store);
  g_assert_finalize_object (fixture->owner);
}

static PwUpload *
add (Fixture       *fixture,
     const char    *name,
     guint          n_parts,
     PwDestination *destination)
{
  g_autofree char *id = g_strdup_printf ("%016x", fixture->uploads->len);
  g_autofree char *path = store_fixture_make_file (fixture->store, name, n_parts * STORE_PART, 1);
  PwUpload *upload = pw_upload_new (id, path, name, n_parts * STORE_PART, destination);

  g_ptr_array_add (fixture->uploads, upload);
  return upload;
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Ticks wake it, as they do in an app: what waits for its next try brings no event of its own. */
static void
run (Fixture *fixture)
{
  guint wake_id = g_timeout_add (20, wake_cb, NULL);

  pw_dispatch_feed (fixture->dispatch);
  while (!pw_dispatch_is_idle (fixture->dispatch)) {
    pw_dispatch_tick (fixture->dispatch, g_get_monotonic_time ());
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (wake_id);
}

/* They take turns: the parts of four come mixed. */
static void
test_turns (Fixture       *fixture,
            gconstpointer  data)
{
  for (const char *name = "abcd"; *name; name++) {
    char text[2] = { *name, '\0' };

    add (fixture, text, 6, fixture->destination);
  }
  run (fixture);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (((PwUpload *) g_ptr_array_index (fixture->uploads, i))->state, ==,
                     PW_UPLOAD_DONE);
  /* Begin, six parts and finish of each. */
  g_assert_cmpuint (fixture->moves->len, ==, 32);
  g_assert_cmpuint (strspn (fixture->moves->str, "ab"), <, 16);
  g_assert_cmpuint (strspn (fixture->moves->str, "a"), <, 8);
}

/* One object for what is the same to the letter; another for what is not. */
static void
test_lanes (Fixture       *fixture,
            gconstpointer  data)
{
  PwLane *lane = pw_dispatch_get_lane (fixture->dispatch, fixture->destination);
  g_autoptr (PwDestination) same = pw_destination_copy (fixture->destination);
  g_autoptr (PwDestination) other = pw_destination_copy (fixture->destination);

  g_free (other->prefix);
  other->prefix = g_strdup ("elsewhere");
  g_assert_true (pw_dispatch_get_lane (fixture->dispatch, same) == lane);
  g_assert_true (pw_dispatch_get_lane (fixture->dispatch, other) != lane);
}

static void
test_blocked (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (PwDestination) elsewhere = pw_destination_copy (fixture->destination);
  PwUpload *here, *there[3];

  g_free (elsewhere->bucket);
  elsewhere->bucket = g_strdup ("no-such-bucket");
  store_fixture_set_keys (pw_dispatch_get_lane (fixture->dispatch, elsewhere)->credentials);
  for (guint i = 0; i < 3; i++)
    there[i] = add (fixture, "x", 2, elsewhere);
  here = add (fixture, "y", 2, fixture->destination);
  run (fixture);
  g_assert_cmpint (here->state, ==, PW_UPLOAD_DONE);
  g_assert_cmpuint (fixture->n_blocked, >, 0);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (there[i]->state, ==, PW_UPLOAD_FAILED);
    g_assert_error (there[i]->error, PW_ERROR, PW_ERROR_NO_SUCH_BUCKET);
  }
}

/* A keyring that cannot be had: asked once, then told; an abort of such an upload rests. */
static void
test_keyring (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (PwDestination) locked = pw_destination_copy (fixture->destination);
  PwUpload *upload, *removed;

  locked->secrets = PW_SECRETS_KEYRING;
  upload = add (fixture, "x", 2, locked);
  removed = add (fixture, "z", 2, locked);
  removed->was_begun = TRUE;
  pw_upload_remove (removed);
  pw_dispatch_activate (fixture->dispatch, removed);
  pw_dispatch_set_allow_prompt (fixture->dispatch, FALSE);
  pw_dispatch_feed (fixture->dispatch);
  while (fixture->n_ready == 0)
    g_main_context_iteration (NULL, TRUE);
  pw_dispatch_feed (fixture->dispatch);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_KEYRING_ABSENT);
  g_assert_cmpint (removed->state, ==, PW_UPLOAD_ABORTING);
  g_assert_error (removed->error, PW_ERROR, PW_ERROR_KEYRING_ABSENT);
  run (fixture);
}

/* Many that wait for their next try at the same time leave room for the others. */
static void
test_crowd (Fixture       *fixture,
            gconstpointer  data)
{
  for (guint i = 0; i < 100; i++) {
    g_autofree char *name = g_strdup_printf ("f%u", i);

    add (fixture, name, 1, fixture->destination);
  }
  run (fixture);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (((PwUpload *) g_ptr_array_index (fixture->uploads, i))->state, ==,
                     PW_UPLOAD_DONE);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, faults, test) \
  g_test_add ("/dispatch/" name, Fixture, faults, set_up, test, tear_down)
  ADD ("turns", "part: delay 5ms\n", test_turns);
  ADD ("lanes", NULL, test_lanes);
  ADD ("blocked", NULL, test_blocked);
  ADD ("keyring", NULL, test_keyring);
  ADD ("crowd", "put each 1: status 500 InternalError\n", test_crowd);

  return g_test_run ();
}
