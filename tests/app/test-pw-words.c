/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-words.h"

#include "app-fixture.h"
#include "engine/pw-error.h"

#define NBSP "\302\240"
#define NOW 1000000000

static const struct {
  gint64 ago;
  const char *text;
} agos[] = {
  { -5, "just now" },
  { 0, "just now" },
  { 59, "just now" },
  { 60, "1 minute ago" },
  { 119, "1 minute ago" },
  { 120, "2 minutes ago" },
  { 3599, "59 minutes ago" },
  { 3600, "1 hour ago" },
  { 7200, "2 hours ago" },
  { 86399, "23 hours ago" },
};

static void
test_ago (void)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (NOW - 10 * 86400);
  g_autofree char *expected = g_date_time_format (then, "%e %B %Y");
  g_autofree char *date = pw_words_dup_ago (NOW - 10 * 86400, NOW);

  for (guint i = 0; i < G_N_ELEMENTS (agos); i++) {
    g_autofree char *text = pw_words_dup_ago (NOW - agos[i].ago, NOW);

    g_assert_cmpstr (text, ==, agos[i].text);
  }
  g_assert_cmpstr (date, ==, expected);
}

static const struct {
  PwUploadState state;
  int code;
  guint64 safe;
  const char *text;
} sentences[] = {
  { PW_UPLOAD_WAITING, PW_ERROR_CANCELLED, 0, "Waiting" },
  { PW_UPLOAD_WAITING, PW_ERROR_CANCELLED, 500000,
    "Waiting — 0.5 of 1" NBSP "MB are safe" },
  { PW_UPLOAD_PREPARING, PW_ERROR_CANCELLED, 0, "Preparing…" },
  { PW_UPLOAD_PREPARING, PW_ERROR_TOO_LARGE, 0, "The file is larger than the service takes." },
  { PW_UPLOAD_SENDING, PW_ERROR_CANCELLED, 0, "Sending…" },
  { PW_UPLOAD_FINISHING, PW_ERROR_CANCELLED, 0,
    "All parts are safe — the server puts them together…" },
  { PW_UPLOAD_PAUSED, PW_ERROR_CANCELLED, 0, "Paused" },
  { PW_UPLOAD_PAUSED, PW_ERROR_CANCELLED, 500000,
    "Paused — 0.5 of 1" NBSP "MB are safe" },
  { PW_UPLOAD_PAUSED, PW_ERROR_OFFLINE, 0,
    "There is no network. The upload goes on when this computer is connected again." },
  { PW_UPLOAD_FAILED, PW_ERROR_TOO_LARGE, 0, "The file is larger than the service takes." },
  { PW_UPLOAD_FAILED, PW_ERROR_CANCELLED, 0, "Failed" },
  { PW_UPLOAD_SKIPPED, PW_ERROR_CANCELLED, 0, "Skipped: the object was there already" },
  { PW_UPLOAD_ABORTING, PW_ERROR_CANCELLED, 0, "Removing…" },
  { PW_UPLOAD_REMOVED, PW_ERROR_CANCELLED, 0, "" },
};

static void
test_sentences (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++) {
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", sentences[i].state,
                                                             sentences[i].code);
    g_autofree char *text = NULL;

    upload->schedule.safe = sentences[i].safe;
    text = pw_words_dup_sentence (upload, NOW);
    g_assert_cmpstr (text, ==, sentences[i].text);
  }
}

static void
test_done (void)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload ("film");
  g_autoptr (PwUpload) unproved = app_fixture_new_upload ("film");
  g_autofree char *text = NULL, *less = NULL;

  pw_upload_restore (upload, PW_UPLOAD_DONE, NULL, "CRC64NVME of the whole object", NULL);
  upload->finished = NOW - 120;
  text = pw_words_dup_sentence (upload, NOW);
  g_assert_cmpstr (text, ==,
                   "1" NBSP "MB, 2 minutes ago — verified: CRC64NVME of the whole object");
  pw_upload_restore (unproved, PW_UPLOAD_DONE, NULL, NULL, NULL);
  unproved->finished = NOW;
  less = pw_words_dup_sentence (unproved, NOW);
  g_assert_cmpstr (less, ==, "1" NBSP "MB, just now");
}

