/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "engine/pw-error.h"
#include "uploads-fixture.h"

/* Orders to all, totals, destinations, and one destination's trouble. */

static void
test_all (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 4: rate 1KiB\n");
  PwTotals totals;

  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    uploads_fixture_add_parts (fixture, name, 8);
  }
  do {
    g_main_context_iteration (NULL, TRUE);
    pw_uploads_get_totals (fixture->uploads, &totals);
  } while (totals.safe < 2 * STORE_PART);
  g_assert_cmpuint (totals.n_active, >, 0);
  g_assert_cmpuint (totals.size, ==, 24 * STORE_PART);
  g_assert_cmpuint (totals.sent, >=, totals.safe);

  pw_uploads_pause_all (fixture->uploads);
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_paused, ==, 3);
  g_assert_cmpuint (totals.n_active, ==, 0);
  uploads_fixture_wait_idle (fixture);

  store_fixture_set_faults (fixture->store, "");
  pw_uploads_resume_all (fixture->uploads);
  uploads_fixture_wait_idle (fixture);
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_done, ==, 3);
  g_assert_cmpuint (totals.safe, ==, totals.size);
  g_assert_cmpuint (totals.sent, ==, totals.size);
}

static void
test_skipped_and_failed (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwTotals totals;

  uploads_fixture_add_parts (fixture, "a", 2);
  uploads_fixture_wait_idle (fixture);
  g_object_unref (fixture->destination);
  fixture->destination = store_fixture_new_destination (fixture->store);
  fixture->destination->if_exists = PW_IF_EXISTS_SKIP;
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, fixture->destination));
  uploads_fixture_add_parts (fixture, "a", 3);
  uploads_fixture_add (fixture, "/nowhere/at/all", FALSE);
  uploads_fixture_wait_idle (fixture);
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_done, ==, 2);
  g_assert_cmpuint (totals.n_failed, ==, 1);
  g_assert_cmpuint (totals.safe, ==, 5 * STORE_PART);
  g_assert_cmpuint (totals.sent, ==, 5 * STORE_PART);
  g_assert_cmpint (uploads_fixture_get (fixture, 1)->finished, >, 0);
}

static void
test_learned (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) learned = NULL;

  g_assert_null (pw_uploads_dup_learned (fixture->uploads, fixture->destination));
  uploads_fixture_add_parts (fixture, "a", 2);
  uploads_fixture_wait_idle (fixture);
  learned = pw_uploads_dup_learned (fixture->uploads, fixture->destination);
  g_assert_nonnull (learned);
  g_assert_true (learned->is_probed);
  g_assert_cmpint (learned->checksum, ==, S3_CHECKSUM_CRC64NVME);
  g_assert_true (learned->etag_is_md5);
}

static void
test_region (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "any: region eu-west-1 400\n");
  PwUpload *upload = uploads_fixture_add_parts (fixture, "a", 2);
  g_autoptr (PwDestination) learned = NULL;

  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
  learned = pw_uploads_dup_learned (fixture->uploads, fixture->destination);
  g_assert_nonnull (learned);
  g_assert_cmpstr (learned->region, ==, "eu-west-1");
}

static PwDestination *
new_elsewhere (UploadsFixture *fixture,
               const char     *endpoint)
{
  PwDestination *destination = store_fixture_new_destination (fixture->store);

  g_free (destination->endpoint);
  destination->endpoint = g_strdup (endpoint);
  g_free (destination->region);
  destination->region = g_strdup ("us-east-1");
  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, destination));
  return destination;
}

/* As if all tries but one had been made: the next one that fails is the last. */
static void
tire_cb (PwUploads *uploads,
         PwUpload  *upload,
         gpointer   data)
{
  if (upload->state == PW_UPLOAD_PREPARING && upload->destination == data)
    upload->attempts.n_transient = 10;
}

/* Nobody answers at one destination: its uploads pause, each with the reason, without each of them
 * trying; those to another go on. */
static void
test_unreachable (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) nowhere = new_elsewhere (fixture, "http://127.0.0.1:1");
  PwDestination *here = fixture->destination;
  guint n;

  g_signal_connect (fixture->uploads, "changed", G_CALLBACK (tire_cb), nowhere);
  for (guint i = 0; i < 10; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);
    g_autofree char *path = store_fixture_make_file (fixture->store, name, 2 * STORE_PART, i);

    pw_uploads_add (fixture->uploads, path, i % 2 ? here : nowhere, FALSE);
  }
  uploads_fixture_wait_idle (fixture);
  n = g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads));
  g_assert_cmpuint (n, ==, 10);
  for (guint i = 0; i < n; i++) {
    PwUpload *upload = uploads_fixture_get (fixture, i);

    if (upload->destination == here) {
      g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
      continue;
    }
    g_assert_cmpint (upload->state, ==, PW_UPLOAD_PAUSED);
    g_assert_error (upload->error, PW_ERROR, PW_ERROR_NETWORK);
  }
  g_signal_handlers_disconnect_by_data (fixture->uploads, nowhere);
}

