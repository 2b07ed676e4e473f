/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload-item.h"

#include "engine/pw-error.h"
#include "engine/pw-record.h"

typedef struct {
  PwUploadState state;
  PwItemState item;
  PwUploadState back;           /* as the next program has it */
} Case;

static const Case cases[] = {
  { PW_UPLOAD_WAITING, PW_ITEM_WAITING, PW_UPLOAD_PAUSED },
  { PW_UPLOAD_PREPARING, PW_ITEM_WAITING, PW_UPLOAD_PAUSED },
  { PW_UPLOAD_SENDING, PW_ITEM_WAITING, PW_UPLOAD_PAUSED },
  { PW_UPLOAD_FINISHING, PW_ITEM_WAITING, PW_UPLOAD_PAUSED },
  { PW_UPLOAD_PAUSED, PW_ITEM_PAUSED, PW_UPLOAD_PAUSED },
  { PW_UPLOAD_FAILED, PW_ITEM_FAILED, PW_UPLOAD_FAILED },
  { PW_UPLOAD_DONE, PW_ITEM_DONE, PW_UPLOAD_DONE },
  { PW_UPLOAD_SKIPPED, PW_ITEM_DONE, PW_UPLOAD_SKIPPED },
  { PW_UPLOAD_ABORTING, PW_ITEM_ABORTING, PW_UPLOAD_ABORTING },
  { PW_UPLOAD_REMOVED, PW_ITEM_REMOVED, PW_UPLOAD_REMOVED },
};

static PwUpload *
new_upload (PwDestination *destination)
{
  PwUpload *upload = pw_upload_new ("0123456789abcdef", "/a/\xff", "key", 77, destination);

  upload->folder = g_strdup ("fedcba9876543210");
  upload->finished = 5;
  upload->order_in_list = 9;
  upload->schedule.safe = 40;
  return upload;
}

static void
test_states (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PwDestination) destination = pw_destination_new ("d");
    g_autoptr (PwUpload) upload = new_upload (destination), back = NULL;
    g_autoptr (PwQueueItem) item = NULL;

    pw_upload_restore (upload, cases[i].state, NULL, "proof", "etag");
    item = pw_upload_to_item (upload, 3);
    g_assert_cmpint (item->state, ==, cases[i].item);
    g_assert_cmpuint (item->destination, ==, 3);
    back = pw_upload_from_item (item, destination);
    g_assert_cmpint (back->state, ==, cases[i].back);
    g_assert_cmpstr (back->id, ==, upload->id);
    g_assert_cmpstr (back->path, ==, upload->path);
    g_assert_cmpstr (back->key, ==, upload->key);
    g_assert_cmpstr (back->folder, ==, upload->folder);
    g_assert_cmpuint (back->size, ==, 77);
    if (!pw_upload_is_over (upload))
      g_assert_cmpuint (pw_upload_get_safe (back), ==, 40);
    g_assert_cmpint (back->added, ==, upload->added);
    g_assert_cmpint (back->finished, ==, 5);
    g_assert_cmpint (back->order_in_list, ==, 9);
    g_assert_cmpstr (back->verification, ==, "proof");
    g_assert_cmpstr (back->etag, ==, "etag");
    g_assert_true (back->was_begun);
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      g_assert_cmpint (pw_upload_states_look_alike (cases[i].state, cases[j].state), ==,
                       cases[i].item == cases[j].item);
  }
}

static void
test_errors (void)
{
  g_autoptr (PwDestination) destination = pw_destination_new ("d");
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_QUOTA, "full");
  static const PwUploadState states[] = { PW_UPLOAD_FAILED, PW_UPLOAD_PAUSED, PW_UPLOAD_DONE };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (PwUpload) upload = new_upload (destination), back = NULL;
    g_autoptr (PwQueueItem) item = NULL;

    pw_upload_restore (upload, states[i], error, NULL, NULL);
    item = pw_upload_to_item (upload, 0);
    back = pw_upload_from_item (item, destination);
    if (states[i] == PW_UPLOAD_DONE) {
      g_assert_no_error (back->error);
    } else {
      g_assert_error (back->error, PW_ERROR, PW_ERROR_QUOTA);
      g_assert_cmpstr (back->error->message, ==, "full");
    }
  }
}

static void
test_options (void)
{
  static const struct { const char *options; PwIfExists if_exists; gboolean follow; } rows[] = {
    { NULL, PW_IF_EXISTS_ASK, FALSE },
    { "{\"ifExists\":\"rename\",\"follow\":true}", PW_IF_EXISTS_RENAME, TRUE },
    { "{\"ifExists\":\"what-a-later-version-can\"}", PW_IF_EXISTS_ASK, FALSE },
    { "{\"ifExists\":null,\"follow\":null}", PW_IF_EXISTS_ASK, FALSE },
    { "{}", PW_IF_EXISTS_ASK, FALSE },
    { "[]", PW_IF_EXISTS_ASK, FALSE },
    { "not json", PW_IF_EXISTS_ASK, FALSE },
  };
  g_autoptr (PwDestination) destination = pw_destination_new ("d");

  destination->if_exists = PW_IF_EXISTS_ASK;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (PwUpload) upload = new_upload (destination), back = NULL, again = NULL;
    g_autoptr (PwQueueItem) item = pw_upload_to_item (upload, 0), second = NULL;

    g_assert_null (item->options);
    item->options = g_strdup (rows[i].options);
    back = pw_upload_from_item (item, destination);
    g_assert_cmpint (back->if_exists, ==, rows[i].if_exists);
    g_assert_cmpint (back->follow, ==, rows[i].follow);
    second = pw_upload_to_item (back, 0);
    again = pw_upload_from_item (second, destination);
    g_assert_cmpint (again->if_exists, ==, rows[i].if_exists);
    g_assert_cmpint (again->follow, ==, rows[i].follow);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/item/states", test_states);
  g_test_add_func ("/item/errors", test_errors);
  g_test_add_func ("/item/options", test_options);

  return g_test_run ();
}