/* "3.2 of 10 GB — 2 minutes left, 98 MB/s", once bytes move. */
static void
test_sending (void)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", PW_UPLOAD_SENDING,
                                                           PW_ERROR_CANCELLED);
  g_autofree char *text = NULL;

  upload->progress = g_new (PwProgress, 1);
  pw_progress_init (upload->progress);
  for (guint i = 0; i <= 50; i++)
    pw_progress_feed (upload->progress, (gint64) (i + 1) * 100000, i * 10000, i * 10000, 1000000);
  text = pw_words_dup_sentence (upload, NOW);
  g_assert_cmpstr (text, ==, "0.5 of 1" NBSP "MB — 5 seconds left, 100" NBSP "kB/s");
}

static const struct {
  PwUploadState state;
  int code;
  PwToggle toggle;
} toggles[] = {
  { PW_UPLOAD_WAITING, PW_ERROR_CANCELLED, PW_TOGGLE_PAUSE },
  { PW_UPLOAD_FINISHING, PW_ERROR_CANCELLED, PW_TOGGLE_PAUSE },
  { PW_UPLOAD_PAUSED, PW_ERROR_CANCELLED, PW_TOGGLE_RESUME },
  { PW_UPLOAD_PAUSED, PW_ERROR_OFFLINE, PW_TOGGLE_PAUSE },
  { PW_UPLOAD_PAUSED, PW_ERROR_METERED, PW_TOGGLE_PAUSE },
  { PW_UPLOAD_PAUSED, PW_ERROR_SERVER, PW_TOGGLE_PAUSE },
  { PW_UPLOAD_PAUSED, PW_ERROR_CREDENTIALS_EXPIRED, PW_TOGGLE_NONE },
  { PW_UPLOAD_FAILED, PW_ERROR_TOO_LARGE, PW_TOGGLE_NONE },
  { PW_UPLOAD_DONE, PW_ERROR_CANCELLED, PW_TOGGLE_NONE },
};

static void
test_toggle (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (toggles); i++) {
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", toggles[i].state,
                                                             toggles[i].code);

    g_assert_cmpint (pw_words_get_toggle (upload), ==, toggles[i].toggle);
  }
}

static const struct {
  int code;
  PwHelp help;
} helps[] = {
  { PW_ERROR_SOURCE_VANISHED, PW_HELP_CHOOSE_AGAIN },
  { PW_ERROR_SOURCE_UNREADABLE, PW_HELP_CHOOSE_AGAIN },
  { PW_ERROR_SOURCE_CHANGED, PW_HELP_FOLLOW },
  { PW_ERROR_EXISTS, PW_HELP_EXISTS },
  { PW_ERROR_CREDENTIALS_WRONG, PW_HELP_KEYS },
  { PW_ERROR_CREDENTIALS_MISSING, PW_HELP_KEYS },
  { PW_ERROR_NO_SUCH_BUCKET, PW_HELP_DESTINATION },
  { PW_ERROR_CERTIFICATE, PW_HELP_DESTINATION },
  { PW_ERROR_NETWORK, PW_HELP_RETRY },
  { PW_ERROR_KEYRING_LOCKED, PW_HELP_RETRY },
  { PW_ERROR_KEYRING_ABSENT, PW_HELP_KEYS },
  { PW_ERROR_KEYRING_REFUSED, PW_HELP_KEYS },
  { PW_ERROR_JOURNAL, PW_HELP_RETRY },
};

static void
test_help (void)
{
  g_autoptr (PwUpload) sending = app_fixture_new_upload_in ("film", PW_UPLOAD_SENDING,
                                                            PW_ERROR_NETWORK);
  g_autoptr (PwUpload) paused = app_fixture_new_upload_in ("film", PW_UPLOAD_PAUSED,
                                                           PW_ERROR_CANCELLED);

  for (guint i = 0; i < G_N_ELEMENTS (helps); i++) {
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", PW_UPLOAD_FAILED,
                                                             helps[i].code);

    g_assert_cmpint (pw_words_get_help (upload), ==, helps[i].help);
  }
  g_assert_cmpint (pw_words_get_help (sending), ==, PW_HELP_NONE);
  g_assert_cmpint (pw_words_get_help (paused), ==, PW_HELP_NONE);
}

/* Whatever is the matter, there is one thing that helps, and it is an action of the window. */
static void
test_every_help (void)
{
  for (int code = PW_ERROR_CANCELLED + 1; code <= PW_ERROR_LAST; code++) {
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", PW_UPLOAD_FAILED, code);
    PwHelp help = pw_words_get_help (upload);

    g_assert_cmpint (help, !=, PW_HELP_NONE);
    g_assert_true (g_str_has_prefix (pw_words_get_action (help), "win."));
    g_assert_nonnull (pw_words_get_label (help));
  }
  g_assert_null (pw_words_get_label (PW_HELP_NONE));
  g_assert_null (pw_words_get_action (PW_HELP_NONE));
}