/* An address that must not be used is told at once, for all that goes there. */
static void
test_insecure (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autoptr (PwDestination) insecure = new_elsewhere (fixture, "http://store.example");
  PwDestination *here = g_steal_pointer (&fixture->destination);

  fixture->destination = g_object_ref (insecure);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);
    PwUpload *upload = uploads_fixture_add_parts (fixture, name, 1);

    uploads_fixture_wait_idle (fixture);
    g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
    g_assert_error (upload->error, PW_ERROR, PW_ERROR_INSECURE);
  }
  g_object_unref (fixture->destination);
  fixture->destination = here;
}

/* Keys that are there only later: the user tries again, and it goes. */
static void
test_keys_later (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  PwUpload *upload;

  g_object_unref (fixture->destination);
  fixture->destination = store_fixture_new_destination (fixture->store);
  g_free (fixture->destination->name);
  fixture->destination->name = g_strdup ("without keys");
  upload = uploads_fixture_add_parts (fixture, "a", 2);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_FAILED);
  g_assert_error (upload->error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING);

  store_fixture_set_keys (pw_uploads_get_credentials (fixture->uploads, fixture->destination));
  pw_upload_resume (upload);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpint (upload->state, ==, PW_UPLOAD_DONE);
}

/* What the list says while an item moves: each signal fits what is in the list by then. */
static void
mirror_cb (GListModel *model,
           guint       position,
           guint       n_removed,
           guint       n_added,
           GPtrArray  *mirror)
{
  if (n_removed > 0)
    g_ptr_array_remove_range (mirror, position, n_removed);
  for (guint i = 0; i < n_added; i++) {
    g_autoptr (GObject) item = g_list_model_get_item (model, position + i);

    g_ptr_array_insert (mirror, (int) (position + i), item);
  }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, mirror->len);
}

static void
test_moves (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "any: status 503\n");
  g_autoptr (GPtrArray) mirror = g_ptr_array_new ();
  GListModel *model = G_LIST_MODEL (fixture->uploads);
  static const guint moves[][2] = { { 0, 4 }, { 4, 0 }, { 1, 3 }, { 3, 1 }, { 2, 2 }, { 2, 9 } };

  g_signal_connect (model, "items-changed", G_CALLBACK (mirror_cb), mirror);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    pw_upload_pause (uploads_fixture_add_parts (fixture, name, 2));
  }
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++) {
    PwUpload *upload = uploads_fixture_get (fixture, moves[i][0]);

    pw_uploads_move (fixture->uploads, upload, moves[i][1]);
    g_assert_cmpint (uploads_fixture_get (fixture, MIN (moves[i][1], 4)) == upload, ==,
                     moves[i][1] < 5);
    for (guint j = 0; j < 5; j++)
      g_assert_true (g_ptr_array_index (mirror, j) == uploads_fixture_get (fixture, j));
  }
  g_signal_handlers_disconnect_by_data (model, mirror);
}

/* A listener may do what it likes with the upload that it is told of. */
static void
remove_cb (PwUpload *upload,
           gpointer  data)
{
  pw_upload_remove (upload);
}

static void
test_remove_while_told (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, "part after 4: rate 16KiB\n");

  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    uploads_fixture_add_parts (fixture, name, 8);
  }
  for (guint i = 0; i < 3; i++)
    g_signal_connect (uploads_fixture_get (fixture, i), "progress", G_CALLBACK (remove_cb), NULL);
  uploads_fixture_wait_idle (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->uploads)), ==, 0);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "uploads"), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/control/all", test_all);
  g_test_add_func ("/control/skipped-and-failed", test_skipped_and_failed);
  g_test_add_func ("/control/learned", test_learned);
  g_test_add_func ("/control/region", test_region);
  g_test_add_func ("/control/unreachable", test_unreachable);
  g_test_add_func ("/control/insecure", test_insecure);
  g_test_add_func ("/control/keys-later", test_keys_later);
  g_test_add_func ("/control/moves", test_moves);
  g_test_add_func ("/control/remove-while-told", test_remove_while_told);

  return g_test_run ();
}
