/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload.h"

#include "engine/pw-authority-keys.h"
#include "engine/pw-error.h"

static PwDestination *
new_destination (void)
{
  return pw_destination_new_from_uri ("s3://bucket", "http://127.0.0.1:1", NULL, NULL);
}

static PwUpload *
new_upload (void)
{
  g_autoptr (PwDestination) destination = new_destination ();

  return pw_upload_new ("0123456789abcdef", "/a/film\xff.mov", "film.mov", 100, destination);
}

static void
test_new (void)
{
  g_autoptr (PwUpload) upload = new_upload ();
  guint state;

  g_assert_cmpint (upload->state, ==, PW_UPLOAD_WAITING);
  g_assert_true (g_utf8_validate (upload->name, -1, NULL));
  g_assert_cmpuint (pw_upload_get_sent (upload), ==, 0);
  g_assert_false (pw_upload_is_active (upload));
  g_assert_false (pw_upload_is_over (upload));
  g_object_get (upload, "state", &state, NULL);
  g_assert_cmpuint (state, ==, PW_UPLOAD_WAITING);
}

static void
test_ids (void)
{
  for (guint i = 0; i < PW_N_UPLOAD_STATES; i++)
    g_assert_cmpint (pw_upload_state_from_id (pw_upload_state_get_id (i)), ==, i);
  g_assert_cmpint (pw_upload_state_from_id ("unheard-of"), ==, PW_UPLOAD_WAITING);
  g_assert_cmpint (pw_upload_state_from_id (NULL), ==, PW_UPLOAD_WAITING);
}

static void
count_cb (GObject    *object,
          GParamSpec *spec,
          guint      *n)
{
  ++*n;
}

/* Each allowed move is told once; one that is none ends the program. */
static void
test_moves (void)
{
  g_autoptr (PwUpload) upload = new_upload ();
  guint n = 0;

  g_signal_connect (upload, "notify::state", G_CALLBACK (count_cb), &n);
  pw_upload_set_state (upload, PW_UPLOAD_WAITING);
  g_assert_cmpuint (n, ==, 0);
  pw_upload_set_state (upload, PW_UPLOAD_PREPARING);
  pw_upload_set_state (upload, PW_UPLOAD_SENDING);
  pw_upload_set_state (upload, PW_UPLOAD_FINISHING);
  pw_upload_set_state (upload, PW_UPLOAD_DONE);
  pw_upload_set_state (upload, PW_UPLOAD_REMOVED);
  g_assert_cmpuint (n, ==, 5);
}

static void
test_forbidden (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (PwUpload) upload = new_upload ();

    pw_upload_set_state (upload, PW_UPLOAD_FINISHING);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
}

static void
test_restore (void)
{
  g_autoptr (PwUpload) done = new_upload (), failed = new_upload ();
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_QUOTA, "full");

  pw_upload_restore (done, PW_UPLOAD_DONE, NULL, "proof", "etag");
  g_assert_cmpuint (pw_upload_get_sent (done), ==, 100);
  g_assert_true (pw_upload_is_over (done));
  pw_upload_restore (failed, PW_UPLOAD_FAILED, error, NULL, NULL);
  g_assert_error (failed->error, PW_ERROR, PW_ERROR_QUOTA);
  pw_upload_set_error (failed, NULL);
  g_assert_no_error (failed->error);
}

static void
told_cb (PwUpload *upload,
         guint    *n)
{
  ++*n;
}

/* About five times a second, however often it is fed. */
static void
test_progress (void)
{
  g_autoptr (PwUpload) upload = new_upload ();
  guint n = 0;

  g_signal_connect (upload, "progress", G_CALLBACK (told_cb), &n);
  for (gint64 us = G_USEC_PER_SEC; us < 2 * G_USEC_PER_SEC; us += 50 * 1000)
    pw_upload_tick (upload, us);
  g_assert_cmpuint (n, ==, 5);
}

static void
test_order (void)
{
  g_autoptr (PwUpload) upload = new_upload ();
  g_autoptr (PwCredentials) credentials = pw_credentials_new (upload->destination);
  g_autoptr (PwAuthority) authority = pw_authority_keys_new (upload->destination, credentials,
                                                             NULL);

  upload->was_begun = TRUE;
  pw_upload_set_order (upload, authority, "/journals");
  g_assert_true (upload->order->may_have_journal);
  g_assert_cmpstr (upload->order->key, ==, "film.mov");
  g_assert_cmpstr (upload->order->journals, ==, "/journals");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/upload/new", test_new);
  g_test_add_func ("/upload/ids", test_ids);
  g_test_add_func ("/upload/moves", test_moves);
  g_test_add_func ("/upload/forbidden", test_forbidden);
  g_test_add_func ("/upload/restore", test_restore);
  g_test_add_func ("/upload/progress", test_progress);
  g_test_add_func ("/upload/order", test_order);

  return g_test_run ();
}
