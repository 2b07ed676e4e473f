/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-line.h"

#include "engine/pw-error.h"
#include "engine/pw-uploads-open.h"

#include <glib/gstdio.h>
#include <string.h>

static PwUpload *
new_upload (PwUploadState  state,
            const GError  *error)
{
  g_autoptr (PwDestination) destination = pw_destination_new ("d");
  PwUpload *upload = pw_upload_new ("0123456789abcdef", "/a/film.mov", "film.mov", 1000,
                                    destination);

  pw_upload_restore (upload, state, error, "proof", "etag");
  return upload;
}

static void
test_clean (void)
{
  static const struct { const char *text, *clean; } rows[] = {
    { "plain", "plain" }, { "Ünï ☃", "Ünï ☃" }, { "a\tb\nc", "a?b?c" }, { "\x1b[31m", "?[31m" },
    { "a\xc2\x9b" "b", "a??b" }, { "bad\xff", "bad\xef\xbf\xbd" }, { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *clean = cli_line_dup_clean (rows[i].text);

    g_assert_cmpstr (clean, ==, rows[i].clean);
  }
}

static void
test_cut (void)
{
  static const struct { const char *line; guint width; const char *cut; } rows[] = {
    { "abc", 5, "abc" }, { "abc", 3, "abc" }, { "abc", 2, "ab" }, { "abc", 0, "" },
    { "ÄÖÜ", 2, "ÄÖ" }, { "日本", 3, "日" }, { "e\xcc\x81x", 1, "e\xcc\x81" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *cut = cli_line_cut (rows[i].line, rows[i].width);

    g_assert_cmpstr (cut, ==, rows[i].cut);
  }
}

static void
test_upload (void)
{
  static const struct { PwUploadState state; const char *says; } rows[] = {
    { PW_UPLOAD_PREPARING, "preparing…" }, { PW_UPLOAD_FINISHING, "puts it together" },
    { PW_UPLOAD_ABORTING, "removing…" }, { PW_UPLOAD_SENDING, "film.mov" },
  };
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_SERVER, "Trouble there.");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (PwUpload) upload = new_upload (rows[i].state, NULL);
    g_autofree char *line = cli_line_for_upload (upload, 100);

    g_assert_nonnull (strstr (line, rows[i].says));
    g_assert_null (strstr (line, "█"));
    g_assert_nonnull (strstr (line, "░"));
  }
  {
    g_autoptr (PwUpload) upload = new_upload (PW_UPLOAD_DONE, error);
    g_autofree char *line = cli_line_for_upload (upload, 80);

    g_assert_nonnull (strstr (line, "█"));
    g_assert_null (strstr (line, "░"));
    g_assert_nonnull (strstr (line, "Trouble there."));
  }
}

/* What is taken up again is compared first. */
static void
test_resumed (void)
{
  g_autoptr (PwUpload) upload = new_upload (PW_UPLOAD_PREPARING, NULL);
  g_autofree char *line = NULL;

  upload->was_begun = TRUE;
  line = cli_line_for_upload (upload, 100);
  g_assert_nonnull (strstr (line, "comparing"));
}

static void
test_news (void)
{
  static const struct { PwUploadState state; const char *says; } rows[] = {
    { PW_UPLOAD_WAITING, NULL }, { PW_UPLOAD_PREPARING, NULL }, { PW_UPLOAD_SENDING, NULL },
    { PW_UPLOAD_FINISHING, NULL }, { PW_UPLOAD_ABORTING, NULL },
    { PW_UPLOAD_DONE, "film.mov: done, 1 kB; verified: proof" },
    { PW_UPLOAD_SKIPPED, "film.mov: skipped, it exists already" },
    { PW_UPLOAD_FAILED, "film.mov: failed. Full. (request R1)" },
    { PW_UPLOAD_PAUSED, "film.mov: paused. Full. (request R1)" },
    { PW_UPLOAD_REMOVED, "film.mov: removed" },
  };
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_QUOTA, "Full.");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (PwUpload) upload = new_upload (rows[i].state, error);
    g_autofree char *news = NULL, *ascii = NULL;

    upload->request_id = g_strdup ("R1");
    news = cli_line_for_news (upload);
    if (news) {
      g_auto (GStrv) pieces = g_strsplit (news, "\u00a0", -1);

      ascii = g_strjoinv (" ", pieces);
    }
    g_assert_cmpstr (ascii, ==, rows[i].says);
  }
}

static void
test_news_details (void)
{
  g_autoptr (PwUpload) resumed = new_upload (PW_UPLOAD_DONE, NULL);
  g_autoptr (PwUpload) paused = new_upload (PW_UPLOAD_PAUSED, NULL);
  g_autoptr (GError) error = g_error_new_literal (PW_ERROR, PW_ERROR_QUOTA, "Full; request R1.");
  g_autoptr (PwUpload) told = new_upload (PW_UPLOAD_FAILED, error);
  g_autofree char *one = NULL, *two = NULL, *three = NULL;

  resumed->resumed = 500;
  one = cli_line_for_news (resumed);
  g_assert_nonnull (strstr (one, "from before"));
  two = cli_line_for_news (paused);
  g_assert_cmpstr (two, ==, "film.mov: paused.");
  /* Not said twice. */
  told->request_id = g_strdup ("R1");
  three = cli_line_for_news (told);
  g_assert_cmpstr (three, ==, "film.mov: failed. Full; request R1.");
}

static void
test_totals (void)
{
  g_autofree char *folder = g_dir_make_tmp ("partway-line-XXXXXX", NULL);
  g_autofree char *queue = g_build_filename (folder, "queue", NULL);
  g_autoptr (PwDestination) destination = pw_destination_new ("d");
  g_autoptr (PwUploads) uploads = pw_uploads_new (folder);
  g_autofree char *total = NULL, *end = NULL;
  g_autoptr (GError) error = NULL;

  destination->bucket = g_strdup ("bucket");
  pw_uploads_open (uploads, &error);
  g_assert_no_error (error);
  pw_uploads_add (uploads, "/nowhere/at/all", destination, FALSE);
  pw_uploads_add (uploads, "/nowhere/either", destination, FALSE);
  while (!pw_uploads_is_idle (uploads))
    g_main_context_iteration (NULL, TRUE);
  total = cli_line_for_total (uploads, 0);
  g_assert_true (g_str_has_prefix (total, "0 of 2 files"));
  end = cli_line_for_end (uploads);
  g_assert_true (g_str_has_prefix (end, "0 of 2 files done"));
  g_assert_nonnull (strstr (end, "2 failed"));

  for (guint i = 2; i > 0; i--) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (G_LIST_MODEL (uploads), i - 1);

    pw_upload_remove (upload);
  }
  g_clear_object (&uploads);
  g_rmdir (queue);
  g_rmdir (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/line/clean", test_clean);
  g_test_add_func ("/line/cut", test_cut);
  g_test_add_func ("/line/upload", test_upload);
  g_test_add_func ("/line/resumed", test_resumed);
  g_test_add_func ("/line/news", test_news);
  g_test_add_func ("/line/news-details", test_news_details);
  g_test_add_func ("/line/totals", test_totals);

  return g_test_run ();
}
