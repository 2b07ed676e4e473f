/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-event.h"

#include "engine/pw-error.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

static PwUpload *
new_upload (PwUploadState  state,
            const GError  *error)
{
  g_autoptr (PwDestination) destination = pw_destination_new ("d");
  PwUpload *upload = pw_upload_new ("0123456789abcdef", "/a/film\xff.mov", "pre/film.mov", 1000,
                                    destination);

  destination->bucket = g_strdup ("bucket");
  pw_upload_restore (upload, state, error, "proof", "etag");
  return upload;
}

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  return node;
}

static void
test_upload (void)
{
  g_autoptr (PwUpload) upload = new_upload (PW_UPLOAD_DONE, NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  upload->resumed = 10;
  text = cli_event_dup_upload (upload, "upload");
  node = parse (text);
  object = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (object, "event"), ==, "upload");
  g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, "0123456789abcdef");
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "done");
  g_assert_cmpstr (json_object_get_string_member (object, "bucket"), ==, "bucket");
  g_assert_cmpstr (json_object_get_string_member (object, "key"), ==, "pre/film.mov");
  g_assert_cmpint (json_object_get_int_member (object, "size"), ==, 1000);
  g_assert_cmpint (json_object_get_int_member (object, "safe"), ==, 1000);
  g_assert_cmpint (json_object_get_int_member (object, "resumed"), ==, 10);
  g_assert_cmpstr (json_object_get_string_member (object, "verification"), ==, "proof");
  g_assert_cmpstr (json_object_get_string_member (object, "etag"), ==, "etag");
  g_assert_false (json_object_has_member (object, "error"));
  /* Whatever the name is made of, a line of UTF-8 comes out. */
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (g_strrstr (text, "\n"));
}

static void
test_error (void)
{
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_QUOTA, "Full.");
  g_autoptr (PwUpload) upload = new_upload (PW_UPLOAD_FAILED, error);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  upload->request_id = g_strdup ("R1");
  text = cli_event_dup_upload (upload, "item");
  node = parse (text);
  object = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (object, "error"), ==,
                   pw_error_get_id (PW_ERROR_QUOTA));
  g_assert_cmpstr (json_object_get_string_member (object, "message"), ==, "Full.");
  g_assert_cmpstr (json_object_get_string_member (object, "requestId"), ==, "R1");
}

/* What goes to standard output: a line each. */
static void
test_printed (void)
{
  if (g_test_subprocess ()) {
    g_autofree char *folder = g_dir_make_tmp ("partway-event-XXXXXX", NULL);
    g_autoptr (PwUploads) uploads = pw_uploads_new (folder);
    g_autoptr (PwUpload) upload = new_upload (PW_UPLOAD_DONE, NULL);

    cli_event_upload (upload);
    cli_event_progress (uploads);
    cli_event_note ("a \"note\"");
    cli_event_end (uploads, 3);
    g_rmdir (folder);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*{\"event\":\"upload\",*\n{\"event\":\"progress\",*"
                             "\"connections\":*}\n{\"event\":\"note\",\"message\":"
                             "\"a \\\"note\\\"\"}\n{\"event\":\"end\",*\"exitStatus\":3}\n*");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/event/upload", test_upload);
  g_test_add_func ("/event/error", test_error);
  g_test_add_func ("/event/printed", test_printed);

  return g_test_run ();
}