/* A name that is written from the other side does not turn the sentence around it; and a question
 * is no error. */
static void
test_other_side (void)
{
  g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", PW_UPLOAD_FAILED,
                                                           PW_ERROR_EXISTS);
  g_autofree char *plain = pw_words_dup_sentence (upload, NOW);
  g_autofree char *marked = NULL;

  g_assert_false (pw_words_is_error (upload));
  g_assert_cmpint (g_utf8_get_char (plain), !=, 0x200e);
  g_free (upload->error->message);
  upload->error->message = g_strdup ("“تقرير.pdf” exists already.");
  marked = pw_words_dup_sentence (upload, NOW);
  g_assert_cmpstr (marked, ==, "\u200e“تقرير.pdf” exists already.");
}

/* Every entry's action; each must carry the upload's id. */
static void
collect (GMenuModel *menu,
         const char *id,
         GString    *actions)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
    g_autofree char *action = NULL, *target = NULL;

    if (section) {
      collect (section, id, actions);
      continue;
    }
    g_assert_true (g_menu_model_get_item_attribute (menu, i, "action", "s", &action));
    g_assert_true (g_menu_model_get_item_attribute (menu, i, "target", "s", &target));
    g_assert_cmpstr (target, ==, id);
    g_string_append_printf (actions, "%s ", action);
  }
}

static const struct {
  int code;
  gboolean has_keys, has_destination;
} mendings[] = {
  { PW_ERROR_NETWORK, FALSE, TRUE },
  { PW_ERROR_NO_SUCH_BUCKET, FALSE, TRUE },
  { PW_ERROR_KEYRING_LOCKED, TRUE, TRUE },
  { PW_ERROR_CREDENTIALS_WRONG, TRUE, TRUE },
  { PW_ERROR_SOURCE_VANISHED, FALSE, FALSE },
};

static void
test_mending (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mendings); i++) {
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", PW_UPLOAD_FAILED,
                                                             mendings[i].code);
    g_autoptr (GMenu) menu = pw_words_new_menu (upload);
    g_autoptr (GString) actions = g_string_new (NULL);

    collect (G_MENU_MODEL (menu), upload->id, actions);
    g_assert_cmpint (strstr (actions->str, "win.enter-keys") != NULL, ==, mendings[i].has_keys);
    g_assert_cmpint (strstr (actions->str, "win.mend-destination") != NULL, ==,
                     mendings[i].has_destination);
  }
}

static const struct {
  PwUploadState state;
  const char *has;
  const char *has_not;
} menus[] = {
  { PW_UPLOAD_WAITING, "win.upload-next", "win.copy-address" },
  { PW_UPLOAD_SENDING, "win.show-upload", "win.retry-upload" },
  { PW_UPLOAD_PAUSED, "win.retry-upload", "win.copy-link" },
  { PW_UPLOAD_FAILED, "win.retry-upload", "win.upload-next" },
  { PW_UPLOAD_DONE, "win.copy-link", "win.retry-upload" },
};

static void
test_menu (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (menus); i++) {
    g_autoptr (PwUpload) upload = app_fixture_new_upload_in ("film", menus[i].state,
                                                             PW_ERROR_CANCELLED);
    g_autoptr (GMenu) menu = pw_words_new_menu (upload);
    g_autoptr (GString) actions = g_string_new (NULL);

    collect (G_MENU_MODEL (menu), upload->id, actions);
    g_assert_nonnull (strstr (actions->str, menus[i].has));
    g_assert_null (strstr (actions->str, menus[i].has_not));
    g_assert_nonnull (strstr (actions->str, "win.remove-upload"));
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/ago", test_ago);
  g_test_add_func ("/words/sentences", test_sentences);
  g_test_add_func ("/words/done", test_done);
  g_test_add_func ("/words/sending", test_sending);
  g_test_add_func ("/words/toggle", test_toggle);
  g_test_add_func ("/words/help", test_help);
  g_test_add_func ("/words/every-help", test_every_help);
  g_test_add_func ("/words/other-side", test_other_side);
  g_test_add_func ("/words/mending", test_mending);
  g_test_add_func ("/words/menu", test_menu);
  return g_test_run ();
}
